"""What is heard, as a function of moments: voice, beds and one-shots summed block by block, every gain a ramp.

Whatever sounds already goes on from its own sample; a moment only starts, steers and ends it. So blocks join without a
click, however late or early they are asked for. A moment is that of a block's end: what began within the block is put
at its very sample, and every gain has arrived where it should be when the block ends.
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from guideplayer.core.moment import BedPart, Moment
from guideplayer.core.playlist import Playlist, sounding
from guideplayer.media import Library
from guideplayer.music.folder import MusicError, playlist_of
from guideplayer.stage.limiter import DELAY_FRAMES, Limiter
from guideplayer.stage.sources import CHANNELS, RATE_HZ, Pantry, Samples, SourceError, Tape

BLOCK_FRAMES = 512
NARRATION_LUFS = -20.0
# 15 LU under the voice, and one more because a bed is not equally loud throughout.
DUCKED_LUFS = NARRATION_LUFS - 16.0
# Music so soft that it would need more is mostly hiss.
MOST_LOUDER_DB = 15.0
DUCK_ATTACK_S = 0.8
DUCK_RELEASE_S = 2.5
CLICK_FREE_S = 0.03
RESUMED_S = 0.15
VOLUME_S = 0.1
RESEEK_FRAMES = RATE_HZ // 4
# A recording that began this little before a block is begun whole, a trifle late, with its attack.
LATE_FRAMES = RATE_HZ // 50
SILENCE = Moment((), 0.0, None, None, None, (), (), 0.0)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


class Wanted(NamedTuple):
    """A recording that a moment asks for: how far in it is at the block's end, and its gain there."""

    path: Path
    end_frame: int
    gain: float
    loops: bool = False


class Ramp:
    """A gain that moves by the sample, and takes `whole_s` at least for the whole way from 0 to 1."""

    def __init__(self, value: float, whole_s: float) -> None:
        self.value = value
        self.whole_s = whole_s

    def towards(self, target: float, frames: int) -> Samples:
        """The gain of each of the next frames, as a column; of one row where it stays."""
        if target == self.value:
            return np.full((1, 1), target, np.float32)
        most = frames / RATE_HZ / self.whole_s
        end = self.value + min(most, max(-most, target - self.value))
        steps = np.linspace(self.value, end, frames + 1, dtype=np.float32)[1:, None]
        self.value = end
        return steps


class Playing:
    """A recording that sounds. One that is begun late, in its midst, comes softly."""

    def __init__(self, wanted: Wanted, pantry: Pantry, frames: int) -> None:
        """Begin within a block of `frames`. Raises SourceError."""
        start_frame = wanted.end_frame - frames
        fresh = not wanted.loops and start_frame <= LATE_FRAMES
        self._lead = max(0, -start_frame) if fresh else 0
        self._tape = Tape(wanted.path, pantry, start_frame=0 if fresh else start_frame, loops=wanted.loops)
        self._gain = (
            Ramp(wanted.gain, CLICK_FREE_S) if fresh else Ramp(0.0, CLICK_FREE_S if wanted.loops else RESUMED_S)
        )

    def block(self, gain: float, frames: int) -> Samples:
        """The next frames, on the way to a gain. Raises SourceError when the file turns out to be damaged."""
        gains = self._gain.towards(gain, frames)
        if self._gain.value == gain:
            self._gain.whole_s = CLICK_FREE_S
        lead, self._lead = self._lead, 0
        samples = self._tape.read(frames - lead)
        if lead:
            samples = np.concatenate([np.zeros((lead, CHANNELS), np.float32), samples])
        sounding: Samples = samples * gains
        return sounding

    def astray(self, wanted: Wanted, frames: int) -> bool:
        """Whether it is a bed that plays at quite another place than it should."""
        length = self._tape.length_frames
        off = (self._tape.position_frames - (wanted.end_frame - frames)) % length
        return wanted.loops and min(off, length - off) > RESEEK_FRAMES

    def leave(self) -> None:
        """Fade as fast as is free of clicks from now on."""
        self._gain.whole_s = CLICK_FREE_S

    @property
    def over(self) -> bool:
        """Whether nothing more will be heard of it once it is no longer wanted."""
        return self._tape.over or self._gain.value == 0.0

    def close(self) -> None:
        """Close its file."""
        self._tape.close()


