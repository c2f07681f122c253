"""The bed `singing-bowls`: bronze bowls, struck softly and left to ring out, over two that are rubbed.

A struck bowl is a thing that happens; so each takes most of a second to bloom, and the next comes before it is gone.
"""

import numpy as np

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.measuring import levelled
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
    Samples,
    Stereo,
    add_wrapped,
    ensemble,
    note_hz,
    placed,
    reverberated,
    scattered_s,
    seconds,
    slow_noise,
    smooth_step,
)

SEED = 97
LOW = ("D3", "A3", "E3", "B3", "D3", "A3", "F#3", "A3", "E3")
HIGH = ("F#4", "D4", "A4", "E4", "B4", "D4", "A4", "E4")

# A bowl's modes, tuned to its scale: the fundamental, the fourth above its octave, the fourth above that one's.
# For each: the ratio, how loud, how long it rings against the fundamental, and how fast its two halves beat (Hz).
MODES = ((1.0, 1.0, 1.0, 0.23), (8 / 3, 0.34, 0.62, 0.41), (16 / 3, 0.07, 0.36, 0.77))


def layers() -> list[Part]:
    """The rubbed bowls, the low ones and the high ones."""
    random = np.random.default_rng(SEED)
    rubbed_length, low_length, high_length = turn_samples(67, 127, 101)
    return [
        Part("rubbed", _rubbed(rubbed_length, random), 2.5),
        Part("low", _struck(LOW, low_length, 14.0, random), 0.0),
        Part("high", _struck(HIGH, high_length, 10.0, random), -8.5),
    ]


def _struck(names: tuple[str, ...], length: int, ring_s: float, random: np.random.Generator) -> Stereo:
    """One bowl after another, evenly enough that none is waited for."""
    bowls = np.zeros((length, 2), np.float32)
    for name, start_s in zip(names, scattered_s(length, len(names), 0.35, random), strict=True):
        side = random.uniform(-0.5, 0.5)
        for ear, offset in ((side - 0.3, 0.0), (side + 0.3, 1.3)):
            add_wrapped(bowls, placed(_bowl(note_hz(name), ring_s, offset, random), ear), seconds(start_s))
    return reverberated(bowls, wet=0.6, low_decay_s=6.0, high_decay_s=2.6, random=random)


def _bowl(hz: float, ring_s: float, offset: float, random: np.random.Generator) -> Samples:
    """A bowl's tone until it has fallen by 52 dB; each mode is a pair that beats slowly."""
    time_s = np.arange(seconds(6 * ring_s)) / RATE_HZ
    tone = np.zeros(len(time_s))
    for ratio, level, share, beat_hz in MODES:
        fading = np.exp(-time_s / (ring_s * share))
        beat = 0.78 + 0.22 * np.cos(2 * np.pi * beat_hz * time_s + offset + random.uniform(0, 1))
        tone += level * fading * beat * np.sin(2 * np.pi * hz * ratio * time_s + offset)
    return np.asarray(tone * smooth_step(time_s / 0.9) ** 1.5, np.float32)


def _rubbed(length: int, random: np.random.Generator) -> Stereo:
    """Two bowls that hum as a wooden stick goes round their rims."""
    hum = np.zeros((length, 2), np.float32)
    for name, level, turns_hz in (("D3", 1.0, 0.37), ("A3", 0.55, 0.29), ("A2", 0.5, 0.0)):
        hz = note_hz(name)
        tone = ensemble(hz, np.array([1.0, 0.05, 0.012]), length, 0.3, random, unsteadiness=0.0004)
        presence = np.clip(0.8 + 0.3 * slow_noise(length, 0.05, random), 0.2, 1.6)
        # Whole turns on the circle, so that the stick, too, comes back to where it began.
        turns = round(turns_hz * length / RATE_HZ)
        stick = 1 + 0.1 * np.sin(2 * np.pi * turns * np.arange(length) / length)
        hum += (level * presence * stick).astype(np.float32)[:, np.newaxis] * tone
    return levelled(reverberated(hum, 0.4, 5.0, 2.0, random), window_s=3.0, share=0.6)
