"""Aurora: curtains of light over a sleeping northern land; they fold slowly, and their rays come and go."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, sway
from guideplayer.stage.scenes.clouds import Clouds
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

# From a curtain's lower edge up: oxygen's green, and the violet above it.
HORIZON = 0.9
STARS = 240
# How fast the folds and the rays drift, in pixels of the field a second.
_FOLD_PX_S, _RAY_PX_S = 0.5, 1.1


class _Curtain(NamedTuple):
    folds: Clouds
    rays: Clouds
    edge: float
    reach: float
    strength: float
    wander: float


class Aurora:
    """Three curtains, one behind the other."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._night_colours = palette.gradient("night")
        self._light_colours = palette.gradient("light")
        self._land_colour = palette.colour("land")
        self._canvas = canvas
        random, x = canvas.random, canvas.x
        self._curtains = [
            _Curtain(canvas.clouds(3.2, 260), canvas.clouds(1.5, 34), edge, reach, strength, turn)
            for edge, reach, strength, turn in ((0.72, 0.26, 0.6, 0.0), (0.60, 0.42, 1.0, 0.4), (0.40, 0.30, 0.5, 0.7))
        ]
        self._haze = canvas.clouds(2.8, 140, 2.5)
        rises = random.uniform(0, 2 * np.pi, 3)
        line = HORIZON + 0.03 * np.sin(x * 1.3 + rises[0]) + 0.012 * np.sin(x * 3.7 + rises[1])
        # A far wood is a line that is a little rough.
        line = line - 0.02 * np.abs(np.sin(x * 37 + 2 * np.sin(x * 11 + rises[2]))) * smooth(0.2, 0.9, np.abs(x))
        self._land = smooth(-0.004, 0.010, canvas.y - line)
        self._star_x, self._star_y = random.uniform(0, 1, STARS), random.uniform(0, 0.86, STARS)
        self._star_light = 0.1 + 0.9 * random.power(0.4, STARS)
        self._star_pace, self._star_turn = random.uniform(11, 31, STARS), random.uniform(0, 1, STARS)

    def paint(self, time_s: float) -> Field:
        """The sky after a time."""
        canvas = self._canvas
        haze = canvas.wide(self._haze, time_s * 0.3, 30 + 7 * sway(time_s, 610)) - np.float32(0.5)
        field = shade(self._night_colours, canvas.y * 0.8 + haze * 0.12)
        for curtain in self._curtains:
            glow, height = self._glow(curtain, time_s)
            # Light adds to light: the stars' sky stays seen through it.
            field += shade(self._light_colours, height) * glow[..., None]
        field = np.asarray(np.tanh(field * np.float32(1.3)), np.float32)
        towards(field, self._land_colour, self._land)
        return field

    def _glow(self, curtain: _Curtain, time_s: float) -> tuple[Plane, Plane]:
        """How strong a curtain's light is at each place, and how high above its edge the place is (0..1)."""
        canvas = self._canvas
        turn = curtain.wander
        # The edge is a line that wanders; seen from below, where it turns away it is brighter.
        row = curtain.folds.window((1, canvas.width), time_s * _FOLD_PX_S, 40 + 12 * sway(time_s, 470, turn))
        fine = curtain.folds.window(
            (1, canvas.width), 300 - time_s * _FOLD_PX_S * 1.6, 120 + 9 * sway(time_s, 390, turn)
        )
        edge = curtain.edge + (row - 0.5) * 0.26 + (fine - 0.5) * 0.1
        bend = (row - 0.5) * 110 + (fine - 0.5) * 30
        above = (edge - canvas.y) / curtain.reach
        # Rays lean with the folds, and are the same all the way up.
        lean = canvas.columns + bend - above * 9
        rays = curtain.rays.at(lean + np.float32(time_s * _RAY_PX_S), np.full_like(lean, 30 + 8 * time_s / 60))
        patch = curtain.folds.window((1, canvas.width), 700 - time_s * 0.35, 200 + 16 * sway(time_s, 830, turn))
        strength = curtain.strength * (0.25 + 0.95 * smooth(0.25, 0.8, patch))
        rise = smooth(-0.34, 0.12, above) * np.exp(-np.maximum(above, 0) * (2.1 + 1.1 * (1 - rays)))
        return np.asarray(rise * strength * (0.22 + 0.62 * rays * rays), np.float32), np.asarray(above * 0.8)

    def stars(self, time_s: float) -> Stars:
        """Stars, which the curtains outshine."""
        shimmer = 0.78 + 0.22 * np.sin(2 * np.pi * (time_s / self._star_pace + self._star_turn))
        return Stars(self._star_x, self._star_y, self._star_light * shimmer * 0.85)
