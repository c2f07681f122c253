"""A rehearsed session reads as prose, and is the real one."""

from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.rehearse import document, rehearse_session, render_text
from tests.factory import SCRIPT

PAUSED = """\
Test, fitted to 20m, told by test

session  infusion  what
  00:00            state  arriving
  00:00            phase  arrival: dusk at light 0.5, evening-pad
  00:00            say    “welcome”
  00:35     00:00  state  playing
  00:35     00:00  phase  settling: dusk at light 0.5, evening-pad
  00:35     00:00  sound  bell
  00:35     00:00  say    “one”
  02:35     02:00  state  holding
  02:35     02:00  call   raised
  02:35     02:00  alert  call 1, level 0
  02:36     02:01  call   delivered
  02:37     02:02  hold   “The team has been told.”
  02:45     02:10  alert  call 1, level 0
  02:52     02:17  hold   “Feel the chair.”
  02:55     02:20  alert  call 1, level 0
  02:55     02:20  call   acknowledged Rehearsal
  02:57     02:21  hold   “Someone is coming.”
  03:12     02:36  hold   “This will pass.”
  03:45     03:09  hold   “Feel the chair.”
  04:05     03:30  call   attended Rehearsal
  04:05     03:30  hold   “We are resting.”
  05:35     05:00  call   cleared Rehearsal
  05:35     05:00  state  resuming
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
    assert states == ["arriving", "playing", "holding"]


def test_several_pauses_end_at_the_same_instant():
    minutes = [(2, 4), (6, 9), (12, 13)]
    presses, resumes = ([pair[number] * MINUTE_MS for pair in minutes] for number in (0, 1))
    trace = rehearse_session(SCRIPT, 20 * MINUTE_MS, presses, resumes)
    assert trace.infusion_ends_ms - trace.infusion_begins_ms == 20 * MINUTE_MS
