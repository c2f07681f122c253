"""Sound made from numbers, always circular: whatever rings past the end is heard again at the start.

A circular signal has no seam by construction. Everything here works on whole spectra, or wraps what it adds.
"""

import itertools
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

RATE_HZ = 48_000
Samples = NDArray[np.float32]
"""One channel."""
Stereo = NDArray[np.float32]
"""Two channels: samples x 2."""
Response = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A filter: gain over frequency in Hz."""


class Part(NamedTuple):
    """A layer of a bed before it is a file: a circular signal, and how loud it shall be against the bed's others."""

    name: str
    sound: Stereo
    level_lu: float


_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE = re.compile(r"([A-G])([#b]?)(\d)")


def note_number(name: str) -> int:
    """The MIDI number of a note: `A4` is 69. Raises ValueError for what is no note."""
    match = _NOTE.fullmatch(name)
    if not match:
        raise ValueError(f"“{name}” is not a note: write it like A4 or F#3")
    letter, accidental, octave = match.groups()
    return _SEMITONES[letter] + {"": 0, "#": 1, "b": -1}[accidental] + 12 * (int(octave) + 1)


def note_hz(name: str) -> float:
    """The equal-tempered frequency of a note: `A4` is 440."""
    return float(440 * 2 ** ((note_number(name) - 69) / 12))


def seconds(duration_s: float) -> int:
    """A duration as a number of samples."""
    return round(duration_s * RATE_HZ)


