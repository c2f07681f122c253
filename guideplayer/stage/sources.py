"""Recordings as samples: short ones whole, beds read as they are needed and round and round.

Everything is 48 kHz stereo float32, -1..1. Shipped media has that rate; an author's own recording may have another.
"""

from pathlib import Path

import numpy as np
import pydub
import soundfile
from numpy.typing import NDArray

RATE_HZ = 48_000
CHANNELS = 2
CHUNK_FRAMES = 8192
MOST_KEPT = 12

Samples = NDArray[np.float32]


class SourceError(Exception):
    """A recording cannot be read; the text says which and why."""


def _stereo(samples: Samples) -> Samples:
    if samples.shape[1] == CHANNELS:
        return samples
    return np.repeat(samples[:, :1], CHANNELS, axis=1)


def read_whole(path: Path) -> Samples:
    """A whole recording (frames, 2), at 48 kHz. Raises SourceError."""
    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise SourceError(f"{path.name} cannot be read: {error}") from error
    samples = _stereo(samples)
    if rate_hz != RATE_HZ:
        samples = _at_rate(samples, rate_hz)
    return np.ascontiguousarray(samples, dtype=np.float32)


def _at_rate(samples: Samples, rate_hz: int) -> Samples:
    """The samples at 48 kHz, through pydub."""
    whole = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    segment = pydub.AudioSegment(whole.tobytes(), sample_width=2, frame_rate=rate_hz, channels=CHANNELS)
    resampled = segment.set_frame_rate(RATE_HZ)
    return np.frombuffer(resampled.raw_data, "<i2").reshape(-1, CHANNELS).astype(np.float32) / np.float32(32768)


class Shelf:
    """Short recordings, the latest of them kept."""

    def __init__(self) -> None:
        self._kept: dict[Path, Samples] = {}

    def get(self, path: Path) -> Samples:
        """A whole recording. Raises SourceError."""
        if path not in self._kept:
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[path] = read_whole(path)
        return self._kept[path]


class Loop:
    """A bed that goes round without a seam: after its last sample comes its first."""

    def __init__(self, path: Path) -> None:
        """Open a bed. Raises SourceError, also for one that has another rate than shipped beds have."""
        try:
            self._file = soundfile.SoundFile(path)
        except (OSError, soundfile.LibsndfileError) as error:
            raise SourceError(f"{path.name} cannot be read: {error}") from error
        if self._file.samplerate != RATE_HZ or self._file.frames <= 0:
            raise SourceError(f"{path.name} is not a bed at {RATE_HZ} Hz")
        self._path = path
        self.frames = self._file.frames
        self.cursor = 0
        self._ahead = np.zeros((0, CHANNELS), np.float32)

    def seek(self, frame: int) -> None:
        """Go on from a frame of the endless course."""
        self.cursor = frame % self.frames
        self._file.seek(self.cursor)
        self._ahead = self._ahead[:0]

    def read(self, frames: int) -> Samples:
        """The next frames. Raises SourceError when the file has become unreadable."""
        while len(self._ahead) < frames:
            try:
                chunk = self._file.read(CHUNK_FRAMES, dtype="float32", always_2d=True)
                if len(chunk) < CHUNK_FRAMES:
                    self._file.seek(0)
            except (OSError, soundfile.LibsndfileError) as error:
                raise SourceError(f"{self._path.name} cannot be read: {error}") from error
            self._ahead = np.concatenate([self._ahead, _stereo(chunk)])
        part, self._ahead = self._ahead[:frames], self._ahead[frames:]
        self.cursor = (self.cursor + frames) % self.frames
        return part

    def close(self) -> None:
        """Close the file."""
        self._file.close()
