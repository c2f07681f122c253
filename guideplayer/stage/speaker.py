"""The loudspeaker: a thread that mixes small blocks and keeps one playing and one waiting on a mixer channel.

Queued blocks join without a gap because they are whole numbers of the device's buffers. What is queued is short, so a
press is heard as a fade within 50 ms; the block's time is when it will be heard, so lines start when the plan says.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import Moment
from guideplayer.media import Library
from guideplayer.stage.mixing import Mix
from guideplayer.stage.sources import CHANNELS, RATE_HZ, Samples, SourceError, read_whole

SOUND, NO_SOUND = "sound", "no sound"
BUFFER_FRAMES = 256
BLOCK_FRAMES = 512
BLOCK_MS = BLOCK_FRAMES * 1000 / RATE_HZ
POLL_S = 0.002
# How fast the block's clock follows the sound card's: a card drifts by milliseconds a minute, a late poll by chance.
FOLLOW = 0.02
LOST_MS = 60.0
VOICE_CHANNEL, ALARM_CHANNEL, CHIME_CHANNEL = 0, 1, 2


class SpeakerHealth(msgspec.Struct, frozen=True):
    """How the speaker is: `sound` or `no sound`, gaps heard since it opened, files that could not be read."""

    kind: str
    underruns: int
    faults: tuple[str, ...]


def monotonic_ms() -> float:
    """CLOCK_MONOTONIC, in fractions of milliseconds."""
    return time.monotonic_ns() / 1e6


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


class Speaker:
    """Plays the moments that it asks for."""

    def __init__(self, library: Library, now_ms: Callable[[], float] = monotonic_ms) -> None:
        self._library = library
        self._now_ms = now_ms
        self._mix = Mix(library)
        self._kind = NO_SOUND
        self._underruns = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._extra: dict[str, pygame.mixer.Sound] = {}

    def open(self, moment_at: Callable[[float], Moment | None]) -> str:
        """Open the sound and begin to play; where there is none, go on in silence. Gives the kind."""
        self._kind = self._opened()
        pygame.mixer.set_num_channels(3)
        pygame.mixer.set_reserved(3)
        for name in ("alarm", "chime"):
            with contextlib.suppress(SourceError, KeyError):
                self._extra[name] = _sound(read_whole(self._library.sound_path(name)))
        # Blocks are short: the feeding thread must not wait 5 ms for its turn while a picture is computed.
        sys.setswitchinterval(0.001)
        self._thread = threading.Thread(target=self._feed, args=(moment_at,), name="speaker", daemon=True)
        self._thread.start()
        return self._kind

    def _opened(self) -> str:
        def start() -> None:
            pygame.mixer.init(RATE_HZ, -16, CHANNELS, BUFFER_FRAMES, allowedchanges=0)

        try:
            with _quiet():
                start()
        except pygame.error:
            os.environ["SDL_AUDIODRIVER"] = "dummy"
            start()
        return NO_SOUND if os.environ.get("SDL_AUDIODRIVER") == "dummy" else SOUND

    def _feed(self, moment_at: Callable[[float], Moment | None]) -> None:
        """Keep one block playing and one waiting, until it is over."""
        channel = pygame.mixer.Channel(VOICE_CHANNEL)
        heard_ms: float | None = None
        while not self._over.is_set():
            if channel.get_queue() is not None:
                time.sleep(POLL_S)
                continue
            running = channel.get_busy()
            # The block that has just begun, and what the device holds, come before the one that is mixed now.
            soonest_ms = self._now_ms() + (BLOCK_MS if running else 0.0) + BUFFER_FRAMES * 1000 / RATE_HZ
            if heard_ms is None or abs(soonest_ms - heard_ms) > LOST_MS:
                heard_ms = soonest_ms
            heard_ms += (soonest_ms - heard_ms) * FOLLOW
            moment = moment_at(heard_ms)
            samples = self._mix.block(moment, BLOCK_FRAMES) if moment else np.zeros((BLOCK_FRAMES, 2), np.float32)
            if channel.get_busy():
                channel.queue(_sound(samples))
            else:
                self._underruns += running
                channel.play(_sound(samples))
            heard_ms += BLOCK_MS

    def chime(self) -> None:
        """The sound by which a person confirms that the room is heard."""
        if "chime" in self._extra:
            pygame.mixer.Channel(CHIME_CHANNEL).play(self._extra["chime"])

    def play_alarm(self) -> None:
        """The alarm for whoever is near the room, at full volume, until it is stopped."""
        if "alarm" in self._extra:
            pygame.mixer.Channel(ALARM_CHANNEL).play(self._extra["alarm"], loops=-1, fade_ms=300)

    def stop_alarm(self) -> None:
        """End the alarm."""
        pygame.mixer.Channel(ALARM_CHANNEL).fadeout(300)

    def health(self) -> SpeakerHealth:
        """How it is."""
        return SpeakerHealth(self._kind, self._underruns, tuple(self._mix.faults))

    def close(self) -> None:
        """End the thread and give the device back."""
        self._over.set()
        if self._thread:
            self._thread.join(1.0)
        pygame.mixer.quit()


def _sound(samples: Samples) -> pygame.mixer.Sound:
    """Samples as 16 bit, rounded."""
    return pygame.mixer.Sound(buffer=np.round(samples * 32767).astype("<i2").tobytes())
