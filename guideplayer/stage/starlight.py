"""Stars at full size: soft points too fine for a field, added to the picture."""

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import Field

BRIGHTNESSES = 96
_TINT = np.array([0.86, 0.9, 1.0])
# Widths on a screen of 1080 lines: a point, and for the brightest a faint glow around it.
_POINT_PX, _GLOW_PX = 1.15, 4.0


class Starlight:
    """Adds stars to pictures of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        scale = size[1] / 1080
        self._radius_px = max(2, round(2.5 * _GLOW_PX * scale))
        along = np.arange(-self._radius_px, self._radius_px + 1) / scale
        distance = along[:, None] ** 2 + along[None, :] ** 2
        # On a small picture a star is spread over one pixel at least, and dimmer for that.
        point_px = max(_POINT_PX, 0.6 / scale)
        point = np.exp(-distance / (2 * point_px**2)) * (_POINT_PX / point_px) ** 2
        glow = np.exp(-distance / (2 * _GLOW_PX**2))
        self._sprites = [self._sprite(point, glow, level / (BRIGHTNESSES - 1)) for level in range(BRIGHTNESSES)]

    @staticmethod
    def _sprite(point: NDArray[np.float64], glow: NDArray[np.float64], brightness: float) -> pygame.Surface:
        light = brightness * point + 0.14 * brightness**2 * glow
        levels = np.clip(light[..., None] * _TINT * 255, 0, 255)
        return pygame.surfarray.make_surface(levels.astype(np.uint8))

    def draw(self, stars: Stars, share: float, target: pygame.Surface) -> None:
        """Add stars, each at a share of its brightness in display values."""
        level = np.round(np.clip(stars.brightness * share, 0, 1) * (BRIGHTNESSES - 1)).astype(int)
        seen = level > 0
        left = np.round(stars.across[seen] * self._size[0]).astype(int) - self._radius_px
        top = np.round(stars.down[seen] * self._size[1]).astype(int) - self._radius_px
        pairs = zip(level[seen].tolist(), left.tolist(), top.tolist(), strict=True)
        target.fblits([(self._sprites[at], (x, y)) for at, x, y in pairs], pygame.BLEND_RGB_ADD)


def hidden_by(field: Field, stars: Stars) -> Stars:
    """The stars as far as the picture behind them is dark: light and cloud outshine them."""
    height, width = field.shape[:2]
    rows = np.clip((stars.down * height).astype(int), 0, height - 1)
    columns = np.clip((stars.across * width).astype(int), 0, width - 1)
    behind = field[rows, columns].max(axis=1)
    return stars._replace(brightness=stars.brightness * np.clip(1.25 - 1.6 * behind, 0, 1))
