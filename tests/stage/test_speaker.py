"""The speaker's clock, and what it does without the device that it should have."""

import socket
import threading
import time

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.core.moment import BedPart
from guideplayer.core.session import opened
from guideplayer.core.state import Play
from guideplayer.stage import speaker as speakers
from guideplayer.stage.device import DeviceError
from guideplayer.stage.link import Link
from guideplayer.stage.loudspeaker import Loudspeaker
from guideplayer.stage.score import NO_SOUND, SOUND, Score, SpeakerHealth
from guideplayer.stage.speaker import BLOCK_MS, LOST_MS, BlockClock, Speaker
from tests.factory import WORDS
from tests.stage.listening import RATE_HZ, library, moment, turning, write

NO_ONE_SHOTS = ("There is no sound 'alarm'.", "There is no sound 'chime'.")


@pytest.mark.parametrize("drift", [-0.03, -1e-4, 0.0, 1e-4, 0.03])
def test_the_block_clock_follows_the_card_and_not_its_jitter(drift):
    clock = BlockClock()
    chance = np.random.default_rng(1)
    true_ms = np.arange(20_000) * BLOCK_MS * (1 + drift)
    told_ms = np.array([clock.block(at_ms + chance.uniform(0, 4)) for at_ms in true_ms])
    errors_ms = (told_ms - true_ms)[3000:]
    assert 0 < errors_ms.min() < errors_ms.max() < 4
    # The steps between blocks are even, whatever the polls were.
    assert np.abs(np.diff(told_ms)[3000:] - BLOCK_MS * (1 + drift)).max() < 0.2


def test_the_block_clock_starts_anew_after_a_gap():
    clock = BlockClock()
    clock.block(0.0)
    assert clock.block(BLOCK_MS) == pytest.approx(BLOCK_MS)
    assert clock.block(2 * BLOCK_MS + LOST_MS + 1) == pytest.approx(2 * BLOCK_MS + LOST_MS + 1)
    assert clock.late_ms_max == clock.jump_ms == pytest.approx(LOST_MS + 1)
    clock.block(3 * BLOCK_MS + LOST_MS + 2)
    assert clock.jump_ms == 0


@pytest.fixture
def speaker(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    speaker = Speaker(library(tmp_path))
    yield speaker
    speaker.close()


def until(condition):
    """Wait for something that comes by itself, some seconds at most."""
    end_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_a_driver_without_a_device_is_no_sound_and_everything_runs(speaker):
    asked = threading.Event()
    speaker.open(lambda at_ms: asked.set())
    assert asked.wait(5)
    speaker.chime()
    speaker.play_alarm()
    speaker.stop_alarm()
    health = speaker.health()
    assert health == SpeakerHealth(NO_SOUND, health.underruns, NO_ONE_SHOTS, health.late_ms_max)


def test_where_no_device_opens_it_says_why(speaker, monkeypatch):
    def no_device(*args, **options):
        raise pygame.error("no such device")

    monkeypatch.setattr(pygame.mixer, "init", no_device)
    with pytest.raises(DeviceError, match=r"^The default sound device cannot be opened: no such device$"):
        speaker.open(lambda at_ms: None, device="Headphones")
    assert speaker.health().kind == NO_SOUND


def test_the_default_device_takes_the_place_of_one_that_is_gone(speaker, monkeypatch):
    start = pygame.mixer.init

    def only_the_default(*args, devicename, **options):
        if devicename:
            raise pygame.error("no such device")
        start(*args, **options)

    monkeypatch.setattr(pygame.mixer, "init", only_the_default)
    speaker.open(lambda at_ms: None, device="Headphones")
    assert speaker.health().faults[0] == "The sound device 'Headphones' is not there: the default one plays."
    # It would be told of one that comes.
    assert not speaker.devices_changed()
    monkeypatch.setattr(speakers, "device_names", lambda: ("Speakers", "Headphones"))
    assert speaker.devices_changed()
    assert pygame.mixer.get_init() == (RATE_HZ, -32, 2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_speaker_that_has_stopped_feeding_is_no_sound(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "played.raw"))
    broken = threading.Event()

    def moment_at(at_ms):
        if broken.is_set():
            raise ArithmeticError("broken")

    speaker = Speaker(library(tmp_path))
    speaker.open(moment_at)
    until(lambda: speaker.health().kind == SOUND)
    broken.set()
    next(thread for thread in threading.enumerate() if thread.name == "speaker").join(5)
    assert speaker.health().kind == NO_SOUND
    speaker.close()


def test_a_bed_that_comes_into_the_library_is_heard_once_it_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    media = library(tmp_path)
    speaker = Speaker(media)
    speaker.open(lambda at_ms: moment(beds=[BedPart("sea", 0, -26.0, 1.0)]))
    until(lambda: "There is no bed 'sea'." in speaker.health().faults)
    library(tmp_path, beds=[("sea", "sea.wav", -26.0)])
    write(tmp_path / "beds" / "sea.wav", turning(1.0))
    assert media.refresh()
    speaker.renew()
    until(lambda: not any("sea" in fault for fault in speaker.health().faults))
    speaker.close()


def test_the_library_is_read_anew_before_a_session_and_never_in_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "none of them")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    media = library(tmp_path)
    looks, refresh = [], media.refresh
    monkeypatch.setattr(media, "refresh", lambda: looks.append(refresh()))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        running = threading.Thread(target=Loudspeaker(theirs, media, "").run)
        running.start()
        stage = Link(ours, SpeakerHealth)
        waiting = opened("Room 1", WORDS, 0)
        playing = msgspec.structs.replace(waiting, play=Play.PLAYING)
        library(tmp_path, beds=[("sea", "sea.wav", -26.0)])
        stage.send(Score(waiting))
        until(lambda: "sea" in media.beds)
        library(tmp_path, beds=[("sea", "sea.wav", -26.0), ("rain", "rain.wav", -26.0)])
        stage.send(Score(playing))
        stage.send(Score(waiting))
        until(lambda: "rain" in media.beds)
        ours.shutdown(socket.SHUT_RDWR)
        running.join(10)
    assert len(looks) == 2
