"""From a small field of display values to a full-size picture without bands.

A screen has 256 levels, and a dim gradient crosses so few of them that each would show as a band. So the field is
enlarged with four levels for each of the screen's, blue noise from 0 to 3 is taken off, and the result is divided by
four: each pixel errs towards one of two neighbouring levels, areas have levels in between, and blue noise has no large
grains for the eye to catch.

Four times 255 does not fit into eight bits. What is too much is split off before, in whole steps of many levels, and
added again after the division; both parts are enlarged in the same way, so the steps cancel out.
"""

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.scenes.colours import Field

TILE_PX = 128
LEVELS = 4
# A step leaves room in eight bits for LEVELS times what is above it, and below for the noise that is taken off.
STEP = 60
ROOM = LEVELS


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


class _Layer:
    """A small picture of bytes and its way to full size."""

    def __init__(self, field_size: tuple[int, int]) -> None:
        width, height = field_size
        bytes_of = np.zeros((height, width, 4), np.uint8)
        self.bytes = bytes_of[..., :3]
        self.small = pygame.image.frombuffer(bytes_of.data, field_size, "BGRA")


class Dither:
    """Brings fields to one size of screen."""

    def __init__(self, size: tuple[int, int], field_size: tuple[int, int]) -> None:
        self._size = size
        self._fine, self._steps = _Layer(field_size), _Layer(field_size)
        self._large_steps = pygame.Surface(size, depth=32)
        self._noise = pygame.Surface(size, depth=32)
        tile = np.stack([np.floor(blue_noise(seed) * LEVELS) for seed in (1, 2, 3)], axis=2).astype(np.uint8)
        piece = pygame.surfarray.make_surface(tile)
        for left in range(0, size[0], TILE_PX):
            for top in range(0, size[1], TILE_PX):
                self._noise.blit(piece, (left, top))

    def draw(self, field: Field, target: pygame.Surface) -> None:
        """Draw a field (values 0..1) over the whole of a 32-bit surface."""
        levels = field[..., ::-1] * np.float32(255)
        steps = (levels * np.float32(1 / STEP)).astype(np.uint8)
        bright = bool(steps.any())
        if bright:
            # One level less than the step, so that what remains has room for the noise; nothing is under the first.
            np.multiply(steps, STEP, out=steps)
            np.subtract(steps, steps > 0, out=steps)
            self._steps.bytes[...] = steps
            levels -= steps
        np.add(levels * np.float32(LEVELS), np.float32(0.5), out=self._fine.bytes, casting="unsafe")
        pygame.transform.smoothscale(self._fine.small, self._size, target)
        target.blit(self._noise, (0, 0), special_flags=pygame.BLEND_RGB_SUB)
        share = 256 // LEVELS
        target.fill((share, share, share), special_flags=pygame.BLEND_RGB_MULT)
        if bright:
            pygame.transform.smoothscale(self._steps.small, self._size, self._large_steps)
            target.blit(self._large_steps, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
