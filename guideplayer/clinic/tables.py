"""The clinic's figures as tables for spreadsheets: seconds, and the dates of the clinic's clocks."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from guideplayer.clinic.store import CALL_COLUMNS
from guideplayer.report.response import Answered, Responses
from guideplayer.report.sheet import sheet

_WAITS = [name for name in CALL_COLUMNS if name.endswith("_ms")]
_COUNTS = CALL_COLUMNS[1 + len(_WAITS) :]


def rows_of(responses: Responses, kind: str) -> Sequence[Answered] | None:
    """Those by `room`, `hour` or `month`; None for anything else."""
    return {"room": responses.rooms, "hour": responses.hours, "month": responses.months}.get(kind)


def responses_table(responses: Responses, kind: str) -> str | None:
    """How long calls waited by room, hour or month; None for anything else."""
    found = rows_of(responses, kind)
    if found is None:
        return None
    heading = (kind, "sessions", "calls", "unanswered", "within_30_s", "within_60_s", "median_s", "ninety_percent_s")
    rows = (
        (
            one.name,
            "" if kind == "hour" else one.sessions,
            one.calls,
            one.unanswered,
            one.within_30,
            one.within_60,
            *map(_seconds, (one.median_ms, one.ninety_ms, one.longest_ms)),
        )
        for one in found
    )
    return sheet((*heading, "longest_s"), rows)


def calls_table(calls: Iterable[Sequence[object]], zone: tzinfo | None = None) -> str:
    """Every call (see `Store.calls`)."""

    def rows() -> Iterable[Sequence[object]]:
        for room, script, rehearsal, raised_at, *times in calls:
            when = datetime.fromtimestamp(int(str(raised_at)) / 1000, UTC).astimezone(zone)
            waits, counts = times[: len(_WAITS)], times[len(_WAITS) :]
            seconds = (_seconds(None if wait is None else int(str(wait))) for wait in waits)
            yield f"{when:%Y-%m-%d}", f"{when:%H:%M:%S}", room, script, int(bool(rehearsal)), *seconds, *counts

    waits = [name.replace("_ms", "_after_s") for name in _WAITS]
    return sheet(("date", "time", "room", "script", "rehearsal", *waits, *_COUNTS), rows())


def _seconds(wait_ms: int | None) -> float | str:
    return "" if wait_ms is None else round(wait_ms / 1000, 1)
