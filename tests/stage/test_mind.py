"""The stage's own judgement: a press is answered at once, nothing takes it back, a silent room is a press too."""

import pytest

from guideplayer.core.link import ROOM_SILENT_MS, Card, Chosen, Direction, Press, Remembered
from guideplayer.core.messages import (
    Acknowledged,
    Attended,
    Began,
    Chose,
    Cleared,
    Delivered,
    Held,
    Infused,
    Pressed,
    Restored,
)
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


def test_a_room_that_knows_less_than_the_one_before_is_told_what_was(mind, playing):
    """It was killed before it had written the press; the picture does not even flinch."""
    mind.press("key", 20_000)
    pressed = after(playing, Pressed("stage-1", "key", "42", at_ms=20_000), now_ms=20_000)
    assert mind.direct(Direction(pressed, 0, Card("Room 1"), 1, playing.revision), 20_010) == []
    shown = mind.state
    assert mind.direct(Direction(playing, 0, Card("Room 1"), 2, playing.revision), 21_000) == [Remembered(shown, 0)]
    assert mind.state is shown
    restored = after(playing, Restored(shown, "17"), now_ms=21_010)
    assert mind.direct(Direction(restored, 0, Card("Room 1"), 2, shown.revision), 21_020) == []
    assert (mind.state.play, mind.state.call.code) == (Play.HOLDING, "42")


def test_a_room_that_knows_all_is_believed(mind, playing):
    restarted = Direction(after(playing, Pressed("x", "key", "42"), now_ms=20_000), 0, Card("Room 1"), 2, 99)
    assert mind.direct(restarted, 20_100) == []
    assert mind.state.play is Play.HOLDING


def test_it_knows_since_the_first_direction(playing):
    mind = Mind("stage", 0)
    assert mind.knows_since_ms is None
    mind.direct(Direction(playing, 0, Card("Room 1")), 700)
    mind.direct(Direction(playing, 0, Card("Room 1")), 900)
    assert mind.knows_since_ms == 700


def test_a_late_direction_moves_nothing_at_once(mind, playing):
    held = after(playing, Held("Anna"), now_ms=20_000)
    mind.direct(Direction(held, 0, Card("Room 1")), 20_900)
    assert mind.state.hold.at(20_900) == 0
    assert mind.state.hold.at(20_920) > 0
    assert mind.state.hold.at(23_000) == 1


def test_a_stage_that_stood_still_while_the_room_was_gone_holds_before_it_tells_what_it_knows(mind, playing):
    """Nobody goes on alone from what it remembers: nobody has looked after the patient since."""
    mind.direct(Direction(playing, 0, Card("Room 1"), 1, playing.revision), 10_010)
    mind.heard(90_000)
    told = mind.direct(Direction(playing, 0, Card("Room 1"), 2, playing.revision - 1), 90_000)
    assert [type(one) for one in told] == [Press, Remembered]
    assert (told[1].state.play, told[1].state.presses) == (Play.HOLDING, ("stage-1",))


def test_one_that_did_not_tells_what_it_knows_alone(mind, playing):
    mind.direct(Direction(playing, 0, Card("Room 1"), 1, playing.revision), 10_010)
    mind.heard(11_500)
    told = mind.direct(Direction(playing, 0, Card("Room 1"), 2, playing.revision - 1), 11_500)
    assert [type(one) for one in told] == [Remembered]
    assert told[0].state.play is Play.PLAYING


def held_alone(mind):
    """The room has frozen, and the stage has held and sounded the alarm by itself. When that was, and its press."""
    now_ms = 10_001 + ROOM_SILENT_MS
    press = mind.advance(now_ms)
    assert mind.alarm(now_ms)
    return now_ms, press


def test_an_alarm_that_has_begun_goes_on_when_the_room_is_back_until_somebody_answers(mind, playing):
    now_ms, press = held_alone(mind)
    back_ms = now_ms + 2000
    mind.heard(back_ms)
    mind.advance(back_ms)
    assert mind.alarm(back_ms)
    known = after(playing, Pressed(press.press, press.source, "42", now_ms), now_ms=back_ms)
    shown = after(known, Delivered("1"), now_ms=back_ms + 100)
    for number, state in enumerate((playing, known, shown)):
        mind.direct(Direction(state, 0, Card("Room 1")), back_ms + 100 + number)
        assert mind.alarm(back_ms + 100 + number)
    mind.advance(back_ms + 200)
    assert mind.alarm(back_ms + 200)
    answered = after(shown, Acknowledged("Anna"), now_ms=back_ms + 300)
    mind.direct(Direction(answered, 0, Card("Room 1")), back_ms + 300)
    assert not mind.alarm(back_ms + 300)


def test_it_does_not_go_on_for_the_next_call(mind, playing):
    now_ms, press = held_alone(mind)
    mind.heard(now_ms + 1000)
    known = after(playing, Pressed(press.press, press.source, "42", now_ms), now_ms=now_ms)
    cleared = after(known, Cleared("42"), now_ms=now_ms + 1000)
    again = after(cleared, Pressed("another", "key", "17"), now_ms=now_ms + 1001)
    for state in (cleared, again):
        mind.direct(Direction(state, 0, Card("Room 1")), now_ms + 1002)
    assert mind.state.call.state is CallState.RAISED
    assert not mind.alarm(now_ms + 1002)


def test_a_call_that_a_desk_shows_in_time_begins_none(mind, playing):
    press = mind.press("key", 20_000)
    shown = after(playing, Pressed(press.press, "key", "42", 20_000), Delivered("1"), now_ms=20_100)
    mind.direct(Direction(shown, 0, Card("Room 1")), 20_110)
    for at_ms in range(20_110, 40_000, 500):
        mind.heard(at_ms)
        mind.advance(at_ms)
        assert not mind.alarm(at_ms)


def test_without_a_room_whoever_is_with_the_patient_ends_the_alarm_and_nothing_else(mind, playing):
    now_ms, press = held_alone(mind)
    there_ms = now_ms + 1000
    assert mind.chose("attend", there_ms) == Chosen("attend", there_ms)
    mind.advance(there_ms)
    assert not mind.alarm(there_ms)
    assert (mind.state.play, mind.state.call.state) == (Play.HOLDING, CallState.ATTENDED)
    # A room that is back for a moment and fails again knows of it by then, and has nobody else to tell.
    known = after(playing, Pressed(press.press, press.source, "42", now_ms), now_ms=now_ms)
    mind.heard(there_ms + 5000)
    mind.direct(Direction(after(known, Attended(), now_ms=there_ms), 0, Card("Room 1")), there_ms + 5000)
    mind.advance(there_ms + 9000)
    assert not mind.alarm(there_ms + 9000)
    assert mind.state.play is Play.HOLDING


@pytest.mark.parametrize("after_ms", [5000, 90_000])
def test_a_press_after_that_sounds_it_again(mind, after_ms):
    there_ms, _ = held_alone(mind)
    mind.chose("attend", there_ms)
    mind.press("key", there_ms + after_ms)
    mind.advance(there_ms + after_ms)
    assert mind.alarm(there_ms + after_ms)


def test_with_a_room_it_is_the_room_that_takes_what_is_chosen(mind):
    mind.press("key", 10_100)
    assert mind.chose("attend", 10_200) == Chosen("attend", 10_200)
    assert mind.state.call.state is CallState.RAISED
