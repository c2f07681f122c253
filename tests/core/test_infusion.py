"""The infusion clock: what staff say of the pump, and what the programme makes of it."""

import itertools

import pytest

from guideplayer.core.messages import Began, Chose, Held, Infused, Resumed, Returned
from guideplayer.core.plan import Section
from guideplayer.core.script import Say
from guideplayer.core.state import Play
from guideplayer.core.units import MINUTE_MS
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT


def ends_in_ms(session):
    return session.state.plan.infusion.length_ms - session.state.position.at(session.now_ms)


def to_come(session):
    """The lines still to come."""
    position_ms = session.state.position.at(session.now_ms)
    cues = session.state.plan.track(session.state.position.section).cues
    return [cue.item.text for cue in cues if isinstance(cue.item, Say) and cue.start_ms > position_ms]


def test_the_infusion_follows_the_arrival_by_itself_only_when_told(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    session.wait(10 * MINUTE_MS)
    assert session.state.play is Play.ARRIVING
    session.do(Infused("started"))
    assert session.state.play is Play.PLAYING
    assert session.state.pump.left_ms(session.now_ms) == INFUSION_MS


def test_a_session_told_to_follow_goes_through_by_itself(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True, pump_follows=True))
    plan = session.state.plan
    session.wait(plan.arrival.length_ms)
    assert session.state.play is Play.PLAYING
    session.wait(INFUSION_MS - 1)
    assert session.state.play is Play.PLAYING
    session.wait(1)
    assert session.state.play is Play.RETURNING
    session.wait(plan.returning.length_ms)
    assert session.state.play is Play.ENDED


