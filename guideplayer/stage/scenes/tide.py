"""Tide: a warm evening sea under a low light; long swells come in, and the light lies on them as a path."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Field, Plane, palette, shade, smooth, sway

HORIZON = 0.44
_SKY = palette([(0.0, "#1d2446"), (0.35, "#3b3a69"), (0.7, "#8a6076"), (0.9, "#cf9175"), (1.0, "#e8b386")])
_SEA = palette([(0.0, "#1b2340"), (0.3, "#2d3458"), (0.55, "#57506f"), (0.8, "#a37c7c"), (1.0, "#f3c596")])
_LIGHT = np.array([0.95, 0.72, 0.5], np.float32)
_SAND = np.array([0.36, 0.27, 0.26], np.float32)
_FOAM = np.array([1.0, 0.9, 0.82], np.float32)


class Tide:
    """Sky, sea, and the edge of the sand."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._haze, self._water = canvas.clouds(1.9), canvas.clouds(1.2, 4.0)
        below = np.maximum(canvas.y - HORIZON, 0.0)
        # Far water is seen flat: what is a thin line at the horizon is broad near the shore.
        self._depth = (1.0 / (below + 0.06)).astype(np.float32)
        self._near = smooth(0.0, 0.5, below)
        self._calm = smooth(0.0, 0.16, below)
        self._across = (canvas.x * self._depth * 9).astype(np.float32)

    def paint(self, time_s: float) -> Field:
        """The shore after a time."""
        canvas = self._canvas
        light_x = 0.3 + 0.12 * sway(time_s, 1510)
        haze = self._haze.window(time_s * 0.35, 30.0)
        glow = np.exp(-((canvas.x - light_x) ** 2 * 0.8 + ((canvas.y - HORIZON) * 3.4) ** 2)).astype(np.float32)
        height = canvas.y / HORIZON * 0.9 + (haze - 0.5) * 0.2 * smooth(0.02, 0.3, canvas.y) + 0.03 * sway(time_s, 700)
        field = shade(_SKY, height.astype(np.float32))
        field += _LIGHT * (glow * 0.34)[..., None]
        sea = self._sea(time_s, light_x)
        field += (sea - field) * smooth(HORIZON - 0.006, HORIZON + 0.01, canvas.y)[..., None]
        return self._shore(field, time_s, haze)

    def _sea(self, time_s: float, light_x: float) -> Field:
        """Swells in perspective, the sky's colours on them, and the path of light."""
        depth = self._depth
        # Each swell takes 16 to 29 s from crest to crest: slower than anything that sickens.
        ripple = self._water.at(self._across + 3 * sway(time_s, 67), depth * 14 + time_s * 1.6)
        bend = (ripple - 0.5) * 0.9 + self._across * 0.012
        swell = 0.5 * np.sin(depth * 1.9 + bend + 2 * np.pi * time_s / 16)
        swell = swell + 0.5 * np.sin(depth * 1.1 - bend + 2 * np.pi * time_s / 29)
        lift = (swell * 0.06 + (ripple - 0.5) * 0.22) * self._calm
        sky = 0.66 * (1 - self._near) ** 1.4 + 0.12
        facing = smooth(0.2, 0.95, ripple + swell * 0.16)
        path = self._path(light_x, ripple) * (0.25 + 0.75 * facing) * (1 - 0.45 * self._near)
        return shade(_SEA, (sky + lift + path * 0.5).astype(np.float32))

    def _path(self, light_x: float, ripple: Plane) -> Plane:
        """How much of the low light each place of the sea can send back: a path that widens towards the shore."""
        width = 0.12 + 0.36 * self._near
        side = (self._canvas.x - light_x + (ripple - 0.5) * 0.1) / width
        return np.asarray(np.exp(-side * side), dtype=np.float32)

    def _shore(self, field: Field, time_s: float, haze: Plane) -> Field:
        """Wet sand, and the last of each wave on it."""
        canvas = self._canvas
        reach = 0.935 + 0.02 * sway(time_s, 23.0) + 0.012 * sway(time_s, 61.0, 0.3)
        edge = reach + 0.016 * np.sin(canvas.x * 1.7 + 0.4 * sway(time_s, 97)) + 0.006 * np.sin(canvas.x * 4.3 + 1.1)
        sand = smooth(-0.02, 0.06, (canvas.y - edge).astype(np.float32))
        foam = np.exp(-(((canvas.y - edge) / 0.016) ** 2)).astype(np.float32)
        field += (_SAND - field) * sand[..., None]
        field += (foam * (0.06 + 0.1 * haze))[..., None] * _FOAM
        return field
