"""Sounds something outside of a session as it would sound in one: the same mix, the same limiter, the same level."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import ClipPart, Moment
from guideplayer.media import Library
from guideplayer.stage.device import DeviceError, device_names, open_device, unheard
from guideplayer.stage.mixing import BLOCK_FRAMES, SILENCE, Mix
from guideplayer.stage.sources import RATE_HZ, Samples

# After its last sample a sound is still in the limiter and the device.
TAIL_MS = 300
RISE_MS = 2000
FALL_MS = 500


def clip_samples(file: Path, length_ms: int, library: Library) -> Samples:
    """A clip as it leaves the mix (frames, 2)."""
    return _mixed(file, length_ms, 0, length_ms + TAIL_MS, library)


def turn_samples(file: Path, turn_ms: int, library: Library) -> Samples:
    """One turn of a clip that holds two of the same, as it leaves the mix (frames, 2): it can be played round."""
    # In the first turn the gains come up.
    return _mixed(file, 2 * turn_ms, turn_ms, 2 * turn_ms, library)


def play(samples: Samples, device: str = "") -> None:
    """Play samples to their end. Raises DeviceError when nobody would hear them."""
    with _output(device):
        _sound(samples).play()
        time.sleep((len(samples) / RATE_HZ) + FALL_MS / 1000)


def play_round(
    samples: Samples, seconds: float, ended: threading.Event, begun: Callable[[], None], device: str = ""
) -> None:
    """Play samples round and round, coming and going softly, for so long or until another thread ends it.

    `begun` is called as soon as they are heard. Raises DeviceError when nobody would hear them.
    """
    with _output(device):
        channel = _sound(samples).play(loops=-1, fade_ms=RISE_MS)
        begun()
        ended.wait(seconds)
        channel.fadeout(FALL_MS)
        time.sleep(2 * FALL_MS / 1000)


@contextlib.contextmanager
def _output(device: str) -> Iterator[None]:
    """The mixer on a device, or on the default one, that somebody hears. Raises DeviceError."""
    open_device(device)
    try:
        if unheard(device_names()):
            raise DeviceError("There is no sound output")
        yield
    finally:
        pygame.mixer.quit()


def _sound(samples: Samples) -> pygame.mixer.Sound:
    return pygame.mixer.Sound(buffer=np.ascontiguousarray(samples, np.float32).tobytes())


def _mixed(file: Path, length_ms: int, from_ms: int, to_ms: int, library: Library) -> Samples:
    """What the mix makes of a clip between two times after its beginning."""

    def moment_at(into_ms: float) -> Moment:
        clip = ClipPart(str(file), round(into_ms), "audition") if into_ms < length_ms else None
        return msgspec.structs.replace(SILENCE, narration=clip, volume=1.0)

    first, last = from_ms * RATE_HZ // 1000, to_ms * RATE_HZ // 1000
    mix = Mix(library)
    ends = range(BLOCK_FRAMES, last + BLOCK_FRAMES, BLOCK_FRAMES)
    blocks = [mix.block(moment_at(end * 1000 / RATE_HZ)) for end in ends]
    mix.close()
    return np.concatenate(blocks)[first:last]
