"""The bed `room-tone`: a quiet room at night, so that silence does not sound like a fault of the headphones.

It is not at the level of the other beds: near-silence that is turned up to theirs is a fan.
"""

import numpy as np

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.synthesis import Part, Stereo, balanced, low_pass, noise, slow_noise

SEED = 151
LOUDEST_LUFS = -46.0


def layers() -> list[Part]:
    """The walls and the air between them."""
    random = np.random.default_rng(SEED)
    walls_length, air_length = turn_samples(59, 79)
    return [
        Part("walls", _hushed(walls_length, 110, random), 0.0),
        Part("air", _hushed(air_length, 420, random), -2.0),
    ]


def _hushed(length: int, corner_hz: float, random: np.random.Generator) -> Stereo:
    """Noise that falls from the corner on, by so much that nothing of it is a hiss, and that hardly ever moves."""
    middle, side = (
        noise(
            length, lambda hz: low_pass(corner_hz, 1)(hz) * low_pass(1500)(hz) / np.sqrt(np.maximum(hz, 40.0)), random
        )
        for _ in range(2)
    )
    still = np.clip(1 + 0.06 * slow_noise(length, 0.1, random), 0.7, 1.3)[:, np.newaxis]
    return np.asarray(still * balanced(middle, np.float32(0.6) * side), np.float32)
