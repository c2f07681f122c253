"""The way through a session, by example; the properties hold it for every other way."""

import msgspec
import pytest

from guideplayer.core.comfort import COMFORT_FADE_MS
from guideplayer.core.messages import (
    Acknowledged,
    Armed,
    Attended,
    Began,
    Chose,
    Cleared,
    Comforted,
    Confirmed,
    Delivered,
    Ended,
    Held,
    Infused,
    InRoom,
    Met,
    Pressed,
    Recovered,
    Restored,
    Resumed,
    Returned,
    StageIs,
)
from guideplayer.core.session import BEGIN_FADE_MS, END_FADE_MS, next_due_ms, step
from guideplayer.core.state import CallState, Narration, Picture, Play, Readiness
from guideplayer.core.units import MINUTE_MS
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT, line, phase, rest, script_of

READINESS = [
    Chose(SCRIPT, INFUSION_MS),
    StageIs("window", "sound"),
    Confirmed("sound"),
    Pressed("press-1", "key", "42"),
    Delivered("1", "desk"),
    Acknowledged("Anna"),
    Cleared("42"),
    Armed(("desk",)),
]


def test_a_room_is_ready_when_everything_has_been_shown(session):
    for event in READINESS:
        assert session.state.play is Play.WAITING
        session.do(event, 100)
    assert session.state.play is Play.READY
    session.do(Armed(()))
    assert session.state.play is Play.WAITING
    session.do(InRoom("Anna"))
    assert session.state.play is Play.READY
    assert session.do(Began("Anna")) == ()


def test_each_thing_that_was_not_shown_keeps_a_session_from_beginning(session):
    for event in (*READINESS[:2], *READINESS[3:]):
        session.do(event, 100)
    assert session.refusal(Began()) == "The room is not ready: see what is still to be shown to work."
    session.do(Began(unready=True))
    assert session.state.play is Play.ARRIVING


def test_what_sounds_after_a_silence_must_be_heard_anew(session):
    for event in READINESS:
        session.do(event, 100)
    # A stage that starts again does not know yet: that is no silence.
    for event in (StageIs("window", ""), StageIs("window", "sound")):
        session.do(event)
    assert session.state.play is Play.READY
    for event in (StageIs("window", "no sound"), StageIs("window", "sound")):
        session.do(event)
    assert session.state.play is Play.WAITING
    session.do(Confirmed("sound"))
    assert session.state.play is Play.READY


def test_a_wish_of_the_desk_shows_nothing_of_the_control(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Pressed("desk-1", "desk", "42"))
    assert not session.state.readiness.control


def test_what_makes_no_sense_is_refused_with_a_sentence(session):
    assert session.refusal(Began(unready=True)) == "Choose a script first."
    assert session.refusal(Held()) == "Nothing is playing that could be paused."
    assert session.refusal(Resumed()) == "Nothing is paused."
    assert session.refusal(Returned()) == "No session is under way."
    assert session.refusal(Ended()) == "No session is under way."
    only_sound = "Only the sound is confirmed by word: the control and the call are shown by a press."
    assert session.refusal(Confirmed("call")) == only_sound
    assert session.refusal(Comforted(light=1.5)) == "The light is a share from 0 to 1."
    assert session.refusal(Comforted(volume=float("nan"))) == "The volume is a share from 0 to 1."
    assert session.refusal(Chose(SCRIPT, 9 * MINUTE_MS)) == "“Test” is for infusions of 10m to 60m."
    short = script_of(phase("only", line("a"), rest(30, 60)))
    assert session.refusal(Chose(short, INFUSION_MS)) == "“Test” cannot be fitted to 40m: it fills 33s to 1m3s."
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    assert session.refusal(Began(unready=True)) == "The session has begun already."
    under_way = "A session is under way: end it before you choose another script."
    assert session.refusal(Chose(SCRIPT, INFUSION_MS)) == under_way


def test_a_pause_leads_back_with_a_welcome_and_the_same_end(playing):
    playing.do(Held("Anna"))
    playing.do(Resumed("Anna"), 5 * MINUTE_MS)
    assert playing.state.play is Play.RESUMING
    playing.wait(5999)
    assert playing.state.play is Play.RESUMING
    playing.wait(1)
    assert playing.state.play is Play.PLAYING
    playing.wait(34 * MINUTE_MS - 6001)
    assert playing.state.play is Play.PLAYING
    playing.wait(1)
    assert playing.state.play is Play.RETURNING


def test_each_pause_has_a_welcome_of_its_own(playing):
    welcomes = []
    for _ in range(3):
        playing.do(Held("Anna"), 10_000)
        playing.do(Resumed("Anna"), 10_000)
        playing.wait(3500)
        welcomes.append(playing.moment().narration.file.split("/")[-1])
    assert welcomes == ["Welcome back..opus", "We go on..opus", "Welcome back..opus"]


def test_a_pause_past_the_end_of_the_infusion_leads_to_the_return(playing):
    playing.do(Held("Anna"))
    playing.do(Resumed("Anna"), 50 * MINUTE_MS)
    assert playing.state.position.section == "return"
    playing.wait(3500)
    assert playing.moment().narration.file == "voices/test/Welcome back..opus"
    playing.wait(3000)
    assert playing.state.play is Play.RETURNING


