"""Colours of the scenes: gradients mixed as the eye does, and how much light a picture gives."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Float32 throughout in fact; numpy's types promise less of what a mixture of arrays and numbers gives.
Field = NDArray[np.floating[Any]]
Plane = NDArray[np.floating[Any]]
SHADES = 4096

# OKLab (Björn Ottosson, 2020): steps of equal size look equally large, so gradients have no muddy middle.
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def linear(display: NDArray[Any]) -> NDArray[np.float64]:
    """Relative light of sRGB display values (IEC 61966-2-1)."""
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def displayed(light: NDArray[Any]) -> NDArray[np.float64]:
    """sRGB display values of relative light."""
    light = np.clip(light, 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def luminance(display: NDArray[Any]) -> NDArray[np.float64]:
    """Relative luminance (0..1) of display values, channels last."""
    return np.asarray(linear(display) @ _LUMINANCE)


def oklab(display: NDArray[Any]) -> NDArray[np.float64]:
    """The colours of display values as the eye measures them, channels last."""
    return np.asarray(np.cbrt(linear(display) @ _TO_LMS.T) @ _TO_LAB.T)


def colour(text: str) -> Field:
    """The display values of #rrggbb."""
    return np.array([int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32)


def gradient(stops: Sequence[tuple[float, str]]) -> Field:
    """A colour for each of SHADES steps from 0 to 1, through the given stops (place, #rrggbb), mixed in OKLab."""
    places = [place for place, _ in stops]
    colours = oklab(np.array([colour(text) for _, text in stops]))
    steps = np.linspace(0.0, 1.0, SHADES)
    mixed = np.stack([np.interp(steps, places, colours[:, channel]) for channel in range(3)], axis=1)
    # Straight segments show their corners as faint edges (Mach bands); a little smoothing rounds them.
    width = SHADES // 10
    kernel = np.hanning(width)
    kernel /= kernel.sum()
    padded = np.pad(mixed, ((width, width), (0, 0)), mode="edge")
    smoothed = np.stack([np.convolve(padded[:, channel], kernel, "same") for channel in range(3)], axis=1)
    lms = np.linalg.solve(_TO_LAB, smoothed[width:-width].T) ** 3
    return displayed(np.linalg.solve(_TO_LMS, lms).T).astype(np.float32)


def shade(colours: Field, values: Plane) -> Field:
    """The colours of values from 0 to 1."""
    places = np.clip(values * np.float32(SHADES), 0, SHADES - 1).astype(np.int32)
    return np.asarray(np.take(colours, places, axis=0))


def smooth(low: float, high: float, values: Plane) -> Plane:
    """0 below, 1 above, a soft step between."""
    share = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share))


def towards(field: Field, other: Field, share: Plane) -> None:
    """Move a field in place towards another, or one colour, by a share for each place."""
    field += (other - field) * share[..., None]
