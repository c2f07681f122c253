"""Sounds that are heard once: a bell in the script, the chime that proves the loudspeakers, the alarm in the room.

All of them are tuned to the beds' D, so that none ever clashes with the music under it.
"""

import numpy as np
from numpy.typing import NDArray

from guideplayer.voice.synthesis import RATE_HZ, Samples, Stereo, note_hz, reverberated, seconds, smooth_step

SEED = 5


def bell() -> Stereo:
    """A bronze bowl, struck softly with felt: it blooms in 20 ms and rings for nine seconds.

    A bowl's modes come in pairs that beat slowly. Its second and third are tuned to the eleventh and to the high major
    seventh, which rings like Dmaj7 over A.
    """
    random = np.random.default_rng(SEED)
    length = seconds(10)
    time = np.arange(length) / RATE_HZ
    base_hz = note_hz("A3")
    modes = (
        (1.0, 1.0, 4.2, 0.31),
        (2.0, 0.10, 2.6, 0.40),
        (8 / 3, 0.42, 2.6, 0.53),
        (5.0, 0.13, 1.3, 0.90),
        (8.0, 0.03, 0.6, 1.40),
    )
    bowl = np.zeros((length, 2), np.float32)
    for ratio, level, decay_s, beat_hz in modes:
        fading = np.exp(-time / decay_s)
        phase = random.uniform(0, 2 * np.pi, 2)
        lower = np.sin(2 * np.pi * (base_hz * ratio - beat_hz / 2) * time + phase[0])
        upper = np.sin(2 * np.pi * (base_hz * ratio + beat_hz / 2) * time + phase[1])
        pair = np.stack([lower + 0.25 * upper, 0.9 * lower + 0.35 * upper], axis=1)
        bowl += (level * fading[:, np.newaxis] * pair).astype(np.float32)
    bowl *= _bloom(time, 0.02)[:, np.newaxis]
    return _ended(_in_a_room(bowl, 0.3, 3.5, random), 2.5)


def chime() -> Stereo:
    """Two gentle tones, A then D above: what a person confirms to have heard before a session."""
    random = np.random.default_rng(SEED + 1)
    length = seconds(4)
    tones = np.zeros((length, 2), np.float32)
    for name, start_s in (("A4", 0.05), ("D5", 0.75)):
        tone = _struck(note_hz(name), length - seconds(start_s), 0.9, (1.0, 0.22, 0.1, 0.03), 0.018)
        tones[seconds(start_s) :] += tone[:, np.newaxis]
    return _ended(_in_a_room(tones, 0.3, 2.2, random), 1.0)


def alarm() -> Stereo:
    """The room's own call when nobody can be reached: D falling to A, then a pause; repeated as it is.

    Overtones up to 2.9 kHz carry it into a corridor; attacks of 35 ms keep it from startling whoever lies beside it.
    """
    length = seconds(2)
    tones = np.zeros(length, np.float32)
    for name, start_s, length_s in (("D5", 0.02, 0.62), ("A4", 0.70, 0.95)):
        count = seconds(length_s)
        time = np.arange(count) / RATE_HZ
        tone = _struck(note_hz(name), count, 1.1, (1.0, 0.5, 0.34, 0.2, 0.1), 0.035)
        start = seconds(start_s)
        tones[start : start + count] += tone * smooth_step((length_s - time) / 0.12).astype(np.float32)
    return np.stack([tones, tones], axis=1)


def _struck(hz: float, length: int, decay_s: float, partials: tuple[float, ...], attack_s: float) -> Samples:
    """A tone struck with something soft; its overtones die first."""
    time = np.arange(length) / RATE_HZ
    tone: NDArray[np.float64] = np.zeros(length)
    for number, level in enumerate(partials, start=1):
        tone += level * np.exp(-time * number**0.7 / decay_s) * np.sin(2 * np.pi * hz * number * time)
    return (tone * _bloom(time, attack_s)).astype(np.float32)


def _bloom(time: NDArray[np.float64], attack_s: float) -> Samples:
    """A soft attack without a corner."""
    return (smooth_step(time / attack_s) ** 2).astype(np.float32)


def _in_a_room(sound: Stereo, wet: float, decay_s: float, random: np.random.Generator) -> Stereo:
    """The sound in a room. Twice its length of silence follows it, so that the circle's tail cannot reach its start."""
    room = np.concatenate([sound, np.zeros((2 * len(sound), 2), np.float32)])
    return reverberated(room, wet, decay_s, decay_s * 0.45, random)[: len(sound)]


def _ended(sound: Stereo, fade_s: float) -> Stereo:
    """The sound with its last seconds faded to nothing."""
    left_s = (len(sound) - 1 - np.arange(len(sound))) / RATE_HZ
    return sound * (smooth_step(left_s / fade_s) ** 2).astype(np.float32)[:, np.newaxis]
