"""Music files of every kind, made as they are needed."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

RATE_HZ = 44_100


def tone(seconds, pitch_hz=220, level=0.2):
    """A soft tone in both ears."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.repeat((level * np.sin(2 * np.pi * pitch_hz * times))[:, None], 2, axis=1).astype(np.float32)


def write(path, samples):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, RATE_HZ)
    return path


def convert(path, samples, title="", artist=""):
    """A file in whatever kind its name says, made with ffmpeg."""
    source = write(path.with_name(f"source-{path.stem}.wav"), samples)
    tags = [f"title={title}", f"artist={artist}"] if title else []
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(source)]
    command += [part for tag in tags for part in ("-metadata", tag)]
    subprocess.run([*command, str(path)], check=True)
    source.unlink()
    return Path(path)
