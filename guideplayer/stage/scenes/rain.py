"""Rain: drops on a window at night; behind it, out of focus, the warm lights of a garden."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.canvas import FIELD_HEIGHT, NO_STARS, Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade
from guideplayer.stage.scenes.discs import Discs
from guideplayer.stage.scenes.palettes import Palette

LAMPS, DROPS, COURSES = 34, 190, 64
# How much larger than the picture the garden is on each side: drops look sideways.
_MARGIN = 0.2
_LONGEST_S = 150.0


class _Drop(NamedTuple):
    radius_px: float
    period_s: float
    turn: float
    across: Plane
    down: Plane


class Rain:
    """A window."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._night_colours = palette.gradient("night")
        self._lamps_colours = palette.gradient("lamps")
        self._canvas = canvas
        random = canvas.random
        width, height = round(canvas.width * (1 + 2 * _MARGIN)), round(canvas.height * (1 + 2 * _MARGIN))
        self._garden = Canvas(width, height, int(random.integers(1 << 30)))
        self._haze = self._garden.clouds(2.7, 120, 1.6)
        down = np.clip(random.normal(0.60, 0.13, LAMPS), 0.1, 0.95)
        self._lamps = Discs(self._garden, random.uniform(0, 1, LAMPS), down, random.uniform(7, 24, LAMPS), edge=0.5)
        self._tones = shade(self._lamps_colours, random.uniform(0, 1, LAMPS).astype(np.float32))
        self._light = random.uniform(0.25, 1.0, LAMPS) ** 1.6
        self._pace_s, self._turn = random.uniform(41, 113, LAMPS), random.uniform(0, 1, LAMPS)
        self._mist = canvas.clouds(2.4, 60)
        self._drops = [self._drop(number) for number in range(DROPS)]

    def _drop(self, number: int) -> _Drop:
        """A drop that comes and goes, each time at another place."""
        random, scale = self._canvas.random, self._canvas.height / FIELD_HEIGHT
        radius_px = (1.3 + 5.0 * random.power(0.5)) * scale
        places = random.uniform(0, 1, (2, COURSES))
        return _Drop(radius_px, random.uniform(70, _LONGEST_S), random.uniform(0, 1), places[0], places[1])

    def paint(self, time_s: float) -> Field:
        """The window after a time."""
        canvas = self._canvas
        garden = self._behind(time_s)
        right = canvas.columns + np.zeros_like(canvas.rows)
        below = canvas.rows + np.zeros_like(canvas.columns)
        light = np.ones_like(right)
        for drop in self._drops:
            self._refract(drop, time_s, right, below, light)
        field = _looked_up(garden, right + _MARGIN * canvas.width, below + _MARGIN * canvas.height)
        mist = canvas.wide(self._mist, 40 + time_s * 0.1, 30 + 10 * sway(time_s, 910))
        field *= (light * (0.86 + 0.14 * mist))[..., None]
        return np.asarray(np.tanh(field), np.float32)

    def _behind(self, time_s: float) -> Field:
        """The garden, larger than the picture."""
        garden = self._garden
        haze = garden.wide(self._haze, time_s * 0.35, 60 + 12 * sway(time_s, 830)) - np.float32(0.5)
        low = 1 - np.abs(garden.y - 0.62) * 1.9
        field = shade(self._night_colours, low * 0.62 + haze * 0.3 + 0.02 * sway(time_s, 310))
        shimmer = self._light * (0.8 + 0.2 * np.sin(2 * np.pi * (time_s / self._pace_s + self._turn)))
        self._lamps.add(field, self._tones * shimmer[:, None].astype(np.float32) * np.float32(0.66))
        return field

    def _refract(self, drop: _Drop, time_s: float, right: Plane, below: Plane, light: Plane) -> None:
        """Let a drop, if it is there, turn upside down what is behind it."""
        course = time_s / drop.period_s + drop.turn
        number, share = int(course // 1) % COURSES, course % 1
        # It grows for a while, stays, and dries.
        there = min(1.0, share * 6, (1 - share) * 5)
        radius_px = drop.radius_px * there * (2 - there)
        if radius_px < 0.7:
            return
        height, width = right.shape
        x, y = float(drop.across[number]) * width, float(drop.down[number]) * height
        reach = int(radius_px) + 2
        rows = slice(max(0, int(y) - reach), min(height, int(y) + reach + 1))
        columns = slice(max(0, int(x) - reach), min(width, int(x) + reach + 1))
        away_x = (self._canvas.columns[:, columns] + np.float32(0.5 - x)) / np.float32(radius_px)
        away_y = (self._canvas.rows[rows] + np.float32(0.5 - y)) / np.float32(radius_px)
        distance = away_x * away_x + away_y * away_y
        inside = np.clip((1.15 - distance) * np.float32(radius_px * 0.6), 0, 1)
        bent = inside * np.float32(radius_px * 4.5)
        right[rows, columns] -= away_x * bent
        below[rows, columns] -= away_y * bent
        # Dark above and light below, as every drop on a window is; its rim is dark.
        light[rows, columns] *= 1 + (0.3 + 0.42 * away_y - 0.34 * distance) * inside

    def stars(self, time_s: float) -> Stars:
        """None: it rains."""
        return NO_STARS


def _looked_up(field: Field, right: Plane, below: Plane) -> Field:
    """The colours of a field at any places, in pixels, between its pixels too."""
    height, width = field.shape[:2]
    right, below = np.clip(right, 0, width - 1.001), np.clip(below, 0, height - 1.001)
    column, row = right.astype(np.int32), below.astype(np.int32)
    beside, under = (right - column)[..., None], (below - row)[..., None]
    flat = field.reshape(-1, 3)
    first = row * width + column
    upper = flat.take(first, axis=0)
    upper += (flat.take(first + 1, axis=0) - upper) * beside
    lower = flat.take(first + width, axis=0)
    lower += (flat.take(first + width + 1, axis=0) - lower) * beside
    return np.asarray(upper + (lower - upper) * under)
