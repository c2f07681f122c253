"""Snow: a winter evening without wind; large flakes come down slowly before a wood and a last warm light."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, risen, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

# Each row of firs from afar to near: where it stands, how tall, how many.
_WOODS = ((0.60, 0.030, 9.0), (0.66, 0.045, 6.0), (0.74, 0.06, 4.0))
FLAKES = 300
HORIZON = 0.72


class Snow:
    """Sky, three rows of a wood, and the flakes before them."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._sky_colours = palette.gradient("sky")
        self._ground_colours = palette.gradient("ground")
        self._mist_colour = palette.colour("mist")
        self._canvas = canvas
        random = canvas.random
        self._cloud = canvas.clouds(2.7, 130, 2.4)
        self._mist = canvas.clouds(2.8, 120, 3.2)
        self._woods = [(self._wood(*wood), tone) for wood, tone in zip(_WOODS, palette.colours("woods"), strict=True)]
        self._flake_colour = tuple(palette.colour("flake").tolist())
        drift = canvas.wide(canvas.clouds(3.2, 140, 3.0), 0, 60) - np.float32(0.5)
        line = 0.80 + 0.03 * np.sin(canvas.x * 1.3 + random.uniform(0, 6)) + drift * 0.03
        self._ground = smooth(-0.01, 0.03, canvas.y - line)
        self._slope = shade(self._ground_colours, (canvas.y - line) * 3 + drift * 0.5)
        near = random.power(0.45, FLAKES)
        self._near = near
        self._x, self._y = random.uniform(0, 1, FLAKES), random.uniform(0, 1, FLAKES)
        self._fall = 0.008 + 0.030 * near
        self._sway, self._turn = random.uniform(11, 23, FLAKES), random.uniform(0, 1, FLAKES)
        self._width = 1.6 + 9.0 * near**2.2
        # What is near is large and out of focus, and so it is faint.
        self._light = 0.30 / (1 + 1.6 * near**2)

    def _wood(self, line: float, rise: float, pace: float) -> Plane:
        """How much of each place a row of firs covers."""
        x, random = self._canvas.x, self._canvas.random
        tops = np.full_like(x, line)
        for octave in range(2):
            tops = tops + rise * 0.5**octave * np.sin(x * (1.1 + 0.9 * octave) + random.uniform(0, 6.28))
        for _ in range(3):
            count = pace * random.uniform(1.5, 4.5)
            tip = np.abs(((x * count + random.uniform(0, 1)) % 1.0) - 0.5) * 2
            tall = 0.5 + 0.5 * np.sin(x * random.uniform(2, 7) + random.uniform(0, 6.28))
            tops = np.minimum(tops, line + rise * 0.4 - rise * 1.7 * (1 - tip) * tall)
        return smooth(-0.006, 0.010, self._canvas.y - tops)

    def paint(self, time_s: float) -> Field:
        """The evening after a time."""
        canvas = self._canvas
        late = risen(time_s, -100, 2400) * (0.9 + 0.1 * sway(time_s, 2900))
        cloud = canvas.wide(self._cloud, time_s * 0.5, 40 + 8 * sway(time_s, 710)) - np.float32(0.5)
        warm_x = 0.3 + 0.2 * sway(time_s, 2100)
        height = canvas.y / HORIZON * 0.94 - 0.13 * (canvas.x - warm_x) ** 2 - 0.16 * late + cloud * 0.2
        field = shade(self._sky_colours, height)
        for number, (wood, tone) in enumerate(self._woods):
            towards(field, tone, wood)
            mist = canvas.wide(self._mist, 200 * number + time_s * (0.4 + 0.2 * number), 50 + 50 * number)
            lying = np.exp(-(((canvas.y - 0.70 - 0.05 * number) / 0.09) ** 2))
            towards(field, self._mist_colour, lying * smooth(0.1, 0.95, mist) * np.float32(0.5 - 0.2 * late))
        towards(field, self._slope, self._ground)
        field *= np.float32(1.06 - 0.16 * late)
        return field

    def stars(self, time_s: float) -> Stars:
        """The flakes."""
        down = (self._y + time_s * self._fall) % 1.0
        across = (
            self._x
            + (0.006 + 0.016 * self._near) * np.sin(2 * np.pi * (time_s / self._sway + self._turn))
            + 0.02 * sway(time_s, 131)
        ) % 1.0
        # None jumps from edge to edge: all are dark there.
        edge = np.clip(np.minimum(down, 1 - down) * 14, 0, 1) * np.clip(np.minimum(across, 1 - across) * 25, 0, 1)
        return Stars(across, down, self._light * edge, self._width, self._flake_colour)
