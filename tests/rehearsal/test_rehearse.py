"""A rehearsed session reads as prose, and is the real one."""

import itertools

from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.rehearse import document, rehearse_session, render_text
from tests.factory import SCRIPT

PAUSED = """\
Test, fitted to 20m, told by test

session  infusion  what
  00:00            state  arriving
  00:00            phase  arrival: dusk at light 0.5, evening-pad
  00:00            say    “welcome”  … 32s
  00:35     00:00  state  playing
  00:35     00:00  phase  settling: dusk at light 0.5, evening-pad
  00:35     00:00  sound  bell
  00:35     00:00  say    “one”  … 3m5s
  02:35     02:00  state  holding
  02:35     02:00  call   raised
  02:35     02:00  alert  call 1: the desks
  02:36     02:01  call   delivered
  02:37     02:02  hold   “The team has been told.”
  02:45     02:10  alert  call 1: the desks
  02:52     02:17  hold   “Feel the chair.”
  02:55     02:20  alert  call 1: the desks
  02:55     02:20  call   acknowledged Rehearsal
  02:57     02:21  hold   “Someone is coming.”
  03:12     02:36  hold   “This will pass.”
  03:45     03:09  hold   “Feel the chair.”
  04:05     03:30  call   attended Rehearsal
  04:05     03:30  hold   “We are resting.”
  05:35     05:00  call   cleared Rehearsal
  05:35     05:00  state  resuming
  05:35     05:00  refit  5 rests shorter
  05:35     05:00  rest   3s
  05:38     05:03  say    “Welcome back.”
  05:41     05:06  state  playing
"""


def test_a_pause_reads_as_prose():
    text = render_text(rehearse_session(SCRIPT, 20 * MINUTE_MS, [2 * MINUTE_MS], [5 * MINUTE_MS]))
    assert text.startswith(PAUSED)
    assert "20:00  state  returning" in text


def test_a_rehearsal_without_people_runs_to_its_end():
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS)
    said = document(trace)
    assert said["infusion_part_ms"] == 20 * MINUTE_MS
    assert [line["text"] for line in said["speech"]] == [
        "welcome", "one", "two", "three", "four", "five", "six", "back", "hands",
    ]  # fmt: skip
    assert trace.entries[-1].text == "ended"


def test_a_press_that_nobody_resumes_stays_on_hold_and_is_told():
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS, [2 * MINUTE_MS])
    states = [entry.text for entry in trace.entries if entry.kind == "state"]
    assert states == ["arriving", "playing", "holding", "holding until somebody lets it go on"]


def test_several_pauses_end_at_the_same_instant():
    minutes = [(2, 4), (6, 9), (12, 13)]
    presses, resumes = ([pair[number] * MINUTE_MS for pair in minutes] for number in (0, 1))
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS, presses, resumes)
    assert trace.infusion_ends_ms - trace.infusion_begins_ms == 20 * MINUTE_MS


def test_what_makes_no_sense_is_told():
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS, [], [5 * MINUTE_MS])
    assert [(one.infusion_ms, one.text) for one in trace.entries if one.kind == "refuse"] == [
        (5 * MINUTE_MS, "Nothing is paused.")
    ]


def test_help_for_one_press_is_none_for_the_next():
    """Whoever was on the way to a call that is over by then does not answer the next one."""
    presses, resumes = [2 * MINUTE_MS, 2 * MINUTE_MS + 80_000], [2 * MINUTE_MS + 30_000, 8 * MINUTE_MS]
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS, presses, resumes)
    calls = [(one.infusion_ms - 2 * MINUTE_MS, one.text) for one in trace.entries if one.kind == "call"]
    assert calls == [
        (0, "raised"),
        (1000, "delivered"),
        (20_000, "acknowledged Rehearsal"),
        (30_000, "cleared Rehearsal"),
        (80_000, "raised"),
        (81_000, "delivered"),
        (100_000, "acknowledged Rehearsal"),
        (170_000, "attended Rehearsal"),
        (360_000, "cleared Rehearsal"),
    ]
    assert not [one for one in trace.entries if one.kind == "refuse"]


def test_a_rest_follows_each_line_and_the_speech_is_whole():
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS)
    parts = [one for one in trace.entries if one.kind in ("say", "rest")]
    for one, following in itertools.pairwise(parts):
        assert following.at_ms == one.at_ms + one.length_ms
    assert {one.length_ms for one in parts if one.kind == "say"} == {3000}
    assert sum(trace.rests_ms) == 20 * MINUTE_MS - 6 * 3000
