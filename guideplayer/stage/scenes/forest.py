"""Forest: a clearing in the morning; light falls through leaves, in rays that the mist shows."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, Plane, shade, smooth, towards
from guideplayer.stage.scenes.palettes import Palette

# Each row of trees from afar to near: how many, and how thick (of the picture's height).
_ROWS = ((17, 0.030), (12, 0.045), (8, 0.075), (5, 0.13))
MOTES = 60
EXPOSURE = 0.93


class _Trees(NamedTuple):
    covered: Plane
    lit: Plane
    tone: Field


class Forest:
    """Rows of trees, leaves above, and the light between."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._light_colours = palette.gradient("light")
        self._leaf_colours = palette.gradient("leaf")
        self._ray_colour = palette.colour("ray")
        self._canvas = canvas
        random = canvas.random
        self._rows = [self._trees(*row, tone) for row, tone in zip(_ROWS, palette.colours("bark"), strict=True)]
        self._leaves = canvas.clouds(1.7, 44, 0.9)
        self._twigs = canvas.clouds(2.6, 110, 1.4)
        self._mist = canvas.clouds(2.7, 110, 2.4)
        self._rays = canvas.clouds(2.0, 46)
        self._floor = canvas.clouds(1.5, 22, 1.2)
        self._dapple = canvas.clouds(2.4, 60, 1.3)
        self._mote_x, self._mote_y = random.uniform(0, 1, MOTES), random.uniform(0.2, 0.95, MOTES)
        self._mote_turn, self._mote_pace = random.uniform(0, 1, MOTES), random.uniform(17, 43, MOTES)
        self._mote_light = 0.12 + 0.4 * random.power(0.5, MOTES)

    def _trees(self, count: int, thick: float, tone: Field) -> _Trees:
        """A row of trunks: how much of each place they cover, and where the light from behind touches them."""
        canvas, random = self._canvas, self._canvas.random
        covered = np.zeros((canvas.height, canvas.width), np.float32)
        lit = np.zeros_like(covered)
        places = (np.arange(count) + random.uniform(0.15, 0.85, count)) / count * 2 * canvas.aspect - canvas.aspect
        for place in places:
            # The clearing is in the middle: what is near stands aside.
            if abs(place - 0.12) < 0.3 + thick * 3:
                continue
            lean, bow = random.normal(0, 0.05), random.normal(0, 0.03)
            wide = thick * random.uniform(0.55, 1.2)
            middle = place + lean * (canvas.y - 0.5) + bow * np.sin(canvas.y * 3)
            away = np.abs(canvas.x - middle)
            half = wide * (0.42 + 0.14 * canvas.y + 0.3 * np.maximum(canvas.y - 0.86, 0))
            trunk = smooth(-0.012 - thick * 0.05, 0.012 + thick * 0.05, half - away)
            side = np.sign(0.12 - place) * (canvas.x - middle) / half
            np.maximum(covered, trunk, out=covered)
            np.maximum(lit, trunk * smooth(0.2, 1.1, side), out=lit)
        return _Trees(covered, lit, tone)

    def paint(self, time_s: float) -> Field:
        """The clearing after a time."""
        canvas = self._canvas
        sun_x, sun_y = 0.12 + 0.1 * sway(time_s, 1710), 0.26 + 0.03 * sway(time_s, 1370)
        away = np.hypot((canvas.x - sun_x) * 0.8, (canvas.y - sun_y) * 1.15)
        bloom = np.exp(-(away**1.3) * 1.35).astype(np.float32)
        mist = canvas.wide(self._mist, time_s * 0.5, 40 + 10 * sway(time_s, 670)) - np.float32(0.5)
        field = shade(self._light_colours, 0.26 + 0.70 * bloom + mist * 0.14)
        self._lay_floor(field, time_s, bloom)
        for number, trees in enumerate(self._rows):
            near = number / len(self._rows)
            # Bark takes its light from the mist before it: what is far is hardly darker than the mist behind.
            bark = field * np.float32(0.72 - 0.5 * near) + trees.tone * np.float32(0.10 + 0.25 * near)
            towards(bark, self._ray_colour, trees.lit * bloom * bloom * np.float32(0.4 - 0.3 * near))
            towards(field, bark, trees.covered)
            drift = canvas.wide(self._mist, 300 * number + time_s * (0.4 + 0.3 * near), 20 + 45 * number)
            lying = smooth(0.15, 0.95, drift) * bloom * np.float32(0.30 - 0.2 * near)
            towards(field, self._ray_colour * np.float32(0.82), lying)
        self._shine(field, time_s, sun_x, sun_y, away)
        self._hang_leaves(field, time_s, bloom)
        field *= np.float32(EXPOSURE)
        return field

    def _lay_floor(self, field: Field, time_s: float, bloom: Plane) -> None:
        """Moss, with the light lying on it."""
        canvas = self._canvas
        ground = smooth(0.70, 0.90, canvas.y + 0.025 * np.sin(canvas.x * 2.1) + 0.06 * np.abs(canvas.x))
        away = 0.4 / np.maximum(canvas.y - 0.58, 0.1)
        across = (canvas.x * away * 75).astype(np.float32)
        down = (away * 130 + np.zeros_like(canvas.x)).astype(np.float32)
        moss = self._floor.at(across * 2, down * 2)
        # Where the leaves leave a gap the sun lies in patches, which wander as the crowns stir.
        patch = smooth(0.45, 0.85, self._dapple.at(across + np.float32(3 * sway(time_s, 41)), down + np.float32(40)))
        tone = shade(self._leaf_colours, 0.12 + bloom * (0.3 + 0.35 * moss + 0.6 * patch))
        towards(field, tone, ground * np.float32(0.92))

    def _shine(self, field: Field, time_s: float, sun_x: float, sun_y: float, away: Plane) -> None:
        """Rays from between the leaves, which come and go over a minute."""
        canvas = self._canvas
        turn = np.arctan2(canvas.y - sun_y + 0.35, canvas.x - sun_x)
        rays = self._rays.at(turn * 70 + np.float32(time_s * 0.22), np.full_like(turn, 20 + time_s * 0.35))
        strength = (
            smooth(0.52, 0.92, rays) * smooth(0.02, 0.3, away) * np.exp(-away * 1.15) * smooth(-0.1, 0.25, canvas.y)
        )
        towards(field, self._ray_colour, strength * np.float32(0.36))

    def _hang_leaves(self, field: Field, time_s: float, bloom: Plane) -> None:
        """The crowns above: dark leaves that stir a little, thin where the light comes through."""
        canvas = self._canvas
        stir_x, stir_y = 1.6 * sway(time_s, 13.7) + 1.2 * sway(time_s, 31.1), 0.8 * sway(time_s, 17.9)
        leaves = canvas.wide(self._leaves, 80 + stir_x, 60 + stir_y)
        twigs = canvas.wide(self._twigs, 200 + stir_x * 0.6, 20 + stir_y * 0.6)
        crown = 0.30 + 0.2 * (twigs - 0.5) + 0.16 * np.abs(canvas.x - 0.12) ** 1.5
        thick = smooth(-0.10, 0.16, crown - canvas.y + (leaves - 0.5) * 0.34)
        tone = shade(self._leaf_colours, 0.16 + 0.8 * bloom * smooth(0.3, 0.9, leaves) + 0.2 * leaves)
        towards(field, tone, thick * np.float32(0.94))

    def stars(self, time_s: float) -> Stars:
        """Motes in the light."""
        across = self._mote_x + 0.02 * np.sin(2 * np.pi * (time_s / self._mote_pace + self._mote_turn))
        down = self._mote_y + 0.025 * np.cos(2 * np.pi * (time_s / self._mote_pace / 1.37 + self._mote_turn))
        lit = np.exp(-(((across - 0.53) / 0.22) ** 2)) * (0.6 + 0.4 * np.sin(2 * np.pi * time_s / self._mote_pace))
        width = 1.5 + 3 * self._mote_light
        return Stars(np.clip(across, 0, 1), np.clip(down, 0, 1), self._mote_light * lit, width, (1.0, 0.93, 0.7))
