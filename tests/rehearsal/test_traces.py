"""The shipped script as a patient hears it, held in full: `python -m tests.traces.renew` writes these files anew."""

import pytest

from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.rehearse import render_text
from tests.traces.renew import FOLDER, TRACES, rehearsed


@pytest.mark.parametrize(("name", "minutes", "presses", "resumes"), TRACES, ids=[trace[0] for trace in TRACES])
def test_open_sky_is_told_as_it_was(name, minutes, presses, resumes):
    trace = rehearsed(minutes, presses, resumes)
    assert render_text(trace) + "\n" == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert trace.infusion_ends_ms - trace.infusion_begins_ms == minutes * MINUTE_MS
