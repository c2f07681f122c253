"""Sounds something outside of a session as it would sound in one: the same mix, the same limiter, the same level."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import BedPart, ClipPart, Moment
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

    def moment_at(into_ms: float) -> Moment:
        clip = ClipPart(str(file), round(into_ms), "audition") if into_ms < length_ms else None
        return msgspec.structs.replace(SILENCE, narration=clip, volume=1.0)

    return _mixed(moment_at, 0, length_ms + TAIL_MS, library)


def bed_samples(name: str, library: Library) -> Samples:
    """A turn of a bed's longest layer as it leaves the mix (frames, 2), at the level that it was recorded with.

    Of a bed with one layer it can be looped.
    """
    recorded = library.beds[name]
    length_ms = max(layer.length_ms for layer in recorded.layers)

    def moment_at(into_ms: float) -> Moment:
        bed = BedPart(name, round(into_ms), recorded.lufs, 1.0)
        return msgspec.structs.replace(SILENCE, beds=(bed,), volume=1.0)

    # In the first turn the gains come up.
    return _mixed(moment_at, length_ms, 2 * length_ms, library)


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


def _mixed(moment_at: Callable[[float], Moment], from_ms: int, to_ms: int, library: Library) -> Samples:
    """What the mix makes of moments between two times after the first."""
    first, last = from_ms * RATE_HZ // 1000, to_ms * RATE_HZ // 1000
    mix = Mix(library)
    blocks = [
        mix.block(moment_at(end * 1000 / RATE_HZ)) for end in range(BLOCK_FRAMES, last + BLOCK_FRAMES, BLOCK_FRAMES)
    ]
    mix.close()
    return np.concatenate(blocks)[first:last]