def test_staff_may_go_from_a_hold_to_the_return(playing):
    playing.do(Held("Anna"))
    playing.do(Returned("Anna"), 1000)
    assert playing.state.position.section == "return"
    playing.wait(MINUTE_MS)
    assert playing.refusal(Returned("Anna")) == "The return has begun already."


def test_comfort_melts(playing):
    playing.do(Comforted(picture=Picture.OFF, light=0.2, volume=0.5))
    start, half, end = (playing.moment(share * COMFORT_FADE_MS // 2) for share in range(3))
    assert [round(one.picture, 3) for one in (start, half, end)] == [1.0, 0.5, 0.0]
    assert [round(one.volume, 3) for one in (start, half, end)] == [1.0, 0.75, 0.5]
    assert [round(one.light, 3) for one in (start, half, end)] == [0.5, 0.3, 0.1]
    assert end.scenes[0].time_ms == playing.moment(10 * MINUTE_MS).scenes[0].time_ms


@pytest.mark.parametrize(
    ("narration", "heard"),
    [(Narration.FULL, {"one", "two"}), (Narration.SPARSE, {"one"}), (Narration.MUSIC, set())],
)
def test_fewer_words_are_said_and_captioned(session, narration, heard):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Comforted(narration=narration))
    session.do(Began(unready=True, pump_follows=True))
    zero_ms = session.state.plan.arrival.length_ms
    settling = session.state.plan.infusion.stretches[0].end_ms
    moments = [session.moment(zero_ms + at_ms) for at_ms in range(0, settling, 1000)]
    assert {one.narration.file.split("/")[-1][:-5] for one in moments if one.narration} == heard
    assert {one.caption.text for one in moments if one.caption} == heard


def test_without_captions_the_voice_goes_on(playing):
    playing.do(Comforted(captions=False))
    zero_ms = playing.state.plan.infusion.stretches[1].start_ms - MINUTE_MS
    moment = playing.moment(zero_ms + 1500)
    assert (moment.caption, moment.narration.file) == (None, "voices/test/three.opus")


def test_the_end_lets_the_last_words_die_away_and_grows_no_lighter(session):
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Comforted(light=0.1))
    session.do(Began(unready=True))
    session.do(Ended("Anna"), BEGIN_FADE_MS + 60_000)
    assert session.moment(END_FADE_MS).light <= session.moment().light
    session.do(Chose(SCRIPT, INFUSION_MS), MINUTE_MS)
    session.do(Began(unready=True))
    session.do(Ended("Anna"), 1000)
    gains = [round(one.gain, 2) if (one := session.moment(ms).narration) else None for ms in (0, 750, 1500)]
    assert gains == [1.0, 0.5, None]
    assert session.moment(END_FADE_MS).beds == ()


def test_a_new_choice_after_an_end_keeps_the_picture_moving(playing):
    playing.do(Ended("Anna"))
    playing.wait(MINUTE_MS)
    before = playing.moment().scenes
    playing.do(Chose(SCRIPT, INFUSION_MS))
    assert playing.moment().scenes == before
    assert playing.state.call.state is CallState.NONE
    assert playing.state.readiness.armed == ()


def test_a_short_gap_is_nothing_and_a_long_one_a_call(playing):
    position_ms = playing.state.position.at(playing.now_ms)
    alive_ms = playing.now_ms
    playing.now_ms += 5000
    assert playing.do(Recovered(alive_ms, "42")) == ()
    assert playing.state.play is Play.PLAYING
    playing.now_ms += 60_000
    playing.do(Recovered(alive_ms + 5000, "42"))
    assert (playing.state.play, playing.state.call.source) == (Play.HOLDING, "recovery")
    assert playing.state.position.at(playing.now_ms) == position_ms + 5000
    assert playing.state.pump.elapsed_ms(playing.now_ms) == 125_000


def test_where_the_stage_is_gone_too_even_a_short_gap_is_a_call(playing):
    alive_ms = playing.now_ms
    playing.now_ms += 900
    playing.do(Recovered(alive_ms, "42", alone=True))
    assert (playing.state.play, playing.state.call.source) == (Play.HOLDING, "recovery")


@pytest.mark.parametrize("alone", [True, False])
def test_a_pause_is_no_reason_to_leave_somebody_alone(playing, alone):
    """Nobody is on their way, and a press may have been lost."""
    playing.do(Held("Anna"))
    playing.wait(MINUTE_MS)
    held = playing.state
    playing.do(Recovered(playing.now_ms - (900 if alone else 8000), "42", alone=alone))
    assert (playing.state.play, playing.state.call.state) == (Play.HOLDING, CallState.RAISED)
    assert (playing.state.position, playing.state.hold) == (held.position, held.hold)


def test_a_call_that_is_on_its_way_is_enough_and_one_that_was_attended_is_not(playing):
    playing.do(Pressed("a-1", "key", "42"))
    asking = playing.state
    playing.do(Recovered(playing.now_ms - 8000, "17", alone=True))
    assert playing.state.call == asking.call
    playing.do(Attended("Anna"))
    playing.wait(5 * MINUTE_MS)
    playing.do(Recovered(playing.now_ms, "17", alone=True))
    assert (playing.state.call.id, playing.state.call.state) == ("2", CallState.RAISED)


