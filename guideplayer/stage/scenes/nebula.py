"""Nebula: lit dust in deep space, folded into itself by slow currents; for the peak, so it is dim and without edges."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, shade, smooth
from guideplayer.stage.scenes.palettes import Palette

STARS = 260


class Nebula:
    """Folded clouds of light."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._cool_colours = palette.gradient("cool")
        self._warm_colours = palette.gradient("warm")
        self._canvas = canvas
        self._current = canvas.clouds(3.4, 170), canvas.clouds(3.4, 170)
        self._body = canvas.clouds(1.95, 130)
        self._hue = canvas.clouds(3.4, 240)
        self._veil = canvas.clouds(2.0, 110)
        random = canvas.random
        self._star_x, self._star_y = random.uniform(0, 1, STARS), random.uniform(0, 1, STARS)
        self._star_light = 0.1 + 0.9 * random.power(0.35, STARS)
        self._star_pace, self._star_turn = random.uniform(13, 37, STARS), random.uniform(0, 1, STARS)

    def paint(self, time_s: float) -> Field:
        """The cloud after a time."""
        canvas = self._canvas
        # Places are looked up where slow currents have carried them: what makes clouds look grown and not computed.
        bend = canvas.wide(self._current[0], time_s * 0.45, 60 + 30 * sway(time_s, 1310)) - np.float32(0.5)
        fold = canvas.wide(self._current[1], 90 - time_s * 0.35, 30 * sway(time_s, 1170)) - np.float32(0.5)
        across = canvas.columns + bend * 75
        down = canvas.rows + fold * 75
        body = self._body.at(across + np.float32(time_s * 0.3), down + np.float32(40 + 14 * sway(time_s, 970)))
        veil = self._veil.at(across * 0.8 + fold * 40 - np.float32(time_s * 0.2), down * 0.8 + bend * 40)
        heart_x, heart_y = 0.45 * sway(time_s, 1430), 0.5 + 0.1 * sway(time_s, 890, 0.3)
        distance = ((canvas.x - heart_x) * 0.55) ** 2 + ((canvas.y - heart_y) * 1.0) ** 2
        glow = np.exp(-distance * 1.2).astype(np.float32)
        light = 0.14 + body * (0.26 + 0.5 * glow) + glow * 0.2
        light *= 1.06 - 0.5 * smooth(0.15, 0.95, veil)
        # Bright places grow bright ever more slowly: a soft shoulder instead of blots.
        light = np.tanh(light * light * 1.4 + light * 0.36)
        hue = smooth(0.25, 0.75, canvas.wide(self._hue, 200 + time_s * 0.25, 60 + 25 * sway(time_s, 1610)) + bend * 0.3)
        field = shade(self._cool_colours, light)
        field += (shade(self._warm_colours, light) - field) * hue[..., None]
        return field

    def stars(self, time_s: float) -> Stars:
        """Stars, a little in front of the cloud."""
        shimmer = 0.75 + 0.25 * np.sin(2 * np.pi * (time_s / self._star_pace + self._star_turn))
        across = (self._star_x + time_s * 0.00006) % 1.0
        # None jumps from edge to edge: all are dark there.
        edge = np.clip(np.minimum(across, 1 - across) * 25, 0, 1)
        return Stars(across, self._star_y, self._star_light * shimmer * edge * 0.8)
