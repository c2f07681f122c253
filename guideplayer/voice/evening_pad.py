"""The bed `evening-pad`: a low fifth, chords that melt into each other over it, and now and then a gleam far above.

Each goes round by itself. So every chord keeps to the scale above D, and can be heard over any place of the others.
"""

import numpy as np

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
    Stereo,
    add_wrapped,
    ensemble,
    note_hz,
    reverberated,
    scattered_s,
    seconds,
    slow_noise,
    swell,
    warm_partials,
)

SEED = 40

# From below. Fifths, ninths and sharpened elevenths; neighbours share two notes or more, so that nothing jumps.
CHORDS = (
    "A3 E4 F#4 A4",
    "B3 D4 F#4 A4",
    "B3 D4 E4 F#4",
    "A3 D4 E4 B4",
    "A3 C#4 E4 B4",
)
GLEAMS = ("A5", "E5", "F#5", "D5", "A5", "B5", "E5")


def layers() -> list[Part]:
    """The drone, the chords and the gleams."""
    random = np.random.default_rng(SEED)
    drone_length, chords_length, gleams_length = turn_samples(61, 139, 83)
    return [
        Part("drone", _drone(drone_length, random), 0.0),
        Part("chords", _chords(chords_length, random), 1.0),
        Part("gleams", _gleams(gleams_length, random), -11.0),
    ]


def _drone(length: int, random: np.random.Generator) -> Stereo:
    """The open fifth from D, each of its notes coming nearer and going again."""
    drone = np.zeros((length, 2), np.float32)
    for name, level, wander in (("D2", 1.0, 0.12), ("A2", 0.8, 0.25), ("D3", 0.55, 0.3)):
        hz = note_hz(name)
        breath = np.clip(1 + wander * slow_noise(length, 0.05, random), 0.1, 2)[:, np.newaxis]
        drone += np.float32(level) * breath * ensemble(hz, warm_partials(hz), length, 0.12, random)
    return reverberated(drone, wet=0.6, low_decay_s=6.0, high_decay_s=2.4, random=random)


def _chords(length: int, random: np.random.Generator) -> Stereo:
    chord_s = length / RATE_HZ / len(CHORDS)
    bed = np.zeros((length, 2), np.float32)
    for place, chord in enumerate(CHORDS):
        for height, name in enumerate(chord.split()):
            _add_voice(bed, (name, height), place * chord_s, chord_s, random)
    return reverberated(bed, wet=0.75, low_decay_s=7.0, high_decay_s=2.6, random=random)


def _add_voice(
    bed: Stereo, note: tuple[str, int], chord_start_s: float, chord_s: float, random: np.random.Generator
) -> None:
    """The swell of one note, at its place from below: the brightness comes after the tone and goes before it."""
    name, height = note
    hz = note_hz(name)
    early_s = 7.0 - 1.1 * height + random.uniform(-1.5, 1.5)
    length = seconds(round(chord_s + early_s + random.uniform(5.0, 9.0) - 0.6 * height, 1))
    level = (0.62, 0.54, 0.46, 0.36)[height] * random.uniform(0.85, 1.0)
    width = 0.18 + 0.1 * height
    partials = warm_partials(hz)
    round_part, bright_part = partials.copy(), partials.copy()
    round_part[2:] = 0
    bright_part[:2] = 0
    rise, fall = seconds(random.uniform(10, 12)), seconds(random.uniform(11, 14))
    envelope = swell(length, rise, fall)[:, np.newaxis]
    voice = ensemble(hz, round_part, length, width, random) * envelope
    voice += ensemble(hz, bright_part, length, width, random) * envelope**2.2
    add_wrapped(bed, np.float32(level) * voice, seconds(chord_start_s - early_s))


def _gleams(length: int, random: np.random.Generator) -> Stereo:
    """Single high notes that come up and are gone: light on the highest cloud."""
    gleams = np.zeros((length, 2), np.float32)
    for name, start_s in zip(GLEAMS, scattered_s(length, len(GLEAMS), 0.3, random), strict=True):
        count = seconds(round(random.uniform(17, 22), 1))
        tone = ensemble(note_hz(name), np.array([1.0, 0.18]), count, 0.55, random)
        add_wrapped(gleams, tone * swell(count, count // 2, count // 2)[:, np.newaxis], seconds(start_s))
    return reverberated(gleams, wet=0.9, low_decay_s=7.0, high_decay_s=2.6, random=random)
