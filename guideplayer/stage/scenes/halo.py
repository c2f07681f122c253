"""Halo: a ring of soft light round a quiet middle; it widens and narrows five times a minute, as a sleeper breathes."""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, shade, smooth
from guideplayer.stage.scenes.palettes import Palette

# A whole screen may breathe six times a minute at most; five is a sleeper's slow pace.
BREATH_S = 12.0


class Halo:
    """The ring."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._warm_colours = palette.gradient("warm")
        self._cool_colours = palette.gradient("cool")
        self._canvas = canvas
        self._silk = canvas.clouds(3.2, 130)
        self._fold = canvas.clouds(3.2, 150)
        self._hue = canvas.clouds(3.4, 240)

    def paint(self, time_s: float) -> Field:
        """The ring after a time."""
        canvas = self._canvas
        centre_x, centre_y = 0.05 * sway(time_s, 370), 0.47 + 0.015 * sway(time_s, 290)
        across, down = canvas.x - centre_x, (canvas.y - centre_y) * 2
        fold = canvas.wide(self._fold, time_s * 0.5, 50 + 20 * sway(time_s, 810)) - np.float32(0.5)
        distance = np.hypot(across, down) + fold * 0.1
        radius = 0.62 + 0.035 * sway(time_s, BREATH_S)
        # Thinner as it widens: what changes is its place, not how much light there is.
        silk = canvas.wide(self._silk, 300 - time_s * 0.7, 80 + time_s * 0.25)
        away = distance - radius
        # Rounded at its crest and long outside: a sharp ring would be an eye, or an eclipse.
        spread = np.sqrt(away * away + 0.006) - 0.077
        ring = np.exp(-spread * np.where(away > 0, 2.3, 3.6)).astype(np.float32)
        ring = ring * ring * (0.34 + 0.3 * smooth(0.15, 0.95, silk)) + ring * 0.24
        glow = np.exp(-distance * distance * 1.1) * 0.2
        light = ring * 0.9 + glow + 0.04
        hue = smooth(0.25, 0.75, canvas.wide(self._hue, time_s * 0.4, 40 + 25 * sway(time_s, 1210)))
        field = shade(self._warm_colours, light)
        field += (shade(self._cool_colours, light) - field) * hue[..., None]
        return field

    def stars(self, time_s: float) -> Stars:
        """None."""
        return NO_STARS
