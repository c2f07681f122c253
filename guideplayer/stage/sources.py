"""Recordings as samples: 48 kHz stereo float32, -1..1, decoded as they are needed, from memory.

A recording's file is small while it is encoded and large once it is not. So whole files are kept, read before they are
needed, and are decoded block by block: no slow disk is ever heard, and an hour of bed takes a few megabytes.
"""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

RATE_HZ = 48_000
CHANNELS = 2
CHUNK_FRAMES = 1024
MOST_KEPT_BYTES = 32_000_000
# A longer file than this is an uncompressed one of many minutes; it is decoded from the disk.
LARGEST_KEPT_BYTES = 8_000_000

Samples = NDArray[np.float32]


class SourceError(Exception):
    """A recording cannot be read; the text says which and why."""


def _unreadable(path: Path, error: Exception) -> SourceError:
    # The library's own sentence, without the memory address that it gives a file in memory.
    why = getattr(error, "error_string", None) or getattr(error, "strerror", None) or str(error)
    return SourceError(f"{path.name} cannot be read: {why}")


def _stereo(samples: Samples) -> Samples:
    """Two channels. One channel in both ears keeps the loudness that was measured: each ear has half its power."""
    if samples.shape[1] >= CHANNELS:
        return samples[:, :CHANNELS]
    return np.repeat(samples * np.float32(0.5**0.5), CHANNELS, axis=1)


class Pantry:
    """The files of recordings, in memory; those that were used longest ago go first."""

    def __init__(self) -> None:
        self._kept: dict[Path, bytes] = {}
        self._guard = threading.Lock()
        self._fetcher: ThreadPoolExecutor | None = None

    def fetch_soon(self, path: Path) -> None:
        """Read a file in the background, so that it is there when it is asked for. A fault is told then, not now."""
        if path in self._kept:
            return
        self._fetcher = self._fetcher or ThreadPoolExecutor(1, "pantry")
        self._fetcher.submit(self._fetch_quietly, path)

    def _fetch_quietly(self, path: Path) -> None:
        try:
            self.file(path).close()
        except SourceError:
            return

    def file(self, path: Path) -> io.BufferedIOBase:
        """The file, open for reading. Raises SourceError."""
        with self._guard:
            held = self._kept.pop(path, None)
            if held is not None:
                self._kept[path] = held
                return io.BytesIO(held)
        try:
            if path.stat().st_size > LARGEST_KEPT_BYTES:
                return path.open("rb")
            held = path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error
        with self._guard:
            self._kept[path] = held
            while sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
                del self._kept[next(iter(self._kept))]
        return io.BytesIO(held)

    def forget(self) -> None:
        """Read every file anew when it is next asked for."""
        with self._guard:
            self._kept.clear()

    def close(self) -> None:
        """End the background reading, once what is being read has been."""
        if self._fetcher:
            self._fetcher.shutdown()


class Tape:
    """A recording on its way, from one of its frames to its end, or round and round without a seam."""

    def __init__(self, path: Path, pantry: Pantry, *, start_frame: int = 0, loops: bool = False) -> None:
        """Open a recording at a frame (at 48 kHz) of its course, which is endless if it loops. Raises SourceError."""
        self._path = path
        self._loops = loops
        self._ended = self._bare = False
        self._ahead = np.zeros((0, CHANNELS), np.float32)
        self._raw = pantry.file(path)
        try:
            self._file = soundfile.SoundFile(self._raw)
            self._open_at(start_frame)
        except (OSError, soundfile.SoundFileError) as error:
            self._raw.close()
            raise _unreadable(path, error) from error
        self.over = self._ended

    def _open_at(self, start_frame: int) -> None:
        rate_hz, frames = self._file.samplerate, self._file.frames
        self.length_frames = frames * RATE_HZ / rate_hz
        first = round(start_frame * rate_hz / RATE_HZ)
        if frames <= 0:
            raise OSError("it is empty")
        self._ended = not self._loops and first >= frames
        if first and not self._ended:
            self._file.seek(first % frames)
        self.position_frames = start_frame
        same = rate_hz == RATE_HZ
        self._resampler = None if same else soxr.ResampleStream(rate_hz, RATE_HZ, CHANNELS, dtype="float32")

    def read(self, frames: int) -> Samples:
        """The next frames; silence after the end. Raises SourceError when the file turns out to be damaged."""
        while len(self._ahead) < frames and not self._ended:
            self._ahead = np.concatenate([self._ahead, self._decoded()])
        part, self._ahead = self._ahead[:frames], self._ahead[frames:]
        self.position_frames += frames
        self.over = self._ended and not len(self._ahead)
        if len(part) == frames:
            return part
        return np.concatenate([part, np.zeros((frames - len(part), CHANNELS), np.float32)])

    def _decoded(self) -> Samples:
        try:
            chunk = self._file.read(CHUNK_FRAMES, dtype="float32", always_2d=True)
            if len(chunk):
                self._bare = False
            if len(chunk) < CHUNK_FRAMES:
                self._turn(empty=not len(chunk))
        except (OSError, soundfile.SoundFileError) as error:
            raise _unreadable(self._path, error) from error
        # A float file can hold what is no number; one such sample would silence everything after it.
        if not np.isfinite(chunk).all():
            chunk = np.nan_to_num(chunk, posinf=0.0, neginf=0.0)
        samples: Samples = _stereo(chunk)
        if self._resampler:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples), last=self._ended)
        return samples

    def _turn(self, *, empty: bool) -> None:
        """Go back to the beginning, or end there."""
        if self._loops and empty and self._bare:
            raise OSError("it holds no sound")
        # A file of whole chunks ends with an empty one at every turn; only one that gives nothing else holds no sound.
        self._bare = empty
        if self._loops:
            self._file.seek(0)
        else:
            self._ended = True

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()


def read_whole(path: Path) -> Samples:
    """A whole short recording (frames, 2). Raises SourceError."""
    tape = Tape(path, Pantry())
    try:
        return tape.read(int(tape.length_frames))
    finally:
        tape.close()
