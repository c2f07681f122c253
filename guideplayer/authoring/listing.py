"""What scripts there are, and what a therapist wants to know of each before choosing."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import SCRIPT_SUFFIX, read_script
from guideplayer.core.fitting import size_of
from guideplayer.core.script import Item, Say, Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import Library


class Listing(msgspec.Struct, frozen=True):
    """One script in a list. Of a script that cannot be read only its name, file and problems are known."""

    name: str
    file: str
    title: str
    summary: str = ""
    language: str = ""
    voice: str = ""
    themes: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    shortest_ms: int = 0
    longest_ms: int = 0
    lines: int = 0
    words_per_minute: float = 0.0
    problems: int = 0


def list_scripts(folders: Sequence[Path], library: Library) -> list[Listing]:
    """All scripts of some folders by name; of two with the same name the one in the earlier folder."""
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*{SCRIPT_SUFFIX}")):
            files.setdefault(path.stem, path)
    return [_listed(path, library) for _, path in sorted(files.items())]


def _listed(path: Path, library: Library) -> Listing:
    script, problems = read_script(path, library)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if script is None:
        return Listing(path.stem, str(path), path.stem, problems=errors)
    items = tuple(_items(script))
    spoken = [item for item in items if isinstance(item, Say)]
    return Listing(
        name=path.stem,
        file=str(path),
        title=script.title,
        summary=script.summary,
        language=script.language,
        voice=script.voice,
        themes=script.themes,
        contains=script.contains,
        shortest_ms=script.shortest_ms,
        longest_ms=script.longest_ms,
        lines=len(spoken),
        words_per_minute=_words_per_minute(spoken, items),
        problems=errors,
    )


def _items(script: Script) -> Iterator[Item]:
    """Everything from the arrival to the end of the return."""
    for phase in (*((script.arrival,) if script.arrival else ()), *script.phases, script.returning):
        yield from phase.items


def _words_per_minute(spoken: Iterable[Say], items: Iterable[Item]) -> float:
    """How dense the words are when every rest has its natural length."""
    natural_ms = sum(size_of(item).natural_ms for item in items)
    words = sum(len(line.text.split()) for line in spoken)
    return round(words * MINUTE_MS / natural_ms, 1) if natural_ms else 0.0
