"""Clicks: what a smooth sound never does. A jump in a signal cannot be foretold from the samples before it.

Linear prediction (Makhoul, 1975) takes out of each piece of sound what its past foretells. A voice or a string leaves a
rest that is spread over milliseconds; a click leaves one sample that stands far above its neighbours.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from guideplayer.stage.sources import RATE_HZ, Samples

FRAME, ORDER = 1024, 16
AT_A_TIME = 64
# The neighbourhood of a sample: 5 ms on both sides, without the sample itself and what it leaves in the filter.
AROUND, APART = 240, 12
# Nothing of the shipped voices, bells and beds stands out by more than 15.2, plosives included; a tenth less level from
# one sample to the next by 18 to 28, two milliseconds lost by 70 to 100.
STANDS_OUT = 16.5
# Below this (-66 dBFS) nobody hears a single sample.
LEAST = 0.0005
_TRACE = 1e-7


class Clicks:
    """Looks for clicks in a sound that comes block by block."""

    def __init__(self) -> None:
        self._waiting: list[Samples] = []
        self._waits = self._first = 0
        self._counted_to = -1

    def feed(self, samples: Samples) -> Iterator[tuple[int, float]]:
        """Take more of the sound (frames, 2): clicks as their frame and how far they stand out."""
        self._waiting.append(samples)
        self._waits += len(samples)
        if self._waits >= AT_A_TIME * FRAME:
            sound = np.concatenate(self._waiting)
            whole = len(sound) // FRAME * FRAME
            yield from self._found(sound[:whole])
            # The last two frames lead into what follows.
            kept = whole - 2 * FRAME
            self._waiting, self._waits, self._first = [sound[kept:]], len(sound) - kept, self._first + kept

    def _found(self, sound: Samples) -> Iterator[tuple[int, float]]:
        """The clicks of a stretch of whole frames, but for its ends, which only lead in and out."""
        for channel in sound.T:
            rest = np.abs(_unforetold(channel))
            stands = _stands_out(rest)
            stands[:FRAME] = stands[-FRAME:] = 0
            for at in np.flatnonzero((stands > STANDS_OUT) & (rest > LEAST)):
                frame = self._first + int(at)
                if frame > self._counted_to + RATE_HZ // 20:
                    self._counted_to = frame
                    yield frame, float(stands[at])


def _unforetold(signal: Samples) -> NDArray[np.float64]:
    """What linear prediction, made anew for each frame, leaves of a signal."""
    sound = signal.astype(np.float64)
    count = len(sound) // FRAME
    padded = np.concatenate([np.zeros(FRAME // 2), sound, np.zeros(FRAME // 2)])
    # Each frame's predictor knows what is half a frame before and after it.
    wide = sliding_window_view(padded, 2 * FRAME)[::FRAME][:count] * np.hanning(2 * FRAME)
    likeness = np.fft.irfft(np.abs(np.fft.rfft(wide, 4 * FRAME)) ** 2)[:, : ORDER + 1]
    likeness[:, 0] = likeness[:, 0] * (1 + 1e-6) + _TRACE
    lags = np.abs(np.arange(ORDER)[:, None] - np.arange(ORDER)[None, :])
    weights = np.linalg.solve(likeness[:, lags], likeness[:, 1:, None])[..., 0]
    before = np.concatenate([np.zeros(ORDER), sound])
    pasts = sliding_window_view(before, ORDER)[: count * FRAME].reshape(count, FRAME, ORDER)
    foretold = np.einsum("cfo,co->cf", pasts[..., ::-1], weights).reshape(-1)
    return np.asarray(sound[: count * FRAME] - foretold)


def _stands_out(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many times each value is as high as the root mean square of what is around it."""
    power = np.concatenate([np.zeros(AROUND + 1), np.cumsum(rest**2)])
    power = np.concatenate([power, np.full(AROUND, power[-1])])
    number = np.arange(len(rest)) + AROUND

    def between(first: int, last: int) -> NDArray[np.float64]:
        return np.asarray(power[number + last + 1] - power[number + first])

    # The louder side counts: before a sound begins there is silence, and its beginning is no click.
    sides = np.maximum(between(-AROUND, -APART), between(APART, AROUND)) / (AROUND - APART + 1)
    return np.asarray(rest / np.sqrt(np.maximum(sides, 1e-12)))
