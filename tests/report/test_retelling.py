"""What is told of a session afterwards, from the record as the room wrote it."""

from pathlib import Path

import msgspec
import pytest

from guideplayer.core.messages import (
    Acknowledged,
    Attended,
    Chose,
    Cleared,
    Comforted,
    Delivered,
    Held,
    Infused,
    Looked,
    Pressed,
    Recovered,
    Restored,
    Resumed,
    RoundsSet,
    StageIs,
)
from guideplayer.core.state import Narration
from guideplayer.core.units import MINUTE_MS
from guideplayer.journal.record import Record
from guideplayer.report.figures import figures_of
from guideplayer.report.html import warnings
from guideplayer.report.retelling import summary_of
from guideplayer.report.summary import Escalation, Gap, Look, Omission, Standing
from tests.factory import SCRIPT
from tests.report.conftest import INFUSION_MS, WALL_MS, Recording


@pytest.fixture
def whole(recording: Recording) -> Record:
    recording.whole()
    return recording.record()


def test_a_whole_session(whole: Record) -> None:
    told = summary_of(whole)
    assert (told.standing, told.script, told.voice, told.room) == (Standing.ENDED, "Test", "test", "Room 1")
    # Chosen after 10 s, a call rehearsed in 10 s, begun 40 s later.
    assert told.begun_wall_ms == WALL_MS + 60_100
    assert (told.planned_ms, told.infusion_ms, told.infused_ms) == (40 * MINUTE_MS, 45 * MINUTE_MS, 45 * MINUTE_MS)
    # Half a minute of arrival, the infusion, and the return at its natural length: it ended by itself.
    assert told.length_ms == 30_000 + 45 * MINUTE_MS + SCRIPT.return_length.natural_ms
    assert [part.name for part in told.parts] == ["arrival", "settling", "widening", "peak", "return"]
    assert [part.from_ms for part in told.parts[:2]] == [0, 30_000]
    assert told.parts[-1].from_ms == 30_000 + 45 * MINUTE_MS
    assert told.pump == (Gap(30_000, 30_000 + 45 * MINUTE_MS),)
    assert told.staff == ("Maria", "Tom", "staff in the room")
    assert told.beginning is not None
    assert told.beginning.not_shown == ("the sound",)


def test_calls_and_their_times(whole: Record) -> None:
    rehearsed, first, second = summary_of(whole).calls
    assert (rehearsed.number, rehearsed.rehearsal, rehearsed.raised_ms < 0) == ("1", True, True)
    assert (first.number, first.rehearsal, first.escalations, first.lapses_ms) == ("1", False, (), ())
    assert [at_ms - first.raised_ms for at_ms in (first.delivered_ms, first.answers[0].at_ms)] == [200, 8200]
    assert [at_ms - first.raised_ms for at_ms in (first.attended_ms, first.cleared_ms)] == [68_200, 68_200]
    assert (first.answers[0].name, first.cleared_by, first.wait_ms) == ("Tom", "Tom", 8200)
    at_ms = second.raised_ms
    assert second.escalations == (Escalation(at_ms + 30_000, 2), Escalation(at_ms + 60_000, 3))
    assert second.wait_ms == 90_200


def test_pauses_and_how_they_went_on(whole: Record) -> None:
    told = [
        (one.why, one.by, one.then, one.until_ms and one.until_ms - one.from_ms) for one in summary_of(whole).pauses
    ]
    assert told == [
        ("the patient pressed", "Tom", "went on", 98_200),
        ("staff paused", "Maria", "went on", 45_000),
        ("the patient pressed", "Tom", "went on", 160_200),
    ]


def test_what_was_left_out_and_why(whole: Record) -> None:
    assert summary_of(whole).omissions == (
        Omission("", "widening", "the narration was made sparser"),
        Omission("five", "peak", "the narration was made sparser"),
    )


def test_notes_changes_and_incidents(whole: Record) -> None:
    told = summary_of(whole)
    assert [(one.text, one.by) for one in told.of_kind("note")] == [("nausea", "Tom")]
    assert [one.text for one in told.of_kind("comfort")] == [
        "picture still, light 50%",
        "narration music: no line is said",
        "narration full: all lines are said",
    ]
    assert [one.text for one in told.of_kind("pump")] == ["the pump starts", "the infusion takes 5m longer"]
    assert [one.text for one in told.of_kind("incident")] == [
        "there is no sound in the room",
        "there is sound again",
    ]
    assert [gap.until_ms - gap.from_ms for gap in told.silences if gap.until_ms] == [30_000]


