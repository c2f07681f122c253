"""The takes of a voice of the clinic's own, as they were recorded: kept beside the clips that are made of them.

`voices/<voice>/takes/` holds the originals, and an index of which one counts for each line. Nothing here needs a sound
library: the room keeps takes itself, and leaves the making of clips to a process of its own.
"""

import contextlib
import hashlib
import re
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

import msgspec

from guideplayer.core.script import NO_VOICE
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.media import clip_name, media_folder
from guideplayer.voice import VoiceError
from guideplayer.voice.lines import Line
from guideplayer.whole_file import write_whole

_Shape = TypeVar("_Shape")

FOLDER, INDEX = "takes", "index.json"
LONGEST_NAME = 32
_NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{LONGEST_NAME - 1}}}")


class KeptTake(msgspec.Struct, frozen=True, omit_defaults=True):
    """The take that counts for a line: its SHA-256, its file, what is said in it and in which language.

    `problem` is the sentence that says why no clip can be made of it.
    """

    take: str
    file: str
    spoken: str
    language: str
    problem: str = ""

    @property
    def clip_file(self) -> str:
        """What the clip that is made of it is called: another take of the line makes another file."""
        return f"{clip_name(self.spoken, f'take {self.take}')}.opus"


class Clip(msgspec.Struct, frozen=True):
    """A clip as the voice's index has it; `heard` is what the recogniser understood instead of the line."""

    file: str
    length_ms: int
    heard: str = ""


class Done(msgspec.Struct, frozen=True):
    """What became of a take: a clip, or a problem that says why there is none."""

    line: str
    take: str
    problem: str = ""


def check_voice_name(name: str, taken: Collection[str]) -> None:
    """Raises VoiceError for what cannot be the name of a person's voice; `taken` are those of machines."""
    if not _NAME.fullmatch(name):
        raise VoiceError(
            f"A voice's name is 1 to {LONGEST_NAME} small letters from a to z, digits and hyphens, and begins with a"
            " letter, such as anna-2."
        )
    if name in {*taken, NO_VOICE} or (media_folder() / "voices" / name).exists():
        raise VoiceError(f"There is a voice “{name}” that is nobody's own: name yours otherwise.")


def read_takes(home: Path) -> dict[str, KeptTake]:
    """The takes of a voice that count, by their lines' keys. Raises VoiceError."""
    return _read(home / FOLDER / INDEX, dict[str, KeptTake])


def read_clips(home: Path) -> dict[str, Clip]:
    """The clips of a voice, by their spoken forms. Raises VoiceError."""
    return _read(home / INDEX, dict[str, Clip])


def keep_take(home: Path, line: Line, language: str, data: bytes, suffix: str) -> KeptTake:
    """Keep a recording as the take that counts for a line. Once this returns, no loss of power takes it away.

    The same take twice is one take. Raises VoiceError when it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    file = f"{line.key}-{digest[:16]}{suffix}"
    folder = home / FOLDER
    takes = read_takes(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / file).is_file():
            write_whole(folder / file, data)
        before = takes.get(line.key)
        # Whether it can be used is known already of one that was there.
        known = before if before and before.take == digest else None
        kept = known or KeptTake(digest, file, line.spoken, language)
        if kept is not known:
            _write_index(folder, {**takes, line.key: kept})
    except OSError as error:
        raise VoiceError(f"The take cannot be kept in {folder}: {error.strerror}.") from error
    return kept


def waiting(home: Path) -> dict[str, KeptTake]:
    """The takes that have yet to be made into clips. Raises VoiceError."""
    takes, clips = read_takes(home), read_clips(home)
    return {
        key: take for key, take in takes.items() if not take.problem and not is_made(home, take, clips.get(take.spoken))
    }


def is_made(home: Path, take: KeptTake, clip: Clip | None) -> bool:
    """Whether a line's clip was made of this take, and is there."""
    return clip is not None and clip.file == take.clip_file and (home / clip.file).is_file()


def note_problem(home: Path, done: Done) -> None:
    """No clip can be made of this take; another may have been kept meanwhile. Raises VoiceError."""
    takes = read_takes(home)
    take = takes.get(done.line)
    if take and take.take == done.take:
        with contextlib.suppress(OSError):
            _write_index(home / FOLDER, {**takes, done.line: msgspec.structs.replace(take, problem=done.problem)})


def _read(path: Path, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(path.read_bytes() if path.exists() else b"{}", type=shape)
    except (OSError, *UNREADABLE) as error:
        raise VoiceError(f"{path} cannot be read: {error}.") from error


def _write_index(folder: Path, takes: dict[str, KeptTake]) -> None:
    write_whole(folder / INDEX, msgspec.json.format(msgspec.json.encode(takes, order="sorted"), indent=2) + b"\n")
