"""`guideplayer voice --try`: says one line at once."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import platformdirs

from guideplayer.authoring.lexicon import LEXICON
from guideplayer.authoring.reader import read_lexicon_file
from guideplayer.cli.app import CONTENT, fail
from guideplayer.cli.options import show_problems
from guideplayer.cli.voice_engines import ear_for, engine_of
from guideplayer.core.script import Clip
from guideplayer.core.speech import Speech, pronounced, read_speech
from guideplayer.core.units import SECOND_MS
from guideplayer.room.settings import APPLICATION, Settings
from guideplayer.voice import VoiceError

if TYPE_CHECKING:
    from guideplayer.voice.clips import Take


class Tried(msgspec.Struct, frozen=True):
    """A line that was said once: where its clip lies, its length in ms, its words a minute, and what was heard."""

    voice: str
    text: str
    file: str
    length_ms: int
    words_per_minute: int
    heard: str | None
    understood: bool | None
    played: bool


def try_line(written: str, voice: str, settings: Settings, *, json: bool) -> None:
    """Say a line, with the lexicon of the folder in which one is, and play it."""
    from guideplayer.voice.clips import best_take
    from guideplayer.voice.mastering import RATE_HZ
    from guideplayer.voice.pace import clip_pace

    speech = _speech(written, settings)
    spoken = speech.spoken or speech.text
    try:
        engine = engine_of(voice, settings)
        ear = ear_for(engine)()
        take = best_take(spoken, engine.open_narrator(), ear, engine.deliveries)
    except VoiceError as error:
        fail(str(error))
    length_ms = round(len(take.sound) * SECOND_MS / RATE_HZ)
    file = _kept(take, voice)
    pace = clip_pace(spoken, Clip(str(file), length_ms)).words_per_minute
    silent = _silent(file, length_ms, settings)
    heard, understood = (take.heard, not take.errors) if ear else (None, None)
    if json:
        tried = Tried(voice, speech.text, str(file), length_ms, pace, heard, understood, not silent)
        print(msgspec.json.encode(tried).decode())
        return
    print(f"{voice}: {length_ms / SECOND_MS:.1f} s, {pace} words a minute.")
    if ear:
        print(f"Heard as “{take.heard}”" + ("" if understood else ", which is not what it should be."))
    if silent:
        print(f"{silent}. The clip lies in {file}.", file=sys.stderr)


def _speech(written: str, settings: Settings) -> Speech:
    folded = " ".join(written.split())
    speech, slips = read_speech(folded)
    if slips:
        fail("\n".join(f"{slip.mark}: {slip.sentence}" + _suggested(slip.suggestion) for slip in slips))
    if not re.search(r"\w", speech.text):
        fail("There is no word to say in this.")
    lexicon, problems = read_lexicon_file(Path(LEXICON), settings.library())
    if problems:
        show_problems(problems)
        raise SystemExit(CONTENT)
    return pronounced(speech, lexicon)


def _suggested(suggestion: str) -> str:
    return f"\nDid you mean '{suggestion}'?" if suggestion else ""


def _kept(take: "Take", voice: str) -> Path:
    """The file of the last try in a voice."""
    file = platformdirs.user_cache_path(APPLICATION) / f"try-{voice}.opus"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(take.data)
    except OSError as error:
        fail(f"The clip cannot be kept in {file}: {error.strerror}.")
    return file


def _silent(file: Path, length_ms: int, settings: Settings) -> str:
    """Play the clip as a session would; why nobody heard it, or nothing."""
    from guideplayer.stage import audition
    from guideplayer.stage.device import DeviceError

    try:
        audition.play(audition.clip_samples(file, length_ms, settings.library()), settings.sound)
    except DeviceError as error:
        return str(error).rstrip(".")
    return ""
