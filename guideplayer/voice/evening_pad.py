"""The bed `evening-pad`: nine open chords around D that melt into each other, warm and without a melody."""

import numpy as np

from guideplayer.voice.synthesis import (
    Stereo,
    add_wrapped,
    ensemble,
    note_hz,
    reverberated,
    seconds,
    swell,
    warm_partials,
)

CHORD_S = 32
SEED = 40

# From the bass up. Fifths, ninths and sharpened elevenths; neighbours share two notes or more, so that nothing jumps.
CHORDS = (
    "D2 A2 D3 A3 E4 F#4",
    "G2 D3 B3 D4 F#4 A4",
    "B2 F#3 A3 D4 E4 F#4",
    "A2 E3 B3 C#4 E4 A4",
    "G2 D3 A3 C#4 D4 F#4",
    "F#2 C#3 A3 C#4 E4 F#4",
    "E2 B2 G3 B3 D4 F#4",
    "A2 E3 A3 D4 E4 B4",
    "D2 A2 E3 A3 D4 E4",
)


def render() -> Stereo:
    """The whole circle, unlevelled."""
    random = np.random.default_rng(SEED)
    bed = np.zeros((seconds(CHORD_S * len(CHORDS)), 2), np.float32)
    for place, chord in enumerate(CHORDS):
        for height, name in enumerate(chord.split()):
            _add_voice(bed, name, place, height, random)
        _add_gleam(bed, chord.split()[-1], place, random)
    return reverberated(bed, wet=0.75, low_decay_s=7.0, high_decay_s=2.6, random=random)


def _add_voice(bed: Stereo, name: str, place: int, height: int, random: np.random.Generator) -> None:
    """One note's swell: the bass comes first and stays longest; the brightness comes after the tone and goes before."""
    hz = note_hz(name)
    early_s = 9.0 - 1.1 * height + random.uniform(-1.5, 1.5)
    start = place * CHORD_S - early_s
    length = seconds(round(CHORD_S + early_s + random.uniform(5.0, 9.0) - 0.6 * height, 1))
    level = (1.0, 0.85, 0.62, 0.52, 0.42, 0.34)[height] * random.uniform(0.85, 1.0)
    partials = warm_partials(hz)
    width = 0.06 + 0.1 * height
    round_part, bright_part = partials.copy(), partials.copy()
    round_part[2:] = 0
    bright_part[:2] = 0
    rise, fall = seconds(random.uniform(11, 14)), seconds(random.uniform(12, 15))
    envelope = swell(length, rise, fall)[:, np.newaxis]
    voice = ensemble(hz, round_part, length, width, random) * envelope
    voice += ensemble(hz, bright_part, length, width, random) * envelope**2.2
    add_wrapped(bed, np.float32(level) * voice, seconds(start))


def _add_gleam(bed: Stereo, name: str, place: int, random: np.random.Generator) -> None:
    """A faint octave above the chord, that comes up once in it and is gone: light on the highest cloud."""
    hz = 2 * note_hz(name)
    length = seconds(round(random.uniform(16, 20), 1))
    gleam = ensemble(hz, np.array([1.0, 0.18]), length, 0.55, random) * swell(length, length // 2, length // 2)[:, None]
    add_wrapped(bed, np.float32(0.055) * gleam, seconds(place * CHORD_S + random.uniform(6, 12)))