class Duck:
    """How far beds make room for a voice: an S from 0 to 1 and, more slowly, back."""

    def __init__(self) -> None:
        self._way: float | None = None

    def towards(self, speaks: bool, frames: int) -> float:
        """How far it is at the end of the next frames. At the very first it is at once where it should be."""
        if self._way is None:
            self._way = 1.0 if speaks else 0.0
        step = frames / RATE_HZ / (DUCK_ATTACK_S if speaks else -DUCK_RELEASE_S)
        self._way = min(1.0, max(0.0, self._way + step))
        return self._way * self._way * (3 - 2 * self._way)


class Mix:
    """Sums what moments ask for. Its sound comes DELAY_FRAMES after the moments. `faults` are sentences for staff."""

    def __init__(self, library: Library, comes_s: float = VOLUME_S) -> None:
        """`comes_s` is how long the whole takes to come out of silence at first."""
        self._library = library
        # Looked for once: a bed's layers are asked for in every block.
        self._layer_path = functools.cache(library.layer_path)
        self._pantry = Pantry()
        # None is a recording that cannot be read: it stays silent, and is not tried again while it is wanted.
        self._playing: dict[str, Playing | None] = {}
        self._leaving: list[Playing] = []
        self._playlists: dict[str, Playlist | None] = {}
        self._duck = Duck()
        self._comes_s, self._anew = comes_s, False
        self._volume = Ramp(0.0, comes_s)
        self._limiter = Limiter()
        self.faults: list[str] = []

    def block(self, moment: Moment, frames: int = BLOCK_FRAMES) -> Samples:
        """The next frames (frames, 2), for a moment at their end."""
        if self._anew and self._volume.value == 0.0:
            self._begin_anew()
        wanted = self._wanted(moment, self._duck.towards(moment.speaks or moment.narration is not None, frames))
        self._release(wanted, frames)
        self._begin(wanted, frames)
        mixed = np.zeros((frames, CHANNELS), np.float32)
        for key, playing in self._playing.items():
            if playing:
                self._add(mixed, playing, wanted[key].gain, key)
        for playing in self._leaving:
            self._add(mixed, playing, 0.0, None)
        self._leaving = [playing for playing in self._leaving if not _closed(playing)]
        # The volume comes last: what was set by ear is the ceiling, and no script and no recording goes above it.
        volume = self._volume.towards(0.0 if self._anew else moment.volume, frames)
        sounding: Samples = self._limiter.block(mixed) * volume
        if 0 < moment.volume == self._volume.value:
            self._volume.whole_s = VOLUME_S
        return sounding

    def come_anew(self, *, silent: bool) -> None:
        """Time has passed in which nothing was mixed: all that sounds leaves, and comes softly where it is by now, as
        at first. `silent` says that nothing of it is heard any more.
        """
        self._anew = True
        self._volume = Ramp(0.0 if silent else self._volume.value, CLICK_FREE_S)

    def _begin_anew(self) -> None:
        self._close_playing()
        self._playing.clear()
        self._leaving.clear()
        self._anew, self._duck, self._limiter = False, Duck(), Limiter()
        self._volume = Ramp(0.0, self._comes_s)

    def prepare(self, moment: Moment) -> None:
        """Have the files ready that a moment to come will ask for."""
        for wanted in self._wanted(moment, 0.0).values():
            self._pantry.fetch_soon(wanted.path)

    def forget(self) -> None:
        """The library is another: read its files anew when they are next wanted. What sounds goes on."""
        self._layer_path.cache_clear()
        self._pantry.forget()
        self._playlists.clear()
        self._playing = {key: playing for key, playing in self._playing.items() if playing}
        self.faults = []

    def close(self) -> None:
        """Close every file."""
        self._pantry.close()
        self._close_playing()

    def _close_playing(self) -> None:
        for playing in (*self._playing.values(), *self._leaving):
            if playing:
                playing.close()

    def _wanted(self, moment: Moment, duck: float) -> dict[str, Wanted]:
        """The recordings of a moment, by a key that tells each playing from the next; unknown names are faults."""
        found: dict[str, Wanted] = {}
        if part := moment.narration:
            path = self._library.path(part.file)
            found[f"voice {part.key}"] = Wanted(path, _frame(part.offset_ms), part.gain)
        for part in moment.sounds:
            if part.file in self._library.sounds:
                path = self._library.sound_path(part.file)
                found[f"sound {part.key}"] = Wanted(path, _frame(part.offset_ms), part.gain)
            else:
                self._report(f"There is no sound '{part.file}'.")
        for bed in moment.beds:
            if bed.file:
                found |= self._music(bed, duck)
            elif bed.name in self._library.beds:
                recorded = self._library.beds[bed.name]
                level_lufs = min(bed.level_lufs, recorded.loudest_lufs)
                gain = bed.gain * _ratio(_ducked_lufs(level_lufs, duck) - recorded.lufs)
                for layer in recorded.layers:
                    path, end_frame = self._layer_path(layer), _frame(bed.offset_ms)
                    found[f"bed {bed.name}/{layer.file}"] = Wanted(path, end_frame, gain * layer.gain, True)
            else:
                self._report(f"There is no bed '{bed.name}'.")
        return found

    def _music(self, bed: BedPart, duck: float) -> dict[str, Wanted]:
        """The tracks of a clinic's own music that sound at a place of its playlist, each as loud as the bed's level."""
        if bed.file not in self._playlists:
            try:
                self._playlists[bed.file] = playlist_of(bed.file)
            except MusicError as error:
                self._playlists[bed.file] = None
                self._report(f"{bed.name}: {error}")
        playlist = self._playlists[bed.file]
        found: dict[str, Wanted] = {}
        for part in sounding(playlist, bed.offset_ms) if playlist else ():
            louder_db = min(MOST_LOUDER_DB, _ducked_lufs(bed.level_lufs, duck) - part.track.lufs)
            gain = bed.gain * part.gain * _ratio(louder_db)
            found[f"music {bed.file} {part.number}"] = Wanted(Path(part.track.file), _frame(part.offset_ms), gain)
        return found

    def _release(self, wanted: dict[str, Wanted], frames: int) -> None:
        """Let go what is no longer wanted, or plays at the wrong place."""
        for key, playing in list(self._playing.items()):
            if key in wanted and not (playing and playing.astray(wanted[key], frames)):
                continue
            del self._playing[key]
            if playing:
                playing.leave()
                self._leaving.append(playing)

    def _begin(self, wanted: dict[str, Wanted], frames: int) -> None:
        for key, one in wanted.items():
            if key not in self._playing:
                try:
                    self._playing[key] = Playing(one, self._pantry, frames)
                except SourceError as error:
                    self._playing[key] = None
                    self._report(str(error))

    def _add(self, mixed: Samples, playing: Playing, gain: float, key: str | None) -> None:
        """Add a recording's next frames; a damaged one is silent from here on."""
        try:
            mixed += playing.block(gain, len(mixed))
        except SourceError as error:
            self._report(str(error))
            if key:
                playing.close()
                self._playing[key] = None

    def _report(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def _ducked_lufs(level_lufs: float, duck: float) -> float:
    """A bed's level when it has made room so far (0..1) for a voice."""
    return level_lufs - max(0.0, level_lufs - DUCKED_LUFS) * duck


def _frame(offset_ms: int) -> int:
    return offset_ms * RATE_HZ // 1000


def _closed(playing: Playing) -> bool:
    """Whether a recording that was let go has died away; then it is closed."""
    if playing.over:
        playing.close()
    return playing.over


def render(
    moment_at: Callable[[int], Moment],
    library: Library,
    start_ms: int,
    end_ms: int,
    *,
    block_frames: int = BLOCK_FRAMES,
    fault: Callable[[str], None] = lambda sentence: None,
) -> Iterator[Samples]:
    """The sound of a span of time, block by block, for films and tests. Moments are asked for in order of time.

    `fault` is told what could not be heard.
    """
    mix = Mix(library)
    left = (end_ms - start_ms) * RATE_HZ // 1000
    early = DELAY_FRAMES
    end_frame = 0
    try:
        while left > 0:
            end_frame += block_frames
            samples = mix.block(moment_at(start_ms + end_frame * 1000 // RATE_HZ), block_frames)[early:][:left]
            early = max(0, early - block_frames)
            left -= len(samples)
            if len(samples):
                yield samples
    finally:
        for sentence in mix.faults:
            fault(sentence)
        mix.close()
