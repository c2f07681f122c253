"""The stage's own judgement: a press is answered at once, nothing takes it back, a silent room is a press too."""

import pytest

from guideplayer.core.link import ROOM_SILENT_MS, Card, Direction, Press
from guideplayer.core.messages import Acknowledged, Began, Chose, Cleared, Delivered, Infused, Pressed
from guideplayer.core.session import opened, step
from guideplayer.core.state import CallState, Play
from guideplayer.stage.mind import Mind
from tests.factory import SCRIPT, WORDS


def after(state, *events, now_ms):
    for event in events:
        state, _ = step(state, event, now_ms)
    return state


@pytest.fixture
def playing():
    state = after(opened("Room 1", WORDS, 0), Chose(SCRIPT, 2_400_000), Began(unready=True), now_ms=0)
    return after(state, Infused("started"), now_ms=10_000)


@pytest.fixture
def mind(playing):
    mind = Mind("stage", 10_000)
    mind.direct(Direction(playing, 0, Card("Room 1")), 10_000)
    mind.heard(10_000)
    return mind


def test_a_press_holds_in_the_same_instant(mind):
    press = mind.press("key", 20_000)
    assert press == Press("stage-1", "key", 20_000)
    assert mind.state.play is Play.HOLDING
    assert mind.state.hold.at(20_016) > 0


def test_a_direction_that_does_not_know_the_press_cannot_take_it_back(mind, playing):
    press = mind.press("key", 20_000)
    again = mind.direct(Direction(playing, 0, Card("Room 1")), 20_010)
    assert again == [press]
    assert mind.state.play is Play.HOLDING
    known = after(playing, Pressed(press.press, "key", "42"), now_ms=20_000)
    assert mind.direct(Direction(known, 0, Card("Room 1")), 20_020) == []
    assert mind.state.call.code == "42"


def test_a_press_that_was_taken_and_answered_is_not_done_again(mind, playing):
    press = mind.press("key", 20_000)
    answered = after(playing, Pressed(press.press, "key", "42"), now_ms=20_000)
    answered = after(answered, Delivered("1"), Acknowledged("Anna"), Cleared("42"), now_ms=30_000)
    assert mind.direct(Direction(answered, 0, Card("Room 1")), 30_010) == []
    assert mind.state.call.state is CallState.CLEARED


def test_time_goes_on_without_the_room(mind):
    mind.heard(2_420_000)
    mind.advance(2_420_000)
    assert mind.state.play is Play.RETURNING


def test_a_silent_room_is_answered_as_a_press_and_alarmed(mind):
    assert mind.advance(10_000 + ROOM_SILENT_MS) is None
    assert not mind.alarm(10_000 + ROOM_SILENT_MS)
    alone = mind.advance(10_001 + ROOM_SILENT_MS)
    assert alone == Press("stage-1", "the room was silent", 10_001 + ROOM_SILENT_MS)
    assert mind.state.play is Play.HOLDING
    assert mind.alarm(10_001 + ROOM_SILENT_MS)
    assert mind.advance(60_000) is None


def test_before_a_session_a_silent_room_raises_nothing():
    mind = Mind("stage", 0)
    mind.direct(Direction(opened("Room 1", WORDS, 0), 0, Card("Room 1")), 0)
    assert mind.advance(60_000) is None
    assert not mind.alarm(60_000)


def test_the_rooms_clock_may_be_ahead(playing):
    mind = Mind("stage", 0)
    mind.direct(Direction(playing, 1_000_000, Card("Room 1")), 0)
    mind.press("key", 500)
    assert mind.state.call.raised_ms == 1_000_500
