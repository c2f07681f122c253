"""What is measured of a film: the worst value, when and where, and the most that it may be."""

import msgspec
import numpy as np

from guideplayer.verify.display import CELL_PX
from guideplayer.verify.light import Plane


class Worst(msgspec.Struct, frozen=True):
    """The largest value yet, when it was seen (ms of the session; -1: never), and the middle of its tile (pixels)."""

    value: float = 0.0
    at_ms: int = -1
    place: tuple[int, int] | None = None

    def or_more(self, other: "Worst") -> "Worst":
        """The worse of two; of two that are as bad the earlier."""
        return other if other.value > self.value or (other.value == self.value and self.at_ms < 0) else self


def worst_of(values: Plane, at_ms: int, side: int, step: int = 1) -> Worst:
    """The largest of tiles' values; tiles are so many cells wide, and begin at every `step` cells."""
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    middle = (int((column * step + side / 2) * CELL_PX), int((row * step + side / 2) * CELL_PX))
    return Worst(float(values[row, column]), at_ms, middle)


class Limit(msgspec.Struct, frozen=True):
    """The most that a measure may be. `source` says who says so."""

    name: str
    most: float
    unit: str
    source: str


class Measure(msgspec.Struct, frozen=True):
    """One measure of a film against its limit."""

    name: str
    value: float
    most: float
    unit: str
    at_ms: int
    place: tuple[int, int] | None
    source: str
    fails: bool
