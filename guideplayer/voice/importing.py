"""A folder of takes becomes a voice of the clinic's own: matched to a script's lines, checked, mastered, kept.

What a machine cannot decide is told, and left to a person. The folder's files are only read; each that counts is kept
beside its clip as it is.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import soundfile
from pydub import AudioSegment

from guideplayer.core.speech import breaths_of
from guideplayer.core.units import SECOND_MS, format_duration
from guideplayer.music.folder import natural_key
from guideplayer.music.readable import SUFFIXES, UnreadableError, cache_folder, readable
from guideplayer.voice import VoiceError
from guideplayer.voice.clips import Take, keep_clip
from guideplayer.voice.gate import gated
from guideplayer.voice.hearing import Ear, word_errors, words_of
from guideplayer.voice.kept_takes import keep_take, read_clips
from guideplayer.voice.lines import Line
from guideplayer.voice.mastering import RATE_HZ, decoded, encoded, mastered, samples_of, segment_of, trimmed
from guideplayer.voice.matching import MOST_WRONG, How, Match, match_by_name, match_by_speech
from guideplayer.voice.takes import TakeError, read_take

# A calm voice takes half a second for a word; from twice that on there is more in the take than the line.
_MOST_MS_A_WORD, _LEAST_MS_A_WORD, _SPARE_MS = 1200, 120, 5 * SECOND_MS
# A take that was too loud for its microphone stands at full scale again and again.
_FULL_SCALE, _MOST_AT_FULL_SCALE = 0.999, 10

Progress = Callable[[int, int, str], None]
"""Told how many files are done, of how many, and which one is next (empty at the end)."""


class Fate(StrEnum):
    """What became of a line: imported; imported, but a person should listen; there from before; missing."""

    IMPORTED = "imported"
    LISTEN = "listen"
    THERE = "there"
    MISSING = "missing"


class LineReport(msgspec.Struct, frozen=True):
    """A line (numbered from 1), the take it has now, how that was found, what was heard, and what a person should know
    (whole sentences)."""

    number: int
    text: str
    part: str
    fate: Fate
    file: str = ""
    how: str = ""
    heard: str = ""
    notes: tuple[str, ...] = ()


class Leftover(msgspec.Struct, frozen=True):
    """A file that was not imported, why (a sentence), and what was heard in it."""

    file: str
    why: str
    heard: str = ""


class ImportReport(msgspec.Struct, frozen=True):
    """What was made of a folder. `checked` says whether a machine listened to the takes."""

    voice: str
    checked: bool
    lines: tuple[LineReport, ...]
    leftover: tuple[Leftover, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing is left for a person to look at."""
        return not self.leftover and all(line.fate in (Fate.IMPORTED, Fate.THERE) for line in self.lines)


class _Heard(NamedTuple):
    """A take that can be used: its file, its sound, what was heard in it, and what a person should know of it."""

    path: Path
    sound: AudioSegment
    heard: str
    notes: tuple[str, ...]


class _Chosen(NamedTuple):
    """A take for a line, and how many words of it were heard otherwise."""

    take: _Heard
    how: How
    errors: int