def test_after_the_end_a_machine_may_sleep_and_must_not_forget(playing):
    playing.do(Ended("Anna"))
    playing.wait(MINUTE_MS)
    playing.do(Recovered(playing.now_ms - MINUTE_MS, "42"))
    assert not playing.state.call.open
    playing.do(Recovered(playing.now_ms, "42", alone=True))
    assert (playing.state.play, playing.state.call.open) == (Play.ENDED, True)


def test_a_press_that_is_heard_of_late_holds_since_it_was_made(playing):
    """The stage has held since then, and nothing may spring back."""
    pressed_ms = playing.now_ms + 200
    position_ms = playing.state.position.at(pressed_ms)
    playing.now_ms += 1200
    playing.do(Pressed("late", "key", "42", at_ms=pressed_ms))
    assert (playing.state.held_ms, playing.state.hold.from_ms) == (pressed_ms, pressed_ms)
    assert playing.state.position.at(playing.now_ms) == position_ms
    assert playing.state.call.raised_ms == pressed_ms


def test_a_press_before_the_hold_that_a_recovery_began_moves_that_hold_back(playing):
    pressed_ms = playing.now_ms + 100
    playing.now_ms += 8000
    playing.do(Recovered(playing.now_ms - 8000, "42"))
    playing.do(Pressed("late", "key", "42", at_ms=pressed_ms))
    assert playing.state.held_ms == pressed_ms
    assert {playing.state.hold.from_ms, playing.state.loudness.from_ms, playing.state.speech.from_ms} == {pressed_ms}
    assert playing.state.call.raised_ms == pressed_ms


def test_what_the_stage_still_knows_is_gone_on_from(playing):
    """The record knows nothing of the press; the call is kept, and gets a code to be cleared with."""
    behind = playing.state
    known, _ = step(behind, Pressed("a-1", "key"), playing.now_ms)
    known = msgspec.structs.replace(known, readiness=Readiness())
    playing.now_ms += 400
    playing.do(Restored(known, "42"))
    assert (playing.state.play, playing.state.call.code) == (Play.HOLDING, "42")
    assert playing.state.revision == known.revision + 1
    assert playing.state.readiness == behind.readiness


def test_each_event_is_a_revision_and_a_refusal_is_none(playing):
    before = playing.state.revision
    playing.do(Pressed("a-1", "key", "42"))
    playing.do(Pressed("a-1", "key", "42"))
    playing.do(Resumed("Anna"))
    playing.wait(3000)
    assert playing.state.revision == before + 1
    playing.do(Acknowledged("Anna"))
    assert playing.state.revision == before + 2


def test_an_infusion_that_had_run_out_is_extended_by_all_that_was_said(playing):
    """In a pause past its end; else the minutes since then would be taken off."""
    playing.do(Held("Anna"))
    playing.wait(INFUSION_MS + 10 * MINUTE_MS)
    assert playing.state.pump.left_ms(playing.now_ms) == 0
    playing.do(Infused("extended", 5 * MINUTE_MS))
    assert playing.state.pump.left_ms(playing.now_ms) == 5 * MINUTE_MS


def test_nothing_is_due_when_nothing_runs(session):
    assert next_due_ms(session.state) is None
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    assert next_due_ms(session.state) is None


def test_a_script_without_arrival_waits_for_the_pump_in_silence(session):
    bare = msgspec.structs.replace(script_of(phase("only", line("a"), rest(60, 3600), bed="")), arrival=None)
    session.do(Chose(bare, INFUSION_MS))
    session.do(Began(unready=True, pump_follows=True))
    assert session.state.play is Play.PLAYING
    assert session.moment(60_000).beds == ()


def test_what_a_room_does_by_its_record_alone_is_not_counted(playing):
    """Else a room that has died again before it met the stage would have made the record seem the newer of the two."""
    before = playing.state.revision
    playing.do(Recovered(playing.now_ms, "42", taken_up=True))
    playing.do(Pressed("a-1", "key", "42"))
    playing.do(Delivered("1", "Maria"))
    assert (playing.state.revision, playing.state.since, playing.state.provisional) == (before, before, True)
    playing.do(Met())
    assert (playing.state.revision, playing.state.provisional) == (before + 1, False)


def test_a_stage_that_has_lived_knows_better_than_a_guess(playing):
    """The sign of life in the record is old, as on a full disk: the room takes it that the patient was left alone."""
    known = playing.state
    playing.do(Recovered(playing.now_ms - 60_000, "42", taken_up=True))
    assert (playing.state.play, playing.state.call.id) == (Play.HOLDING, "1")
    assert playing.state.since == known.revision - 1
    playing.do(Restored(known, "17"))
    assert (playing.state.play, playing.state.call.open, playing.state.provisional) == (Play.PLAYING, False, False)
    playing.do(Pressed("a-1", "key", "42"))
    assert playing.state.call.id == "2"
