"""What scenes are painted with: coordinates, slow clouds of noise, soft points, and colours mixed as the eye does.

A field is a float32 array (height, width, 3) of display values (sRGB-encoded, 0..1) at full light; a plane is one
number for each of its places.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Float32 throughout in fact; numpy's types promise less of what a mixture of arrays and numbers gives.
Field = NDArray[np.floating[Any]]
Plane = NDArray[np.floating[Any]]
SHADES = 2048

# OKLab (Björn Ottosson, 2020): steps of equal size look equally large, so gradients have no muddy middle.
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def linear(display: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative light of sRGB display values (IEC 61966-2-1)."""
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def displayed(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB display values of relative light."""
    light = np.clip(light, 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _oklab(colour: str) -> NDArray[np.float64]:
    display = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear(display)))


def palette(stops: Sequence[tuple[float, str]]) -> Field:
    """A colour for each of SHADES steps from 0 to 1, through the given stops (place, #rrggbb), mixed in OKLab."""
    places = [place for place, _ in stops]
    colours = np.array([_oklab(colour) for _, colour in stops])
    steps = np.linspace(0.0, 1.0, SHADES)
    mixed = np.stack([np.interp(steps, places, colours[:, channel]) for channel in range(3)], axis=1)
    # Straight segments show their corners as faint edges (Mach bands); a little smoothing rounds them.
    width = SHADES // 16
    kernel = np.hanning(width)
    kernel /= kernel.sum()
    padded = np.pad(mixed, ((width, width), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, channel], kernel, "same") for channel in range(3)], axis=1)
    lms = np.linalg.solve(_TO_LAB, smooth[width:-width].T) ** 3
    return displayed(np.linalg.solve(_TO_LMS, lms).T).astype(np.float32)


def shade(colours: Field, values: Plane) -> Field:
    """The colours of values from 0 to 1, mixed between neighbouring shades so that no step shows."""
    places = np.clip(values, 0.0, 0.9999) * (SHADES - 1)
    lower = places.astype(np.intp)
    share = (places - lower)[..., None].astype(np.float32)
    low = np.take(colours, lower, axis=0)
    return low + (np.take(colours, lower + 1, axis=0) - low) * share


def smooth(edge_low: float, edge_high: float, values: Plane) -> Plane:
    """0 below, 1 above, a soft step between."""
    share = np.clip((values - edge_low) / (edge_high - edge_low), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


class Canvas:
    """The coordinates of a picture: `x` from -aspect to aspect, `y` from 0 (top) to 1."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.random = np.random.default_rng(seed)
        rows = (np.arange(height, dtype=np.float32) + 0.5) / height
        columns = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1) * width / height
        self.y, self.x = rows[:, None], columns[None, :]

    def clouds(self, roughness: float, coarsest: float = 1.0) -> "Clouds":
        """Seamless noise; a higher roughness has softer, larger shapes. `coarsest` 2 has shapes half as large."""
        return Clouds(self, roughness, coarsest)

    def points(self, count: int, lowest: float, size_px: float = 0.9) -> Field:
        """Soft points above a height: (height, width, count groups of 3), for stars that shimmer at their own pace."""
        groups = np.zeros((self.height, self.width, 3), np.float32)
        rows, columns = np.mgrid[0 : self.height, 0 : self.width]
        for number in range(count):
            row, column = self.random.uniform(0, lowest * self.height), self.random.uniform(0, self.width)
            bright = self.random.power(0.45) * (1 - row / self.height / lowest) ** 0.5
            top, left = max(0, int(row) - 4), max(0, int(column) - 4)
            part = np.s_[top : top + 9, left : left + 9]
            distance = (rows[part] - row) ** 2 + (columns[part] - column) ** 2
            groups[(*part, number % 3)] += bright * np.exp(-distance / (2 * size_px**2))
        return groups


class Clouds:
    """Noise without a seam, larger than the picture, over which the picture's window drifts."""

    def __init__(self, canvas: Canvas, roughness: float, coarsest: float) -> None:
        self._canvas = canvas
        self._rows, self._columns = 256, 512
        down = np.fft.fftfreq(self._rows)[:, None] * self._rows
        across = np.fft.rfftfreq(self._columns)[None, :] * self._columns / 2
        distance = np.hypot(down, across)
        amplitude = np.where(distance >= coarsest, np.maximum(distance, 1) ** -roughness, 0.0)
        phases = canvas.random.uniform(0, 2 * np.pi, amplitude.shape)
        noise = np.fft.irfft2(amplitude * np.exp(1j * phases), s=(self._rows, self._columns))
        noise = 0.5 + 0.5 * np.tanh(noise / noise.std() * 0.8)
        self._noise = noise.astype(np.float32)

    def window(self, right_px: float, down_px: float) -> Plane:
        """The noise (0..1) under the picture after a drift in field pixels, whole and fractional."""
        height, width = self._canvas.height, self._canvas.width
        row, column = int(np.floor(down_px)), int(np.floor(right_px))
        below, beside = np.float32(down_px - row), np.float32(right_px - column)
        rows = np.arange(row, row + height + 1) % self._rows
        columns = np.arange(column, column + width + 1) % self._columns
        part = self._noise[np.ix_(rows, columns)]
        part = part[:-1] + (part[1:] - part[:-1]) * below
        return np.asarray(part[:, :-1] + (part[:, 1:] - part[:, :-1]) * beside)

    def at(self, right_px: Plane, down_px: Plane) -> Plane:
        """The noise (0..1) at any places: for what bends, or is seen in perspective."""
        row, column = np.floor(down_px), np.floor(right_px)
        below, beside = down_px - row, right_px - column
        top, left = row.astype(np.intp) % self._rows, column.astype(np.intp) % self._columns
        bottom, right = (top + 1) % self._rows * self._columns, (left + 1) % self._columns
        top *= self._columns
        flat = self._noise.ravel()
        upper = flat[top + left]
        upper += (flat[top + right] - upper) * beside
        lower = flat[bottom + left]
        lower += (flat[bottom + right] - lower) * beside
        return np.asarray(upper + (lower - upper) * below)


def sway(time_s: float, period_s: float, phase: float = 0.0) -> float:
    """A slow sine from -1 to 1."""
    return float(np.sin(2 * np.pi * (time_s / period_s + phase)))
