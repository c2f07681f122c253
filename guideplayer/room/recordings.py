"""The clinic's own voices: what a person has recorded at a desk is kept at once, and made into clips at leisure."""

import asyncio
import importlib.util
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from guideplayer.authoring.names import NARRATORS
from guideplayer.core.script import Script
from guideplayer.desk.ports import RefusedError
from guideplayer.room.mastering import Mastering
from guideplayer.room.shelf import ScriptShelf
from guideplayer.voice import VoiceError
from guideplayer.voice.kept_takes import (
    Clip,
    KeptTake,
    check_voice_name,
    is_made,
    keep_take,
    read_clips,
    read_takes,
)
from guideplayer.voice.lines import Line, lines_of

# The record of a session is on the same disk, and comes first.
FREE_BYTES = 500_000_000
SUFFIXES = {"audio/webm": ".webm", "audio/mp4": ".m4a", "audio/ogg": ".ogg"}
_CANNOT_MAKE = (
    "No clips can be made on the room's computer yet: install guideplayer with its extra “voice” there."
    " What is recorded is kept until then."
)
_Result = TypeVar("_Result")


class OwnVoices:
    """Implements the desk's port over `folder`, the folder of all voices; the names in `taken` are machines'."""

    def __init__(self, folder: Path, shelf: ScriptShelf, mastering: Mastering, taken: Collection[str] = ()) -> None:
        self._folder, self._shelf, self._mastering = folder, shelf, mastering
        self._taken = {*NARRATORS, *taken}

    async def voices(self) -> object:
        """The voices that were begun, and whether clips can be made here."""
        return {"voices": await asyncio.to_thread(self._begun), **self._workshop()}

    def _begun(self) -> list[str]:
        return sorted(home.name for home in self._folder.glob("*") if home.is_dir() and self._is_free(home.name))

    def _is_free(self, name: str) -> bool:
        try:
            check_voice_name(name, self._taken)
        except VoiceError:
            return False
        return True

    def _workshop(self) -> dict[str, object]:
        can_make = importlib.util.find_spec("scipy") is not None
        checked = importlib.util.find_spec("faster_whisper") is not None
        return {"problem": self._mastering.trouble if can_make else _CANNOT_MAKE, "checked": checked}

    async def state(self, voice: str, script: str) -> object:
        """What a voice has of a script. Raises RefusedError."""
        return await _in_thread(lambda: self._state(voice, script))

    def _state(self, voice: str, name: str) -> object:
        home, script = self._home(voice), self._shelf.script_to_say(name, voice)
        takes, clips = read_takes(home), read_clips(home)
        lines = [_told(home, line, takes.get(line.key), clips.get(line.spoken)) for line in lines_of(script, voice)]
        about = {"voice": voice, "script": name, "title": script.title, "language": script.language}
        return {**about, **self._workshop(), "lines": lines}

    async def keep(self, voice: str, script: str, line: str, take: bytes, kind: str) -> str | None:
        """Keep a take, and have its clip made once nobody is treated. Raises RefusedError."""
        async with self._mastering.writing:
            kept = await _in_thread(lambda: self._keep(voice, script, line, take, SUFFIXES[kind]))
        self._mastering.asked()
        return kept

    def _keep(self, voice: str, name: str, key: str, take: bytes, suffix: str) -> str | None:
        home, script = self._home(voice), self._shelf.script_to_say(name, voice)
        line = _line_of(script, voice, key)
        if line is None:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < FREE_BYTES:
            raise RefusedError("The disk of the room's computer is nearly full: make room there, then it goes on.")
        return keep_take(home, line, script.language, take, suffix).take

    async def clip(self, voice: str, line: str) -> bytes | None:
        """A line as it will be heard. Raises RefusedError."""
        return await _in_thread(lambda: self._clip(voice, line))

    def _clip(self, voice: str, key: str) -> bytes | None:
        home = self._home(voice)
        take = read_takes(home).get(key)
        clip = read_clips(home).get(take.spoken) if take else None
        return (home / clip.file).read_bytes() if take and clip and is_made(home, take, clip) else None

    def _home(self, voice: str) -> Path:
        """The folder of a voice. Raises VoiceError: what is not a plain name is never made a path."""
        check_voice_name(voice, self._taken)
        return self._folder / voice


def _line_of(script: Script, voice: str, key: str) -> Line | None:
    return next((line for line in lines_of(script, voice) if line.key == key), None)


def _told(home: Path, line: Line, take: KeptTake | None, clip: Clip | None) -> dict[str, object]:
    """A line and how far it is."""
    there = clip is not None and (home / clip.file).is_file()
    if take is None:
        state = "ready" if there else "missing"
    elif take.problem:
        state = "unusable"
    else:
        state = "ready" if is_made(home, take, clip) else "waiting"
    heard = clip.heard if clip and state == "ready" else ""
    return {
        "line": line.key,
        "text": line.text,
        "part": line.part,
        "state": "mismatch" if heard else state,
        "take": take.take if take else None,
        "length_ms": clip.length_ms if clip and state == "ready" else None,
        "heard": heard,
        "problem": take.problem if take else "",
    }


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    """Do what waits for a disk. Raises RefusedError."""
    try:
        return await asyncio.to_thread(work)
    except VoiceError as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        raise RefusedError(f"The room's computer cannot read or keep it: {error.strerror or error}.") from error