class Importer:
    """Imports takes into `home`, the folder of a voice; `lines` are all that it says in the script, in their order.

    Without an ear nobody listens: then only names can tell which line a take is.
    """

    def __init__(self, home: Path, lines: Sequence[Line], language: str, ear: Ear | None) -> None:
        self._home, self._lines, self._language, self._ear = home, lines, language, ear
        self._leftover: list[Leftover] = []

    def bring_in(self, folder: Path, progress: Progress) -> ImportReport:
        """Import what is in a folder. Raises VoiceError when it cannot be read, or the voice cannot be written."""
        files = _files(folder)
        takes = []
        for number, path in enumerate(files):
            progress(number, len(files), path.name)
            if take := self._listened(path):
                takes.append(take)
        chosen = self._matched(takes)
        before = read_clips(self._home)
        lines = []
        for place, line in enumerate(self._lines):
            about = (place + 1, line.text, line.part)
            if place in chosen:
                lines.append(self._kept(about, line, chosen[place]))
            else:
                there = line.spoken in before and (self._home / before[line.spoken].file).is_file()
                lines.append(LineReport(*about, Fate.THERE if there else Fate.MISSING))
        progress(len(files), len(files), "")
        return ImportReport(self._home.name, self._ear is not None, tuple(lines), tuple(self._leftover))

    def _listened(self, path: Path) -> _Heard | None:
        """A take, once it was listened to; one that cannot be used is left over."""
        try:
            sound = read_take(path)
            clipped = _is_clipped(path)
        except TakeError as error:
            self._leftover.append(Leftover(path.name, str(error)))
            return None
        heard = self._ear.hear(sound) if self._ear else ""
        notes = ("It was too loud for its microphone, and crackles: record it again.",) if clipped else ()
        return _Heard(path, segment_of(gated(samples_of(sound)), RATE_HZ), heard, notes)

    def _matched(self, takes: Sequence[_Heard]) -> dict[int, _Chosen]:
        """The take of each line, by the line's place; what belongs to none is left over."""
        named = {take.path: match_by_name(take.path.stem, self._home.name, self._lines) for take in takes}
        taken = {match.place for match in named.values() if match}
        found: dict[int, list[_Chosen]] = {}
        for take in takes:
            match = named[take.path] or match_by_speech(take.heard, self._lines, taken)
            if match is None:
                why = "It is no line of this script." if take.heard else "Its name tells no line, and nobody listened."
                self._leftover.append(Leftover(take.path.name, why, take.heard))
            elif other := self._another(take, match):
                why = f"Its name says line {match.place + 1}, and what is heard is line {other.place + 1}."
                self._leftover.append(Leftover(take.path.name, why, take.heard))
            else:
                errors = word_errors(self._lines[match.place].text, take.heard) if self._ear else 0
                found.setdefault(match.place, []).append(_Chosen(take, match.how, errors))
        return {place: self._best(several) for place, several in found.items()}

    def _another(self, take: _Heard, match: Match) -> Match | None:
        """The line that is heard clearly where the name tells another."""
        line = self._lines[match.place]
        wrong = word_errors(line.text, take.heard) / max(1, len(words_of(line.text))) if take.heard else 0.0
        other = match_by_speech(take.heard, self._lines) if wrong > MOST_WRONG else None
        return other if other and other.place != match.place else None

    def _best(self, several: Sequence[_Chosen]) -> _Chosen:
        """The take that is understood best; of equals the last, which is mostly the one that was meant."""
        best: _Chosen = min(reversed(several), key=lambda one: one.errors)
        others = [one.take.path.name for one in several if one is not best]
        if not others:
            return best
        for name in others:
            self._leftover.append(Leftover(name, f"Of several takes of one line, {best.take.path.name} was taken."))
        note = f"It has {len(several)} takes: listen whether {best.take.path.name} is the one that is meant."
        take = _Heard(best.take.path, best.take.sound, best.take.heard, (*best.take.notes, note))
        return _Chosen(take, best.how, best.errors)

    def _kept(self, about: tuple[int, str, str], line: Line, chosen: _Chosen) -> LineReport:
        """Master a take and keep it, and its original. Raises VoiceError."""
        take = chosen.take
        try:
            original = take.path.read_bytes()
        except OSError as error:
            raise VoiceError(f"{take.path} cannot be read: {error.strerror or error}.") from error
        kept = keep_take(self._home, line, self._language, original, take.path.suffix.casefold())
        data = encoded(mastered(take.sound))
        keep_clip(
            self._home, line.spoken, kept.clip_file, Take(data, decoded(data), take.heard or "nothing", chosen.errors)
        )
        notes = (*take.notes, *_length_notes(line, len(trimmed(take.sound))))
        if chosen.errors:
            notes = (*notes, f"It was heard as “{take.heard or 'nothing'}”: listen to it.")
        fate = Fate.LISTEN if notes else Fate.IMPORTED
        return LineReport(*about, fate, take.path.name, chosen.how, take.heard, notes)


def _files(folder: Path) -> list[Path]:
    """The takes of a folder, as people sort them. Raises VoiceError."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.casefold() in SUFFIXES and path.name[0] != "."]
    except OSError as error:
        raise VoiceError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    if not found:
        raise VoiceError(f"There is no sound file in {folder}.")
    return sorted(found, key=lambda path: natural_key(path.name))


def _is_clipped(path: Path) -> bool:
    """Whether a take stands at full scale again and again. Raises TakeError."""
    try:
        samples, _ = soundfile.read(readable(path, cache_folder()), dtype="float32")
    except (UnreadableError, soundfile.SoundFileError, OSError) as error:
        raise TakeError("This take is no sound that can be read: record it again.") from error
    return int(np.count_nonzero(np.abs(samples) >= _FULL_SCALE)) >= _MOST_AT_FULL_SCALE


def _length_notes(line: Line, length_ms: int) -> tuple[str, ...]:
    """What is odd about a take's length for its words."""
    words = len(words_of(line.text))
    pauses_ms = sum(breath.pause_ms for breath in breaths_of(line.spoken))
    length = format_duration(round(length_ms, -2))
    if length_ms > words * _MOST_MS_A_WORD + pauses_ms + _SPARE_MS:
        return (f"It is {length} long, too long for its {words} words: listen whether there is more in it.",)
    if length_ms < words * _LEAST_MS_A_WORD:
        return (f"It is {length} long, too short for its {words} words: listen whether it is whole.",)
    return ()
