"""How long calls waited, over months and over the hours of the day."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from statistics import median

import msgspec

from guideplayer.report.figures import Figures, Wait
from guideplayer.report.summary import Standing


class Answers(msgspec.Struct, frozen=True):
    """Calls of a month (`2026-11`) or an hour (`14`), and how long those that were answered had waited (ms)."""

    when: str
    sessions: int
    calls: int
    unanswered: int
    median_ms: int | None
    slowest_ms: int | None


class Statistics(msgspec.Struct, frozen=True):
    """Months without a gap from the first to the last; 24 hours, each with the calls that were raised in it."""

    months: tuple[Answers, ...]
    hours: tuple[Answers, ...]
    sessions: int
    calls: int


def statistics_of(all_figures: Sequence[Figures], zone: tzinfo | None = None) -> Statistics:
    """Count what was begun. `zone` is where the clinic is; None is where this machine is."""
    begun = [one for one in all_figures if one.standing is not Standing.NEVER_BEGUN]
    sessions: dict[str, int] = {}
    waits: dict[str, list[Wait]] = {}
    hours: dict[int, list[Wait]] = {}
    for figures in begun:
        month = f"{_dated(figures.begun_wall_ms, zone):%Y-%m}"
        sessions[month] = sessions.get(month, 0) + 1
        for wait in figures.waits:
            when = _dated(wait.wall_ms, zone)
            waits.setdefault(f"{when:%Y-%m}", []).append(wait)
            hours.setdefault(when.hour, []).append(wait)
    return Statistics(
        tuple(_answers(month, sessions.get(month, 0), waits.get(month, [])) for month in _months({*sessions, *waits})),
        tuple(_answers(f"{hour:02d}", 0, hours.get(hour, [])) for hour in range(24)),
        len(begun),
        sum(len(figures.waits) for figures in begun),
    )


def _dated(wall_ms: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)


def _months(found: set[str]) -> list[str]:
    """All months from the first to the last."""
    if not found:
        return []
    (first_year, first_month), (last_year, last_month) = (
        map(int, edge.split("-")) for edge in (min(found), max(found))
    )
    numbers = range(first_year * 12 + first_month - 1, last_year * 12 + last_month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def _answers(when: str, sessions: int, waits: Sequence[Wait]) -> Answers:
    answered = [one.answered_ms for one in waits if one.answered_ms is not None]
    return Answers(
        when,
        sessions,
        len(waits),
        len(waits) - len(answered),
        round(median(answered)) if answered else None,
        max(answered, default=None),
    )
