"""What scripts there are, and what a therapist wants to know of each before choosing."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from guideplayer.authoring.lexicon import LEXICON
from guideplayer.authoring.problems import Problem, Severity
from guideplayer.authoring.reader import SCRIPT_SUFFIX, read_script
from guideplayer.authoring.template import TEMPLATE
from guideplayer.core.density import Density, density_of
from guideplayer.core.script import Item, Say, Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import Library
from guideplayer.music.pieces import Piece, pieces_of


class Listing(msgspec.Struct, frozen=True):
    """One script in a list. Of a script that cannot be read only its name, file and problems (sentences) are known.

    `voice` is the one that it is played with unless another is chosen. `words_per_minute` are those of the infusion at
    the middle of its lengths; `voices` those that every line has a clip of, the script's own first; `music` are the
    pieces of a clinic's own. `unheard`: nothing but music that nobody has listened to yet keeps it from being played.
    """

    name: str
    file: str
    title: str
    summary: str = ""
    language: str = ""
    voice: str = ""
    voices: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    shortest_ms: int = 0
    longest_ms: int = 0
    lines: int = 0
    words_per_minute: float = 0.0
    density: Density | None = None
    music: tuple[Piece, ...] = ()
    problems: tuple[str, ...] = ()
    unheard: bool = False

    @property
    def readable(self) -> bool:
        """Whether anything is known of it."""
        return self.density is not None


def script_files(folders: Sequence[Path]) -> dict[str, Path]:
    """The files of all scripts of some folders, by name; of two with the same name the one in the earlier folder.

    The template is for writing, not for playing, and a lexicon is no script.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*{SCRIPT_SUFFIX}")):
            if path.name not in {TEMPLATE, LEXICON}:
                files.setdefault(path.stem, path)
    return dict(sorted(files.items()))


def list_scripts(folders: Sequence[Path], library: Library) -> list[Listing]:
    """All scripts of some folders by name, those that cannot be played last."""
    return playable_first(listing_of(path, library) for path in script_files(folders).values())


def playable_first(listings: Iterator[Listing]) -> list[Listing]:
    """In the same order, but those that cannot be played last."""
    return sorted(listings, key=lambda listing: bool(listing.problems))


def listing_of(path: Path, library: Library) -> Listing:
    """What is known of one script. It is read once for each voice that the library has."""
    script, problems = read_script(path, library)
    errors = _errors(problems)
    if script is None:
        wrong = {problem.code for problem in problems if problem.severity is Severity.ERROR}
        return Listing(path.stem, str(path), path.stem, problems=errors, unheard=wrong == {"unheard-music"})
    others = sorted(library.clips.keys() - {script.voice})
    voices = [voice for voice in others if not _errors(read_script(path, library, voice)[1])]
    infusing = [item for phase in script.phases for item in phase.items if isinstance(item, Say)]
    # Rounded first: what is shown is what decides.
    words_per_minute = round(_words(infusing) * MINUTE_MS / (script.infusion_length.natural_ms or 1), 1)
    return Listing(
        name=path.stem,
        file=str(path),
        title=script.title,
        summary=script.summary,
        language=script.language,
        voice=voices[0] if errors and voices else script.voice,
        voices=tuple(voices) if errors else (script.voice, *voices),
        themes=script.themes,
        contains=script.contains,
        shortest_ms=script.shortest_ms,
        longest_ms=script.longest_ms,
        lines=sum(isinstance(item, Say) for item in _items(script)),
        words_per_minute=words_per_minute,
        density=density_of(words_per_minute),
        music=pieces_of(script),
        # What its own voice lacks keeps nobody from playing it with another, such as one that was recorded at a desk.
        problems=() if voices else errors,
    )


def _errors(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Why it cannot be played, each with its line."""
    return tuple(
        f"Line {problem.line}: {problem.sentence}" if problem.line else problem.sentence
        for problem in problems
        if problem.severity is Severity.ERROR
    )


def _items(script: Script) -> Iterator[Item]:
    """Everything from the arrival to the end of the return."""
    for phase in (*((script.arrival,) if script.arrival else ()), *script.phases, script.returning):
        yield from phase.items


def _words(lines: Sequence[Say]) -> int:
    return sum(len(line.text.split()) for line in lines)
