"""A stage's sound in a room with real devices, and what is heard of it."""

import time

import msgspec
import numpy as np
import psutil

from guideplayer.core.messages import Began, Chose
from guideplayer.core.session import opened, step
from guideplayer.stage.score import NO_SOUND
from guideplayer.stage.sound import Sound
from tests.factory import WORDS, phase, rest, script_of
from tests.stage.listening import RATE_HZ, library, loudness, write
from tests.stage.pulse import Recording

LENGTH_S = 60
LOWEST_HZ, RISE_HZ = 300, 20
AUDIBLE = 0.01


def now_ms():
    return time.monotonic_ns() // 1_000_000


def rising(seconds):
    """A tone, sine in one ear and cosine in the other, whose pitch tells how far in it is."""
    at_s = np.arange(seconds * RATE_HZ) / RATE_HZ
    angle = 2 * np.pi * (LOWEST_HZ * at_s + RISE_HZ * at_s**2 / 2)
    return (0.2 * np.stack([np.sin(angle), np.cos(angle)], axis=1)).astype(np.float32)


def place_ms(samples):
    """How far into the rising tone some samples are, in the middle."""
    turning = samples[:, 1] + 1j * samples[:, 0]
    pitch_hz = np.angle((turning[1:] * turning[:-1].conj()).sum()) * RATE_HZ / (2 * np.pi)
    return (pitch_hz - LOWEST_HZ) / RISE_HZ * 1000


class Room:
    """A stage's frames, sixty a second, with a sound and what is heard of it."""

    def __init__(self, pulse, folder, device=""):
        write(folder / "media" / "beds" / "rising.wav", rising(LENGTH_S))
        library(folder / "media", beds=[("rising", "rising.wav", -26.0)])
        self.pulse = pulse
        self.sound = Sound([folder / "media"], device)
        self.state = None
        self.alarm = False
        self.longest_frame_s = 0.0
        self.recording = None
        self.loudspeakers = set()
        self._others = set(psutil.Process().children())

    def play(self):
        """Begin a session in which only the rising tone is heard."""
        state = opened("Room 1", WORDS, now_ms())
        script = script_of(phase("all", rest(20, 3600), bed="rising", peak=True))
        script = msgspec.structs.replace(script, arrival=phase("arrival", rest(5, 60), bed="rising"))
        for event in (Chose(script, 2_400_000), Began(unready=True)):
            state, _ = step(state, event, now_ms())
        self.state = state

    def record(self, device="room"):
        """Listen to a device, which was plugged in or is another one."""
        self.stop_recording()
        self.recording = Recording(self.pulse, device)
        self._others |= {psutil.Process(self.recording.pid)}

    def stop_recording(self):
        if self.recording:
            self.recording.stop()

    def until(self, condition, within_s):
        """Frames until a condition holds; the seconds that it took."""
        began_s = last_s = time.monotonic()
        while not condition():
            assert last_s - began_s < within_s, self.health()
            self.sound.frame(self.state, 0, self.alarm, now_ms())
            time.sleep(1 / 60)
            self.longest_frame_s = max(self.longest_frame_s, time.monotonic() - last_s)
            self.loudspeakers |= {child.pid for child in psutil.Process().children() if child not in self._others}
            last_s = time.monotonic()
        return last_s - began_s

    def health(self):
        return self.sound.health(now_ms())

    def silent(self):
        return self.health().kind == NO_SOUND

    def heard(self):
        """Whether a tenth of a second without a hole was heard last."""
        samples, _ = self.recording.last()
        return len(samples) == RATE_HZ // 10 and loudness(samples).min() > AUDIBLE

    def place_error_ms(self):
        """How far what is heard is from where the session is."""
        samples, heard_ms = self.recording.last()
        middle_ms = heard_ms - len(samples) / 2 * 1000 / RATE_HZ
        return abs(place_ms(samples) - (middle_ms - self.state.opened_ms) % (LENGTH_S * 1000))
