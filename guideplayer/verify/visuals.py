"""The visual safety of a script: its whole session examined in slices, as many at a time as there are processors."""

import functools
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

import msgspec

from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS, format_clock
from guideplayer.stage.captions import CaptionStyle
from guideplayer.verify.display import FRAMES_PER_SECOND, SIZE_PX, Display
from guideplayer.verify.examination import LEAD_MS, Examination, merged
from guideplayer.verify.film import lights, pressed_once
from guideplayer.verify.measure import Limit, Measure, Worst
from guideplayer.verify.outsiders import ABSENT, Opinion, Reel, opinions, worse

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
    others: tuple[Opinion, ...] = ()


class Slice(msgspec.Struct, frozen=True):
    """What was found in a part of a session, by us and by others."""

    worst: dict[Limit, Worst]
    others: tuple[Opinion, ...] = ()


class Viewing(msgspec.Struct, frozen=True):
    """How a session is seen: on which display, with which captions; and whether others are asked what they see."""

    display: Display = Display()
    captions: CaptionStyle = CaptionStyle()
    ask_others: bool = False


def examine(script: Script, infusion_ms: int, viewing: Viewing, progress: Progress) -> Visuals:
    """Examine a whole session; `progress` is told slices done and slices in all. Raises UnfitError."""
    _, length_ms = pressed_once(script, infusion_ms)
    starts_ms = range(0, length_ms, SLICE_MS)
    found: dict[int, Slice] = {}
    with ProcessPoolExecutor(min(len(starts_ms), os.cpu_count() or 1), initializer=_without_screen) as pool:
        waiting = {}
        for start_ms in starts_ms:
            span_ms = start_ms, min(start_ms + SLICE_MS, length_ms)
            asked = pool.submit(examine_slice, script, infusion_ms, viewing, span_ms)
            waiting[asked] = start_ms
        try:
            for done in as_completed(waiting):
                found[waiting[done]] = done.result()
                progress(len(found), len(starts_ms))
        except BaseException:
            # Nobody who stops it wants to wait for all slices.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    slices = [found[start_ms] for start_ms in starts_ms]
    measures = merged(one.worst for one in slices)
    fails = any(measure.fails for measure in measures)
    others = tuple(functools.reduce(worse, told) for told in zip(*(one.others for one in slices), strict=True))
    return Visuals(script.title, script.file, infusion_ms, viewing.display, tuple(measures), fails, others)


def _without_screen() -> None:
    os.environ["SDL_VIDEODRIVER"] = "dummy"


def examine_slice(script: Script, infusion_ms: int, viewing: Viewing, span_ms: tuple[int, int]) -> Slice:
    """The worst of one slice of a session, from a time to another."""
    start_ms, end_ms = span_ms
    examination, lead_ms = Examination(viewing.display, start_ms), max(0, start_ms - LEAD_MS)
    session, _ = pressed_once(script, infusion_ms)
    if not viewing.ask_others:
        examination.walk(lights(session.moment, lead_ms, end_ms, viewing.captions))
        return Slice(examination.worst())
    with Reel(lead_ms) as reel:
        examination.walk(lights(session.moment, lead_ms, end_ms, viewing.captions, keep=reel.add))
        reel.finish()
        return Slice(examination.worst(), opinions(reel, start_ms))


def render(visuals: Visuals) -> str:
    """The measures as a table for people."""
    display = visuals.display
    head = (
        f"{visuals.title}, {visuals.infusion_ms // MINUTE_MS} min with a press in the middle; "
        f"{SIZE_PX[0]}x{SIZE_PX[1]} at {FRAMES_PER_SECOND} frames a second, "
        f"seen {display.width_cm:.0f} cm wide from {display.distance_cm:.0f} cm"
    )
    rows = [_row(measure) for measure in visuals.measures]
    beside = [_beside(one) for one in visuals.others] or [f"  {ABSENT}"]
    return "\n".join([head, "", f"  {'':32}{'worst':>9}  {'at most':>8}  when   where", *rows, "", *beside])


def _row(measure: Measure) -> str:
    when = format_clock(measure.at_ms) if measure.at_ms >= 0 and measure.value > 0 else ""
    where = f"{measure.place[0]},{measure.place[1]}" if measure.place and when else ""
    number = f"{measure.value:.0f}" if measure.unit == "pairs" else f"{measure.value:.4f}"
    most = f"{measure.most:g} {measure.unit}".strip()
    mark = "!" if measure.fails else " "
    return f"{mark} {measure.name:32}{number:>9}  {most:>8}  {when:5}  {where}".rstrip()


def _beside(opinion: Opinion) -> str:
    """What somebody else says; an objection is marked, and is for people to judge."""
    when = f", at {format_clock(opinion.at_ms)}" if opinion.at_ms >= 0 and opinion.worst > 0 else ""
    return f"{'!' if opinion.objects else ' '} {opinion.name} {opinion.says}{when}"
