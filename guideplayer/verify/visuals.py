"""The visual safety of a script: its whole session examined in slices, as many at a time as there are processors."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

import msgspec

from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS, format_clock
from guideplayer.verify.display import FRAMES_PER_SECOND, SIZE_PX, Display
from guideplayer.verify.examination import LEAD_MS, Examination, merged
from guideplayer.verify.film import lights, pressed_once
from guideplayer.verify.measure import Limit, Measure, Worst

SLICE_MS = 2 * MINUTE_MS

Progress = Callable[[int, int], None]


class Visuals(msgspec.Struct, frozen=True):
    """What was found in a script's pictures at one length."""

    title: str
    file: str
    infusion_ms: int
    display: Display
    measures: tuple[Measure, ...]
    fails: bool


def examine(script: Script, infusion_ms: int, display: Display, progress: Progress) -> Visuals:
    """Examine a whole session; `progress` is told slices done and slices in all. Raises UnfitError."""
    _, length_ms = pressed_once(script, infusion_ms)
    starts_ms = range(0, length_ms, SLICE_MS)
    found: dict[int, dict[Limit, Worst]] = {}
    with ProcessPoolExecutor(min(len(starts_ms), os.cpu_count() or 1), initializer=_without_screen) as pool:
        waiting = {
            pool.submit(
                examine_slice, script, infusion_ms, display, start_ms, min(start_ms + SLICE_MS, length_ms)
            ): start_ms
            for start_ms in starts_ms
        }
        try:
            for done in as_completed(waiting):
                found[waiting[done]] = done.result()
                progress(len(found), len(starts_ms))
        except BaseException:
            # Nobody who stops it wants to wait for all slices.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    measures = merged(found[start_ms] for start_ms in starts_ms)
    fails = any(measure.fails for measure in measures)
    return Visuals(script.title, script.file, infusion_ms, display, tuple(measures), fails)


def _without_screen() -> None:
    os.environ["SDL_VIDEODRIVER"] = "dummy"


def examine_slice(script: Script, infusion_ms: int, display: Display, start_ms: int, end_ms: int) -> dict[Limit, Worst]:
    """The worst of one slice of a session."""
    examination = Examination(display, start_ms)
    session, _ = pressed_once(script, infusion_ms)
    examination.walk(lights(session.moment, max(0, start_ms - LEAD_MS), end_ms))
    return examination.worst()


def render(visuals: Visuals) -> str:
    """The measures as a table for people."""
    display = visuals.display
    head = (
        f"{visuals.title}, {visuals.infusion_ms // MINUTE_MS} min with a press in the middle; "
        f"{SIZE_PX[0]}x{SIZE_PX[1]} at {FRAMES_PER_SECOND} frames a second, "
        f"seen {display.width_cm:.0f} cm wide from {display.distance_cm:.0f} cm"
    )
    rows = [_row(measure) for measure in visuals.measures]
    return "\n".join([head, "", f"  {'':32}{'worst':>9}  {'at most':>8}  when   where", *rows])


def _row(measure: Measure) -> str:
    when = format_clock(measure.at_ms) if measure.at_ms >= 0 and measure.value > 0 else ""
    where = f"{measure.place[0]},{measure.place[1]}" if measure.place and when else ""
    number = f"{measure.value:.0f}" if measure.unit == "pairs" else f"{measure.value:.4f}"
    most = f"{measure.most:g} {measure.unit}".strip()
    mark = "!" if measure.fails else " "
    return f"{mark} {measure.name:32}{number:>9}  {most:>8}  {when:5}  {where}".rstrip()
