"""The loudness of a long sound, by ffmpeg's meter after EBU R 128: fed block by block, read when all is in."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import imageio_ffmpeg
import msgspec
import numpy as np

from guideplayer.stage.sources import CHANNELS, RATE_HZ, Samples

EVERY_MS = 100
# What ffmpeg says of silence, and anything that soft, is the same to a listener.
SILENCE_LUFS = -60.0
_SHORT_TERM, _INTEGRATED = "lavfi.r128.S=", "lavfi.r128.I="
_PEAKS = "lavfi.r128.true_peaks_ch"


class Reading(msgspec.Struct, frozen=True):
    """What the meter read: of the whole, and the short-term loudness (3 s) every 100 ms from the beginning."""

    integrated_lufs: float
    true_peak_db: float
    short_term_lufs: tuple[float, ...]


class Meter:
    """A meter; use it with `with`, feed it, and read it at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="guideplayer-")
        self._told = Path(self._folder.name) / "loudness.txt"
        raw = f"-f f32le -ar {RATE_HZ} -ac {CHANNELS} -i -"
        measured = f"ebur128=peak=true:metadata=1,ametadata=print:file={self._told}"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw.split(), "-af", measured, "-f", "null", "-"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def feed(self, samples: Samples) -> None:
        """More of the sound (frames, 2)."""
        assert self._process.stdin
        self._process.stdin.write(np.ascontiguousarray(samples, np.float32).tobytes())

    def read(self) -> Reading:
        """What was measured; nothing can be fed any more."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        lines = self._told.read_text("utf-8").splitlines()
        peak = max((value for line in lines if line.startswith(_PEAKS) for value in _numbers(line)), default=0.0)
        # One reading is one tenth of a second, also of silence, which the meter gives no number.
        short = [
            max(SILENCE_LUFS, next(_numbers(line), SILENCE_LUFS)) for line in lines if line.startswith(_SHORT_TERM)
        ]
        whole = [value for line in lines if line.startswith(_INTEGRATED) for value in _numbers(line)]
        return Reading(
            integrated_lufs=whole[-1] if whole else SILENCE_LUFS,
            true_peak_db=float(20 * np.log10(max(peak, 1e-6))),
            short_term_lufs=tuple(short),
        )

    def __enter__(self) -> "Meter":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def _numbers(line: str) -> Iterator[float]:
    value = float(line.partition("=")[2])
    if np.isfinite(value):
        yield value
