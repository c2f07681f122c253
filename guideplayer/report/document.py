"""A session for machines: one JSON document, with whole milliseconds, and a table for spreadsheets."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

import msgspec

from guideplayer.report.drawing import drawing_of
from guideplayer.report.figures import Figures
from guideplayer.report.html import told, warnings
from guideplayer.report.sheet import sheet
from guideplayer.report.summary import CallTold, Summary, seconds_between

Document = dict[str, object]


def document(summary: Summary) -> Document:
    """Everything of a session, JSON-ready: what the summary has, and what a page needs to draw it."""
    built: Document = msgspec.to_builtins(summary)
    return {
        **built,
        "calls": [{**msgspec.to_builtins(call), **_times(call)} for call in summary.calls],
        "warnings": warnings(summary),
        "told": told(summary),
        "drawing": msgspec.to_builtins(drawing_of(summary)),
    }


def _times(call: CallTold) -> Document:
    """How long everything took, from the press on; None is what never came."""
    answered_ms = call.answers[0].at_ms if call.answers else None
    ends = {
        "delivered": call.delivered_ms,
        "answered": answered_ms,
        "attended": call.attended_ms,
        "cleared": call.cleared_ms,
    }
    return {f"to_{name}_ms": None if end is None else end - call.raised_ms for name, end in ends.items()}


def table(summary: Summary, zone: tzinfo | None = None) -> str:
    """All that happened as CSV, a row for each, the times of a call in the row in which it was raised."""
    calls = {(call.raised_ms, call.number): call for call in summary.calls}

    def rows() -> Iterable[Sequence[object]]:
        for one in summary.happenings:
            when = _dated(summary.wall_ms(one.at_ms), zone)
            infusion = "" if one.infusion_ms is None else round(one.infusion_ms / 60_000, 2)
            number = one.text.partition(":")[0].removeprefix("call ")
            call = calls.pop((one.at_ms, number), None)
            ends = (call.delivered_ms, call.answered_ms, call.attended_ms, call.cleared_ms) if call else (None,) * 4
            waits = [seconds_between(one.at_ms, end) for end in ends]
            yield (
                f"{when:%Y-%m-%d}",
                f"{when:%H:%M:%S}",
                round(one.at_ms / 60_000, 2),
                infusion,
                one.kind,
                one.text,
                one.by,
                *("" if wait is None else wait for wait in waits),
            )

    heading = ("date", "time", "minute", "infusion_minute", "what", "text", "who")
    return sheet((*heading, "shown_after_s", "answered_after_s", "bedside_after_s", "cleared_after_s"), rows())


def list_table(all_figures: Iterable[Figures], zone: tzinfo | None = None) -> str:
    """Many sessions as CSV, a row for each."""

    def rows() -> Iterable[Sequence[object]]:
        for one in all_figures:
            when, wait_ms = _dated(one.begun_wall_ms, zone), one.longest_wait_ms
            yield (
                one.session,
                f"{when:%Y-%m-%d}",
                f"{when:%H:%M:%S}",
                one.script,
                str(one.standing),
                round(one.length_ms / 60_000, 2),
                round(one.infusion_ms / 60_000, 2),
                one.pauses,
                len(one.waits),
                one.unanswered,
                "" if wait_ms is None else round(wait_ms / 1000, 1),
                one.notes,
            )

    heading = ("session", "date", "time", "script", "standing", "minutes", "infusion_minutes", "pauses", "calls")
    return sheet((*heading, "unanswered", "longest_wait_s", "notes"), rows())


def _dated(wall_ms: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)
