"""Dawn: mist in a valley that fills with light; warm, rising over minutes, never bright."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars, risen, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

# Each ridge from afar to near: where its line lies, how much it rises and falls, how often.
_RIDGES = ((0.51, 0.045, 1.0), (0.60, 0.05, 1.5), (0.71, 0.05, 1.2), (0.83, 0.055, 1.7), (0.97, 0.05, 1.3))

EXPOSURE = 0.88


class _Ridge(NamedTuple):
    first: int
    covered: Plane
    lying: Plane
    tone: Field


class Dawn:
    """Ridges one behind the other, mist between them, the sun behind it all."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._sky_colours = palette.gradient("sky")
        self._sun_colour = palette.colour("sun")
        self._lit_colour = palette.colour("lit")
        self._mist_colour = palette.colour("mist")
        self._canvas = canvas
        self._ridges = [
            self._ridge(*ridge, tone) for ridge, tone in zip(_RIDGES, palette.colours("ridges"), strict=True)
        ]
        self._mist = canvas.clouds(2.7, 110, 2.6)
        self._streaks = canvas.clouds(2.8, 120, 4.0)
        # The sun rises where the farthest ridge is low.
        middle = np.abs(canvas.x[0]) < 0.7
        tops = self._ridges[0].covered.sum(axis=0)
        self._sun_x = float(canvas.x[0][middle][np.argmin(tops[middle])])

    def _ridge(self, line: float, rise: float, pace: float, tone: Field) -> _Ridge:
        at = np.full_like(self._canvas.x, line)
        for octave in range(6):
            turn = self._canvas.random.uniform(0, 2 * np.pi)
            at += rise * 0.52**octave * np.sin(self._canvas.x * pace * 1.93**octave + turn)
        first = max(0, int(at.min() * self._canvas.height) - 2)
        depth = (self._canvas.y - at)[first:]
        return _Ridge(first, smooth(-0.004, 0.009, depth), np.exp(-(((depth - 0.17) / 0.1) ** 2)), tone)

    def paint(self, time_s: float) -> Field:
        """The valley after a time."""
        canvas = self._canvas
        morning = risen(time_s, -300, 1500) + 0.06 * sway(time_s, 1130)
        sun_x, sun_y = self._sun_x + 0.08 * morning, 0.52 - 0.1 * morning
        away = (canvas.x - sun_x) ** 2 * 0.6 + ((canvas.y - sun_y) * 1.7) ** 2
        bloom = np.exp(-away * 2.0).astype(np.float32)
        streaks = canvas.wide(self._streaks, time_s * 0.5, 50 + 6 * sway(time_s, 530)) - np.float32(0.5)
        height = canvas.y * 1.3 - 0.14 + bloom * np.float32(0.2 + 0.14 * morning)
        field = shade(self._sky_colours, height + streaks * 0.16 * smooth(0.0, 0.35, canvas.y))
        towards(field, self._sun_colour, np.exp(-away * 26).astype(np.float32) * np.float32(0.5))
        for number, ridge in enumerate(self._ridges):
            near = number / len(self._ridges)
            below = field[ridge.first :]
            drift = canvas.wide(self._mist, time_s * (0.3 + 0.4 * near) + 170 * number, 30 + 60 * number)[ridge.first :]
            lit = bloom[ridge.first :] * np.float32((0.42 - 0.36 * near) * (0.55 + 0.45 * morning))
            slope = ridge.tone + (self._lit_colour - ridge.tone) * lit[..., None]
            towards(slope, self._mist_colour, ridge.lying * smooth(0.1, 0.9, drift) * np.float32(0.85 - 0.4 * near))
            towards(below, slope, ridge.covered)
        field *= np.float32(EXPOSURE)
        return field

    def stars(self, time_s: float) -> Stars:
        """None: the morning has put them out."""
        return NO_STARS
