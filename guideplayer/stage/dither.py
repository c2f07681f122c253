"""From a small field of display values to a full-size picture without bands.

A screen has 256 levels, and a dim gradient crosses so few of them that each would show as a band. So the field is
enlarged with four levels for each of the screen's, blue noise is taken off, and the result is divided by four: each
pixel errs towards a neighbouring level, areas have levels in between, and blue noise has no large grains for the eye
to catch. Noise two levels wide leaves no band that CAMBI finds (below 0.2; noise of one level 2 to 5, none 10 to 22).

Four times 255 does not fit into eight bits. What is too much is split off before, in whole steps of many levels, and
added again after the division; both parts are enlarged in the same way, so the steps cancel out.
"""

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.stage.scenes.colours import Field

TILE_PX = 128
LEVELS = 4
NOISES = 2 * LEVELS
# What the noise takes off in the mean, less what rounding up gives back.
OFFSET = 2
# A step leaves room in eight bits for LEVELS times what is above it, and below it for the noise.
STEP, BELOW = 60, 2


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
        self.bytes = np.zeros((height, width, 4), np.uint8)
        self.small = pygame.image.frombuffer(self.bytes.data, field_size, "BGRA")


class Dither:
    """Brings fields to one size of screen."""

    def __init__(self, size: tuple[int, int], field_size: tuple[int, int]) -> None:
        self._size = size
        # Four channels like the surfaces, the last unused: numpy is several times faster without gaps.
        self._levels = np.zeros((field_size[1], field_size[0], 4), np.float32)
        self._fine, self._steps = _Layer(field_size), _Layer(field_size)
        self._large_steps = pygame.Surface(size, depth=32)
        noise = np.stack([blue_noise(seed) for seed in (1, 2, 3, 4)], axis=2)
        # The field's own levels are rounded up and down in turns too, or each quarter of a level would be a faint band.
        rows, columns = np.arange(field_size[1]) % TILE_PX, np.arange(field_size[0]) % TILE_PX
        self._rounding = noise[rows][:, columns].astype(np.float32)
        piece = pygame.surfarray.make_surface(np.floor(noise[..., :3] * NOISES).astype(np.uint8))
        # One row of tiles is worked down the picture: both then stay in the processor's cache.
        self._noise = pygame.Surface((size[0], TILE_PX), depth=32)
        self._noise.blits([(piece, (left, 0)) for left in range(0, size[0], TILE_PX)])

    def draw(self, field: Field, target: pygame.Surface) -> None:
        """Draw a field (values 0..1) over the whole of a 32-bit surface."""
        levels = self._levels
        np.multiply(field[..., ::-1], np.float32(255), out=levels[..., :3])
        steps = self._steps.bytes
        np.multiply(levels, np.float32(1 / STEP), out=steps, casting="unsafe")
        bright = bool(steps.any())
        if bright:
            first = steps > 0
            np.multiply(steps, STEP, out=steps)
            np.subtract(steps, BELOW, out=steps, where=first)
            levels -= steps
        levels *= np.float32(LEVELS)
        # Black stays black: only where there is light is there an error to make up for.
        levels += np.minimum(levels, np.float32(OFFSET))
        np.add(levels, self._rounding, out=self._fine.bytes, casting="unsafe")
        pygame.transform.smoothscale(self._fine.small, self._size, target)
        share = 256 // LEVELS
        for top in range(0, self._size[1], TILE_PX):
            target.blit(self._noise, (0, top), special_flags=pygame.BLEND_RGB_SUB)
            target.fill((share, share, share), (0, top, self._size[0], TILE_PX), pygame.BLEND_RGB_MULT)
        if bright:
            pygame.transform.smoothscale(self._steps.small, self._size, self._large_steps)
            target.blit(self._large_steps, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
