"""A gentle noise gate: between words a room and its machines become quieter, and no word is cut."""

import numpy as np

from guideplayer.voice.mastering import RATE_HZ, Samples

DEPTH_DB = 10.0
# Before the first word and after the last one nothing is needed, and trimming finds it then also in a loud room.
ENDS_DB = 40.0
# Above the noise by this much it is open.
_OPEN_DB = 12.0
# Where the voice is not so far above the noise, a gate would be heard at work.
_LEAST_DISTANCE_DB = 25.0
_STEP = RATE_HZ // 100
# It opens before a word begins, and stays open until its end has died away.
_BEFORE_STEPS, _AFTER_STEPS = 8, 30
_SMOOTH_STEPS = 11
_SILENCE_DB = -120.0


def gated(samples: Samples) -> Samples:
    """One channel at 48 kHz, the noise between words DEPTH_DB lower, around them ENDS_DB; as it is where that could be
    heard."""
    whole = len(samples) // _STEP
    if not whole:
        return samples
    power = np.square(samples[: whole * _STEP], dtype=np.float64).reshape(whole, _STEP).mean(axis=1)
    levels_db = np.maximum(_SILENCE_DB, 10 * np.log10(power + 1e-12))
    noise_db, voice_db = np.percentile(levels_db, (10, 95))
    if voice_db - noise_db < _LEAST_DISTANCE_DB:
        return samples
    spoken = np.pad(levels_db > noise_db + _OPEN_DB, (_AFTER_STEPS, _BEFORE_STEPS))
    # Open where anything is spoken a moment later or was a moment ago.
    near = np.lib.stride_tricks.sliding_window_view(spoken, _BEFORE_STEPS + _AFTER_STEPS + 1).any(axis=1)
    gain_db = np.where(near, 0.0, -DEPTH_DB)
    first, last = np.flatnonzero(near)[[0, -1]]
    gain_db[:first] = gain_db[last + 1 :] = -ENDS_DB
    window = np.hanning(_SMOOTH_STEPS + 2)[1:-1]
    padded = np.pad(gain_db, _SMOOTH_STEPS // 2, mode="edge")
    smooth_db = np.convolve(padded, window / window.sum(), "valid")
    middles = (np.arange(whole) + 0.5) * _STEP
    fader = 10 ** (np.interp(np.arange(len(samples)), middles, smooth_db) / 20)
    return (samples * fader).astype(np.float32)
