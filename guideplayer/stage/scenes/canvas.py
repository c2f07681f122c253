"""What scenes are painted on: the coordinates of a picture, its own random numbers, slow movement and small stars."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.clouds import Clouds
from guideplayer.stage.scenes.colours import Plane

# Scenes are composed on fields of this height: their drifts and sizes in pixels are pixels of such a field.
FIELD_HEIGHT = 180


def sway(time_s: float, period_s: float, phase: float = 0.0) -> float:
    """A slow sine from -1 to 1."""
    return float(np.sin(2 * np.pi * (time_s / period_s + phase)))


def risen(time_s: float, start_s: float, end_s: float) -> float:
    """How far something slow has come: 0 until its start, 1 from its end, soft at both."""
    share = min(1.0, max(0.0, (time_s - start_s) / (end_s - start_s)))
    return share * share * (3 - 2 * share)


COOL_WHITE = (0.86, 0.9, 1.0)


class Stars(NamedTuple):
    """Lights finer than a field: places from 0 to 1 across and down, brightness 0..1, and how wide each is.

    A width of 1 is a point; more are soft discs, so many times as wide. All have one tint (red, green, blue).
    """

    across: Plane
    down: Plane
    brightness: Plane
    width: Plane | None = None
    tint: tuple[float, ...] = COOL_WHITE


_NONE = np.zeros(0, np.float32)
NO_STARS = Stars(_NONE, _NONE, _NONE)


class Canvas:
    """The coordinates of a picture: `x` from -aspect to aspect and `y` from 0 (top) to 1; and both in pixels."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.random = np.random.default_rng(seed)
        self.aspect = width / height
        self.rows: Plane = np.arange(height, dtype=np.float32)[:, None]
        self.columns: Plane = np.arange(width, dtype=np.float32)[None, :]
        self.y: Plane = (self.rows + np.float32(0.5)) / np.float32(height)
        self.x: Plane = (self.columns * 2 + 1 - np.float32(width)) / np.float32(height)

    def clouds(self, roughness: float, largest_px: float, stretch: float = 1.0) -> Clouds:
        """Noise of this picture's own seed."""
        return Clouds(self.random, roughness, largest_px, stretch)

    def wide(self, clouds: Clouds, right_px: float, down_px: float) -> Plane:
        """Noise over the whole picture."""
        return clouds.window((self.height, self.width), right_px, down_px)
