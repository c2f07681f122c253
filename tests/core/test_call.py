"""How a call grows louder until somebody answers, and what silences it."""

import pytest

from guideplayer.core.call import alarm_sounds, due_ms
from guideplayer.core.messages import (
    Acknowledged,
    Alert,
    Attended,
    Began,
    Chose,
    Cleared,
    Delivered,
    Ended,
    Pressed,
    Refused,
    Resumed,
)
from guideplayer.core.state import CallState, Play
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT

PRESS = Pressed("press-1", "key", "42")


@pytest.fixture
def calling(playing):
    """A session in which the patient has just pressed."""
    playing.do(PRESS)
    return playing


def test_a_press_alerts_in_the_same_step(playing):
    assert playing.do(PRESS) == (Alert("1", 0),)
    assert (playing.state.call.state, playing.state.play) == (CallState.RAISED, Play.HOLDING)


def test_a_call_that_reaches_nobody_grows_louder(calling):
    pressed_ms = calling.now_ms
    calling.wait(75_000)
    assert calling.alerts(pressed_ms) == [
        (0, 0), (3, 1), (10, 1), (20, 1), (30, 2), (40, 2), (50, 2), (60, 3), (70, 3),
    ]  # fmt: skip


def test_a_call_that_was_delivered_goes_on_until_it_is_answered(calling):
    pressed_ms = calling.now_ms
    calling.do(Delivered("1", "desk"), 1000)
    calling.wait(74_000)
    assert calling.alerts(pressed_ms) == [(0, 0), (10, 0), (20, 0), (30, 2), (40, 2), (50, 2), (60, 3), (70, 3)]


def test_an_answer_silences_for_two_minutes_and_no_longer(calling):
    pressed_ms = calling.now_ms
    calling.do(Delivered("1", "desk"), 1000)
    calling.do(Acknowledged(" Anna "), 4000)
    assert calling.state.call.name == "Anna"
    calling.wait(146_000)
    assert calling.alerts(pressed_ms) == [(0, 0), (125, 0), (135, 0), (145, 0)]


def test_an_answer_that_brings_nobody_escalates_anew(calling):
    calling.do(Delivered("1", "desk"), 1000)
    calling.do(Acknowledged("Anna"), 4000)
    silence_ends_ms = calling.now_ms + 120_000
    calling.wait(195_000)
    assert calling.alerts(silence_ends_ms)[1:] == [
        (0, 0), (10, 0), (20, 0), (30, 2), (40, 2), (50, 2), (60, 3), (70, 3),
    ]  # fmt: skip
    call = calling.state.call
    assert (call.state, call.name, call.level) == (CallState.DELIVERED, "", 3)
    assert alarm_sounds(call, calling.now_ms)
    calling.do(Acknowledged("Ben"))
    assert (calling.state.call.state, calling.state.call.name) == (CallState.ACKNOWLEDGED, "Ben")
    assert not alarm_sounds(calling.state.call, calling.now_ms)
    again_ms = calling.now_ms + 120_000
    calling.wait(155_000)
    assert calling.alerts(again_ms)[-4:] == [(0, 0), (10, 0), (20, 0), (30, 2)]


def test_a_press_while_somebody_is_coming_does_not_put_the_lapse_off(calling):
    calling.do(Delivered("1", "desk"), 1000)
    calling.do(Acknowledged("Anna"), 4000)
    lapse_ms = calling.now_ms + 120_000
    calling.do(Pressed("press-2", "key"), 115_000)
    calling.wait(35_000)
    assert calling.alerts(lapse_ms)[1:] == [(-5, 0), (0, 0), (10, 0), (20, 0), (30, 2)]


def test_an_answer_without_a_receipt_that_brings_nobody_sounds_in_the_room(calling):
    calling.do(Acknowledged("Anna"), 1000)
    lapse_ms = calling.now_ms + 120_000
    calling.wait(125_000)
    assert calling.alerts(lapse_ms)[1:] == [(0, 0), (3, 1)]


def test_an_answer_can_be_given_again_once_it_sounds_again(calling):
    calling.do(Acknowledged("Anna"), 5000)
    assert calling.refusal(Acknowledged("Ben")) == "Anna has answered already and is coming."
    answered_ms = calling.state.call.acknowledged_ms
    calling.wait(121_000)
    assert calling.do(Acknowledged("Ben")) == ()
    assert (calling.state.call.name, calling.state.call.acknowledged_ms) == ("Ben", answered_ms)
    heard = len(calling.effects)
    calling.wait(119_000)
    assert len(calling.effects) == heard


def test_an_answer_counts_for_the_call_that_was_answered(calling):
    assert calling.refusal(Acknowledged("Anna", "7")).startswith("That call is over, and there is a newer one")
    assert calling.do(Acknowledged("Anna", "1")) == ()


def test_a_second_press_alerts_again_and_closes_nothing(calling):
    calling.do(Acknowledged("Anna"), 5000)
    assert calling.do(Pressed("press-2", "touch", "99"), 5000) == (Alert("1", 1),)
    call = calling.state.call
    assert (call.state, call.presses, call.code) == (CallState.ACKNOWLEDGED, 2, "42")


def test_the_same_press_told_twice_is_one(calling):
    assert calling.do(PRESS, 500) == ()
    assert calling.state.call.presses == 1


def test_the_rooms_own_alarm_sounds_while_nobody_can_be_reached(calling):
    def sounding(after_s):
        return alarm_sounds(calling.state.call, calling.state.call.raised_ms + after_s * 1000)

    assert [sounding(after_s) for after_s in (0, 2, 3, 59, 60)] == [False, False, True, True, True]
    calling.do(Delivered("1", "desk"), 2000)
    assert [sounding(after_s) for after_s in (4, 59, 60, 600)] == [False, False, True, True]
    calling.do(Acknowledged("Anna"), 1000)
    assert not sounding(600)


