"""The speaker: a thread that mixes small blocks and keeps one playing and one waiting on a mixer channel.

Queued blocks join without a gap because they are whole numbers of the device's buffers. What is queued is short, so a
press is heard as a fade within 50 ms; a block's time is when it will be heard, so lines start when the plan says.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable

import numpy as np
import pygame

from guideplayer.clock import now_ns
from guideplayer.core.moment import Moment
from guideplayer.media import Library
from guideplayer.stage.device import BUFFER_FRAMES, DeviceError, Uptake, device_names, open_device, unheard
from guideplayer.stage.limiter import DELAY_FRAMES
from guideplayer.stage.mixing import BLOCK_FRAMES, SILENCE, Mix
from guideplayer.stage.score import NO_SOUND, SOUND, STARTING, SpeakerHealth
from guideplayer.stage.sources import CHANNELS, RATE_HZ, Samples, SourceError, read_whole

BLOCK_MS = BLOCK_FRAMES * 1000 / RATE_HZ
BUFFER_MS = BUFFER_FRAMES * 1000 / RATE_HZ
# A block is mixed for its end, and is heard later by what the limiter looks ahead.
MIXED_FOR_MS = BLOCK_MS + DELAY_FRAMES * 1000 / RATE_HZ
POLL_S = 0.002
NICENESS = -10
# How fast the block's clock follows the sound card's, and its pace: a poll is late by chance, a card fast for good.
FOLLOW = 0.02
FOLLOW_PACE = FOLLOW**2 / 4
LOST_MS = 60.0
# What has stood still for longer than this is not where it should be: it comes anew, and softly.
STOOD_MS = 250.0
PREPARE_AHEAD_MS = 2000.0
PREPARE_EVERY_BLOCKS = 25
PROGRAMME_CHANNEL, ALARM_CHANNEL, CHIME_CHANNEL = 0, 1, 2
ALARM_EVERY_S = 3.0
# Sound that is back in the midst of a session comes softly.
COMES_S = 0.6

MomentAt = Callable[[float], Moment | None]


def precise_ms() -> float:
    """The shared clock, in fractions of milliseconds."""
    return now_ns() / 1e6


def go_first() -> None:
    """Where the system permits it, this process goes before others, all of it: threads wait for one another."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    # A desktop shares its processors out by sessions, and only within one by niceness.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


class BlockClock:
    """When the next block will be heard, following the sound card's pace without its jitter. `jump_ms` is by how much
    the last was later than that, if it was lost.
    """

    def __init__(self) -> None:
        self._next_ms: float | None = None
        self._pace_ms = BLOCK_MS
        self.late_ms_max = self.jump_ms = 0.0

    def block(self, soonest_ms: float) -> float:
        """The time of the next block, given when it would be heard as far as can be seen now."""
        if self._next_ms is None:
            self._next_ms = soonest_ms
        error_ms = soonest_ms - self._next_ms
        self.late_ms_max = max(self.late_ms_max, error_ms)
        lost = abs(error_ms) > LOST_MS
        self.jump_ms = error_ms if lost else 0.0
        heard_ms = self._next_ms + error_ms * (1.0 if lost else FOLLOW)
        self._pace_ms += 0.0 if lost else error_ms * FOLLOW_PACE
        self._next_ms = heard_ms + self._pace_ms
        return heard_ms


