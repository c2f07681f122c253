"""The bed `piano-sparse`: single soft piano notes that ring out in a wide room over a faint pad.

The code writes the score; fluidsynth plays it on the grand piano of FluidR3.
"""

import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soundfile

from guideplayer.voice.looping import turn_samples
from guideplayer.voice.measuring import Loudness, levelled
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Part,
    Stereo,
    add_wrapped,
    ensemble,
    filtered,
    high_pass,
    low_pass,
    note_hz,
    note_number,
    reverberated,
    seconds,
    slow_noise,
    warm_partials,
)

RING_S = 24
SEED = 11

# Bass and fifth, then the notes that a phrase may wander through: over any of them the pad is at home.
REGIONS = (
    ("D2 A2", "E4 F#4 A4 B4 D5"),
    ("G2 D3", "D4 F#4 A4 B4 D5"),
    ("B2 F#3", "D4 E4 F#4 A4 D5"),
    ("A2 E3", "D4 E4 A4 B4 E5"),
    ("D2 A2", "D4 E4 F#4 A4 F#5"),
    ("E2 B2", "D4 E4 F#4 A4 B4"),
)
HELD = (("D3", 0.45), ("A3", 0.4), ("E4", 0.2), ("B3", 0.16))


class Note(NamedTuple):
    """One key pressed: when, which, and how hard (1..127)."""

    start_ms: int
    number: int
    velocity: int


def score(length_ms: int) -> list[Note]:
    """The notes of a circle: in each region a low fifth, then a phrase that may be left at any time."""
    random = np.random.default_rng(SEED)
    region_s = length_ms / 1000 / len(REGIONS)
    notes = []
    place = 2
    for region, (low, upper) in enumerate(REGIONS):
        start_s = region * region_s
        bass, fifth = low.split()
        pool = upper.split()
        notes.append(_note(start_s + random.uniform(0.0, 0.6), bass, random.integers(27, 31)))
        notes.append(_note(start_s + random.uniform(2.8, 3.6), fifth, random.integers(25, 29)))
        time_s = start_s + random.uniform(6.2, 7.2)
        while time_s < start_s + region_s - 2.5:
            # By step more often than by leap, and never the same key twice: it wanders, and is no tune to follow.
            steps = [step for step in (-2, -1, -1, 1, 1, 2) if 0 <= place + step < len(pool)]
            place += int(random.choice(steps))
            notes.append(_note(time_s, pool[place], random.integers(29, 36)))
            if place >= 2 and random.random() < 0.25:
                notes.append(_note(time_s + random.uniform(0.06, 0.16), pool[place - 2], random.integers(24, 28)))
            time_s += random.choice([3.3, 3.8, 4.4, 4.4, 5.2]) * random.uniform(0.94, 1.08)
    return sorted(notes)


def layers(soundfont: Path) -> list[Part]:
    """The notes and the pad. Raises OSError without fluidsynth, CalledProcessError when it fails."""
    notes, pad = turn_samples(149, 56)
    return [
        Part("notes", _played_round(score(notes * 1000 // RATE_HZ), notes, soundfont), -0.5),
        # Louder than the notes: one then lifts the whole by less than 3 LU.
        Part("pad", _pad(pad, np.random.default_rng(SEED + 1)), 4.0),
    ]


def _played_round(notes: list[Note], length: int, soundfont: Path) -> Stereo:
    """Notes in their room, as a circle: what rings past its end is heard at its start."""
    sound = np.zeros((length, 2), np.float32)
    add_wrapped(sound, _played(_voiced(notes, soundfont), length / RATE_HZ + RING_S, soundfont), 0)
    return levelled(_in_the_room(sound), window_s=3.0, share=0.5)


def _note(start_s: float, name: str, velocity: np.integer[Any]) -> Note:
    return Note(round(start_s * 1000), note_number(name), int(velocity))


def _voiced(notes: list[Note], soundfont: Path) -> list[Note]:
    """The notes with their touch corrected, as a tuner voices a piano in its room.

    The soundfont's keys differ by up to 9 LU, and a room answers some notes more than others.
    """
    keys = sorted({note.number for note in notes})
    every_s = 12
    scale = [Note(place * every_s * 1000, key, 30) for place, key in enumerate(keys)]
    alone = _in_the_room(_played(scale, len(keys) * every_s, soundfont))
    loudness = Loudness(alone).curve(3.0)[:: every_s * 10]
    # The soundfont's amplitude grows with the square of the velocity.
    touch = dict(zip(keys, 10 ** ((np.median(loudness) - loudness) / 40), strict=True))
    return [note._replace(velocity=round(note.velocity * touch[note.number])) for note in notes]


def _in_the_room(piano: Stereo) -> Stereo:
    """The piano with felt between hammer and string, in a wide room that is always the same."""
    felted = filtered(piano, lambda hz: high_pass(55)(hz) * low_pass(1300, 1)(hz) * low_pass(4800)(hz))
    return reverberated(felted, 1.7, low_decay_s=9.0, high_decay_s=4.0, random=np.random.default_rng(SEED + 2))


def _pad(length: int, random: np.random.Generator) -> Stereo:
    """What all regions share, held softly, so that a rest is never a hole."""
    pad = np.zeros((length, 2), np.float32)
    for name, level in HELD:
        hz = note_hz(name)
        breath = np.clip(1 + 0.3 * slow_noise(length, 0.06, random), 0.2, 2)[:, np.newaxis]
        pad += np.float32(level) * breath * ensemble(hz, warm_partials(hz, 1.9, 1000.0), length, 0.2, random)
    return reverberated(pad, 0.7, low_decay_s=7.0, high_decay_s=2.6, random=random)


def _played(notes: list[Note], length_s: float, soundfont: Path) -> Stereo:
    """The notes as fluidsynth plays them: dry, the pedal held, so that every note rings as long as the string does."""
    with tempfile.TemporaryDirectory() as folder:
        midi, sound = Path(folder) / "score.mid", Path(folder) / "score.wav"
        midi.write_bytes(_midi(notes, round(length_s * 1000)))
        quiet_and_dry = ["-q", "-n", "-i", "-g", "0.5", "-R", "0", "-C", "0"]
        output = ["-r", str(RATE_HZ), "-T", "wav", "-O", "float", "-F", str(sound)]
        subprocess.run(["fluidsynth", *quiet_and_dry, *output, str(soundfont), str(midi)], check=True)
        samples, _ = soundfile.read(sound, dtype="float32", always_2d=True)
    return np.asarray(samples[: seconds(length_s)], np.float32)


def _midi(notes: list[Note], length_ms: int) -> bytes:
    """A standard MIDI file whose ticks are milliseconds. A string is damped only after it has rung out."""
    events = [(note.start_ms, bytes([0x90, note.number, note.velocity])) for note in notes]
    ends = (min(note.start_ms + 18_000, length_ms - 1) for note in notes)
    events += [(end, bytes([0x80, note.number, 0])) for end, note in zip(ends, notes, strict=True)]
    track, before = b"\x00\xff\x51\x03\x07\xa1\x20", 0
    for time_ms, event in sorted(events):
        track += _variable_length(time_ms - before) + event
        before = time_ms
    track += _variable_length(length_ms - before) + b"\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(track)) + track


def _variable_length(value: int) -> bytes:
    """MIDI's number form: seven bits a byte, the highest bit set on all but the last."""
    result = bytes([value & 0x7F])
    while value := value >> 7:
        result = bytes([value & 0x7F | 0x80]) + result
    return result
