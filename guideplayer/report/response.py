"""How long calls of a clinic waited for an answer: by room, by hour of the day, by month.

A clinic of a thousand rooms has some hundred thousand calls a year, so they are columns of numpy's, sorted once for
all tables. Who was never answered counts in every share, and in no median.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

# A wait that never ended; sorted, it comes after every other.
NEVER_MS = np.iinfo(np.int32).max
SOON_MS, LATE_MS = 30_000, 60_000
HOURS = 24
_MONTHS_A_YEAR = 12
_TWO_BYTES = 1 << 16
_DIGITS = re.compile(r"([0-9]+)")

Column = NDArray[np.int32]


class Waits(msgspec.Struct, frozen=True):
    """The calls that were no rehearsal, a column for each figure: the number of its room, of its month (see
    `month_number`), the hour in which it was raised, and how long it waited for an answer (ms), or NEVER_MS.
    """

    room: Column
    month: Column
    hour: Column
    answered_ms: Column


class Begun(msgspec.Struct, frozen=True):
    """The sessions that were begun: the number of the room and of the month of each."""

    room: Column
    month: Column


class Answered(msgspec.Struct, frozen=True):
    """Calls of a room, an hour or a month, and what came of them. `ninety_ms` is what nine of ten answered calls waited
    at most; `within_30` and `within_60` are how many were answered within so many seconds.
    """

    name: str
    sessions: int
    calls: int
    unanswered: int
    within_30: int
    within_60: int
    median_ms: int | None
    ninety_ms: int | None
    longest_ms: int | None


class Responses(msgspec.Struct, frozen=True):
    """All of them; rooms that had neither a session nor a call are left out, months without one are not."""

    whole: Answered
    rooms: tuple[Answered, ...]
    hours: tuple[Answered, ...]
    months: tuple[Answered, ...]


_Columns = TypeVar("_Columns", Waits, Begun)


def column(values: Iterable[int]) -> Column:
    """Numbers as a column."""
    return np.fromiter(values, dtype=np.int32)


def in_order(name: str) -> tuple[tuple[int, str], ...]:
    """By what names are put in order as people do: “Room 2” before “Room 10”."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in _DIGITS.split(name))


def month_number(year: int, month: int) -> int:
    """A month as a number, so that the next one is one more."""
    return year * _MONTHS_A_YEAR + month - 1


def month_name(number: int) -> str:
    """Such a number as `2026-11`."""
    return f"{number // _MONTHS_A_YEAR}-{number % _MONTHS_A_YEAR + 1:02d}"


def month_named(name: str) -> int | None:
    """`2026-11` as a number; None for what is no month."""
    year, dash, month = name.partition("-")
    digits = len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()
    return month_number(int(year), int(month)) if dash and digits and 1 <= int(month) <= _MONTHS_A_YEAR else None


def responses(
    waits: Waits, begun: Begun, names: Sequence[str], *, room: int | None, first: int | None, last: int | None
) -> Responses:
    """Count the calls of a room, or of all, from one month to another. `names` are the rooms by their number."""
    waits = _quickest_first(_chosen(waits, room, first, last))
    begun = _chosen(begun, room, first, last)
    months = np.concatenate((waits.month, begun.month))
    from_month, until_month = (int(months.min()), int(months.max())) if months.size else (0, -1)
    span = range(from_month, until_month + 1)
    rooms = _counted(waits.room, waits, begun.room, names)
    return Responses(
        _counted(np.zeros_like(waits.room), waits, np.zeros_like(begun.room), ("",))[0],
        tuple(sorted((one for one in rooms if one.sessions or one.calls), key=lambda one: in_order(one.name))),
        # In which hour a session was begun says nothing of who was there to answer.
        _counted(waits.hour, waits, column(()), [f"{hour:02d}" for hour in range(HOURS)]),
        _counted(waits.month - from_month, waits, begun.month - from_month, [month_name(one) for one in span]),
    )


def _chosen(columns: _Columns, room: int | None, first: int | None, last: int | None) -> _Columns:
    """The rows of a room, or of all, from one month to another."""
    chosen = np.ones(columns.month.size, dtype=np.bool_)
    if room is not None:
        chosen &= columns.room == room
    if first is not None:
        chosen &= columns.month >= first
    if last is not None:
        chosen &= columns.month <= last
    return type(columns)(*(getattr(columns, name)[chosen] for name in columns.__struct_fields__))


def _quickest_first(waits: Waits) -> Waits:
    """The calls by how long they waited, sorted once for all tables."""
    order = np.argsort(waits.answered_ms, kind="stable")
    return Waits(*(getattr(waits, name)[order] for name in waits.__struct_fields__))


def _counted(of: Column, waits: Waits, begun: Column, names: Sequence[str]) -> tuple[Answered, ...]:
    """The figures of each of some groups; `of` and `begun` say to which a call and a session belong. `waits` are sorted
    by how long they are.
    """
    many = len(names)
    # Each group stays in the order of its waits; numbers of two bytes are sorted by counting them.
    order = np.argsort(of.astype(np.uint16) if many <= _TWO_BYTES else of, kind="stable")
    sorted_ms = waits.answered_ms[order]

    def count(which: NDArray[np.bool_]) -> list[int]:
        return [int(number) for number in np.bincount(of[which], minlength=many)]

    calls, answered = count(waits.answered_ms >= 0), count(waits.answered_ms < NEVER_MS)
    soon, late = count(waits.answered_ms <= SOON_MS), count(waits.answered_ms <= LATE_MS)
    sessions = np.bincount(begun, minlength=many)
    found, at = [], 0
    for number, name in enumerate(names):
        # Those that were answered come first, the quickest before all.
        own = sorted_ms[at : at + answered[number]]
        at += calls[number]
        found.append(
            Answered(
                name,
                int(sessions[number]),
                calls[number],
                calls[number] - answered[number],
                soon[number],
                late[number],
                *_spread(own),
            )
        )
    return tuple(found)


def _spread(sorted_ms: Column) -> tuple[int | None, int | None, int | None]:
    """The median, what nine of ten waited at most, and the longest."""
    size = sorted_ms.size
    if not size:
        return None, None, None
    lower, upper = int(sorted_ms[(size - 1) // 2]), int(sorted_ms[size // 2])
    return round((lower + upper) / 2), int(sorted_ms[-(-9 * size // 10) - 1]), int(sorted_ms[-1])
