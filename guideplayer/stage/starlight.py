"""Stars at full size: soft points too fine for a field, added to the picture."""

from collections.abc import Callable

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import Field

BRIGHTNESSES = 96
# Widths on a screen of 1080 lines: a point, and for the brightest a faint glow around it.
_POINT_PX, _GLOW_PX = 1.15, 4.0
# Wide lights are kept in so many steps to a doubling.
_STEPS = 2


class Starlight:
    """Adds stars to pictures of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._scale = size[1] / 1080
        self._kept: dict[tuple[tuple[float, ...], int], list[pygame.Surface]] = {}

    def _sprites(self, tint: tuple[float, ...], step: int) -> list[pygame.Surface]:
        """The sprites of a tint and a step of width, by brightness."""
        key = (tint, step)
        if key not in self._kept:
            light = self._point() if step == 0 else self._disc(2.0 ** (step / _STEPS))
            self._kept[key] = [self._sprite(light(level / (BRIGHTNESSES - 1)), tint) for level in range(BRIGHTNESSES)]
        return self._kept[key]

    def _distance(self, reach_px: float) -> NDArray[np.float64]:
        """Squares of the distances from a middle, in pixels of a screen of 1080 lines, as far as a light reaches."""
        radius_px = max(2, round(reach_px * self._scale))
        along = np.arange(-radius_px, radius_px + 1) / self._scale
        return np.asarray(along[:, None] ** 2 + along[None, :] ** 2)

    def _point(self) -> Callable[[float], NDArray[np.float64]]:
        distance = self._distance(2.5 * _GLOW_PX)
        # On a small picture a star is spread over one pixel at least, and dimmer for that.
        point_px = max(_POINT_PX, 0.6 / self._scale)
        point = np.exp(-distance / (2 * point_px**2)) * (_POINT_PX / point_px) ** 2
        glow = np.exp(-distance / (2 * _GLOW_PX**2))
        return lambda brightness: brightness * point + 0.14 * brightness**2 * glow

    def _disc(self, width: float) -> Callable[[float], NDArray[np.float64]]:
        width_px = width * _POINT_PX
        distance = self._distance(2.6 * width_px + 1)
        # Flatter in the middle than a bell, as what is out of focus is.
        disc = np.exp(-((distance / (2 * width_px**2)) ** 1.4))
        return lambda brightness: brightness * disc

    @staticmethod
    def _sprite(light: NDArray[np.float64], tint: tuple[float, ...]) -> pygame.Surface:
        levels = np.clip(light[..., None] * np.array(tint) * 255, 0, 255)
        return pygame.surfarray.make_surface(levels.astype(np.uint8))

    def draw(self, stars: Stars, share: float, target: pygame.Surface) -> None:
        """Add stars, each at a share of its brightness in display values."""
        level = np.round(np.clip(stars.brightness * share, 0, 1) * (BRIGHTNESSES - 1)).astype(int)
        step = np.zeros(len(level), int)
        if stars.width is not None:
            step = np.round(np.log2(np.maximum(stars.width, 1)) * _STEPS).astype(int)
        seen = level > 0
        across = np.round(stars.across[seen] * self._size[0]).astype(int).tolist()
        down = np.round(stars.down[seen] * self._size[1]).astype(int).tolist()
        blits = []
        for at, wide, x, y in zip(level[seen].tolist(), step[seen].tolist(), across, down, strict=True):
            sprite = self._sprites(stars.tint, wide)[at]
            radius_px = sprite.get_width() // 2
            blits.append((sprite, (x - radius_px, y - radius_px)))
        target.fblits(blits, pygame.BLEND_RGB_ADD)


def hidden_by(field: Field, stars: Stars) -> Stars:
    """The stars as far as the picture behind them is dark: light and cloud outshine them."""
    height, width = field.shape[:2]
    rows = np.clip((stars.down * height).astype(int), 0, height - 1)
    columns = np.clip((stars.across * width).astype(int), 0, width - 1)
    behind = field[rows, columns].max(axis=1)
    return stars._replace(brightness=stars.brightness * np.clip(1.25 - 1.6 * behind, 0, 1))