def test_a_line_of_the_arrival_is_finished_in_the_infusion(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    session.wait(1000)
    before = session.moment().narration
    session.do(Infused("started"))
    after = session.moment().narration
    assert (after.file, after.offset_ms, after.key) == (before.file, before.offset_ms, before.key)
    assert ends_in_ms(session) == INFUSION_MS
    assert to_come(session) == ["one", "two", "three", "four", "five", "six"]


@pytest.mark.parametrize(("action", "by_ms"), [("extended", 5 * MINUTE_MS), ("shortened", -5 * MINUTE_MS)])
def test_a_changed_length_moves_the_end_by_as_much(playing, action, by_ms):
    left_ms = ends_in_ms(playing)
    assert playing.do(Infused(action, 5 * MINUTE_MS)) == ()
    assert ends_in_ms(playing) == left_ms + by_ms
    assert playing.state.pump.left_ms(playing.now_ms) == left_ms + by_ms


def test_a_length_cannot_be_shortened_below_what_has_run(playing):
    playing.do(Infused("shortened", 60 * MINUTE_MS))
    assert playing.state.pump.length_ms == MINUTE_MS
    assert playing.state.play is Play.RETURNING


def test_a_length_changed_on_hold_counts_when_it_goes_on(playing):
    playing.do(Held())
    playing.do(Infused("extended", 10 * MINUTE_MS), MINUTE_MS)
    assert playing.state.pump.left_ms(playing.now_ms) == 48 * MINUTE_MS
    assert playing.state.play is Play.HOLDING


@pytest.mark.parametrize("after_ms", [1203, 4000, 8000])
def test_a_length_changed_during_the_welcome_keeps_the_welcome(playing, after_ms):
    playing.do(Held())
    playing.do(Resumed(), 10_000)
    playing.do(Infused("extended", MINUTE_MS), after_ms)
    cues = [cue for cue in playing.state.plan.infusion.cues if cue.end_ms > MINUTE_MS]
    said = [(cue.start_ms - MINUTE_MS, cue.item.text) for cue in cues if isinstance(cue.item, Say)]
    assert said[0] == (3000, "Welcome back.")
    assert [text for _, text in said[1:]] == ["two", "three", "four", "five", "six"]
    assert cues[-1].end_ms == playing.state.plan.infusion.length_ms
    assert all(one.end_ms == other.start_ms for one, other in itertools.pairwise(cues))
    assert ends_in_ms(playing) == playing.state.pump.left_ms(playing.now_ms)


def test_a_stopped_pump_leads_to_the_return_and_a_restarted_one_back(playing):
    playing.wait(5 * MINUTE_MS)
    playing.do(Infused("stopped"))
    assert playing.state.play is Play.RETURNING
    assert playing.moment(12_000).scenes[0].name == "dawn"
    playing.do(Infused("restarted"), 3 * MINUTE_MS)
    assert playing.state.play is Play.PLAYING
    assert playing.state.position.at(playing.now_ms) == 6 * MINUTE_MS
    assert ends_in_ms(playing) == playing.state.pump.left_ms(playing.now_ms) == 34 * MINUTE_MS


def test_a_pump_that_stopped_on_hold_stops_its_clock(playing):
    playing.do(Held())
    playing.do(Infused("stopped"), 2 * MINUTE_MS)
    playing.wait(4 * MINUTE_MS)
    assert playing.state.pump.elapsed_ms(playing.now_ms) == 3 * MINUTE_MS
    assert playing.state.play is Play.HOLDING
    playing.do(Infused("restarted"))
    assert playing.state.pump.left_ms(playing.now_ms) == 37 * MINUTE_MS


def test_a_pump_started_in_an_early_return_begins_the_infusion(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    session.do(Returned("Anna"), 20_000)
    session.do(Infused("started"), 20_000)
    assert (session.state.play, session.state.position.section) == (Play.PLAYING, Section.INFUSION)


def test_what_makes_no_sense_is_refused_with_a_sentence(session):
    assert session.refusal(Infused("started")) == "No session is under way: begin it first."
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    assert session.refusal(Infused("extended", 60_000)) == "Say by how much, once the infusion has started."
    assert session.refusal(Infused("stopped")) == "The pump is not running."
    assert session.refusal(Infused("restarted")) == "The pump has not been stopped."
    session.do(Infused("started"))
    assert session.refusal(Infused("started")) == "The infusion has started already."
    assert session.refusal(Infused("extended", 0)) == "Say by how much, once the infusion has started."
    assert session.refusal(Infused("extended", 61 * MINUTE_MS)) == "That is more than an hour: check the number."
    known = "say started, extended, shortened, stopped or restarted."
    assert session.refusal(Infused("paused")) == f"“paused” is not known: {known}"
    session.wait(INFUSION_MS)
    assert session.refusal(Infused("extended", 60_000)) == "The infusion part is over: the return has begun."
    session.do(Infused("stopped"))
    assert session.refusal(Infused("restarted")) == "The infusion is over."


def cue_of(session, section, text):
    cues = session.state.plan.track(section).cues
    return next(cue for cue in cues if isinstance(cue.item, Say) and cue.item.text == text)


def heard(session):
    """The line being said at this instant, and how far it has come (ms)."""
    narration = session.moment().narration
    return narration and (narration.file.removeprefix("voices/test/").removesuffix(".opus"), narration.offset_ms)


def wait_into(session, text, into_ms):
    start_ms = cue_of(session, session.state.position.section, text).start_ms
    session.wait(start_ms + into_ms - session.state.position.at(session.now_ms))


def test_a_line_under_way_when_the_pump_stops_is_finished_and_not_said_again(playing):
    wait_into(playing, "three", 1000)
    playing.do(Infused("stopped"))
    assert heard(playing) == ("three", 1000)
    playing.do(Infused("restarted"), 10_000)
    assert to_come(playing) == ["four", "five", "six"]
    assert ends_in_ms(playing) == playing.state.pump.left_ms(playing.now_ms)


def test_a_pump_that_goes_on_within_a_line_goes_on_within_the_line(playing):
    wait_into(playing, "three", 1000)
    playing.do(Infused("stopped"))
    playing.do(Infused("restarted"), 500)
    assert heard(playing) == ("three", 1500)
    assert to_come(playing) == ["four", "five", "six"]
    assert ends_in_ms(playing) == playing.state.pump.left_ms(playing.now_ms)


def test_a_line_of_the_return_is_finished_when_the_pump_goes_on(playing):
    playing.do(Infused("stopped"), 5 * MINUTE_MS)
    playing.do(Infused("restarted"), 1000)
    assert heard(playing) == ("back", 1000)
    assert ends_in_ms(playing) == playing.state.pump.left_ms(playing.now_ms)
    playing.wait(playing.state.pump.left_ms(playing.now_ms))
    assert [cue.item.text for cue in playing.state.plan.returning.cues if isinstance(cue.item, Say)] == [
        "back",
        "hands",
    ]


def test_a_return_entered_again_is_the_scripts_own(playing):
    wait_into(playing, "three", 1000)
    playing.do(Infused("stopped"))
    playing.do(Infused("restarted"), MINUTE_MS)
    playing.do(Infused("stopped"), MINUTE_MS)
    said = [cue.item.text for cue in playing.state.plan.returning.cues if isinstance(cue.item, Say)]
    assert said == ["back", "hands"]


def test_a_line_handed_on_and_cut_by_a_pause_is_said_again(playing):
    wait_into(playing, "four", 1000)
    playing.do(Infused("stopped"))
    playing.do(Held("Anna"), 500)
    playing.do(Resumed("Anna"), MINUTE_MS)
    assert to_come(playing) == ["Welcome back.", "four", "back", "hands"]


def test_a_welcome_is_not_lost_when_the_infusion_ends_before_it(playing):
    playing.wait(playing.state.pump.left_ms(playing.now_ms) - 30_000)
    playing.do(Held("Anna"))
    playing.do(Resumed("Anna"), 28_000)
    playing.wait(2000)
    assert playing.state.position.section is Section.RETURN
    assert to_come(playing) == ["Welcome back.", "back", "hands"]
