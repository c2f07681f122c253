"""How fast the picture moves: blocks of two frames laid over each other, near in time and somewhat farther apart."""

import numpy as np

from guideplayer.verify.display import CELL_PX, SIZE_PX, Display
from guideplayer.verify.light import Light, Plane
from guideplayer.verify.measure import Limit, Worst

# Blocks of five and a half degrees, half overlapping; the shift between them is found to a part of a cell by phase
# correlation (Kuglin and Hines, 1975).
BLOCK, STRIDE = 16, 8
# Far apart slow motion is measured well, and near each other fast motion is not lost.
APART_MS = (67, 200)
# Blocks with less contrast than this have nothing that could be seen moving; and a shift that explains the change
# poorly is none.
LEAST_CONTRAST, LEAST_PEAK = 0.01, 0.3

SPEED = Limit(
    "motion, 95th percentile", 5.0, "deg/s", "DESIGN; visually induced sickness grows with speed (Keshavarz 2015)"
)

_WINDOW = np.outer(np.hanning(BLOCK), np.hanning(BLOCK))


class Motion:
    """Measures the speed between pairs of frames."""

    def __init__(self, display: Display) -> None:
        self._degrees_a_cell = display.degrees_across / SIZE_PX[0] * CELL_PX
        self.worst = {SPEED: Worst()}

    def compare(self, before: Light, after: Light) -> None:
        """Take two frames of different times."""
        speeds = self.speeds(before, after)
        if len(speeds) >= 4:
            found = Worst(float(np.percentile(speeds, 95)), after.at_ms)
            self.worst[SPEED] = self.worst[SPEED].or_more(found)

    def speeds(self, before: Light, after: Light) -> Plane:
        """The speeds of all blocks in which something can be seen to move, in degrees a second."""
        first, second = _blocks(before.luminance), _blocks(after.luminance)
        seen = np.minimum(_contrast(first), _contrast(second)) > LEAST_CONTRAST
        if not seen.any():
            return np.zeros(0)
        shifts, peaks = _shifts(first[seen], second[seen])
        seconds = max(1, after.at_ms - before.at_ms) / 1000
        return np.asarray(shifts[peaks > LEAST_PEAK] * self._degrees_a_cell / seconds)


def _blocks(luminance: Plane) -> Plane:
    # As the eye sees it: equal steps of lightness, not of light.
    lightness = np.cbrt(luminance)
    windows = np.lib.stride_tricks.sliding_window_view(lightness, (BLOCK, BLOCK))[::STRIDE, ::STRIDE]
    return np.asarray(windows.reshape(-1, BLOCK, BLOCK))


def _contrast(blocks: Plane) -> Plane:
    return np.asarray(blocks.std(axis=(1, 2)))


def _shifts(first: Plane, second: Plane) -> tuple[Plane, Plane]:
    """How far each block has gone, in cells, and how well that explains what has changed (0..1)."""
    was, now = ((blocks - blocks.mean(axis=(1, 2), keepdims=True)) * _WINDOW for blocks in (first, second))
    cross = np.fft.fft2(now) * np.fft.fft2(was).conj()
    surface = np.fft.ifft2(cross / (np.abs(cross) + 1e-9)).real
    number = np.arange(len(surface))
    row, column = np.unravel_index(surface.reshape(len(surface), -1).argmax(axis=1), (BLOCK, BLOCK))
    peak = surface[number, row, column]
    above, below = surface[number, (row - 1) % BLOCK, column], surface[number, (row + 1) % BLOCK, column]
    left, right = surface[number, row, (column - 1) % BLOCK], surface[number, row, (column + 1) % BLOCK]
    gone = np.hypot(_signed(row) + _between(above, peak, below), _signed(column) + _between(left, peak, right))
    # A fade changes what is there and moves nothing: then the shift is no better than none.
    alike = np.fft.ifft2(cross).real
    better = alike[number, row, column] > alike[:, 0, 0]
    return np.where(better, gone, 0.0), peak


def _signed(index: Plane) -> Plane:
    return np.where(index > BLOCK // 2, index - BLOCK, index).astype(float)


def _between(left: Plane, middle: Plane, right: Plane) -> Plane:
    """Where between cells the top is, of a parabola through three."""
    bend = left - 2 * middle + right
    return np.where(np.abs(bend) > 1e-9, np.clip(0.5 * (left - right) / np.where(bend == 0, 1, bend), -0.5, 0.5), 0.0)
