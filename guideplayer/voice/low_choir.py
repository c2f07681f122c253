"""The bed `low-choir`: men's voices far down in a large church, without words and without a beginning.

A choir is many throats on a note (an ensemble that wanders more than strings do) behind the resonances of a vowel.
"""

import numpy as np
from numpy.typing import NDArray

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
    Stereo,
    add_wrapped,
    ensemble,
    note_hz,
    reverberated,
    seconds,
    slow_noise,
    swell,
)

SEED = 131
UNSTEADINESS = 0.0042

# A vowel's resonances: frequency, width (both in Hz) and strength. They are dark ones, with the lips nearly closed.
OO = ((310, 90, 1.0), (780, 120, 0.32), (2300, 260, 0.025))
OH = ((430, 100, 1.0), (820, 130, 0.55), (2450, 280, 0.04))
AH = ((620, 120, 1.0), (1060, 150, 0.55), (2500, 300, 0.06))

CHORDS = ("D3 A3", "E3 B3", "F#3 A3", "D3 B3", "E3 A3")
HIGH = ("F#4", "E4", "A4", "B4", "D4")


def layers() -> list[Part]:
    """The basses, the tenors and the voices above them."""
    random = np.random.default_rng(SEED)
    basses_length, tenors_length, above_length = turn_samples(73, 131, 103)
    return [
        Part("basses", _basses(basses_length, random), 0.0),
        Part("tenors", _sung(CHORDS, OH, tenors_length, random), -0.5),
        Part("above", _sung(HIGH, AH, above_length, random), -8.0),
    ]


def _throats(hz: float, vowel: tuple[tuple[float, float, float], ...]) -> NDArray[np.float64]:
    """The partials of voices on a vowel."""
    number = np.arange(1, int(3600 / hz) + 1)
    at_hz = number * hz
    mouth = sum(strength / (1 + ((at_hz - centre) / width) ** 2) for centre, width, strength in vowel)
    return np.asarray((0.06 + mouth) * number**-1.1)


def _basses(length: int, random: np.random.Generator) -> Stereo:
    """A fifth that is always there: they breathe, each when he must."""
    choir = np.zeros((length, 2), np.float32)
    for name, level in (("D2", 1.0), ("A2", 0.8), ("D3", 0.3)):
        hz = note_hz(name)
        breath = np.clip(1 + 0.2 * slow_noise(length, 0.07, random), 0.3, 1.8)[:, np.newaxis]
        choir += (
            np.float32(level) * breath * ensemble(hz, _throats(hz, OO), length, 0.3, random, unsteadiness=UNSTEADINESS)
        )
    return _in_the_church(choir, random)


def _sung(
    chords: tuple[str, ...], vowel: tuple[tuple[float, float, float], ...], length: int, random: np.random.Generator
) -> Stereo:
    """Chords that grow out of each other; the mouths open as they swell."""
    chord_s = length / RATE_HZ / len(chords)
    choir = np.zeros((length, 2), np.float32)
    for place, chord in enumerate(chords):
        for name in chord.split():
            hz = note_hz(name)
            count = seconds(round(chord_s + random.uniform(9, 12), 1))
            envelope = swell(count, seconds(random.uniform(8, 10)), seconds(random.uniform(9, 12)))[:, np.newaxis]
            voices = ensemble(hz, _throats(hz, OO), count, 0.5, random, unsteadiness=UNSTEADINESS) * envelope
            voices += ensemble(hz, _throats(hz, vowel), count, 0.5, random, unsteadiness=UNSTEADINESS) * envelope**3
            add_wrapped(choir, voices, seconds(place * chord_s + random.uniform(-2, 2)))
    return _in_the_church(choir, random)


def _in_the_church(choir: Stereo, random: np.random.Generator) -> Stereo:
    return reverberated(choir, wet=1.1, low_decay_s=6.5, high_decay_s=2.2, random=random)
