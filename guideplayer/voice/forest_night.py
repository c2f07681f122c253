"""The bed `forest-night`: air in high trees, a brook some way off, and crickets further still.

No bird calls: an owl is death's messenger to many peoples, and a call out of the dark can startle anyone.
"""

from typing import NamedTuple

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
    filtered,
    low_pass,
    noise,
    note_hz,
    placed,
    reverberated,
    scattered_s,
    seconds,
    slow_noise,
    smooth_step,
    swell,
)

SEED = 83


class _Cricket(NamedTuple):
    """One cricket: its note, its chirps a second, the pulses of a chirp, and where it sits (-1 left, 1 right)."""

    note: str
    chirps_hz: float
    pulses: int
    side: float


# Low for crickets: high ones pierce. They sing D, E, F# and A, as the music does that may be heard before and after.
CRICKETS = (
    _Cricket("D7", 0.71, 3, -0.7),
    _Cricket("E7", 0.93, 3, 0.5),
    _Cricket("A6", 0.55, 2, 0.8),
    _Cricket("F#7", 0.83, 4, -0.2),
    _Cricket("D7", 1.07, 2, 0.2),
)


def layers() -> list[Part]:
    """The air, the brook and the crickets."""
    random = np.random.default_rng(SEED)
    air_length, brook_length, crickets_length = turn_samples(83, 61, 107)
    return [
        Part("air", _air(air_length, random), 0.0),
        Part("brook", _brook(brook_length, random), -4.0),
        Part("crickets", _crickets(crickets_length, random), -13.0),
    ]


def _air(length: int, random: np.random.Generator) -> Stereo:
    """Wind that never rises to a gust: the trunks' low breath, and leaves that stir after it."""
    breath = slow_noise(length, 0.09, random)
    air = np.zeros((length, 2), np.float32)
    for low_hz, high_hz, share, wander, after_s in (
        (60, 220, 1.0, 0.16, 0),
        (180, 600, 0.6, 0.24, 1),
        (700, 2600, 0.13, 0.36, 2),
    ):
        wind = noise(length, _soft(low_hz, high_hz), random)
        side = noise(length, _soft(low_hz, high_hz), random)
        rustle = np.clip(1 + wander * np.roll(breath, seconds(after_s)), 0.25, 2)
        air += np.float32(share) * rustle[:, np.newaxis] * balanced(wind, np.float32(0.55) * side)
    return air


def _soft(low_hz: float, high_hz: float) -> Response:
    return lambda hz: band_pass(low_hz, high_hz)(hz) / np.sqrt(np.maximum(hz, 20.0))


def _brook(length: int, random: np.random.Generator) -> Stereo:
    """Water over stones: bubbles by the thousand, in a bed of soft noise."""
    brook = np.zeros((length, 2), np.float32)
    for _ in range(round(55 * length / RATE_HZ)):
        hz = float(np.exp(random.normal(np.log(620), 0.38)))
        level = min(2.0, random.lognormal(-0.6, 0.6)) * (500 / max(hz, 300)) ** 0.4
        bubble = placed(np.float32(level) * _bubble(hz, random.uniform(0.02, 0.16)), random.uniform(-0.6, 0.6))
        add_wrapped(brook, bubble, int(random.integers(length)))
    water = noise(length, _soft(250, 1500), random) * np.clip(1 + 0.2 * slow_noise(length, 0.8, random), 0.3, 2)
    brook += np.float32(0.45 * np.sqrt(np.mean(np.square(brook)))) * water[:, np.newaxis]
    far = filtered(brook, low_pass(1600))
    return reverberated(far, wet=0.7, low_decay_s=1.6, high_decay_s=0.8, random=random)


def _bubble(hz: float, rise: float) -> Samples:
    """A bubble's note, rising as it nears the surface."""
    decay_s = 9.0 / hz
    time_s = np.arange(seconds(7 * decay_s)) / RATE_HZ
    phase = 2 * np.pi * hz * (time_s + rise * time_s**2 / decay_s / 2)
    return np.asarray(np.sin(phase) * smooth_step(time_s / decay_s) ** 2 * np.exp(-time_s / decay_s), np.float32)


def _crickets(length: int, random: np.random.Generator) -> Stereo:
    """Each sings for a while, falls silent and begins again; the wood answers more loudly than they sing."""
    night = np.zeros((length, 2), np.float32)
    for cricket in CRICKETS:
        song = np.zeros((length, 2), np.float32)
        chirp = _chirp(cricket)
        for start_s in scattered_s(length, round(cricket.chirps_hz * length / RATE_HZ), 0.25, random):
            add_wrapped(song, placed(np.float32(random.uniform(0.7, 1)) * chirp, cricket.side), seconds(start_s))
        presence = np.clip(0.6 + 0.4 * slow_noise(length, 0.04, random), 0.08, 1.2)
        night += song * presence[:, np.newaxis]
    return reverberated(night, wet=2.2, low_decay_s=2.6, high_decay_s=1.6, random=random)


def _chirp(cricket: _Cricket) -> Samples:
    """Some soft pulses in a row, the later ones stronger."""
    pulse, gap = seconds(0.034), seconds(0.052)
    time_s = np.arange(pulse) / RATE_HZ
    tone = np.sin(2 * np.pi * note_hz(cricket.note) * time_s) * swell(pulse, pulse // 2, pulse // 2)
    chirp = np.zeros(gap * cricket.pulses, np.float32)
    for place in range(cricket.pulses):
        chirp[place * gap : place * gap + pulse] += np.float32((place + 1) / cricket.pulses) * tone.astype(np.float32)
    return chirp
