"""Embers: a fire that has burned down, seen with half-closed eyes; its coals brighten and dim, and sparks rise."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, shade
from guideplayer.stage.scenes.discs import Discs
from guideplayer.stage.scenes.palettes import Palette

COALS = 170
SPARKS = 46
HEARTH = 0.68


class Embers:
    """A heap of coals, low in the middle, and the warm air over it."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._air_colours = palette.gradient("air")
        self._coal_colours = palette.gradient("coal")
        self._spark_colour = tuple(palette.colour("spark").tolist())
        self._canvas = canvas
        random = canvas.random
        self._smoke = canvas.clouds(2.7, 110, 0.7)
        # A heap is densest in the middle and lies flat.
        across = np.clip(0.5 + random.normal(0, 0.13, COALS), 0.08, 0.92)
        # It lies above the middle of the lower half: captions have their place below.
        down = HEARTH - np.abs(random.normal(0, 0.075, COALS)) + 0.5 * (across - 0.5) ** 2
        depth = (down - down.min()) / (down.max() - down.min())
        order = np.argsort(down)
        across, down, depth = across[order], down[order], depth[order]
        self._coals = Discs(canvas, across, down, 2.5 + 7.5 * depth * random.uniform(0.5, 1.0, COALS), edge=0.7)
        self._middle = np.exp(-(((across - 0.5) / 0.2) ** 2) - ((down - HEARTH + 0.04) / 0.12) ** 2)
        self._turn = random.uniform(0, 1, (2, COALS))
        self._pace_s = random.uniform(19, 71, (2, COALS))
        self._air = np.exp(-((canvas.x * 0.62) ** 2) - ((canvas.y - HEARTH + 0.02) * 1.5) ** 2 * 1.6).astype(np.float32)
        self._spark_x = random.normal(0.5, 0.1, SPARKS)
        self._spark_turn, self._spark_pace = random.uniform(0, 1, SPARKS), random.uniform(0.011, 0.022, SPARKS)
        self._spark_light = 0.4 + 0.6 * random.power(0.6, SPARKS)
        self._spark_sway = random.uniform(9, 19, SPARKS)

    def paint(self, time_s: float) -> Field:
        """The fire after a time."""
        smoke = self._canvas.wide(self._smoke, 20 * sway(time_s, 210), 400 + time_s * 1.6) - np.float32(0.5)
        warmth = 0.72 + 0.05 * sway(time_s, 61) + 0.05 * sway(time_s, 97)
        field = shade(self._air_colours, self._air * (warmth + smoke * 0.28) + np.float32(0.05) + smoke * 0.04)
        # Heat wanders from coal to coal; nothing flickers.
        slow = np.sin(2 * np.pi * (time_s / self._pace_s + self._turn))
        heat = self._middle * (0.62 + 0.26 * slow[0] + 0.16 * slow[1]) + 0.05
        self._coals.add(field, shade(self._coal_colours, heat.astype(np.float32)) * np.float32(0.42))
        # Where many overlap the light grows ever more slowly.
        return np.asarray(np.tanh(field * 1.25), np.float32)

    def stars(self, time_s: float) -> Stars:
        """The sparks: each rises, swaying, grows dim, and is some time away before the next."""
        course = (self._spark_turn + time_s * self._spark_pace) % 1.0
        rise = np.clip(course / 0.7, 0, 1)
        wander = 0.02 * np.sin(2 * np.pi * (time_s / self._spark_sway + self._spark_turn)) * rise
        across = np.clip(self._spark_x + wander + 0.08 * rise * (self._spark_turn - 0.5), 0, 1)
        seen = np.clip(rise * 9, 0, 1) * (1 - rise) ** 1.3
        width = 1 + 2.5 * self._spark_light**3
        return Stars(across, HEARTH - 0.1 - 0.52 * rise, self._spark_light * seen, width, self._spark_colour)
