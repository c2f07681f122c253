"""Rounds: staff look at the patient every so often, also when nobody presses."""

import pytest

from guideplayer.core.messages import Attended, Began, Chose, Cleared, Ended, Looked, Pressed, RoundsSet
from guideplayer.core.units import MINUTE_MS
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT


def due_in(session):
    """How long until somebody should look again."""
    due_ms = session.state.rounds.due_ms
    return None if due_ms is None else due_ms - session.now_ms


@pytest.fixture
def begun(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    assert due_in(session) is None
    session.do(Began(unready=True))
    return session


def test_the_first_is_due_a_quarter_of_an_hour_after_the_beginning(begun):
    assert due_in(begun) == 15 * MINUTE_MS


def test_a_look_counts_from_anew_and_is_never_early_or_late(begun):
    begun.do(Looked("Anna"), 4 * MINUTE_MS)
    assert due_in(begun) == 15 * MINUTE_MS
    begun.do(Looked("Anna"), 20 * MINUTE_MS)
    assert due_in(begun) == 15 * MINUTE_MS


def test_it_stays_due_until_a_person_looks(begun):
    begun.wait(40 * MINUTE_MS)
    assert due_in(begun) == -25 * MINUTE_MS


@pytest.mark.parametrize("there", [Attended("Anna"), Cleared("42", "Anna")])
def test_who_comes_to_a_call_has_looked(begun, there):
    begun.do(Pressed("press-1", "key", "42"), 10 * MINUTE_MS)
    assert due_in(begun) == 5 * MINUTE_MS
    begun.do(there, MINUTE_MS)
    assert due_in(begun) == 15 * MINUTE_MS


def test_during_a_call_a_look_from_afar_is_refused(begun):
    begun.do(Pressed("press-1", "key", "42"))
    assert begun.refusal(Looked("Anna")) == "The patient is calling: clear the call at the bedside instead."


def test_without_a_session_there_is_nothing_to_look_at(session, begun):
    begun.do(Ended("Anna"))
    assert begun.refusal(Looked("Anna")) == "No session is under way."


def test_how_often_is_for_staff_to_say_within_reason(begun):
    begun.do(RoundsSet(5 * MINUTE_MS, "Anna"))
    assert due_in(begun) == 5 * MINUTE_MS
    assert begun.refusal(RoundsSet(2 * 60 * MINUTE_MS)) == "Rounds are 1m to 60m apart."
    assert due_in(begun) == 5 * MINUTE_MS


def test_how_often_is_kept_for_the_next_session_and_when_is_not(begun):
    begun.do(RoundsSet(5 * MINUTE_MS))
    begun.do(Ended())
    begun.do(Chose(SCRIPT, INFUSION_MS))
    assert begun.state.rounds.every_ms == 5 * MINUTE_MS
    assert due_in(begun) is None