def test_only_a_person_ends_the_alarm_once_it_sounds(calling):
    """That a desk shows the call at last does not mean that somebody sees it."""
    calling.do(Delivered("1", "desk"), 4000)
    assert alarm_sounds(calling.state.call, calling.state.call.raised_ms + 5000)
    calling.do(Acknowledged("Anna"), 1000)
    assert not alarm_sounds(calling.state.call, calling.state.call.raised_ms + 6000)


def test_a_receipt_for_another_call_is_none(calling):
    calling.do(Delivered("7", "desk"))
    assert calling.state.call.state is CallState.RAISED
    calling.do(Delivered("1", "desk"), 500)
    calling.do(Delivered("1", "other desk"), 500)
    assert calling.state.call.delivered_ms == calling.now_ms - 500


def test_clearing_needs_the_code_at_the_bedside(calling):
    wrong = "That is not the code on the room's screen. Read the two digits there and try again."
    assert calling.refusal(Cleared("13")) == wrong
    assert calling.refusal(Cleared("")) == wrong
    calling.do(Cleared(" 42 "))
    assert calling.state.call.state is CallState.CLEARED
    assert calling.state.play is Play.HOLDING


def test_without_a_code_only_the_staff_menu_clears(playing):
    playing.do(Pressed("press-1", "key"))
    assert playing.refusal(Cleared("")).startswith("That is not the code")
    playing.do(Cleared(present=True))
    assert not playing.state.call.open
    assert due_ms(playing.state.call) is None


def test_somebody_at_the_bedside_silences_it(calling):
    calling.do(Attended("Anna"), 20_000)
    heard = len(calling.effects)
    calling.wait(300_000)
    assert len(calling.effects) == heard
    assert calling.state.call.open
    assert calling.refusal(Acknowledged("Ben")) == "Somebody is with the patient already."


def test_a_press_while_somebody_is_there_is_no_new_call(calling):
    calling.do(Attended("Anna"), 20_000)
    assert calling.do(Pressed("press-2", "key", "99"), 59_000) == (Alert("1", 1),)
    assert calling.state.call.state is CallState.ATTENDED


def test_who_says_again_that_they_are_there_is_there(calling):
    calling.do(Attended("Anna"), 2000)
    calling.do(Attended("Anna"), 50_000)
    assert calling.state.call.attended_ms == calling.now_ms - 50_000
    calling.do(Pressed("press-2", "key", "99"), 59_000)
    assert calling.state.call.id == "1"


def test_who_came_is_not_there_any_longer_for_its_having_had_to_wait_for_a_room(calling):
    begun_ms = calling.now_ms
    calling.do(Attended("Anna", begun_ms + 2000), 58_000)
    assert calling.state.call.attended_ms == begun_ms + 2000
    calling.do(Pressed("press-2", "key", "99"), 5000)
    assert (calling.state.call.state, calling.state.call.id) == (CallState.RAISED, "2")


def test_nobody_came_before_the_call_nor_comes_after_now(calling):
    begun_ms = calling.now_ms
    calling.do(Attended("Anna", begun_ms - 5000), 1000)
    assert calling.state.call.attended_ms == begun_ms
    calling.do(Attended("Anna", begun_ms + 90_000), 1000)
    assert calling.state.call.present_ms == calling.now_ms


def test_a_press_long_after_somebody_came_calls_anew(calling):
    calling.do(Attended("Anna"), 2000)
    pressed_ms = calling.now_ms + 60_000
    assert calling.do(Pressed("press-2", "key", "99"), 60_000) == (Alert("2", 0),)
    calling.wait(65_000)
    call = calling.state.call
    assert (call.state, call.id, call.code, call.level) == (CallState.RAISED, "2", "99", 3)
    assert calling.alerts(pressed_ms)[1:] == [
        (0, 0), (3, 1), (10, 1), (20, 1), (30, 2), (40, 2), (50, 2), (60, 3),
    ]  # fmt: skip


def test_nobody_can_answer_what_nobody_called(playing):
    for event in (Acknowledged("Anna"), Attended("Anna"), Cleared("42")):
        assert playing.refusal(event) == "Nobody is calling now."


def test_who_comes_has_a_name(calling):
    assert calling.refusal(Acknowledged("  ")) == "Give your name: the patient is told who is coming."


def test_nothing_goes_on_while_the_patient_calls(calling):
    sentence = "The patient is still calling: clear the call at the bedside first."
    assert calling.refusal(Resumed("Anna")) == sentence
    calling.do(Acknowledged("Anna"))
    assert calling.refusal(Resumed("Anna")) == sentence


def test_a_call_outlives_the_session(calling):
    calling.do(Ended("Anna"), 3000)
    assert calling.state.play is Play.ENDED
    assert calling.state.call.open
    assert calling.moment(60_000).hold.weight == 1.0
    assert calling.refusal(Chose(SCRIPT, INFUSION_MS)) == "The patient is calling: answer the call first."
    calling.do(Cleared("42"))
    assert calling.moment(60_000).hold is None


def test_a_call_before_the_session_is_a_rehearsal_that_shows_it_works(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(PRESS)
    assert session.state.call.rehearsal
    assert session.refusal(Began(unready=True)) == "The patient is calling: answer and clear the call first."
    session.do(Delivered("1", "desk"), 500)
    session.do(Acknowledged("Anna"), 500)
    session.do(Cleared("42"), 500)
    assert session.state.readiness.call
    assert session.state.readiness.control
    assert isinstance(session.do(Began())[0], Refused)
