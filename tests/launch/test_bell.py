"""The alarm past SDL: the players that are there, one after the other, and the terminal at last."""

import stat
import subprocess
import wave

import numpy as np
import pytest

from guideplayer import bell as bells
from guideplayer.bell import Bell, write_alarm
from tests.session.conftest import wait_for


class Clock:
    now_ms = 0


@pytest.fixture
def bell(tmp_path, monkeypatch):
    """A bell whose players are scripts of the test's own, and what they and the terminal have sounded."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    rung = []

    def made(**players):
        for name, body in players.items():
            file = tmp_path / name
            file.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/played\n{body}\n")
            file.chmod(file.stat().st_mode | stat.S_IXUSR)
        names = [(name,) for name in ("missing", *players)]
        return Bell(names, lambda: rung.append("terminal"))

    made.rung = rung
    made.played = lambda: (tmp_path / "played").read_text().split() if (tmp_path / "played").exists() else []
    return made


def rings(bell, until, now_ms=0):
    """Ring on, time passing as the test wants, until something is so."""

    def once():
        nonlocal now_ms
        now_ms += 50
        bell.ring(True, now_ms)
        return until()

    wait_for(once, 20, "the ring")
    return now_ms


def test_it_rings_again_and_again_until_it_is_stopped(bell):
    one = bell(first="exit 0")
    now_ms = rings(one, lambda: len(bell.played()) >= 3)
    one.ring(False, now_ms)
    heard = len(bell.played())
    one.ring(False, now_ms + 5000)
    assert len(bell.played()) == heard
    assert not bell.rung
    one.close()


def test_a_player_that_fails_gives_way_to_the_next_and_all_to_the_terminal(bell):
    one = bell(first="exit 1", second="exit 1")
    rings(one, lambda: len(bell.rung) >= 2)
    assert bell.played() == ["first", "second"]
    one.close()


def test_a_player_that_hangs_gives_way_too(bell):
    one = bell(first="sleep 600", second="exit 0")
    rings(one, lambda: "first" in bell.played())
    one.ring(True, bells.LASTS_MS + 60_000)
    rings(one, lambda: "second" in bell.played(), bells.LASTS_MS + 60_000)
    one.close()


def test_without_any_player_the_terminal_rings_at_its_pace(bell):
    one = bell()
    for now_ms in range(0, 4000, 100):
        one.ring(True, now_ms)
    assert len(bell.rung) == 3


def test_a_ring_that_ended_begins_with_the_first_player_again(bell):
    one = bell(first="exit 1")
    now_ms = rings(one, lambda: bell.rung)
    one.ring(False, now_ms)
    rings(one, lambda: len(bell.played()) == 2, now_ms)
    one.close()


def test_the_alarm_is_a_sound_that_does_not_click(tmp_path):
    file = tmp_path / "alarm.wav"
    write_alarm(file)
    with wave.open(str(file)) as sound:
        rate_hz, samples = sound.getframerate(), np.frombuffer(sound.readframes(1 << 20), "<i2") / 32_768
    assert rate_hz == bells.RATE_HZ
    assert 0.4 < np.abs(samples).max() <= 0.51
    # A full tone of 880 Hz moves by so much from sample to sample, and nothing moves faster.
    assert np.abs(np.diff(samples)).max() <= 0.5 * 2 * np.pi * 880 / rate_hz
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01


def test_a_real_sound_server_plays_it(tmp_path, monkeypatch):
    from tests.stage.pulse import Pulse, Recording

    pulse = Pulse(tmp_path)
    pulse.start("room")
    try:
        for name, value in pulse.environment.items():
            monkeypatch.setenv(name, value)
        recording = Recording(pulse)
        one = Bell((("paplay",),), lambda: None)
        now_ms = 0

        def heard():
            nonlocal now_ms
            now_ms += 20
            one.ring(True, now_ms)
            return np.abs(recording.last()[0]).max(initial=0.0) > 0.2

        wait_for(heard, 20, "the alarm")
        one.close()
        recording.stop()
    finally:
        pulse.close()
    assert subprocess.run(["pgrep", "-f", "alarm.wav"], check=False, capture_output=True).returncode == 1
