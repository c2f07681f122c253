"""Dusk: a wide evening sky; veils of cloud catch the last light, the blue deepens and stars come out one by one."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, risen, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

HORIZON = 0.93
STARS = 230
# The last star that comes out does so after this time; the sky is then as deep as it gets.
NIGHTFALL_S = 1500.0


class Dusk:
    """The evening sky."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._sky_colours = palette.gradient("sky")
        self._land_colours = palette.colours("land")
        self._canvas = canvas
        random, x = canvas.random, canvas.x
        self._high = canvas.clouds(2.5, 90, 1.6)
        self._low = canvas.clouds(2.7, 120, 3.0)
        # Clouds lie on a plane overhead: near the horizon they are far away, small and flat.
        above = np.maximum(HORIZON + 0.16 - canvas.y, 0.05)
        self._far = (0.34 / above).astype(np.float32)
        self._across = (x * self._far * 150).astype(np.float32)
        self._clear = smooth(0.02, 0.4, HORIZON - canvas.y)
        rises = random.uniform(0, 2 * np.pi, 6)
        far = HORIZON - 0.02 + 0.008 * np.sin(x * 1.7 + rises[0]) + 0.004 * np.sin(x * 5.3 + rises[1])
        near = HORIZON + 0.022 + 0.012 * np.sin(x * 1.1 + rises[2]) + 0.003 * np.sin(x * 7.1 + rises[3])
        self._land = [smooth(0.0, 0.014, canvas.y - line) for line in (far, near)]
        self._star_x = random.uniform(0, 1, STARS)
        self._star_y = random.uniform(0, 1, STARS) ** 1.35 * 0.72
        self._star_light = 0.12 + 0.88 * random.power(0.42, STARS)
        # The brightest are seen first.
        self._star_out = np.sort(random.uniform(-240, NIGHTFALL_S, STARS))[np.argsort(np.argsort(-self._star_light))]
        self._star_pace = random.uniform(11, 31, STARS)

    def paint(self, time_s: float) -> Field:
        """The sky after a time."""
        canvas = self._canvas
        night = self._night(time_s)
        high, low = self._veils(time_s)
        after_x = -0.35 + 0.15 * sway(time_s, 2300)
        around = (canvas.x - after_x) ** 2
        height = canvas.y / HORIZON - 0.035 * around - 0.1 * night
        height = height * (1 - 0.1 * (1 - canvas.y))
        lit = height + (high - 0.4) * 0.15 * self._clear + (low - 0.42) * 0.13 * smooth(0.25, 0.75, canvas.y)
        field = shade(self._sky_colours, lit)
        # Where a veil is thick it also holds back some of the light behind it.
        field *= (1 - 0.14 * smooth(0.45, 0.95, low) * smooth(0.3, 0.8, canvas.y))[..., None]
        for covered, land in zip(self._land, self._land_colours, strict=True):
            towards(field, land, covered)
        return field

    def stars(self, time_s: float) -> Stars:
        """The stars that are out."""
        out = np.clip((time_s - self._star_out) / 90, 0, 1)
        shimmer = 0.82 + 0.18 * np.sin(2 * np.pi * time_s / self._star_pace + self._star_out)
        return Stars(
            self._star_x, self._star_y, self._star_light * out * out * (3 - 2 * out) * shimmer * self._open(time_s)
        )

    @staticmethod
    def _night(time_s: float) -> float:
        """How far the evening has come, from 0 to 1; much later it breathes a little, so that nothing ever stops."""
        return risen(time_s, -200, NIGHTFALL_S) * (0.9 + 0.1 * sway(time_s, 3100))

    def _veils(self, time_s: float) -> tuple[Plane, Plane]:
        drift = np.float32(time_s * 0.5)
        high = self._high.at(self._across + drift, self._far * 210 + np.float32(time_s * 0.11))
        low = self._canvas.wide(self._low, 60 + time_s * 0.8, 20 + 9 * sway(time_s, 730))
        return high, low

    def _open(self, time_s: float) -> Plane:
        """How clear the sky is at each star."""
        sky = (HORIZON - self._star_y) / 0.5
        return np.clip(sky, 0, 1) ** 1.5
