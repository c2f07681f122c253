"""What is heard, as a function of moments: voice, beds and one-shots summed block by block, every gain a ramp.

Whatever sounds already goes on from its own sample; a moment only starts, steers and ends it. So blocks join without a
click, however late or early they are asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from guideplayer.core.moment import BedPart, ClipPart, Moment
from guideplayer.media import Library
from guideplayer.stage.sources import CHANNELS, RATE_HZ, Loop, Samples, Shelf, SourceError

NARRATION_LUFS = -20.0
# ITU-R BS.1770 loudness; 15 LU under the voice and one more for safety.
DUCKED_LUFS = NARRATION_LUFS - 16.0
DUCK_ATTACK_S = 0.8
DUCK_RELEASE_S = 2.5
# -1 dBTP, and half a decibel for what lies between the samples.
CEILING = 10 ** (-1.5 / 20)
CLICK_FREE_S = 0.03
RESUMED_S = 0.15
RESEEK_MS = 250
LIMITER_RELEASE_S = 0.5


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


class Ramp:
    """A gain that moves by the sample, never faster than is free of clicks."""

    def __init__(self, value: float = 0.0, slowest_s: float = CLICK_FREE_S) -> None:
        self.value = value
        self._slowest_s = slowest_s

    def towards(self, target: float, frames: int) -> Samples:
        """The gain of each of the next frames, as a column."""
        most = frames / RATE_HZ / self._slowest_s
        end = self.value + min(most, max(-most, target - self.value))
        steps = np.linspace(self.value, end, frames + 1, dtype=np.float32)[1:, None]
        self.value = end
        return steps


class Playing:
    """A short recording on its way."""

    def __init__(self, samples: Samples, offset_ms: int) -> None:
        self._samples = samples
        self._cursor = min(len(samples), offset_ms * RATE_HZ // 1000)
        begun_late = offset_ms > CLICK_FREE_S * 1000
        self._gain = Ramp(0.0, RESUMED_S) if begun_late else Ramp(1.0)

    def block(self, frames: int, gain: float) -> Samples:
        """The next frames; silence after the end."""
        part = self._samples[self._cursor : self._cursor + frames]
        self._cursor += len(part)
        gains = self._gain.towards(gain, frames)
        whole = np.zeros((frames, CHANNELS), np.float32)
        whole[: len(part)] = part * gains[: len(part)]
        return whole

    @property
    def over(self) -> bool:
        """Whether nothing more will be heard of it."""
        return self._cursor >= len(self._samples) or self._gain.value == 0.0


class Deck:
    """A bed on its way."""

    def __init__(self, loop: Loop, lufs: float, offset_ms: int) -> None:
        self.loop = loop
        self._lufs = lufs
        self._gain = Ramp(0.0, CLICK_FREE_S)
        loop.seek(offset_ms * RATE_HZ // 1000)

    def block(self, part: BedPart | None, duck: float, frames: int) -> Samples:
        """The next frames; without a part it fades out. `duck` is how far the bed makes room for a voice (0..1)."""
        target = 0.0
        if part and not self._astray(part.offset_ms):
            depth_db = max(0.0, part.level_lufs - DUCKED_LUFS) * duck
            target = part.gain * _ratio(part.level_lufs - self._lufs - depth_db)
        elif part and self._gain.value == 0.0:
            self.loop.seek(part.offset_ms * RATE_HZ // 1000)
        return self.loop.read(frames) * self._gain.towards(target, frames)

    def _astray(self, offset_ms: int) -> bool:
        """Whether it plays at quite another place than it should: then it fades out, is moved, and comes back."""
        length_ms = self.loop.frames * 1000 / RATE_HZ
        off_ms = (self.loop.cursor * 1000 / RATE_HZ - offset_ms) % length_ms
        return bool(min(off_ms, length_ms - off_ms) > RESEEK_MS)

    @property
    def silent(self) -> bool:
        """Whether it has faded out."""
        return self._gain.value == 0.0


class Mix:
    """Sums what a moment asks for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._shelf = Shelf()
        self._voices: dict[str, Playing] = {}
        self._sounds: dict[str, Playing] = {}
        self._decks: dict[str, Deck] = {}
        self._volume = Ramp(0.0, 0.1)
        self._duck = 0.0
        self._limit = 1.0
        self.faults: list[str] = []

    def block(self, moment: Moment, frames: int) -> Samples:
        """The next frames (frames, 2), for a moment at their beginning."""
        self._duck_on(moment.speaks or moment.narration is not None, frames)
        mixed = np.zeros((frames, CHANNELS), np.float32)
        voices = (moment.narration,) if moment.narration else ()
        self._add(mixed, self._voices, voices, self._clip_path)
        self._add(mixed, self._sounds, moment.sounds, self._sound_path)
        self._add_beds(mixed, moment.beds)
        mixed *= self._volume.towards(moment.volume, frames)
        return self._limited(mixed)

    def _duck_on(self, wanted: bool, frames: int) -> None:
        seconds = frames / RATE_HZ
        step = seconds / DUCK_ATTACK_S if wanted else -seconds / DUCK_RELEASE_S
        self._duck = min(1.0, max(0.0, self._duck + step))

    def _clip_path(self, part: ClipPart) -> Path:
        return self._library.path(part.file)

    def _sound_path(self, part: ClipPart) -> Path:
        return self._library.sound_path(part.file)

    def _add(
        self,
        mixed: Samples,
        playing: dict[str, Playing],
        parts: Sequence[ClipPart],
        path_of: Callable[[ClipPart], Path],
    ) -> None:
        """Add short recordings: new ones begin, those under way go on, those no longer wanted fade out."""
        wanted = {part.key: part for part in parts}
        for key, part in wanted.items():
            if key not in playing:
                try:
                    playing[key] = Playing(self._shelf.get(path_of(part)), part.offset_ms)
                except (SourceError, KeyError) as error:
                    self._report(f"{part.file}: {error}")
                    playing[key] = Playing(np.zeros((0, CHANNELS), np.float32), 0)
        for key, one in list(playing.items()):
            mixed += one.block(len(mixed), wanted[key].gain if key in wanted else 0.0)
            if key not in wanted and one.over:
                del playing[key]

    def _add_beds(self, mixed: Samples, parts: Sequence[BedPart]) -> None:
        wanted = {part.name: part for part in parts}
        for name, part in wanted.items():
            if name not in self._decks:
                try:
                    loop = Loop(self._library.bed_path(name))
                except (SourceError, KeyError) as error:
                    self._report(f"{name}: {error}")
                    continue
                self._decks[name] = Deck(loop, self._library.beds[name].lufs, part.offset_ms)
        eased = self._duck * self._duck * (3 - 2 * self._duck)
        for name, deck in list(self._decks.items()):
            try:
                mixed += deck.block(wanted.get(name), eased, len(mixed))
            except SourceError as error:
                self._report(str(error))
                del self._decks[name]
                continue
            if name not in wanted and deck.silent:
                deck.loop.close()
                del self._decks[name]

    def _report(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def _limited(self, mixed: Samples) -> Samples:
        """The sum under its ceiling: turned down within the block that needs it, and slowly up again."""
        peak = float(np.abs(mixed).max(initial=0.0))
        allowed = min(1.0, CEILING / peak) if peak else 1.0
        recovered = self._limit + len(mixed) / RATE_HZ / LIMITER_RELEASE_S
        target = min(allowed, recovered, 1.0)
        if target < 1.0 or self._limit < 1.0:
            mixed *= np.linspace(self._limit, target, len(mixed), dtype=np.float32)[:, None]
        self._limit = target
        return np.clip(mixed, -CEILING, CEILING, out=mixed)


def render(
    moment_at: Callable[[int], Moment], library: Library, start_ms: int, end_ms: int, block_frames: int = 960
) -> Iterator[Samples]:
    """The sound of a span of time, block by block, for films and tests."""
    mix = Mix(library)
    frames = (end_ms - start_ms) * RATE_HZ // 1000
    for begin in range(0, frames, block_frames):
        now_ms = start_ms + begin * 1000 // RATE_HZ
        yield mix.block(moment_at(now_ms), min(block_frames, frames - begin))
