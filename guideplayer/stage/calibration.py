"""Steady noise by which a room's level is set: as loud as the narration, and as even as a meter likes it.

Pink between the edges of speech, of a spectrum that is drawn and not left to chance. So its loudness follows from its
RMS by a figure that holds for every seed.
"""

from pathlib import Path

import numpy as np
import soundfile

from guideplayer.stage.mixing import NARRATION_LUFS
from guideplayer.stage.sources import RATE_HZ, Samples

LENGTH_S = 4
LOWEST_HZ, HIGHEST_HZ = 100, 8000
# What this noise measures in LUFS at an RMS of 1 (ITU-R BS.1770-4); a test measures it again.
LUFS_AT_FULL_SCALE = 1.09
SEED = 20


def noise() -> Samples:
    """The noise (frames), one exact turn of a circle."""
    frames = LENGTH_S * RATE_HZ
    hz = np.fft.rfftfreq(frames, 1 / RATE_HZ)
    inside = (hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)
    phases = np.exp(2j * np.pi * np.random.default_rng(SEED).random(len(hz)))
    turn = np.fft.irfft(np.where(inside, phases / np.sqrt(np.maximum(hz, 1)), 0), frames)
    level = 10 ** ((NARRATION_LUFS - LUFS_AT_FULL_SCALE) / 20)
    return np.asarray(level * turn / np.sqrt(np.mean(np.square(turn))), np.float32)


def write_turns(file: Path) -> int:
    """Write two turns of the noise into a sound file. Gives the length of one in ms."""
    soundfile.write(file, np.tile(noise(), 2), RATE_HZ, subtype="FLOAT")
    return LENGTH_S * 1000
