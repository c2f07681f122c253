"""The shipped scripts as a patient hears them, held in full. After a change that is meant, write them anew with
`python -m tests.traces.renew`, and read what `git diff` says."""

import pytest

from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.rehearse import render_text
from tests.traces.renew import FOLDER, minutes_of, rehearsed, trace_names

NAMES = list(trace_names())
HOW_TO_RENEW = "it is told otherwise than it was: if that is meant, `python -m tests.traces.renew`"


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_told_as_it_was(name):
    trace = rehearsed(name)
    path = FOLDER / f"{name}.txt"
    assert path.exists(), HOW_TO_RENEW
    assert render_text(trace) + "\n" == path.read_text(encoding="utf-8"), HOW_TO_RENEW
    if name.endswith("m"):
        assert trace.infusion_ends_ms - trace.infusion_begins_ms == minutes_of(name) * MINUTE_MS


def test_no_trace_is_of_something_that_is_gone():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(NAMES), HOW_TO_RENEW
