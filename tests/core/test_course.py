"""The course of a session on its one scale."""

from guideplayer.core.course import clock_ms
from guideplayer.core.messages import Began, Chose, Cleared, Held, Infused, Pressed, Resumed, Returned
from guideplayer.core.state import Stop
from guideplayer.core.units import MINUTE_MS
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT


def begun(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    return session


def clock(session):
    return clock_ms(session.state, session.now_ms)


def test_the_arrival_comes_before_zero_and_waits_there(session):
    begun(session)
    assert clock(session) == -session.state.plan.arrival.length_ms
    session.wait(20 * MINUTE_MS)
    assert clock(session) == 0


def test_pauses_and_calls_are_where_the_infusion_was(session):
    begun(session)
    session.do(Infused("started"), 5 * MINUTE_MS)
    session.do(Pressed("press-1", "key", "42"), 10 * MINUTE_MS)
    assert session.state.stops == (Stop(10 * MINUTE_MS),)
    session.do(Cleared("42"), 2 * MINUTE_MS)
    session.do(Resumed(), MINUTE_MS)
    session.do(Held(), 4 * MINUTE_MS)
    session.do(Returned(), MINUTE_MS)
    assert session.state.stops == (Stop(10 * MINUTE_MS, 13 * MINUTE_MS), Stop(17 * MINUTE_MS, 18 * MINUTE_MS))
    assert session.state.called == (10 * MINUTE_MS,)
    assert clock(session) == INFUSION_MS
    session.wait(MINUTE_MS)
    assert clock(session) == INFUSION_MS + MINUTE_MS


def test_a_rehearsed_call_and_a_second_press_leave_no_mark(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Pressed("press-1", "key", "42"))
    session.do(Cleared("42"))
    session.do(Began(unready=True))
    session.do(Infused("started"))
    session.do(Pressed("press-2", "key", "43"), MINUTE_MS)
    session.do(Pressed("press-3", "key", "44"), 10_000)
    assert session.state.called == (MINUTE_MS,)
    assert session.state.stops == (Stop(MINUTE_MS),)


def test_another_session_has_a_course_of_its_own(session):
    begun(session)
    session.do(Infused("started"))
    session.do(Held(), MINUTE_MS)
    session.do(Returned())
    session.wait(20 * MINUTE_MS)
    session.do(Chose(SCRIPT, INFUSION_MS))
    assert session.state.stops == session.state.called == ()
