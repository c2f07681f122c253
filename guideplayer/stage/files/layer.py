"""A full-size picture that is added to the screen: dimmed and dithered at once, so that it has no bands however dim."""

from typing import Protocol

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.dither import TILE_PX, blue_noise

Pixels = NDArray[np.uint8]
"""Rows of pixels: blue, green, red, and a fourth that is not used."""

# Shares are taken in so many steps: 255 * 256 is the most that fits into sixteen bits beside the noise.
SHARES = 256


class Layer(Protocol):
    """Something full-size that moves with time."""

    def add(self, time_ms: int, share: float, target: pygame.Surface) -> None:
        """Add the picture at a time, at a share (0..1) of its display values, to the whole of a 32-bit surface."""
        ...


class Dimmer:
    """Dims pictures of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        noise = np.floor(np.stack([blue_noise(seed) for seed in (1, 2, 3, 4)], axis=2) * 256).astype(np.uint16)
        tiles = (-(-height // TILE_PX), -(-width // TILE_PX), 1)
        self._noise = np.tile(noise, tiles)[:height, :width]
        self._sum = np.zeros((height, width, 4), np.uint16)
        self._part = np.zeros_like(self._sum)
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.surface = pygame.image.frombuffer(self.pixels.data, size, "BGRA")

    def dim(self, first: Pixels, first_share: int, second: Pixels, second_share: int) -> pygame.Surface:
        """A mixture of two pictures, each (height, width, 4); shares in steps of SHARES, which they sum to at most."""
        np.multiply(first, np.uint16(first_share), out=self._sum)
        if second_share:
            np.multiply(second, np.uint16(second_share), out=self._part)
            self._sum += self._part
        self._sum += self._noise
        np.right_shift(self._sum, 8, out=self._sum)
        np.copyto(self.pixels, self._sum, casting="unsafe")
        return self.surface


def as_steps(share: float) -> int:
    """A share (0..1) in the dimmer's steps."""
    return round(min(1.0, max(0.0, share)) * SHARES)