def smooth_step(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 before 0, 1 after 1, and between them a quarter sine: two that cross keep the power of unlike sounds."""
    return np.asarray(np.sin(np.clip(position, 0, 1) * np.pi / 2))


def swell(length: int, rise: int, fall: int) -> Samples:
    """An envelope of `length` samples that rises, stays, and falls with no corner at either end."""
    time = np.arange(length)
    shape = smooth_step(time / rise) ** 1.5 * smooth_step((length - 1 - time) / fall) ** 1.5
    return np.asarray(shape, np.float32)


def scattered_s(length: int, count: int, unevenness: float, random: np.random.Generator) -> list[float]:
    """So many times on a circle, about evenly spread; `unevenness` (0..1) is how far each may stray into the gaps."""
    gap_s = length / RATE_HZ / count
    return [float(gap_s * (place + unevenness * random.uniform(-0.5, 0.5))) for place in range(count)]


def placed(sound: Samples, side: float) -> Stereo:
    """One channel heard from a side (-1 left, 1 right), at the same power from everywhere."""
    angle = (side + 1) * np.pi / 4
    return np.asarray(sound[:, np.newaxis] * np.array([np.cos(angle), np.sin(angle)]), np.float32)


def add_wrapped(whole: Stereo, part: Stereo, start: int) -> None:
    """Add a part into a circular signal from `start` on; what passes the end comes in at the beginning."""
    length = len(whole)
    position, done = start % length, 0
    while done < len(part):
        count = min(length - position, len(part) - done)
        whole[position : position + count] += part[done : done + count]
        position, done = 0, done + count


def filtered(signal: NDArray[np.float32], response: Response) -> Samples:
    """A circular signal through a zero-phase filter, given as gain over frequency in Hz. Works on any channels."""
    spectrum = scipy.fft.rfft(signal, axis=0)
    gain = response(scipy.fft.rfftfreq(len(signal), 1 / RATE_HZ)).astype(np.float32)
    spectrum *= gain.reshape(-1, *[1] * (signal.ndim - 1))
    return np.asarray(scipy.fft.irfft(spectrum, len(signal), axis=0), np.float32)


def low_pass(corner_hz: float, order: int = 2) -> Response:
    """The gain of a Butterworth low pass."""
    return lambda frequency: 1 / np.sqrt(1 + (frequency / corner_hz) ** (2 * order))


def high_pass(corner_hz: float, order: int = 2) -> Response:
    """The gain of a Butterworth high pass; nothing of 0 Hz is left."""
    return lambda frequency: 1 / np.sqrt(1 + (corner_hz / np.maximum(frequency, 1e-9)) ** (2 * order))


def band_pass(low_hz: float, high_hz: float) -> Response:
    """The gain of a high pass and a low pass, one after the other."""
    return lambda frequency: high_pass(low_hz)(frequency) * low_pass(high_hz)(frequency)


def noise(length: int, response: Response, random: np.random.Generator) -> Samples:
    """Circular noise with this gain over frequency, at an RMS of 1."""
    frequency = scipy.fft.rfftfreq(length, 1 / RATE_HZ)
    gain = response(frequency).astype(np.float32)
    gain[0] = 0
    phase = random.random(len(gain), dtype=np.float32) * np.float32(2 * np.pi)
    signal = np.asarray(scipy.fft.irfft(gain * np.exp(1j * phase), length), np.float32)
    return signal / np.float32(np.sqrt(np.mean(np.square(signal))))


def slow_noise(length: int, fastest_hz: float, random: np.random.Generator) -> Samples:
    """A circular curve that wanders no faster than `fastest_hz`, between about -2 and 2, at an RMS of 1."""
    bins = max(2, round(length / RATE_HZ * fastest_hz))
    spectrum = np.zeros(length // 2 + 1, np.complex64)
    taper = np.cos(np.linspace(0, np.pi / 2, bins, endpoint=False))
    spectrum[1 : bins + 1] = taper * np.exp(2j * np.pi * random.random(bins))
    curve = np.asarray(scipy.fft.irfft(spectrum, length), np.float32)
    return curve / np.float32(np.sqrt(np.mean(np.square(curve))))


def balanced(middle: Samples, side: Samples, bass_corner_hz: float = 160.0) -> Stereo:
    """Left and right from middle and side; below the corner only the middle is left, so that the bass is one."""
    side = filtered(side, high_pass(bass_corner_hz))
    return np.stack([middle + side, middle - side], axis=1)


def reverberated(
    dry: Stereo, wet: float, low_decay_s: float, high_decay_s: float, random: np.random.Generator
) -> Stereo:
    """A wide room around a circular signal: its tail, exponentially decaying noise, is folded onto the start.

    High frequencies die sooner than low ones, as they do in air and on soft walls.
    """
    length = len(dry)
    heard = scipy.fft.rfft(dry.mean(axis=1))
    middle, side = (
        np.asarray(
            scipy.fft.irfft(heard * scipy.fft.rfft(_folded(_tail(low_decay_s, high_decay_s, random), length)), length),
            np.float32,
        )
        for _ in range(2)
    )
    return dry + np.float32(wet) * balanced(middle, np.float32(0.6) * side)


def _tail(low_decay_s: float, high_decay_s: float, random: np.random.Generator) -> Samples:
    """A room's answer to one clap, of energy 1: noise in bands, each dying by 60 dB in a time of its own."""
    edges_hz = (90.0, 300.0, 900.0, 2400.0, 6000.0)
    time_s = np.arange(seconds(low_decay_s * 1.2)) / RATE_HZ
    tail = np.zeros(len(time_s), np.float32)
    for place, (low_hz, high_hz) in enumerate(itertools.pairwise(edges_hz)):
        decay_s = low_decay_s * (high_decay_s / low_decay_s) ** (place / (len(edges_hz) - 2))
        share = np.sqrt((high_hz - low_hz) / edges_hz[-1])
        fading = share * np.exp(np.log(0.001) * time_s / decay_s)
        tail += noise(len(time_s), band_pass(low_hz, high_hz), random) * fading.astype(np.float32)
    # A soft beginning: the room answers, it does not slap.
    tail *= smooth_step(time_s / 0.06).astype(np.float32)
    return np.asarray(tail / np.sqrt(np.sum(np.square(tail))), np.float32)


def _folded(tail: Samples, length: int) -> Samples:
    """A response as long as the circle; what is longer wraps."""
    folded = np.zeros(length, np.float32)
    for start in range(0, len(tail), length):
        piece = tail[start : start + length]
        folded[: len(piece)] += piece
    return folded


def ensemble(
    fundamental_hz: float,
    partials: NDArray[np.float64],
    length: int,
    width: float,
    random: np.random.Generator,
    *,
    unsteadiness: float = 0.0016,
) -> Stereo:
    """Many players on one note: each partial is a steady core in a halo of near frequencies that drift and shimmer.

    `partials` are the amplitudes of the fundamental and its overtones. The halo is drawn in the spectrum (the PADsynth
    idea), so the note is circular over its length. `width` is the share of the halo that differs between the ears,
    `unsteadiness` how far the players wander, as a share of the frequency.
    """
    channels = []
    for channel in range(2):
        spectrum = np.zeros(length // 2 + 1, np.complex64)
        for number, amplitude in enumerate(partials, start=1):
            centre = number * fundamental_hz * length / RATE_HZ
            spread = (0.22 + unsteadiness * number * fundamental_hz) * length / RATE_HZ
            first, last = int(centre - 4 * spread), int(centre + 4 * spread) + 1
            bins = np.arange(max(1, first), min(len(spectrum) - 1, last))
            halo = np.exp(-0.5 * ((bins - centre) / spread) ** 2) * np.exp(2j * np.pi * random.random(len(bins)))
            halo *= amplitude * length / 2 * 0.62 / max(1e-9, np.sqrt(np.sum(np.abs(halo) ** 2)))
            spectrum[bins] += halo
            if channel == 0:
                spectrum[round(centre)] += amplitude * length / 2 * np.exp(2j * np.pi * random.random())
        channels.append(np.asarray(scipy.fft.irfft(spectrum, length), np.float32))
    return np.stack([channels[0] + width * channels[1], channels[0] - width * channels[1]], axis=1).astype(np.float32)


def warm_partials(fundamental_hz: float, roundness: float = 1.7, darkest_hz: float = 1500.0) -> NDArray[np.float64]:
    """Amplitudes of a warm tone's partials: falling with their number, and faster above `darkest_hz`."""
    count = max(2, min(14, int(5000 / fundamental_hz)))
    number = np.arange(1, count + 1)
    return np.asarray(number**-roundness / (1 + (number * fundamental_hz / darkest_hz) ** 2))
