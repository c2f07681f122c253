"""Stripes: regular light and dark bars, which can harm without moving at all."""

import numpy as np

from guideplayer.verify.display import Display
from guideplayer.verify.light import Light, Plane
from guideplayer.verify.measure import Limit, Worst

# More than five pairs of bars in a part of the picture that is seen at a glance, and most of its pattern in them
# (ITU-R BT.1702, harmful regular patterns; Wilkins, 1995: worst at some three bars to a degree).
WINDOW_DEGREES, PAIRS, DOMINANCE = 10.0, 5, 0.5

STRIPES = Limit("stripes, light to dark", 0.10, "", "ITU-R BT.1702 for the pattern; a flash's step for its depth")


class Stripes:
    """Looks for regular patterns in frames."""

    def __init__(self, display: Display) -> None:
        self._side_px = round(display.pixels(WINDOW_DEGREES)) // 2 * 2
        hann = np.hanning(self._side_px)
        self._window = np.outer(hann, hann)
        self.worst = {STRIPES: Worst()}

    def look(self, light: Light) -> None:
        """Take a frame."""
        side, lit = self._side_px, light.by_pixel()
        for top in _starts(lit.shape[0], side):
            for left in _starts(lit.shape[1], side):
                depth = self._depth(lit[top : top + side, left : left + side])
                found = Worst(depth, light.at_ms, (left + side // 2, top + side // 2))
                self.worst[STRIPES] = self.worst[STRIPES].or_more(found)

    def _depth(self, window: Plane) -> float:
        """The step from light to dark of a window's stripes; nothing when it has none."""
        lit = (window - (window * self._window).sum() / self._window.sum()) * self._window
        power = np.abs(np.fft.fft2(lit)) ** 2
        if power.sum() <= 1e-9:
            return 0.0
        along = np.fft.fftfreq(self._side_px) * self._side_px
        fine = np.where(np.hypot(along[:, None], along[None, :]) > PAIRS, power, 0)
        row, column = np.unravel_index(int(fine.argmax()), fine.shape)
        rows, columns = (np.arange(at - 2, at + 3) % self._side_px for at in (int(row), int(column)))
        # Every bar pattern has two peaks, one opposite the other.
        stripes = 2 * fine[np.ix_(rows, columns)].sum()
        if stripes < DOMINANCE * power.sum():
            return 0.0
        # By Parseval: the variance that the bars have, and from it the step of a sine.
        variance = stripes / (self._window**2).sum() / self._side_px**2
        return float(2 * np.sqrt(2 * variance))


def _starts(length_px: int, side_px: int) -> list[int]:
    """Where windows begin: half a window apart, and one that ends where the picture does."""
    last_px = length_px - side_px
    return sorted({*range(0, last_px + 1, side_px // 2), last_px})
