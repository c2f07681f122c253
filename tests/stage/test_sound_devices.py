"""Devices that come and go, with a real sound server: noticed, opened again, and playing where the session then is."""

import time

import msgspec
import numpy as np
import psutil
import pytest

from guideplayer.core.messages import Began, Chose
from guideplayer.core.session import opened, step
from guideplayer.stage.device import found_devices
from guideplayer.stage.score import NO_SOUND, SOUND, STARTING
from guideplayer.stage.sound import Sound
from tests.factory import WORDS, phase, rest, script_of
from tests.stage.listening import RATE_HZ, library, loudness, write
from tests.stage.pulse import Pulse, Recording

pytestmark = pytest.mark.alone

NOTICED_WITHIN_S = 2.0
BACK_WITHIN_S = 5.0
PLACE_WITHIN_MS = 250
# No frame of the stage's may wait for the sound, whatever happens to it; a busy machine is sometimes late by itself.
LONGEST_FRAME_S = 0.5
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

    def in_place(self, within_s=BACK_WITHIN_S):
        """It is heard in time, where the session is, and known to be."""
        self.until(lambda: self.heard() and self.health().kind == SOUND, within_s)
        assert self.place_error_ms() <= PLACE_WITHIN_MS
        assert self.longest_frame_s <= LONGEST_FRAME_S


@pytest.fixture
def pulse(tmp_path, monkeypatch):
    pulse = Pulse(tmp_path)
    for name, value in pulse.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SDL_AUDIODRIVER", raising=False)
    yield pulse
    pulse.close()


@pytest.fixture
def make_room(pulse, tmp_path):
    rooms = []

    def make(device=""):
        rooms.append(Room(pulse, tmp_path, device))
        return rooms[-1]

    yield make
    for room in rooms:
        room.sound.close()
        room.stop_recording()


def test_a_device_that_was_pulled_out_plays_in_place_when_it_is_back(pulse, make_room):
    pulse.start("room")
    room = make_room()
    assert room.health().kind == STARTING
    room.play()
    room.record()
    room.in_place(15)
    pulse.unplug("room")
    room.until(room.silent, NOTICED_WITHIN_S)
    assert room.health().faults == ("The sound device was removed.",)
    # With no device at all SDL crashes its process again and again.
    room.until(lambda: len(room.loudspeakers) >= 4, 15)
    assert room.health().faults == ("The sound device was removed.",)
    pulse.plug("room")
    room.record()
    room.in_place()


def test_a_sound_server_that_crashed_is_found_again_and_the_alarm_goes_on(pulse, make_room):
    pulse.start("room")
    room = make_room()
    room.alarm = True
    room.record()
    alarmed = lambda: loudness(room.recording.last()[0]).max(initial=0) > AUDIBLE  # noqa: E731
    room.until(alarmed, 15)
    pulse.kill()
    room.until(room.silent, NOTICED_WITHIN_S)
    room.until(lambda: "cannot be opened" in room.health().faults[0], 10)
    pulse.start("room")
    room.record()
    room.until(alarmed, BACK_WITHIN_S)
    assert room.longest_frame_s <= LONGEST_FRAME_S


def test_a_sound_server_that_hangs_freezes_nothing(pulse, make_room):
    pulse.start("room")
    room = make_room()
    room.play()
    room.record()
    room.in_place(15)
    with pulse.hanging():
        room.until(room.silent, NOTICED_WITHIN_S)
        assert room.health().faults == ("The sound device has stopped taking sound.",)
        # The next loudspeaker waits for the server, and is given up.
        room.until(lambda: len(room.loudspeakers) >= 3, 15)
    room.in_place()


def test_it_plays_on_the_device_that_was_asked_for_whenever_that_is_there(pulse, make_room):
    pulse.start("room", "headphones")
    assert set(found_devices()) == {"room", "headphones"}
    room = make_room("headphones")
    room.play()
    room.record("headphones")
    room.in_place(15)
    pulse.unplug("headphones")
    room.until(room.silent, NOTICED_WITHIN_S)
    room.record("room")
    room.in_place()
    absent = "The sound device 'headphones' is not there: the default one plays."
    assert absent in room.health().faults
    pulse.plug("headphones")
    room.record("headphones")
    room.in_place()
    assert absent not in room.health().faults


def test_a_server_without_any_device_lists_none(pulse):
    pulse.start()
    assert found_devices() == ()
