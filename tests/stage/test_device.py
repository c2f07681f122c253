"""What tells that a device no longer sounds: never SDL's word, always how it takes its blocks."""

import pygame
import pytest

from guideplayer.stage.device import BEGINS_WITHIN_MS, STOPPED_MS, Uptake, removed, unheard

BLOCK_MS = 10.0
POLL_MS = 2.0
STOPPED = "The sound device has stopped taking sound."
THROWN = "The sound device throws sound away."


def watched(pace, seconds, uptake=None, from_ms=0.0):
    """An uptake that was polled while a device took blocks so many times as fast as they sound."""
    uptake = uptake or Uptake(BLOCK_MS)
    taken = 0
    for number in range(round(seconds * 1000 / POLL_MS)):
        due = int(number * POLL_MS * pace / BLOCK_MS) + 1 if pace else 0
        uptake.poll(from_ms + number * POLL_MS, taken < due)
        taken = max(taken, due)
        if uptake.fault:
            return uptake, number * POLL_MS
    return uptake, seconds * 1000


@pytest.mark.parametrize("pace", [0.8, 0.97, 1.0, 1.042, 1.1])
def test_a_device_that_takes_blocks_about_as_fast_as_they_sound_is_well(pace):
    uptake, _ = watched(pace, 60)
    assert uptake.begun
    assert uptake.fault == ""


def test_a_device_that_stops_is_noticed_within_two_seconds():
    uptake, _ = watched(1.0, 10)
    uptake, after_ms = watched(0.0, 10, uptake, from_ms=10_000.0)
    assert uptake.fault == STOPPED
    assert after_ms <= STOPPED_MS + POLL_MS


def test_a_device_that_swallows_everything_is_noticed_within_two_seconds():
    uptake, after_ms = watched(4.0, 10)
    assert uptake.fault == THROWN
    assert after_ms <= 2000


def test_a_device_may_take_its_time_to_begin():
    uptake, _ = watched(0.0, (BEGINS_WITHIN_MS - 100) / 1000)
    assert (uptake.begun, uptake.fault) == (False, "")
    uptake, _ = watched(0.0, 1, uptake, from_ms=BEGINS_WITHIN_MS)
    assert uptake.fault == STOPPED


def test_a_thread_that_was_not_let_run_does_not_blame_the_device():
    uptake, _ = watched(1.0, 5)
    for number in range(10):
        uptake.poll(6000.0 + number * 3000, taken=number % 2 == 0)
    assert uptake.fault == ""


def test_only_the_removal_of_the_open_device_counts():
    def event(type_, which, iscapture=0):
        return pygame.event.Event(type_, which=which, iscapture=iscapture)

    assert removed(event(pygame.AUDIODEVICEREMOVED, 2))
    assert not removed(event(pygame.AUDIODEVICEREMOVED, 0))
    assert not removed(event(pygame.AUDIODEVICEREMOVED, 3, iscapture=1))
    assert not removed(event(pygame.AUDIODEVICEADDED, 2))


def test_what_a_server_offers_for_want_of_a_device_is_no_sound(monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "pulseaudio")
    assert unheard(["Dummy Output"])
    assert not unheard(["Dummy Output", "Headphones"])
    assert not unheard([])
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert unheard(["Headphones"])
