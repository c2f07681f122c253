"""A patient whose control nobody reads is taken to have pressed: the programme holds, and staff are called."""

import pytest

from guideplayer.core.link import Health
from guideplayer.core.state import Play
from guideplayer.room.hands import AWAY_MS, Hands

WINDOW, NONE = Health(1, "window", "sound"), Health(2, "off-screen", "sound")


@pytest.mark.parametrize("while_away", [None, NONE])
def test_nobody_is_missed_for_a_moment_and_once_for_longer(while_away):
    hands = Hands(0)
    hands.heard(WINDOW, 100)
    if while_away:
        hands.heard(while_away, 2000)
    assert not hands.missing(100 + AWAY_MS)
    assert hands.missing(101 + AWAY_MS)
    assert not hands.missing(60_000)
    hands.heard(WINDOW, 70_000)
    assert not hands.missing(70_000 + AWAY_MS)
    assert hands.missing(70_001 + AWAY_MS)


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


def test_a_room_that_never_had_a_screen_plays_without_one(world):
    world.begun()
    world.room.heard(NONE)
    world.room.unheard()
    assert (world.room.state.play, world.room.state.call.open) == (Play.PLAYING, False)


def test_before_a_session_nobody_is_called(world):
    world.room.heard(WINDOW)
    world.room.unheard()
    assert not world.room.state.call.open
