"""Stripes: regular light and dark bars, which can harm without moving at all."""

import numpy as np

from guideplayer.verify.display import Display
from guideplayer.verify.light import Light, Plane
from guideplayer.verify.measure import Limit, Worst

# More than five pairs of bars in a part of the picture that is seen at a glance, and most of its pattern in them
# (ITU-R BT.1702, harmful regular patterns; Wilkins, 1995: worst at some three bars to a degree).
WINDOW_DEGREES, PAIRS, DOMINANCE = 10.0, 5, 0.5
# A band of stripes fills a square window only in part; so windows a third as high, and a third as wide, look too.
SHAPES = ((1, 1), (3, 1), (1, 3))
# A checkerboard is two patterns of bars across each other, and as strong.
CROSSED = 0.5

STRIPES = Limit("stripes, light to dark", 0.10, "", "ITU-R BT.1702 for the pattern; a flash's step for its depth")


class Window:
    """A part of the picture in which bars are looked for."""

    def __init__(self, height_px: int, width_px: int) -> None:
        self.height_px, self.width_px = height_px, width_px
        self._taper = np.outer(np.hanning(height_px), np.hanning(width_px))
        down, across = np.fft.fftfreq(height_px) * height_px, np.fft.fftfreq(width_px) * width_px
        self._fine = np.hypot(down[:, None], across[None, :]) > PAIRS

    def depth(self, lit: Plane) -> float:
        """The step from light to dark of its stripes; nothing when it has none."""
        lit = (lit - (lit * self._taper).sum() / self._taper.sum()) * self._taper
        power = np.abs(np.fft.fft2(lit)) ** 2
        if power.sum() <= 1e-9:
            return 0.0
        fine = np.where(self._fine, power, 0)
        stripes, across = self._taken(fine), self._taken(fine)
        if across > CROSSED * stripes:
            stripes += across
        if stripes < DOMINANCE * power.sum():
            return 0.0
        # By Parseval: the variance that the bars have, and from it the step of a sine.
        variance = stripes / (self._taper**2).sum() / power.size
        return float(2 * np.sqrt(2 * variance))

    @staticmethod
    def _taken(fine: Plane) -> float:
        """The power of the strongest bars, which are taken out: two peaks, one opposite the other."""
        height, width = fine.shape
        row, column = np.unravel_index(int(fine.argmax()), fine.shape)
        total = 0.0
        for sign in (1, -1):
            around = np.ix_(
                (sign * int(row) + np.arange(-2, 3)) % height, (sign * int(column) + np.arange(-2, 3)) % width
            )
            total += float(fine[around].sum())
            fine[around] = 0
        return total


class Stripes:
    """Looks for regular patterns in frames."""

    def __init__(self, display: Display) -> None:
        side_px = round(display.pixels(WINDOW_DEGREES)) // 2 * 2
        self._windows = [Window(side_px // down, side_px // across) for down, across in SHAPES]
        self.worst = {STRIPES: Worst()}

    def look(self, light: Light) -> None:
        """Take a frame."""
        lit = light.by_pixel()
        for window in self._windows:
            height, width = window.height_px, window.width_px
            for top in _starts(lit.shape[0], height):
                for left in _starts(lit.shape[1], width):
                    depth = window.depth(lit[top : top + height, left : left + width])
                    found = Worst(depth, light.at_ms, (left + width // 2, top + height // 2))
                    self.worst[STRIPES] = self.worst[STRIPES].or_more(found)


def _starts(length_px: int, side_px: int) -> list[int]:
    """Where windows begin: half a window apart, and one that ends where the picture does."""
    last_px = length_px - side_px
    return sorted({*range(0, last_px + 1, side_px // 2), last_px})
