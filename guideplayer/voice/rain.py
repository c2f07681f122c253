"""The bed `rain`: steady rain on leaves and grass, heard from under a roof, with nothing of a storm in it.

No drop is recorded: each is the little note of the bubble that it leaves, and their crowd is the rain.
"""

import numpy as np

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
    Response,
    Samples,
    Stereo,
    add_wrapped,
    balanced,
    band_pass,
    low_pass,
    noise,
    placed,
    reverberated,
    seconds,
    slow_noise,
    smooth_step,
)

SEED = 61


def layers() -> list[Part]:
    """The rain far and wide, the drops close by, and the roof."""
    random = np.random.default_rng(SEED)
    fall_length, drops_length, roof_length = turn_samples(71, 97, 59)
    return [
        Part("fall", _fall(fall_length, random), 0.0),
        Part("drops", _drops(drops_length, random), -2.5),
        Part("roof", _roof(roof_length, random), -9.0),
    ]


def _fall(length: int, random: np.random.Generator) -> Stereo:
    """All the drops that are too far to be told apart: soft noise that thins and thickens, darker than it is bright."""
    rain = np.zeros((length, 2), np.float32)
    for low_hz, high_hz, share, wander in ((220, 700, 0.5, 0.10), (600, 1800, 0.7, 0.14), (1600, 4000, 0.44, 0.18)):
        grains = [noise(length, _falling(low_hz, high_hz), random) for _ in range(2)]
        shower = np.clip(1 + wander * slow_noise(length, 0.15, random), 0.4, 1.6)
        rain += np.float32(share) * shower[:, np.newaxis] * balanced(grains[0], np.float32(0.6) * grains[1])
    return rain


def _drops(length: int, random: np.random.Generator) -> Stereo:
    """Drops near by, some dozens a second, small ones many and large ones few."""
    drops = np.zeros((length, 2), np.float32)
    for _ in range(round(46 * length / RATE_HZ)):
        size = random.beta(1.2, 5.0)
        hz = 3000 * (1 - size) ** 2.2 * random.uniform(0.75, 1.25) + 520
        level = 0.25 + 1.6 * size
        add_wrapped(
            drops, placed(np.float32(level) * _drop(hz), random.uniform(-0.8, 0.8)), int(random.integers(length))
        )
    return reverberated(drops, wet=0.5, low_decay_s=0.9, high_decay_s=0.5, random=random)


def _drop(hz: float) -> Samples:
    """A bubble's note: it comes in a few milliseconds, rises by a little and is gone."""
    decay_s = 14.0 / hz
    time_s = np.arange(seconds(8 * decay_s)) / RATE_HZ
    phase = 2 * np.pi * hz * (time_s + 0.6 * time_s**2 / decay_s / 8)
    envelope = smooth_step(time_s / (0.6 * decay_s)) ** 2 * np.exp(-time_s / decay_s)
    return np.asarray(np.sin(phase) * envelope, np.float32)


def _roof(length: int, random: np.random.Generator) -> Stereo:
    """The low, close murmur of a roof: warmth, and the certainty of being dry."""
    grain = noise(length, _falling(70, 260), random)
    side = noise(length, _falling(200, 420), random)
    murmur = np.clip(1 + 0.16 * slow_noise(length, 0.3, random), 0.4, 1.6)[:, np.newaxis]
    roof = reverberated(balanced(grain, np.float32(0.4) * side), 0.3, 1.4, 0.6, random)
    return np.asarray(murmur * roof, np.float32)


def _falling(low_hz: float, high_hz: float) -> Response:
    return lambda hz: band_pass(low_hz, high_hz)(hz) * low_pass(4000)(hz) / np.sqrt(np.maximum(hz, 20.0))
