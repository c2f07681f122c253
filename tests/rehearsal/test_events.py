"""A file of events is read with the care of a script, and everything in it happens."""

import subprocess
import sys
from pathlib import Path

import pytest

from guideplayer.authoring.problems import render_all
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import shipped_library
from guideplayer.rehearsal.events import read_events
from guideplayer.rehearsal.events_shapes import SHAPES
from guideplayer.rehearsal.rehearse import document, rehearse_session
from tests.factory import SCRIPT

FOLDER = Path(__file__).parent / "events"
WRONG = """\
wrong.yaml:1:8: wrong-duration: “12 min” is not a duration: write it like 20s, 4m or 1m30s
  - {at: 12 min, do: press}
         ^
Did you mean '12m'?

wrong.yaml:2:17: unknown-event: nobody can do “pres”
  - {at: 11m, do: pres}
                  ^
Did you mean 'press'?

wrong.yaml:3:3: missing-key: 'acknowledge' needs 'name': who comes
  - {at: 13m, do: acknowledge}
    ^

wrong.yaml:4:3: one-thing: 'pump' takes one of 'started', 'stopped', 'restarted', 'extended', 'shortened', and one alone
  - {at: 9m, do: pump, stopped: true, extended: 5m}
    ^

wrong.yaml:4:8: not-in-order: this is before the event above it: sort them by time
  - {at: 9m, do: pump, stopped: true, extended: 5m}
         ^

wrong.yaml:5:3: one-thing: 'comfort' takes at least one of 'picture', 'narration', 'captions', 'light', 'volume'
  - {at: 20m, do: comfort}
    ^

wrong.yaml:6:37: unknown-word: “sparce” is not known here: it is 'full', 'music' or 'sparse'
  - {at: 21m, do: comfort, narration: sparce, volum: 0.5}
                                      ^
Did you mean 'sparse'?

wrong.yaml:6:45: unknown-key: 'comfort' has no key “volum”
  - {at: 21m, do: comfort, narration: sparce, volum: 0.5}
                                              ^
Did you mean 'volume'?

wrong.yaml:7:3: no-event: each event has 'at', a time, and 'do', one of acknowledge, attend, clear, comfort, end, \
note, pause, press, pump, resume and return; this has no 'do'
  - {at: 22m}
    ^"""


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of events."""

    def from_text(text):
        path = tmp_path / "events.yaml"
        path.write_text(text, encoding="utf-8")
        return read_events(path, shipped_library())

    return from_text


def rehearsed(read, text, minutes=20):
    inputs, problems = read(text)
    assert inputs, problems
    return rehearse_session(SCRIPT, minutes * MINUTE_MS, events=inputs)


def told(trace, *kinds):
    return [(entry.at_ms - trace.infusion_begins_ms, entry.text) for entry in trace.entries if entry.kind in kinds]


def test_everything_that_is_wrong_is_told_at_once():
    inputs, problems = read_events(FOLDER / "wrong.yaml", shipped_library())
    assert inputs is None
    assert render_all(problems).replace(f"{FOLDER}/", "") == WRONG


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("at: 3m", "wrong-type"),
        ("[]", "no-value"),
        ("- [1]", "no-event"),
    ],
)
def test_what_is_no_list_of_events_is_told(read, text, code):
    inputs, problems = read(text)
    assert inputs is None
    assert [problem.code for problem in problems][:1] == [code]


def test_a_missing_file_is_told(tmp_path):
    _, problems = read_events(tmp_path / "none.yaml", shipped_library())
    assert [problem.code for problem in problems] == ["missing-file"]


def test_every_event_can_happen(read):
    """Each word of the table does something in a rehearsal."""
    extra = {"acknowledge": ", name: Anna", "attend": ", name: Anna", "pump": ", stopped: true", "note": ", text: a"}
    extra["comfort"] = ", light: 0.5"
    for name in SHAPES:
        inputs, problems = read(f"- {{at: 3m, do: {name}{extra.get(name, '')}}}")
        assert inputs, problems


def test_an_unanswered_call_grows_louder_until_somebody_is_there(read):
    text = "- {at: 2m, do: press, delivered: false}\n- {at: 3m5s, do: attend, name: Anna}"
    trace = rehearsed(read, text)
    levels = ["the desks", "the desks and the room's alarm", "the desks and pagers", "everyone"]
    alerts = [text.removeprefix("call 1: ") for _, text in told(trace, "alert")]
    assert list(dict.fromkeys(alerts)) == levels
    assert told(trace, "alarm") == [
        (123_000, "the alarm in the room sounds"),
        (185_000, "the alarm in the room stops"),
    ]


def test_the_pump_and_what_it_makes_of_the_script_are_told(read):
    trace = rehearsed(read, "- {at: 5m, do: pump, extended: 5m}\n- {at: 6m, do: pump, shortened: 12m}")
    assert told(trace, "pump") == [
        (300_000, "the infusion takes 5m longer"),
        (360_000, "the infusion takes 12m less"),
    ]
    assert told(trace, "refit") == [(300_000, "4 rests longer"), (360_000, "4 rests shorter")]
    assert trace.infusion_ends_ms - trace.infusion_begins_ms == 13 * MINUTE_MS


def test_fewer_words_are_told_and_not_counted_as_speech(read):
    trace = rehearsed(read, "- {at: -5s, do: comfort, narration: sparse, captions: false, volume: 0.5}")
    assert told(trace, "change") == [
        (-5000, "narration sparse: the optional lines are left out, captions off, volume 50%")
    ]
    assert [text for _, text in told(trace, "unsaid")] == ["two", "three", "six"]
    assert not {"two", "three", "six"} & {line["text"] for line in document(trace)["speech"]}


def test_the_command_reads_the_file():
    command = [sys.executable, "-m", "guideplayer", "rehearse", "open-sky", "--script"]
    done = subprocess.run([*command, str(FOLDER / "evening.yaml")], capture_output=True, text=True, check=True)
    assert "narration sparse: the optional lines are left out" in done.stdout
    assert "acknowledged Anna" in done.stdout
    refused = subprocess.run([*command, str(FOLDER / "wrong.yaml")], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Did you mean 'press'?" in refused.stderr
