"""From a small field of display values to a full-size picture without bands.

The field is scaled up with more levels than the screen has, blue noise smaller than one screen level is taken off, and
the result is divided. Each pixel then errs towards one of two neighbouring levels, so that areas have levels between
them; blue noise has no large grains for the eye to catch.
"""

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.scenes.canvas import Field

TILE_PX = 128


def blue_noise(seed: int) -> NDArray[np.float64]:
    """A seamless tile of evenly distributed values (0..1) without low frequencies."""
    values = np.random.default_rng(seed).random((TILE_PX, TILE_PX))
    down, across = np.meshgrid(np.fft.fftfreq(TILE_PX), np.fft.fftfreq(TILE_PX), indexing="ij")
    distance = np.hypot(down, across)
    high = 1 - np.exp(-((distance / 0.32) ** 2) * 2)
    for _ in range(12):
        # High-passing spoils the even distribution and ranking spoils the spectrum; a few rounds satisfy both.
        filtered = np.fft.ifft2(np.fft.fft2(values) * high).real
        ranks = np.empty(TILE_PX * TILE_PX)
        ranks[np.argsort(filtered, axis=None)] = np.arange(TILE_PX * TILE_PX)
        values = (ranks / (TILE_PX * TILE_PX)).reshape(TILE_PX, TILE_PX)
    return values


class Dither:
    """Brings fields to one size of screen."""

    def __init__(self, size: tuple[int, int], field_size: tuple[int, int]) -> None:
        self._size = size
        width, height = field_size
        self._low, self._high = (np.zeros((height, width, 4), np.uint8) for _ in range(2))
        self._small_low, self._small_high = (
            pygame.image.frombuffer(buffer.data, field_size, "BGRA") for buffer in (self._low, self._high)
        )
        self._large_high = pygame.Surface(size, depth=32)
        tiles = [blue_noise(seed) for seed in (1, 2, 3)]
        self._noise = {levels: self._tiled(tiles, levels) for levels in (2, 4)}

    def _tiled(self, tiles: list[NDArray[np.float64]], levels: int) -> pygame.Surface:
        """A surface of noise from 0 to one less than the levels, the size of the screen."""
        width, height = self._size
        whole = pygame.Surface(self._size, depth=32)
        tile = np.stack([np.floor(values * levels) for values in tiles], axis=2).astype(np.uint8)
        piece = pygame.surfarray.make_surface(tile)
        for left in range(0, width, TILE_PX):
            for top in range(0, height, TILE_PX):
                whole.blit(piece, (left, top))
        return whole

    def draw(self, field: Field, target: pygame.Surface) -> None:
        """Draw a field (values 0..1) over the whole of a 32-bit surface.

        A dim picture has four levels for each of the screen's. In a brighter one, of two levels each, what does not
        fit into eight bits is scaled and halved by itself and added again.
        """
        brightest = float(field.max()) * 255
        levels = 4 if brightest * 4 <= 255 else 2
        scaled = field[..., ::-1] * np.float32(255 * levels) + np.float32(0.5)
        np.minimum(scaled, 255, out=self._low[..., :3], casting="unsafe")
        self._enlarge(self._small_low, target, levels)
        if brightest * levels > 255:
            np.clip(scaled - 255, 0, 255, out=self._high[..., :3], casting="unsafe")
            self._enlarge(self._small_high, self._large_high, levels)
            target.blit(self._large_high, (0, 0), special_flags=pygame.BLEND_RGB_ADD)

    def _enlarge(self, small: pygame.Surface, target: pygame.Surface, levels: int) -> None:
        pygame.transform.smoothscale(small, self._size, target)
        target.blit(self._noise[levels], (0, 0), special_flags=pygame.BLEND_RGB_SUB)
        share = 256 // levels
        target.fill((share, share, share), special_flags=pygame.BLEND_RGB_MULT)
