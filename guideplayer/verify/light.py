"""A frame as light: what a photometer would read of it, in cells, and by the pixel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from guideplayer.stage.scenes.colours import linear
from guideplayer.verify.display import CELL_PX, SIZE_PX

Plane = NDArray[np.floating[Any]]

_LINEAR = linear(np.arange(256) / 255).astype(np.float32)
# Relative luminance of linear red, green and blue (IEC 61966-2-1).
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)
COLUMNS, ROWS = SIZE_PX[0] // CELL_PX, SIZE_PX[1] // CELL_PX


class Light:
    """One frame. `cells` are linear red, green and blue (rows, columns, 3), each the mean of a cell."""

    def __init__(self, pixels: NDArray[np.uint8], at_ms: int) -> None:
        """`pixels` are display values (height, width, 3)."""
        self.at_ms = at_ms
        self._pixels = pixels
        # Whole rows first: numpy adds long runs of memory several times as fast as short ones.
        rows = np.take(_LINEAR, pixels).reshape(ROWS, CELL_PX, -1).sum(axis=1)
        cells = rows.reshape(ROWS, COLUMNS, CELL_PX, 3).sum(axis=2)
        self.cells: Plane = cells * np.float32(1 / CELL_PX**2)
        self.luminance: Plane = self.cells @ _WEIGHTS
        self.mean = float(self.luminance.mean())

    def at(self, at_ms: int) -> "Light":
        """The same light at another time, when nothing has changed."""
        same = object.__new__(Light)
        same.__dict__.update(self.__dict__, at_ms=at_ms)
        return same

    def sampled(self) -> Plane:
        """The luminance of one pixel of each cell: a fine pattern, which the mean of a cell cancels out, is in it."""
        middle = CELL_PX // 2
        return np.asarray(_LINEAR[self._pixels[middle::CELL_PX, middle::CELL_PX]] @ _WEIGHTS)

    def by_pixel(self) -> Plane:
        """The luminance of every pixel (height, width)."""
        return np.asarray(_LINEAR[self._pixels] @ _WEIGHTS)


def tiles(cells: Plane, side: int) -> Plane:
    """The mean of every square of so many cells, at every place where one fits."""
    sums = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1))
    np.cumsum(np.cumsum(cells, axis=0), axis=1, out=sums[1:, 1:])
    squares = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(squares / side**2)
