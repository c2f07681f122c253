"""The sound device: which there are, opening one, and what tells that it no longer sounds.

SDL's own word is no evidence: once a device is gone, SDL goes on taking blocks at the pace of the clock and throws them
away. What counts is its event that an opened device was removed, and whether blocks are taken as fast as they sound.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pygame
from pygame._sdl2.audio import get_audio_device_names

from guideplayer.stage.sources import CHANNELS, RATE_HZ

# On a machine that is out of breath a sound server with 256 frames runs dry some twenty times as often.
BUFFER_FRAMES = 512
FLOAT_BITS = 32
# What sound servers offer in place of a device when there is none: it takes everything and nobody hears it.
UNHEARD = "Dummy Output"
# A device that begins may need some seconds; one that plays takes a block every hundredth of one.
BEGINS_WITHIN_MS = 4000.0
STOPPED_MS = 1000.0
# A thread that was not let run for longer than this cannot know that nothing was taken meanwhile.
POLL_MS = 50.0
PACE_OVER_MS = 1000.0
MOST_PACE = 1.2
LIST_WITHIN_S = 5.0


class DeviceError(Exception):
    """No sound device can be opened; the text says which and why."""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what a sound library writes to stderr about missing cards from the person who started the room."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def open_device(name: str = "") -> None:
    """Open the mixer on a device, or the default one. It waits as long as the sound server does. Raises DeviceError."""
    try:
        with _quiet():
            pygame.mixer.init(RATE_HZ, FLOAT_BITS, CHANNELS, BUFFER_FRAMES, devicename=name or None, allowedchanges=0)
    except pygame.error as error:
        what = f"The sound device '{name}'" if name else "The default sound device"
        raise DeviceError(f"{what} cannot be opened: {error}") from error


def device_names() -> tuple[str, ...]:
    """The names of the devices, while the mixer is open."""
    return tuple(get_audio_device_names(False))


def unheard(names: Sequence[str]) -> bool:
    """Whether what is played goes nowhere: there is a driver, but no device behind it."""
    return os.environ.get("SDL_AUDIODRIVER") == "dummy" or set(names) == {UNHEARD}


def removed(event: pygame.event.Event) -> bool:
    """Whether an event tells that the device which is open was removed. Devices that are not open have number 0."""
    return event.type == pygame.AUDIODEVICEREMOVED and not event.iscapture and event.which != 0


def found_devices() -> tuple[str, ...]:
    """The names of the devices, found by a process of its own: a sound server can hang or crash whoever asks."""
    command = (sys.executable, "-m", "guideplayer.stage.device")
    environment = {**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    with contextlib.suppress(subprocess.SubprocessError, json.JSONDecodeError):
        told = subprocess.run(command, env=environment, capture_output=True, timeout=LIST_WITHIN_S, check=True).stdout
        return tuple(json.loads(told))
    return ()


class Uptake:
    """Watches a device take its blocks, each `block_ms` long."""

    def __init__(self, block_ms: float) -> None:
        self._block_ms = block_ms
        self._polled_ms: float | None = None
        self._untaken_ms = 0.0
        self._blocks = 0
        self._counted_ms = 0.0
        self._counted = 0
        self.fault = ""

    @property
    def begun(self) -> bool:
        """Whether the device takes blocks; the first two it is only given."""
        return self._blocks > 2

    def poll(self, now_ms: float, taken: bool) -> None:
        """Tell, every few milliseconds, whether there is room for another block. What is wrong is in `fault`."""
        passed_ms = 0.0 if self._polled_ms is None else min(POLL_MS, now_ms - self._polled_ms)
        self._polled_ms = now_ms
        self._untaken_ms = 0.0 if taken else self._untaken_ms + passed_ms
        self._blocks += taken
        if self._untaken_ms > (STOPPED_MS if self.begun else BEGINS_WITHIN_MS):
            self.fault = "The sound device has stopped taking sound."
        elif self._blocks == 3:
            self._counted_ms, self._counted = now_ms, self._blocks
        elif self._counted and now_ms - self._counted_ms >= PACE_OVER_MS:
            sounded_ms = (self._blocks - self._counted) * self._block_ms
            if sounded_ms > MOST_PACE * (now_ms - self._counted_ms):
                self.fault = "The sound device throws sound away."
            self._counted_ms, self._counted = now_ms, self._blocks


if __name__ == "__main__":
    with contextlib.suppress(DeviceError):
        open_device()
    print(json.dumps(device_names() if pygame.mixer.get_init() else []))
