"""The loudspeaker as the stage has it: dead or frozen it is replaced, and the stage's frames never wait for it."""

import os
import signal
import time

import psutil
import pytest

from guideplayer.core.messages import Began, Chose
from guideplayer.core.session import opened, step
from guideplayer.stage.score import NO_SOUND, SOUND, STARTING
from guideplayer.stage.sound import DIED, SILENT, Sound
from tests.factory import SCRIPT, WORDS

pytestmark = pytest.mark.alone

LONGEST_FRAME_S = 0.5


class Frames:
    """A stage's frames, and the loudspeakers that they had."""

    def __init__(self, sound):
        self.sound = sound
        self.state = opened("Room 1", WORDS, self.now_ms())
        for event in (Chose(SCRIPT, 2_400_000), Began(unready=True)):
            self.state, _ = step(self.state, event, self.now_ms())
        self.longest_s = 0.0

    @staticmethod
    def now_ms():
        return time.monotonic_ns() // 1_000_000

    def health(self):
        return self.sound.health(self.now_ms())

    def until(self, kind, within_s):
        end_s = time.monotonic() + within_s
        while self.health().kind != kind:
            began_s = time.monotonic()
            assert began_s < end_s, self.health()
            self.sound.frame(self.state, 0, False, self.now_ms())
            self.longest_s = max(self.longest_s, time.monotonic() - began_s)
            time.sleep(1 / 60)

    @staticmethod
    def loudspeaker():
        """The one that runs."""
        running = [child for child in psutil.Process().children() if "guideplayer.stage.loudspeaker" in child.cmdline()]
        return running[-1].pid


@pytest.fixture
def frames(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "sound.raw"))
    sound = Sound([])
    yield Frames(sound)
    sound.close()


@pytest.mark.parametrize(("number", "fault"), [(signal.SIGKILL, DIED), (signal.SIGSTOP, SILENT)])
def test_a_loudspeaker_that_died_or_froze_is_replaced(frames, number, fault):
    assert frames.health().kind == STARTING
    frames.until(SOUND, 15)
    first = frames.loudspeaker()
    os.kill(first, number)
    frames.until(NO_SOUND, 2)
    assert frames.health().faults == (fault,)
    frames.until(SOUND, 5)
    assert fault not in frames.health().faults
    assert frames.loudspeaker() != first
    assert frames.longest_s <= LONGEST_FRAME_S


def test_a_machine_that_stood_still_keeps_its_loudspeaker(frames):
    """Whoever stood still as long themselves cannot take the other's silence for death."""
    frames.until(SOUND, 15)
    first = frames.loudspeaker()
    os.kill(first, signal.SIGSTOP)
    try:
        frames.sound.frame(frames.state, 0, False, frames.now_ms())
        frames.sound.frame(frames.state, 0, False, frames.now_ms() + 60_000)
        assert frames.health().kind == SOUND
    finally:
        os.kill(first, signal.SIGCONT)
    assert frames.loudspeaker() == first


def test_without_a_device_it_is_known_within_seconds_that_there_is_no_sound(frames, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "nothing")
    frames.until(NO_SOUND, 15)
    assert frames.health().faults[0].startswith("The default sound device cannot be opened: ")


def test_a_loudspeaker_ends_with_its_stage(frames):
    frames.until(SOUND, 15)
    pid = frames.loudspeaker()
    frames.sound.close()
    assert not psutil.pid_exists(pid)
