"""Noise without a seam, larger than the picture, over which the picture's window drifts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from guideplayer.stage.scenes.colours import Plane

ROWS, COLUMNS = 256, 1024


class Clouds:
    """Seamless noise, 0..1. A higher `roughness` exponent has softer shapes; `stretch` makes them lie flat."""

    def __init__(self, random: np.random.Generator, roughness: float, largest_px: float, stretch: float = 1.0) -> None:
        down = np.fft.fftfreq(ROWS)[:, None]
        across = np.fft.rfftfreq(COLUMNS)[None, :] * stretch
        distance = np.hypot(down, across) * largest_px
        amplitude = (1 + distance * distance) ** (-roughness / 2) * (distance > 0.35)
        phases = random.uniform(0, 2 * np.pi, amplitude.shape)
        noise = np.fft.irfft2(amplitude * np.exp(1j * phases), s=(ROWS, COLUMNS))
        noise = 0.5 + 0.5 * np.tanh(noise / noise.std() * 0.58)
        # One picture's margin repeated below and beside, so that a window is a slice and not a search.
        self._noise = np.pad(noise, ((0, 1), (0, 1)), mode="wrap").astype(np.float32)
        self._flat = self._noise.ravel()

    def window(self, shape: tuple[int, int], right_px: float, down_px: float) -> Plane:
        """The noise under a window of a size after a drift in pixels, whole and fractional."""
        height, width = shape
        row, column = int(np.floor(down_px)), int(np.floor(right_px))
        below, beside = np.float32(down_px - row), np.float32(right_px - column)
        rows = np.arange(row, row + height + 1) % ROWS
        columns = np.arange(column, column + width + 1) % COLUMNS
        part = self._noise.take(rows, axis=0).take(columns, axis=1)
        part = part[:-1] + (part[1:] - part[:-1]) * below
        return np.asarray(part[:, :-1] + (part[:, 1:] - part[:, :-1]) * beside)

    def at(self, right_px: NDArray[Any], down_px: NDArray[Any]) -> Plane:
        """The noise at any places: for what bends, or is seen in perspective."""
        row, column = np.floor(down_px), np.floor(right_px)
        below, beside = down_px - row, right_px - column
        first = (row.astype(np.int32) & (ROWS - 1)) * (COLUMNS + 1) + (column.astype(np.int32) & (COLUMNS - 1))
        flat = self._flat
        upper = flat.take(first)
        upper += (flat.take(first + 1) - upper) * beside
        first += COLUMNS + 1
        lower = flat.take(first)
        lower += (flat.take(first + 1) - lower) * beside
        return np.asarray(upper + (lower - upper) * below)
