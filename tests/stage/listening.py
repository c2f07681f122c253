"""Recordings to listen to, and ears: what a listener would notice, as numbers."""

import json

import numpy as np
import soundfile

from guideplayer.core.moment import Moment
from guideplayer.media import Library
from guideplayer.stage.sources import RATE_HZ

PITCH_HZ = 300
SUBTYPES = {".wav": "FLOAT", ".flac": "PCM_24", ".opus": "OPUS"}


def turning(seconds, amplitude=0.2, pitch_hz=PITCH_HZ, rate_hz=RATE_HZ):
    """A tone, sine in one ear and cosine in the other: so its loudness and its phase are known at every sample."""
    angle = 2 * np.pi * pitch_hz * np.arange(round(seconds * rate_hz)) / rate_hz
    return (amplitude * np.stack([np.sin(angle), np.cos(angle)], axis=1)).astype(np.float32)


def noise(seconds, amplitude=0.1, seed=1):
    shape = (round(seconds * RATE_HZ), 2)
    return np.random.default_rng(seed).uniform(-amplitude, amplitude, shape).astype(np.float32)


def write(path, samples, rate_hz=RATE_HZ):
    """A recording; WAV ones hold floats, so that every sample can be compared."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = "OGG" if path.suffix == ".opus" else None
    soundfile.write(path, samples, rate_hz, subtype=SUBTYPES.get(path.suffix), format=form)
    return path


def library(folder, *, beds=(), sounds=()):
    """A library of beds and sounds, each (name, file, lufs); a bed's file may be a list of layers (file, gain)."""
    found = {"beds": {}, "sounds": {}}
    for name, files, lufs in beds:
        parts = [(files, 1.0)] if isinstance(files, str) else files
        layers = [{"file": file, "length_ms": 0, "gain": gain} for file, gain in parts]
        found["beds"][name] = {"layers": layers, "lufs": lufs}
    for name, file, lufs in sounds:
        found["sounds"][name] = {"file": file, "length_ms": 0, "lufs": lufs}
    for kind, index in found.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / "index.json").write_text(json.dumps(index))
    return Library(folder)


def moment(narration=None, beds=(), sounds=(), volume=1.0, speaks=False):
    return Moment((), 0.5, None, None, narration, tuple(beds), tuple(sounds), volume, speaks=speaks)


def loudness(sound):
    """How loud a turning tone is, at every sample."""
    return np.hypot(sound[:, 0], sound[:, 1])


def level_db(sound):
    return 20 * np.log10(np.sqrt(np.mean(np.square(sound, dtype=np.float64))) + 1e-12)


def clicks(sound, amplitude, pitch_hz=PITCH_HZ):
    """Where a tone bends more sharply than twice what the tone itself does."""
    bend = amplitude * (2 * np.pi * pitch_hz / RATE_HZ) ** 2
    return np.flatnonzero(np.abs(np.diff(sound, 2, axis=0)).max(axis=1) > 2 * bend)


def true_peak_db(sound):
    from scipy.signal import resample_poly

    return 20 * np.log10(np.abs(resample_poly(sound.astype(np.float64), 8, 1, axis=0)).max())