def test_rounds_and_those_that_were_late(recording: Recording) -> None:
    recording.begin()
    recording.after(14 * 60, Looked("Maria"))
    recording.after(0, RoundsSet(5 * MINUTE_MS, "Maria"))
    recording.after(7 * 60, Looked("Tom"))
    recording.after(6 * 60)
    told = summary_of(recording.record())
    assert told.looks == (
        Look(30_000 + 14 * MINUTE_MS, "Maria", 0),
        Look(30_000 + 21 * MINUTE_MS, "Tom", 2 * MINUTE_MS),
    )
    assert (told.standing, told.unlooked_ms) == (Standing.UNDER_WAY, MINUTE_MS)


def test_an_answer_that_brought_nobody(recording: Recording) -> None:
    recording.begin()
    recording.after(60, Pressed("a-2", "key", "42"))
    recording.after(5, Acknowledged("Tom"))
    recording.after(150, Acknowledged("Maria"))
    recording.after(1)
    [call] = summary_of(recording.record()).real_calls
    assert [at_ms - call.raised_ms for at_ms in call.lapses_ms] == [125_000]
    assert [(one.name, one.at_ms - call.raised_ms) for one in call.answers] == [("Tom", 5000), ("Maria", 155_000)]
    assert (call.delivered_ms, call.attended_ms) == (None, None)


def test_lines_that_a_shorter_infusion_has_no_time_for(recording: Recording) -> None:
    recording.begin()
    recording.after(60, Infused("shortened", 38 * MINUTE_MS, "Maria"))
    recording.after(40 * 60)
    told = summary_of(recording.record())
    assert told.standing is Standing.ENDED
    assert {one.why for one in told.omissions} == {"there was no time for it"}
    assert told.omissions


def test_lines_that_were_not_reached(recording: Recording) -> None:
    recording.begin()
    recording.after(5 * 60, Infused("stopped", by="Maria"))
    recording.after(40 * 60)
    told = summary_of(recording.record())
    assert Omission("", "peak", "the programme did not come to it") in told.omissions
    assert [gap.until_ms - gap.from_ms for gap in told.pump if gap.until_ms] == [5 * MINUTE_MS]


def test_a_room_that_was_away(recording: Recording) -> None:
    recording.begin()
    recording.after(5 * 60, StageIs("window", "sound"))
    alive_ms = recording.now_ms
    recording.after(75, Recovered(alive_ms, "42"))
    recording.after(10, Acknowledged("Tom"))
    told = summary_of(recording.record())
    assert [one.text for one in told.of_kind("incident")] == ["the room's programme was down for 1 min 15 s"]
    [call] = told.real_calls
    assert call.source == "recovery"
    [pause] = told.pauses
    assert (pause.why, pause.until_ms) == ("the room had been down, and a press may have been lost", None)


def test_a_session_of_which_only_the_stage_knew(recording: Recording, tmp_path: Path) -> None:
    """Its record was lost, or could not be written: what follows is told of a session that was begun."""
    recording.begin()
    recording.after(20 * 60, Looked("Maria"))
    known = recording.state
    other = Recording(tmp_path / "other", recording.wall_ms())
    other.now_ms = recording.now_ms
    other.after(1, Restored(known, "42"))
    other.call("b-9")
    other.after(5, Resumed("Tom"))
    other.after(40 * 60)
    told = summary_of(other.record())
    assert (told.standing, told.begun_untold, told.beginning) == (Standing.ENDED, True, None)
    assert (told.script, told.planned_ms, told.infused_ms) == ("Test", 40 * MINUTE_MS, 40 * MINUTE_MS)
    assert told.parts[0].from_ms == 0
    assert [(call.raised_ms, call.wait_ms, call.cleared_by) for call in told.real_calls] == [(0, 8200, "Tom")]
    assert [pause.why for pause in told.pauses] == ["the patient pressed"]
    # What was said before is not known to have been left out.
    assert told.omissions == ()
    assert "How this session began is not in its record" in warnings(told)[0]


