"""The bed `tide`: long unhurried waves on a flat shore, each of its own height, over a far rumble and a low open fifth.

A wave comes every 9 to 14 s, slower than a resting breath, so that no one need breathe with it. A second
sea, smaller and further to the side, has a rhythm of its own: no two waves ever run together twice.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
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

SEED = 27


class _Band(NamedTuple):
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
SWELL = (
    _Band(55, 180, 1.0, 4.6, 6.0, -0.7, 0.10),
    _Band(150, 480, 0.75, 3.9, 5.4, 0.0, 0.15),
    _Band(400, 1200, 0.40, 3.3, 5.0, 0.4, 0.22),
    _Band(1100, 2600, 0.17, 2.9, 5.2, 0.9, 0.30),
    _Band(2400, 5200, 0.065, 2.7, 6.0, 1.7, 0.38),
)
# Ripples have no weight: they break softly and run far up.
WASH = (
    _Band(180, 520, 0.45, 3.4, 5.6, 0.0, 0.15),
    _Band(450, 1300, 0.40, 3.2, 5.6, 0.5, 0.22),
    _Band(1200, 2800, 0.20, 3.0, 6.4, 1.2, 0.30),
    _Band(2600, 5000, 0.06, 3.0, 7.0, 2.0, 0.36),
)


def layers() -> list[Part]:
    """The great waves, the small ones, and what lies under them."""
    random = np.random.default_rng(SEED)
    swell_length, wash_length, deep_length = turn_samples(113, 79, 61)
    return [
        Part("swell", _sea(SWELL, swell_length, 10, 0.3, random), 0.0),
        Part("wash", _sea(WASH, wash_length, 6, 0.6, random), -5.0),
        Part("deep", _deep(deep_length, random), -3.0),
    ]


def _sea(bands: tuple[_Band, ...], length: int, count: int, spread: float, random: np.random.Generator) -> Stereo:
    """So many waves on a circle; `spread` is how far they come from the sides."""
    waves = _waves(length / RATE_HZ, count, spread, random)
    sea = np.zeros((length, 2), np.float32)
    for band in bands:
        sea += _band(band, length, waves, random)
    return reverberated(sea, wet=0.16, low_decay_s=2.4, high_decay_s=1.2, random=random)


def _waves(length_s: float, count: int, spread: float, random: np.random.Generator) -> list[_Wave]:
    """All the waves: unevenly far apart, the circle filled exactly."""
    gaps_s = random.uniform(0.82, 1.18, count)
    gaps_s *= length_s / gaps_s.sum()
    heights = random.uniform(0.6, 1.0, count)
    sides = np.clip(random.normal(0, spread, count), -0.7, 0.7)
    return [_Wave(*map(float, wave)) for wave in zip(np.cumsum(gaps_s), heights, sides, strict=True)]


def _band(band: _Band, length: int, waves: list[_Wave], random: np.random.Generator) -> Stereo:
    """One band of the sea: noise under the waves' envelope, wandering a little to each wave's side."""
    envelope = np.full((length, 2), 0.16, np.float32)
    for wave in waves:
        shape = _course(band.rise_s * random.uniform(0.9, 1.15), band.fall_s * random.uniform(0.9, 1.2))
        # A higher wave is also a brighter one.
        strength = wave.height ** (0.8 + band.after_s * 0.5)
        ears = strength * np.array([1 - 0.5 * wave.side, 1 + 0.5 * wave.side])
        start = seconds(wave.crest_s + band.after_s - band.rise_s)
        add_wrapped(envelope, (shape[:, np.newaxis] * ears).astype(np.float32), start)

    def pink_band(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
        return band_pass(band.low_hz, band.high_hz)(frequency) / np.sqrt(np.maximum(frequency, 20.0))

    grain = balanced(noise(length, pink_band, random), np.float32(0.55) * noise(length, pink_band, random))
    # Foam is no steady hiss: it seethes, some times a second, more the higher the band.
    seething = 1 + band.flutter * slow_noise(length, 7.0, random)
    drift = 1 + 0.12 * slow_noise(length, 0.5, random)
    return np.float32(band.share) * grain * envelope * (seething * drift)[:, np.newaxis]


def _course(rise_s: float, fall_s: float) -> Samples:
    """How one wave comes and goes: gathering, then ebbing more slowly and long."""
    rise, fall = seconds(rise_s), seconds(fall_s * 1.6)
    up = smooth_step(np.arange(rise) / rise) ** 2.6
    down = smooth_step(1 - np.arange(fall) / fall) ** 3.2
    return np.concatenate([up, down]).astype(np.float32)


def _deep(length: int, random: np.random.Generator) -> Stereo:
    """The far surf, a rumble without edges, and a low open fifth with a ninth above it: the horizon."""
    rumble = noise(length, lambda hz: band_pass(38, 130)(hz) / np.sqrt(np.maximum(hz, 20.0)), random)
    rumble *= np.clip(1 + 0.25 * slow_noise(length, 0.12, random), 0.3, 2)
    deep = np.float32(0.5) * np.stack([rumble, rumble], axis=1)
    for name, level, wander in (("D2", 0.34, 0.1), ("A2", 0.26, 0.22), ("D3", 0.15, 0.3), ("E3", 0.06, 0.45)):
        hz = note_hz(name)
        breath = np.clip(1 + wander * slow_noise(length, 0.05, random), 0.1, 2)[:, np.newaxis]
        deep += np.float32(level) * breath * ensemble(hz, warm_partials(hz, 2.0, 700.0), length, 0.12, random)
    return reverberated(deep, wet=0.5, low_decay_s=5.0, high_decay_s=2.0, random=random)
