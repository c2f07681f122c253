"""What makes the clips of a voice: the Kokoro model, or any command of the clinic's own that turns text into a WAV."""

import importlib.util
import io
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from pydub import AudioSegment

from guideplayer.core.speech import breaths_of, plain_text
from guideplayer.core.units import MINUTE_MS
from guideplayer.process_group import kill_group
from guideplayer.voice import VoiceError
from guideplayer.voice.mastering import segment_of, trimmed
from guideplayer.voice.narrator import DELIVERIES, Delivery, KokoroNarrator, Narrator, recipe

ENGLISH = "en"
# The places of a command's line. One that names no text is given it on its input; one that names no WAV gives it back.
TEXT, TEXT_FILE, WAV = "{text}", "{text_file}", "{wav}"
LONGEST_MS = 5 * MINUTE_MS
NOT_INSTALLED = (
    "What makes clips equally loud is not installed: run `uv sync --extra beds --inexact`, or"
    " `pip install 'guideplayer[beds]'`."
)
_SHOWN_LETTERS = 200


class Engine(NamedTuple):
    """Who speaks with a voice, and what that depends on: other `settings` make other clips."""

    settings: str
    open_narrator: Callable[[], Narrator]
    deliveries: Sequence[Delivery] = DELIVERIES
    language: str = ENGLISH


def kokoro_engine(voice: str) -> Engine:
    """The shipped narrator of this name. Raises VoiceError for an unknown one."""
    return Engine(recipe(voice), lambda: KokoroNarrator(voice))


def command_engine(voice: str, command: Sequence[str], language: str, patience_s: float) -> Engine:
    """A voice that a command speaks with. It says a line in one way only, and what it is called with is its recipe."""

    def open_narrator() -> Narrator:
        if importlib.util.find_spec("scipy") is None:
            raise VoiceError(NOT_INSTALLED)
        return CommandNarrator(voice, command, patience_s)

    return Engine(f"command {json.dumps(list(command))}", open_narrator, (Delivery(1.0),), language)


class CommandNarrator:
    """Says lines with a command, called once for all that is said between two marked pauses.

    The words are given to it plain: how it is told a pronunciation, nobody knows but itself.
    """

    def __init__(self, voice: str, command: Sequence[str], patience_s: float) -> None:
        self._voice = voice
        self._command = command
        self._patience_s = patience_s

    def speak(self, spoken: str, delivery: Delivery) -> AudioSegment:
        """The line as one take, pauses included, not yet mastered. Raises VoiceError."""
        del delivery  # a command has its own
        take = AudioSegment.empty()
        for breath in breaths_of(spoken):
            text = plain_text(breath.spoken)
            said = trimmed(self._read(self._sound(text), text))
            if not len(said):
                raise self._problem(f"kept silent about “{text}”")
            take += said + AudioSegment.silent(breath.pause_ms, said.frame_rate)
        return take

    def sound_of(self, text: str) -> str:
        """The text itself: what sounds alike in a language is not known."""
        return text

    def _sound(self, text: str) -> bytes:
        """What the command makes of a text: the content of a sound file."""
        with tempfile.TemporaryDirectory() as folder:
            text_file, wav = Path(folder, "text.txt"), Path(folder, "take.wav")
            text_file.write_text(text, "utf-8")
            places = {TEXT: text, TEXT_FILE: str(text_file), WAV: str(wav)}
            has_text = any(TEXT in part or TEXT_FILE in part for part in self._command)
            printed = self._run([_filled(part, places) for part in self._command], None if has_text else text_file)
            if any(WAV in part for part in self._command):
                printed = wav.read_bytes() if wav.is_file() else b""
        if not printed:
            raise self._problem("made no sound: it has to write a WAV to {wav}, or to its output")
        return printed

    def _run(self, command: Sequence[str], given: Path | None) -> bytes:
        """What the command prints. Into files, since a pipe stays open for as long as any child of it lives."""
        given = given or Path(os.devnull)
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said, given.open() as text:
            try:
                process = subprocess.Popen(command, stdin=text, stdout=output, stderr=said, start_new_session=True)
            except OSError as error:
                raise self._problem(f"cannot be started: {error.strerror}") from error
            try:
                code = process.wait(self._patience_s)
            except subprocess.TimeoutExpired as error:
                raise self._problem(f"was not done after {self._patience_s:g} s") from error
            finally:
                _end(process)
            output.seek(0)
            said.seek(0)
            if code:
                last = said.read().decode(errors="replace").strip().rpartition("\n")[2][:_SHOWN_LETTERS]
                raise self._problem(f"ended with code {code}" + (f": {last}" if last else ""))
            return output.read()

    def _read(self, sound: bytes, text: str) -> AudioSegment:
        try:
            samples, rate_hz = soundfile.read(io.BytesIO(sound), dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise self._problem("wrote something that is no sound file") from error
        if len(samples) * 1000 > LONGEST_MS * rate_hz or not np.isfinite(samples).all():
            raise self._problem(f"wrote a sound that cannot be “{text}”")
        return segment_of(samples.mean(axis=1), rate_hz)

    def _problem(self, what: str) -> VoiceError:
        return VoiceError(f"The voice '{self._voice}' cannot speak: its command `{self._command[0]}` {what}.")


def _filled(part: str, places: dict[str, str]) -> str:
    """A part of a command's line with its places filled; the text goes in last, as it may hold what looks like one."""
    for place in (TEXT_FILE, WAV, TEXT):
        part = part.replace(place, places[place])
    return part


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and whatever it has started; one that is done has mostly left nothing."""
    kill_group(process.pid)
    process.wait()
