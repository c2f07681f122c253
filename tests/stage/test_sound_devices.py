"""Devices that come and go, with a real sound server: noticed, opened again, and playing where the session then is."""

import subprocess
import sys
import time

import pytest

from guideplayer.stage.device import found_devices
from guideplayer.stage.score import SOUND, STARTING
from tests.stage.listening import loudness
from tests.stage.pulse import Pulse
from tests.stage.sounding import AUDIBLE, Room

pytestmark = pytest.mark.alone

NOTICED_WITHIN_S = 2.0
BACK_WITHIN_S = 5.0
PLACE_WITHIN_MS = 250
# No frame of the stage's may wait for the sound, whatever happens to it; a busy machine is sometimes late by itself.
LONGEST_FRAME_S = 0.5


def in_place(room, within_s=BACK_WITHIN_S):
    """It is heard in time, where the session is, and known to be."""
    # A slow machine may need a moment more to find its place than to be heard; it has the same time for both.
    room.until(
        lambda: room.heard() and room.health().kind == SOUND and room.place_error_ms() <= PLACE_WITHIN_MS, within_s
    )
    assert room.longest_frame_s <= LONGEST_FRAME_S


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


def run_play(*options):
    command = [sys.executable, "-m", "guideplayer", "play", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def test_a_device_that_was_pulled_out_plays_in_place_when_it_is_back(pulse, make_room):
    pulse.start("room")
    room = make_room()
    assert room.health().kind == STARTING
    room.play()
    room.record()
    in_place(room, 15)
    pulse.unplug("room")
    room.until(room.silent, NOTICED_WITHIN_S)
    assert room.health().faults == ("The sound device was removed.",)
    # With no device at all SDL crashes its process again and again.
    room.until(lambda: len(room.loudspeakers) >= 4, 15)
    assert room.health().faults == ("The sound device was removed.",)
    pulse.plug("room")
    room.record()
    in_place(room)


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
    in_place(room, 15)
    with pulse.hanging():
        room.until(room.silent, NOTICED_WITHIN_S)
        assert room.health().faults == ("The sound device has stopped taking sound.",)
        # The next loudspeaker waits for the server, with all of its process.
        room.until(lambda: len(room.loudspeakers) >= 2, 15)
        began = time.monotonic()
        room.until(lambda: time.monotonic() - began > 3, 10)
        assert room.silent()
    in_place(room)


def test_it_plays_on_the_device_that_was_asked_for_whenever_that_is_there(pulse, make_room):
    pulse.start("room", "headphones")
    assert set(found_devices()) == {"room", "headphones"}
    room = make_room("headphones")
    room.play()
    room.record("headphones")
    in_place(room, 15)
    pulse.unplug("headphones")
    room.until(room.silent, NOTICED_WITHIN_S)
    room.record("room")
    in_place(room)
    absent = "The sound device 'headphones' is not there: the default one plays."
    assert absent in room.health().faults
    pulse.plug("headphones")
    room.record("headphones")
    in_place(room)
    assert absent not in room.health().faults


def test_a_server_without_any_device_lists_none(pulse):
    pulse.start()
    assert found_devices() == ()


def test_a_wrong_name_tells_which_devices_there_are(pulse):
    pulse.start("room", "headphones")
    said = run_play("--sound", "headphone")
    assert (said.returncode, said.stdout) == (2, "")
    meant, *known = said.stderr.splitlines()
    assert meant == "There is no sound device “headphone”. Did you mean “headphones”? There are:"
    assert sorted(known) == ["  headphones", "  room"]


def test_where_there_is_no_device_it_says_so(pulse):
    pulse.start()
    said = run_play("--sound", "headphones")
    sentence = "No sound device can be found here: play without --sound, and look whether one is plugged in.\n"
    assert (said.returncode, said.stdout, said.stderr) == (2, "", sentence)