class Speaker:
    """Plays the moments that it asks for."""

    def __init__(self, library: Library, now_ms: Callable[[], float] = precise_ms) -> None:
        self._library = library
        self._now_ms = now_ms
        self._mix = Mix(library, comes_s=COMES_S)
        self._clock = BlockClock()
        self._uptake = Uptake(BLOCK_MS)
        self._faults: list[str] = []
        self._underruns = 0
        self._unheard = False
        self._absent = ""
        self._over, self._renewed = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._alarm: pygame.mixer.Sound | None = None
        self._chime: pygame.mixer.Sound | None = None

    def open(self, moment_at: MomentAt, device: str = "") -> None:
        """Open a device, or else the default one, and begin to play. Raises DeviceError when neither can be opened.

        `moment_at` is asked, in another thread, for moments at times of the clock; None is silence.
        """
        try:
            open_device(device)
        except DeviceError:
            if not device:
                raise
            open_device()
            self._absent = device
            self._faults.append(f"The sound device '{device}' is not there: the default one plays.")
        self.devices_changed()
        pygame.mixer.set_num_channels(3)
        pygame.mixer.set_reserved(3)
        self._alarm = _sound(_every(self._one_shot("alarm"), ALARM_EVERY_S))
        self._chime = _sound(self._one_shot("chime"))
        # Blocks are short: the feeding thread must not wait 5 ms for its turn while something else is computed.
        sys.setswitchinterval(0.001)
        self._thread = threading.Thread(target=self._feed, args=(moment_at,), name="speaker", daemon=True)
        self._thread.start()

    def devices_changed(self) -> bool:
        """Look which devices there are now. Whether the one that was asked for, and was not there, has come."""
        names = device_names()
        self._unheard = unheard(names)
        return bool(self._absent) and self._absent in names

    def _one_shot(self, name: str) -> Samples:
        """A recording that does not go through the mix; should it be missing, a plain tone, as an alarm must sound."""
        try:
            return read_whole(self._library.sound_path(name))
        except KeyError:
            self._faults.append(f"There is no sound '{name}'.")
        except SourceError as error:
            self._faults.append(str(error))
        return _tone()

    def _feed(self, moment_at: MomentAt) -> None:
        """Keep one block playing and one waiting, until it is over."""
        channel = pygame.mixer.Channel(PROGRAMME_CHANNEL)
        blocks = 0
        while not self._over.is_set() and not self._uptake.fault:
            taken = channel.get_queue() is None
            self._uptake.poll(self._now_ms(), taken)
            if not taken:
                self._over.wait(POLL_S)
                continue
            # The block that has just begun, and what the device holds, come before the one that is mixed now.
            before_ms = (BLOCK_MS if channel.get_busy() else 0.0) + BUFFER_MS
            for_ms = self._clock.block(self._now_ms() + before_ms) + MIXED_FOR_MS
            if self._clock.jump_ms > STOOD_MS:
                self._mix.come_anew(silent=not channel.get_busy())
            if self._renewed.is_set():
                self._renewed.clear()
                self._mix.forget()
            sound = _sound(self._mix.block(moment_at(for_ms) or SILENCE))
            if channel.get_busy():
                channel.queue(sound)
            else:
                channel.play(sound)
                self._underruns += blocks > 0
            if blocks % PREPARE_EVERY_BLOCKS == 0 and (coming := moment_at(for_ms + PREPARE_AHEAD_MS)):
                self._mix.prepare(coming)
            blocks += 1

    def renew(self) -> None:
        """The library is another: what was kept of its files is looked for anew."""
        self._renewed.set()

    def chime(self) -> None:
        """The sound by which a person confirms that the room is heard."""
        if self._chime:
            pygame.mixer.Channel(CHIME_CHANNEL).play(self._chime)

    def play_alarm(self) -> None:
        """The alarm for whoever is near the room, at full volume, again and again until it is stopped."""
        if self._alarm:
            pygame.mixer.Channel(ALARM_CHANNEL).play(self._alarm, loops=-1, fade_ms=100)

    def stop_alarm(self) -> None:
        """End the alarm."""
        pygame.mixer.Channel(ALARM_CHANNEL).fadeout(300)

    @property
    def fault(self) -> str:
        """Why the device counts as lost; empty while it does not."""
        return self._uptake.fault

    @property
    def alive(self) -> bool:
        """Whether it is being fed: not once it has lost its device, or could not go on."""
        return self._thread is not None and self._thread.is_alive()

    def health(self) -> SpeakerHealth:
        """How it is. A feeding thread that has ended is no sound."""
        kind = SOUND if self._uptake.begun else STARTING
        if self._unheard or not self.alive:
            kind = NO_SOUND
        faults = (*self._faults, *self._mix.faults, *filter(None, [self.fault]))
        return SpeakerHealth(kind, self._underruns, faults, round(self._clock.late_ms_max, 1))

    def close(self) -> None:
        """End the thread and give the device back."""
        self._over.set()
        if self._thread:
            self._thread.join(1.0)
        self._mix.close()
        pygame.mixer.quit()


def _every(samples: Samples, seconds: float) -> Samples:
    """A sound with the silence after it that makes it come again after so long."""
    missing = max(0, round(seconds * RATE_HZ) - len(samples))
    return np.concatenate([samples, np.zeros((missing, CHANNELS), np.float32)])


def _tone() -> Samples:
    """Two soft-edged tones, the plainest of alarms."""
    seconds = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    pitch_hz = np.where(seconds < 0.5, 660.0, 880.0)
    edges = np.minimum(1.0, 50 * (0.5 - np.abs(2 * (seconds % 0.5) - 0.5)))
    wave = (0.3 * edges * np.sin(2 * np.pi * pitch_hz * seconds)).astype(np.float32)
    return np.repeat(wave[:, None], CHANNELS, axis=1)


def _sound(samples: Samples) -> pygame.mixer.Sound:
    """Samples as the mixer takes them: floats, so that the softest fade is not rounded."""
    return pygame.mixer.Sound(buffer=np.ascontiguousarray(samples, np.float32).tobytes())
