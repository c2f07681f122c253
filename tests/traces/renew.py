"""Writes the traces of the shipped script anew: `python -m tests.traces.renew`; then read what `git diff` says."""

from pathlib import Path

from guideplayer.authoring.reader import read_script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.rehearse import Trace, rehearse_session, render_text

FOLDER = Path(__file__).parent
# Name, infusion, presses and resumes, in minutes of the infusion.
TRACES = (
    ("open-sky-40m", 40, (), ()),
    ("open-sky-50m", 50, (), ()),
    ("open-sky-60m", 60, (), ()),
    ("open-sky-40m-paused", 40, (12,), (18,)),
)


def rehearsed(minutes: int, presses: tuple[int, ...], resumes: tuple[int, ...]) -> Trace:
    """A rehearsal of the shipped script."""
    script, problems = read_script(scripts_folder() / "open-sky.yaml", shipped_library())
    assert script, problems
    assert not problems, problems
    return rehearse_session(
        script, minutes * MINUTE_MS, [at * MINUTE_MS for at in presses], [at * MINUTE_MS for at in resumes]
    )


if __name__ == "__main__":
    for name, *how in TRACES:
        (FOLDER / f"{name}.txt").write_text(render_text(rehearsed(*how)) + "\n", encoding="utf-8")
