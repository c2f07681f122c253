"""Writes the traces of the shipped scripts anew: `python -m tests.traces.renew`; then read what `git diff` says.

Every script at 40, 50 and 60 minutes; and each file of events here, named for its script, its infusion and what
happens in it, such as `open-sky-40m-pump.yaml`. Traces that nothing makes any more are removed.
"""

from collections.abc import Iterator
from pathlib import Path

from guideplayer.authoring.reader import read_script
from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.events import read_events
from guideplayer.rehearsal.rehearse import Trace, rehearse_session, render_text

FOLDER = Path(__file__).parent
MINUTES = (40, 50, 60)
# A press, helped and resumed, in minutes of the infusion.
PAUSED = "open-sky-40m-paused"
PRESSED, RESUMED = 12, 18


def script_names() -> list[str]:
    """The shipped scripts but the template, which is there to be changed."""
    return sorted(path.stem for path in scripts_folder().glob("*.yaml") if path.stem != "template")


def trace_names() -> Iterator[str]:
    """Every trace that there is to be."""
    yield from (f"{name}-{minutes}m" for name in script_names() for minutes in MINUTES)
    yield PAUSED
    yield from sorted(path.stem for path in FOLDER.glob("*.yaml"))


def minutes_of(trace: str) -> int:
    """The infusion that a trace is named for."""
    return next(minutes for minutes in MINUTES if f"-{minutes}m" in trace)


def script_of(trace: str) -> Script:
    """The script that a trace is named for; while clips are still to be made, with their estimated lengths."""
    path = scripts_folder() / f"{trace[: trace.index(f'-{minutes_of(trace)}m')]}.yaml"
    script, problems = read_script(path, shipped_library())
    assert script, problems
    return script


def rehearsed(trace: str) -> Trace:
    """The rehearsal that a trace is of."""
    script, infusion_ms = script_of(trace), minutes_of(trace) * MINUTE_MS
    if trace == PAUSED:
        return rehearse_session(script, infusion_ms, [PRESSED * MINUTE_MS], [RESUMED * MINUTE_MS])
    events = FOLDER / f"{trace}.yaml"
    if not events.exists():
        return rehearse_session(script, infusion_ms)
    inputs, problems = read_events(events, shipped_library())
    assert inputs, problems
    return rehearse_session(script, infusion_ms, events=inputs)


def renew() -> None:
    """Write every trace, and remove what is none any more."""
    names = set(trace_names())
    for name in names:
        (FOLDER / f"{name}.txt").write_text(render_text(rehearsed(name)) + "\n", encoding="utf-8")
    for path in FOLDER.glob("*.txt"):
        if path.stem not in names:
            path.unlink()


if __name__ == "__main__":
    renew()
