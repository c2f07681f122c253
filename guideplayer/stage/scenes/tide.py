"""Tide: a warm evening sea under a low light; long swells come in, and the light lies on them as a path."""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

HORIZON = 0.46
# Length of each wave on the water, its direction (0 comes straight in), its period in s, its steepness. Periods are
# those of long swell and longer than the 2.5 to 5 s that sicken.
_WAVES = (
    (2.6, 0.15, 17.0, 0.55), (1.7, -0.30, 13.3, 0.5), (1.05, 0.42, 11.1, 0.42), (0.62, -0.12, 9.7, 0.36),
    (0.37, 0.55, 8.3, 0.3), (0.23, -0.5, 7.9, 0.26),
)  # fmt: skip
EXPOSURE = 0.87


class Tide:
    """Sky and sea."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._sky_colours = palette.gradient("sky")
        self._light_colour = palette.colour("light")
        self._canvas = canvas
        self._haze = canvas.clouds(2.8, 110, 3.5)
        self._ripples = canvas.clouds(1.9, 26, 2.6)
        self._first = int(np.searchsorted(canvas.y[:, 0], HORIZON - 0.012))
        below = np.maximum(canvas.y[self._first :] - HORIZON, 0.0) + 0.012
        # How far away each row of the water is: it is seen from a little above.
        self._away = (0.3 / below).astype(np.float32)
        self._right = (canvas.x * self._away * 0.9).astype(np.float32)
        self._below = below.astype(np.float32)
        self._waves = [self._wave(*wave) for wave in _WAVES]
        self._ripple_across = (self._right * 90).astype(np.float32)
        self._ripple_down = (np.log(self._away) * 150).astype(np.float32)
        self._near = smooth(0.0, 0.3, self._below)

    def _wave(self, length: float, turn: float, period_s: float, steep: float) -> tuple[Plane, float, Plane]:
        """A wave's phase at each place, its period, and its steepness; none where it is finer than the picture."""
        number = 2 * np.pi / length
        phase = number * (self._away * np.cos(turn) + self._right * np.sin(turn)) + self._canvas.random.uniform(0, 6.28)
        per_row = np.abs(number * np.cos(turn) * np.gradient(self._away[:, 0]))[:, None]
        return phase.astype(np.float32), period_s, (steep * np.exp(-((per_row / 1.4) ** 2))).astype(np.float32)

    def paint(self, time_s: float) -> Field:
        """The shore after a time."""
        canvas = self._canvas
        light_x = 0.35 + 0.16 * sway(time_s, 1510)
        haze = canvas.wide(self._haze, time_s * 0.6, 30 + 8 * sway(time_s, 830))
        around = ((canvas.x - light_x) * 0.55) ** 2
        glow = np.exp(-around * 3 - ((canvas.y - HORIZON + 0.02) * 3.4) ** 2).astype(np.float32)
        height = canvas.y / HORIZON * 0.72 - 0.07 * around + (haze - 0.5) * 0.14 * smooth(0.02, 0.3, canvas.y)
        field = shade(self._sky_colours, height + glow * 0.26 + 0.015 * sway(time_s, 710))
        water = self._water(time_s, light_x)
        towards(field[self._first :], water, smooth(-0.012, 0.006, canvas.y[self._first :] - HORIZON))
        field *= np.float32(EXPOSURE)
        return field

    def stars(self, time_s: float) -> Stars:
        """None: the light is still too warm."""
        return NO_STARS

    def _water(self, time_s: float, light_x: float) -> Field:
        """The sea: each place shows the sky that its slope sends back, and the low light where it faces it."""
        slope = np.zeros(self._waves[0][0].shape, np.float32)
        for phase, period_s, steep in self._waves:
            slope += np.sin(phase + np.float32(2 * np.pi * time_s / period_s)) * steep
        ripple = self._ripples.at(
            self._ripple_across + np.float32(6 * sway(time_s, 97)), self._ripple_down + np.float32(time_s * 1.1)
        ) - np.float32(0.5)
        slope = slope * 0.5 + ripple * 1.2
        # Seen flat, far water mirrors the sky above the horizon; near water what is higher up.
        side = (self._canvas.x - light_x) * 0.55
        mirrored = 0.64 - 0.31 * self._near + slope * (0.05 + 0.09 * self._near) + 0.12 * np.exp(-3 * side * side)
        field = shade(self._sky_colours, mirrored)
        field *= (0.92 - 0.1 * self._near)[..., None]
        side = (self._canvas.x - light_x) / (0.1 + 0.6 * self._below)
        path = np.exp(-side * side) * smooth(-0.5, 0.9, slope) * (1 - 0.55 * self._near)
        towards(field, self._light_colour, path * 0.62)
        return field
