"""Makes the clips of a script in a voice: those that are missing, each listened to, each kept as soon as it is made."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from pydub import AudioSegment

from guideplayer.core.speech import Speech, plain_text, pronounced, sounds_of
from guideplayer.core.units import SECOND_MS
from guideplayer.media import clip_name, normalised
from guideplayer.voice import VoiceError
from guideplayer.voice.engines import Engine, kokoro_engine
from guideplayer.voice.hearing import Ear, ear_if_installed, word_errors
from guideplayer.voice.mastering import RATE_HZ, Samples, decoded, encoded, mastered, segment_of
from guideplayer.voice.narrator import DELIVERIES, Delivery, Narrator
from guideplayer.whole_file import write_whole

INDEX = "index.json"

Progress = Callable[[int, int, str], None]
"""Told how many lines are done, of how many, and which one is next (empty at the end)."""


class Doubt(NamedTuple):
    """A line whose clip the recogniser did not understand, and what it heard instead."""

    text: str
    heard: str


class Report(msgspec.Struct, frozen=True):
    """What was done: lines made and kept, and the doubtful among both. `checked` says whether anyone listened."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    doubtful: tuple[Doubt, ...]
    checked: bool


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A clip in a voice's index. `heard` stays on a doubtful one until a person listens and takes it away."""

    file: str
    length_ms: int
    heard: str = ""


class Take(msgspec.Struct, frozen=True):
    """One try at a line, as it is stored and as it sounds; what was heard, and how many words of it were wrong."""

    data: bytes
    sound: Samples
    heard: str = ""
    errors: int = 0


def make_clips(
    texts: Sequence[str],
    voice: str,
    folder: Path,
    progress: Progress,
    *,
    engine: Engine | None = None,
    open_ear: Callable[[], Ear | None] = ear_if_installed,
) -> Report:
    """Make every clip that a voice lacks in the folder of all voices. Nothing is loaded when none is missing.

    `texts` are spoken forms. Without an engine the voice is one of the shipped narrators.
    A clip is kept as soon as it is made: a stop at any moment loses only the line under way. Raises VoiceError when
    the model or the voice cannot be had, or the folder cannot be written.
    """
    engine = engine or kokoro_engine(voice)
    settings, home = engine.settings, folder / voice
    lines = list(dict.fromkeys(map(normalised, texts)))
    made_before = read_index(home)
    missing = [text for text in lines if not _is_made(home, text, made_before.get(text), settings)]
    narrator = engine.open_narrator() if missing else None
    ear = open_ear() if missing else None
    for number, text in enumerate(missing):
        progress(number, len(missing), text)
        assert narrator is not None
        take = best_take(text, narrator, ear, engine.deliveries)
        file = f"{clip_name(text, settings)}.opus"
        keep_clip(home, text, file, take)
    progress(len(missing), len(missing), "")
    entries = read_index(home)
    return Report(
        made=tuple(missing),
        kept=tuple(text for text in lines if text not in missing),
        doubtful=tuple(Doubt(text, entries[text].heard) for text in lines if entries[text].heard),
        checked=ear is not None or not missing,
    )


def best_take(spoken: str, narrator: Narrator, ear: Ear | None, deliveries: Sequence[Delivery] = DELIVERIES) -> Take:
    """The first take that is understood word for word, or else the one that is misunderstood least."""
    takes: list[Take] = []
    sounds = sounds_of(spoken)

    def sound_of(words: str) -> str:
        return narrator.sound_of(pronounced(Speech(words), sounds).spoken or words)

    for delivery in deliveries:
        takes.append(mastered_take(narrator.speak(spoken, delivery), spoken, ear, sound_of))
        if not takes[-1].errors:
            break
    return min(takes, key=lambda take: take.errors)


def mastered_take(segment: AudioSegment, spoken: str, ear: Ear | None, sound_of: Callable[[str], str] = str) -> Take:
    """A line as somebody has said it, made ready, and listened to where there is an ear."""
    data = encoded(mastered(segment))
    sound = decoded(data)
    if ear is None:
        return Take(data, sound)
    heard = ear.hear(segment_of(sound, RATE_HZ))
    return Take(data, sound, heard, word_errors(plain_text(spoken), heard, sound_of))


def keep_clip(home: Path, text: str, file: str, take: Take) -> Entry:
    """Keep a take as the clip of a spoken form in a voice's folder. Raises VoiceError when that cannot be written."""
    entry = Entry(file, round(len(take.sound) * SECOND_MS / RATE_HZ), take.heard if take.errors else "")
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_whole(home / file, take.data)
        _record(home, text, entry)
    except OSError as error:
        raise VoiceError(f"The clips cannot be kept in {home}: {error.strerror}.") from error
    return entry


def unused(folder: Path, voice: str, texts: Iterable[str]) -> list[Path]:
    """A voice's clips that none of these texts needs. Nothing is removed."""
    entries = read_index(folder / voice)
    wanted = {entries[text].file for text in map(normalised, texts) if text in entries}
    return sorted(path for path in (folder / voice).glob("*.opus") if path.name not in wanted)


def read_index(home: Path) -> dict[str, Entry]:
    """A voice's index, from normalised spoken form to its clip; empty when there is none yet."""
    path = home / INDEX
    return msgspec.json.decode(path.read_bytes() if path.exists() else b"{}", type=dict[str, Entry])


def _is_made(home: Path, text: str, entry: Entry | None, settings: str) -> bool:
    file = f"{clip_name(text, settings)}.opus"
    return entry is not None and entry.file == file and (home / file).is_file()


def _record(home: Path, text: str, entry: Entry) -> None:
    """Add a clip to the index as it is now on disk, whole or not at all."""
    entries = {**read_index(home), text: entry}
    write_whole(home / INDEX, msgspec.json.format(msgspec.json.encode(entries, order="sorted"), indent=2) + b"\n")