def test_only_what_was_passed_unseen_is_taken_as_said(recording: Recording) -> None:
    """A record that was behind for a while knows what was before: the lines that comfort left out, for one."""
    recording.begin()
    recording.after(0, Comforted(narration=Narration.MUSIC))
    recording.after(20 * 60, Comforted(narration=Narration.FULL))
    recording.after(1, Restored(recording.state, "42"))
    recording.after(40 * 60)
    told = summary_of(recording.record())
    assert not told.begun_untold
    assert {one.why for one in told.omissions} == {"the narration was made sparser"}


@pytest.mark.parametrize(("pressed", "why"), [(True, "the patient pressed"), (False, "staff paused")])
def test_why_a_pause_was_that_only_the_stage_tells(
    recording: Recording, tmp_path: Path, pressed: bool, why: str
) -> None:
    recording.begin()
    recording.after(60, Pressed("a-2", "key", "42"))
    recording.after(60, Attended("Tom"), Cleared("42", "Tom"))
    if not pressed:
        recording.after(5, Resumed("Tom"))
        recording.after(60, Held("Tom"))
    other = Recording(tmp_path / "other")
    other.now_ms = recording.now_ms
    other.after(1, Restored(recording.state, "42"))
    assert [pause.why for pause in summary_of(other.record()).pauses] == [why]


def test_a_session_of_which_nothing_is_known_any_more(recording: Recording) -> None:
    recording.after(0, Recovered(recording.now_ms, "42", alone=True, lost=True))
    recording.after(20, Acknowledged("Tom"))
    recording.after(60, Attended("Tom"), Cleared("42", "Tom"))
    told = summary_of(recording.record())
    assert (told.standing, told.begun_untold) == (Standing.UNDER_WAY, True)
    assert [call.wait_ms for call in told.real_calls] == [20_000]
    assert [one.text for one in told.of_kind("incident")] == [
        "a session was under way of which nothing is known any more"
    ]
    recording.close()
    assert figures_of(summary_of(recording.record())).standing is Standing.CUT
    # What staff begin after it is one of which everything is known.
    recording.again()
    recording.begin()
    assert not summary_of(recording.record()).begun_untold


def test_the_second_session_of_a_room_knows_its_calls(recording: Recording) -> None:
    """Calls go on counting over the sessions of a room, and a receipt names the call by that number."""
    recording.whole()
    recording.again()
    recording.begin()
    recording.call("b-1")
    recording.after(5, Resumed("Tom"))
    told = summary_of(recording.record())
    assert [call.number for call in told.calls] == ["1", "1"]
    [call] = told.real_calls
    assert call.delivered_ms == call.raised_ms + 200


def test_a_session_under_way_a_cut_one_and_one_that_never_began(recording: Recording) -> None:
    recording.after(5, Chose(SCRIPT, INFUSION_MS))
    assert summary_of(recording.record()).standing is Standing.NEVER_BEGUN
    recording.begin()
    recording.after(10 * 60)
    told = summary_of(recording.record())
    assert (told.standing, told.length_ms, told.omissions) == (Standing.UNDER_WAY, 630_000, ())
    recording.close()
    assert summary_of(recording.record()).standing is Standing.CUT


def test_any_part_of_a_record_can_be_told(whole: Record) -> None:
    """As of a file that was cut: every number of its entries, and nothing is told of what came later."""
    for number in range(len(whole.entries) + 1):
        part = msgspec.structs.replace(whole, entries=whole.entries[:number], damaged=True)
        told = summary_of(part)
        last_ms = part.entries[-1].at_ms if part.entries else part.opened_ms
        assert told.wall_ms(told.length_ms) <= WALL_MS + last_ms - part.opened_ms
        # That it was never begun is more than anybody knows.
        assert told.standing in (Standing.CUT, Standing.ENDED)
        assert not any("never begun" in warning for warning in warnings(told))


def test_a_call_that_is_open_at_the_end_goes_on(recording: Recording) -> None:
    recording.begin()
    recording.after(60, Pressed("a-2", "key", "42"))
    recording.after(0.1, Delivered(recording.state.call.id, "Maria"))
    recording.after(20)
    [call] = summary_of(recording.record()).real_calls
    assert (call.wait_ms, call.cleared_ms) == (None, None)
