"""The last guard of the listener's ears: whatever is summed, its true peak stays under the ceiling.

It looks ahead by a few milliseconds, so the gain has come down, smoothly, before the peak is heard. Programmes as they
are mastered never reach it; then it only delays.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from guideplayer.stage.sources import CHANNELS, RATE_HZ, Samples

# -1 dBTP, less what four-fold oversampling can miss of a peak between samples.
CEILING = 10 ** (-1.3 / 20)
# However samples lie, what is between them is hardly ever twice as high.
SURELY_BELOW = CEILING / 2
LOOKAHEAD_FRAMES = 240
RELEASE_S = 0.5
_TAPS = 24
_HALF = _TAPS // 2
DELAY_FRAMES = LOOKAHEAD_FRAMES + _HALF


def _between() -> Samples:
    """Filters that give the signal a quarter, a half and three quarters of the way between two samples."""
    places = np.array([0.25, 0.5, 0.75])[:, None] - (np.arange(_TAPS)[None, :] - (_HALF - 1))
    window = np.cos(np.pi * places / _TAPS) ** 2
    return np.asarray(np.sinc(places) * window, np.float32)


_BETWEEN = _between()


class Limiter:
    """A gain that is 1 until a peak comes, and then just as much less as that peak needs."""

    def __init__(self) -> None:
        self._heard = np.zeros((DELAY_FRAMES + _HALF, CHANNELS), np.float32)
        # The gains that the latest frames need, from oldest to newest, and what the last of them was let up to.
        self._needed = np.ones(LOOKAHEAD_FRAMES, np.float32)
        self._lowest = np.ones(LOOKAHEAD_FRAMES, np.float32)

    def block(self, samples: Samples) -> Samples:
        """As many frames as are given, DELAY_FRAMES later, all below the ceiling."""
        frames = len(samples)
        line = np.concatenate([self._heard, samples])
        self._heard = line[frames:]
        delayed = line[_HALF : _HALF + frames]
        if float(np.abs(line).max()) <= SURELY_BELOW and float(self._lowest.min()) == 1.0:
            # All that is remembered is quiet, so every gain in it is 1 already, or will be when it is let go.
            self._needed = np.ones(LOOKAHEAD_FRAMES, np.float32)
            return delayed
        limited: Samples = delayed * self._gains(line, frames)[:, None]
        return limited

    def _gains(self, line: Samples, frames: int) -> Samples:
        peaks = _true_peaks(line)[-frames:]
        needed = np.concatenate([self._needed, np.minimum(1.0, CEILING / np.maximum(peaks, CEILING))])
        self._needed = needed[frames:]
        soonest = sliding_window_view(needed, LOOKAHEAD_FRAMES + 1).min(axis=1)
        lowest = np.concatenate([self._lowest, _released(float(self._lowest[-1]), soonest)])
        self._lowest = lowest[frames:]
        # The mean of gains that are each low enough is low enough, and has no corner.
        total = np.cumsum(np.concatenate([[0.0], lowest.astype(np.float64)]))
        means = (total[LOOKAHEAD_FRAMES + 1 :] - total[: -LOOKAHEAD_FRAMES - 1]) / (LOOKAHEAD_FRAMES + 1)
        return np.asarray(means, np.float32)


def _released(last: float, gains: Samples) -> Samples:
    """The gains, rising no faster than the release allows."""
    rise = np.arange(1, len(gains) + 1) / (RELEASE_S * RATE_HZ)
    falls = np.minimum.accumulate(np.concatenate([[last], gains - rise]))[1:]
    return np.asarray(falls + rise, np.float32)


def _true_peaks(line: Samples) -> Samples:
    """How high the signal reaches between each frame that is `_HALF` before the newest, and the one after it."""
    windows = sliding_window_view(line, _TAPS, axis=0)
    between = np.abs(windows @ _BETWEEN.T).max(axis=(1, 2))
    at = np.abs(line[_HALF - 1 : len(line) - _HALF + 1]).max(axis=1)
    peaks: Samples = np.maximum(at[: len(between)], between)
    return peaks
