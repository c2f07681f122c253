"""One table of all figures that the design sets a target for, at the end of `make bench`, and the same in bench.json.

A figure that a run has not measured is in the table too, and says so.
"""

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

JSON = Path("bench.json")


@dataclass(frozen=True)
class Target:
    """A figure of the design: what is measured, the most (or least) that it may be, and its unit."""

    what: str
    bound: float
    unit: str = ""
    least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a measured value is good enough."""
        return value >= self.bound if self.least else value <= self.bound


TARGETS = {
    "frame median": Target("work of a frame at 1920x1080, the slowest scene: median", 4, "ms"),
    "frame p99": Target("the same: p99", 10, "ms"),
    "frame core": Target("the dearest scene at 60 frames a second, of one core", 20, "%"),
    "frame rate": Target("frames shown, the slowest scene", 59, "a second", least=True),
    "cambi": Target("bands (CAMBI), the worst of all scenes, palettes and lights", 1),
    "press frame": Target("press to first changed frame: p99", 50, "ms"),
    "press fade": Target("press to fade of the sound begun, beside drawing: p99", 50, "ms"),
    "press quiet": Target("press to quiet", 2000, "ms"),
    "press page": Target("press to the page that shows it, its receipt included: p99", 150, "ms"),
    "press desk": Target("press to the desk's event, real processes: p99", 150, "ms"),
    "killed back": Target("stage killed, playing again: longest", 1, "s"),
    "killed error": Target("the same: position error, largest", 250, "ms"),
    "frozen back": Target("stage frozen, playing again: longest", 2, "s"),
    "frozen error": Target("the same: position error, largest", 250, "ms"),
    "lines": Target("line starts of 60 minutes with pauses, against the plan: largest", 20, "ms"),
    "drift": Target("the same: last quarter against the first", 20, "ms"),
    "rehearsal": Target("rehearsal of 60 minutes, the longest script", 500, "ms"),
    "stage memory": Target("memory of the stage while it plays 1280x720 (PSS)", 150, "MB"),
    "room memory": Target("memory of the room (PSS)", 80, "MB"),
    "clinic call": Target("10,000 rooms at 1 Hz, a call until its receipt: p99", 50, "ms"),
    "clinic station": Target("the same: station, of one core", 50, "%"),
    "clinic back": Target("the same: all back after the broker was killed", 10, "s"),
    "lost": Target("simulated schedules that lose a call or tell a lie", 0),
    "flashes": Target("flashes in Open Sky, 40 minutes with a press: pairs", 0),
    "red flashes": Target("the same: red flashes", 0),
    "luminance": Target("the same: mean luminance", 0.10),
    "luminance step": Target("the same: step of luminance in a frame, whole screen", 0.02),
    "motion": Target("the same: motion, p95", 5, "deg/s"),
    "caption line": Target("longest line of a caption in the shipped scripts", 37, "characters"),
    "caption lines": Target("lines of a caption", 2),
    "caption pace": Target("captions, fastest", 12, "characters/s"),
    "caption shortest": Target("captions, shortest", 2, "s", least=True),
    "caption size": Target("captions at 1080p", 90, "px", least=True),
    "caption contrast": Target("captions over the lightest picture: contrast", 7, "to 1", least=True),
    "narration": Target("clips, farthest from -20 LUFS", 1.5, "LU"),
    "under narration": Target("bed below the narration while it speaks", 15, "LU", least=True),
    "true peak": Target("true peak of Open Sky, 40 minutes with a press", -1, "dBTP"),
    "clicks": Target("the same: clicks at loops and fades", 0),
}
MEASURED: dict[str, tuple[float, str]] = {}

Figure = Callable[..., None]


@pytest.fixture
def figure() -> Figure:
    """Keeps a figure of the design by its key; `note` says what it does not say by itself. It never fails a test: a
    figure that is missed stands in the table as missed.
    """

    def kept(key: str, value: float, note: str = "") -> None:
        worse = TARGETS[key].least
        before = MEASURED.get(key)
        if before is None or (value < before[0] if worse else value > before[0]):
            MEASURED[key] = (float(value), note)

    return kept


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    processor = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "system": platform.platform(),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text("utf-8").splitlines() if file.exists() else []


def rows() -> Iterator[dict[str, object]]:
    """Every figure, its target, and what was measured; None where nothing was."""
    for key, target in TARGETS.items():
        value, note = MEASURED.get(key, (None, ""))
        met = None if value is None else target.met_by(value)
        yield {"key": key, **asdict(target), "measured": value, "met": met, "note": note}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, and the file."""
    if not MEASURED:
        return
    found = list(rows())
    JSON.write_text(json.dumps({"machine": machine(), "figures": found}, indent=2) + "\n", "utf-8")
    terminalreporter.write_line("")
    terminalreporter.write_line("| what | target | measured | |")
    terminalreporter.write_line("|---|---|---|---|")
    for one in found:
        bound = f"{'at least' if one['least'] else 'at most'} {one['bound']:g} {one['unit']}".rstrip()
        value = "not measured" if one["measured"] is None else f"{one['measured']:.4g} {one['unit']}".rstrip()
        verdict = {None: "", True: "yes", False: "**no**"}[one["met"]]
        said = f" ({one['note']})" if one["note"] else ""
        terminalreporter.write_line(f"| {one['what']} | {bound} | {value}{said} | {verdict} |")
    terminalreporter.write_line(f"\n{machine()}")
    terminalreporter.write_line(f"The same in {JSON}.")
