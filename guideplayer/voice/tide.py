"""The bed `tide`: long unhurried waves on a flat shore, each of its own height, over a low open fifth.

A wave comes every 9 to 14 s, slower than a resting breath, so that no one need breathe with it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guideplayer.voice.synthesis import (
    Samples,
    Stereo,
    add_wrapped,
    balanced,
    band_pass,
    ensemble,
    noise,
    note_hz,
    reverberated,
    seconds,
    slow_noise,
    smooth_step,
    warm_partials,
)

LENGTH_S = 288
WAVES = 25
SEED = 27


class _Layer(NamedTuple):
    """A part of a wave's sound: its band, its share, how long it takes to come and to go, and when it is highest."""

    low_hz: float
    high_hz: float
    share: float
    rise_s: float
    fall_s: float
    after_s: float
    flutter: float


class _Wave(NamedTuple):
    """One wave: when it breaks, how high it is, and how far to one side (-1 left, 1 right)."""

    crest_s: float
    height: float
    side: float


# The swell is felt first; the body breaks; the foam hisses after and runs up the sand.
LAYERS = (
    _Layer(55, 180, 1.0, 4.6, 6.0, -0.7, 0.10),
    _Layer(150, 480, 0.75, 3.9, 5.4, 0.0, 0.15),
    _Layer(400, 1200, 0.40, 3.3, 5.0, 0.4, 0.22),
    _Layer(1100, 2600, 0.17, 2.9, 5.2, 0.9, 0.30),
    _Layer(2400, 5200, 0.065, 2.7, 6.0, 1.7, 0.38),
)


def render() -> Stereo:
    """The whole circle, unlevelled."""
    random = np.random.default_rng(SEED)
    length = seconds(LENGTH_S)
    waves = _waves(random)
    sea = np.zeros((length, 2), np.float32)
    for layer in LAYERS:
        sea += _layer(layer, length, waves, random)
    sea = reverberated(sea, wet=0.16, low_decay_s=2.4, high_decay_s=1.2, random=random)
    return sea + _drone(length, random)


def _waves(random: np.random.Generator) -> list[_Wave]:
    """All the waves: 9 to 14 s apart, the circle filled exactly."""
    gaps_s = random.uniform(9.2, 13.8, WAVES)
    gaps_s += (LENGTH_S - gaps_s.sum()) / WAVES
    heights = random.uniform(0.55, 1.0, WAVES)
    sides = np.clip(random.normal(0, 0.35, WAVES), -0.7, 0.7)
    return [_Wave(*map(float, wave)) for wave in zip(np.cumsum(gaps_s), heights, sides, strict=True)]


def _layer(layer: _Layer, length: int, waves: list[_Wave], random: np.random.Generator) -> Stereo:
    """One band of the sea: noise under the waves' envelope, wandering a little to each wave's side."""
    envelope = np.full((length, 2), 0.16, np.float32)
    for wave in waves:
        shape = _course(layer.rise_s * random.uniform(0.9, 1.15), layer.fall_s * random.uniform(0.9, 1.2))
        # A higher wave is also a brighter one.
        strength = wave.height ** (0.8 + layer.after_s * 0.5)
        ears = strength * np.array([1 - 0.5 * wave.side, 1 + 0.5 * wave.side])
        start = seconds(wave.crest_s + layer.after_s - layer.rise_s)
        add_wrapped(envelope, (shape[:, np.newaxis] * ears).astype(np.float32), start)

    def pink_band(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
        return band_pass(layer.low_hz, layer.high_hz)(frequency) / np.sqrt(np.maximum(frequency, 20.0))

    grain = balanced(noise(length, pink_band, random), np.float32(0.55) * noise(length, pink_band, random))
    # Foam is no steady hiss: it seethes, some times a second, more the higher the band.
    seething = 1 + layer.flutter * slow_noise(length, 7.0, random)
    drift = 1 + 0.12 * slow_noise(length, 0.5, random)
    return np.float32(layer.share) * grain * envelope * (seething * drift)[:, np.newaxis]


def _course(rise_s: float, fall_s: float) -> Samples:
    """How one wave comes and goes: gathering, then ebbing more slowly and long."""
    rise, fall = seconds(rise_s), seconds(fall_s * 1.6)
    up = smooth_step(np.arange(rise) / rise) ** 2.6
    down = smooth_step(1 - np.arange(fall) / fall) ** 3.2
    return np.concatenate([up, down]).astype(np.float32)


def _drone(length: int, random: np.random.Generator) -> Stereo:
    """A low open fifth, and above it now and then a ninth: the far horizon."""
    drone = np.zeros((length, 2), np.float32)
    for name, level, wander in (("D2", 0.34, 0.1), ("A2", 0.26, 0.22), ("D3", 0.15, 0.3), ("E3", 0.06, 0.45)):
        hz = note_hz(name)
        breath = np.clip(1 + wander * slow_noise(length, 0.03, random), 0.1, 2)[:, np.newaxis]
        drone += np.float32(level) * breath * ensemble(hz, warm_partials(hz, 2.0, 700.0), length, 0.12, random)
    return reverberated(drone, wet=0.5, low_decay_s=5.0, high_decay_s=2.0, random=random)
