"""A patient whose control nobody reads is taken to have pressed: the programme holds, and staff are called."""

import msgspec
import pytest

from guideplayer.core.link import Health, Remembered
from guideplayer.core.session import opened
from guideplayer.core.state import Play
from guideplayer.room.hands import AWAY_MS, Hands
from guideplayer.room.room import Room
from tests.factory import WORDS
from tests.room.conftest import FakeShelf

WINDOW, NONE = Health(1, "window", "sound"), Health(2, "off-screen", "sound")


@pytest.mark.parametrize("while_away", [None, NONE])
def test_nobody_is_missed_for_a_moment_and_once_for_longer(while_away):
    hands = Hands(0)
    hands.heard(WINDOW, 100)
    if while_away:
        hands.heard(while_away, 2000)
    assert not hands.missing(100 + AWAY_MS, sure=True)
    assert hands.missing(101 + AWAY_MS, sure=True)
    assert not hands.missing(60_000, sure=True)
    hands.heard(WINDOW, 70_000)
    assert not hands.missing(70_000 + AWAY_MS, sure=True)
    assert hands.missing(70_001 + AWAY_MS, sure=True)


def test_a_room_that_is_not_sure_yet_is_told_when_it_is():
    hands = Hands(0)
    assert not hands.missing(AWAY_MS + 1, sure=False)
    assert hands.missing(AWAY_MS + 900, sure=True)
    assert not hands.missing(AWAY_MS + 1000, sure=True)


def test_where_nobody_reads_the_control_it_holds_and_calls_until_a_person_comes(world):
    world.begun()
    world.room.heard(WINDOW)
    world.room.unheard()
    state = world.room.state
    assert (state.play, state.call.open, state.call.source) == (Play.HOLDING, True, "recovery")
    called = state.call.id
    world.later(10)
    world.room.unheard()
    assert world.room.state.call.id == called


def test_a_room_that_has_lost_its_record_is_told_by_the_stage_that_there_was_a_control(world):
    """Its screen went while there was no room; the script would play on for somebody who presses in vain."""
    world.begun()
    world.room.heard(WINDOW)
    known = world.room.state
    fresh = opened("Room 1", WORDS, world.clock.now_ms())
    world.room = Room(fresh, world.clock, world.record, FakeShelf(), world.stage, taken_up=True)
    world.room.take_up(world.clock.now_ms())
    world.room.heard(msgspec.structs.replace(NONE, at_ms=world.clock.now_ms() + 50, knows_since_ms=5, revision=1))
    world.room.heard(Remembered(known, 0))
    assert (world.room.state.play, world.room.state.call.open) == (Play.PLAYING, False)
    world.room.unheard()
    assert (world.room.state.play, world.room.state.call.open) == (Play.HOLDING, True)


def test_a_room_that_never_had_a_screen_plays_without_one(world):
    world.begun()
    world.room.heard(NONE)
    world.room.unheard()
    assert (world.room.state.play, world.room.state.call.open) == (Play.PLAYING, False)


def test_before_a_session_nobody_is_called(world):
    world.room.heard(WINDOW)
    world.room.unheard()
    assert not world.room.state.call.open
