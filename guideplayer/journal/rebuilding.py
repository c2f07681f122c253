"""A journal anew from the rows that stand in a damaged file: what leads to them may be lost where they are not.

SQLite finds rows by pages that are the branches of a tree. Each leads to hundreds of others, and lies behind them: a
file that was cut may hold a year's events, and nothing that says where.
"""

import itertools
import re
import sqlite3
import sys
from collections.abc import Iterator, Sequence, Set

import msgspec

from guideplayer.journal.pages import BRANCHES, ROWS, Pages, Row
from guideplayer.journal.schema import brought_up

# In place of a page: before the first and behind the last, and one of which not all rows can be read.
_BEGINNING, _END, _TORN = 0, -1, -2


class _Table(msgspec.Struct, frozen=True):
    """A table: the kinds of the values in its rows, of which older journals have fewer, and what they are."""

    name: str
    kinds: re.Pattern[str]
    columns: tuple[str, ...]

    def keep(self, database: sqlite3.Connection, row: Row) -> None:
        """Keep a row; its number stands beside its values."""
        columns, marks = ", ".join(self.columns[: len(row.values)]), ", ".join("?" * len(row.values))
        database.execute(
            f"INSERT OR IGNORE INTO {self.name} ({columns}) VALUES ({marks})", (row.number, *row.values[1:])
        )


_EVENTS = _Table("events", re.compile("niiib"), ("id", "session", "at_ms", "wall_ms", "event"))
_TABLES = (
    _EVENTS,
    _Table(
        "sessions",
        re.compile("ntiibi([nb][ni])?"),
        ("id", "room", "opened_ms", "wall_ms", "words", "closed", "carried", "until_ms"),
    ),
    _Table("figures", re.compile("nib"), ("session", "kind", "content")),
    _Table("alive", re.compile("niiti?"), ("one", "at_ms", "wall_ms", "boot", "offset_ms")),
)


class _Run(msgspec.Struct, frozen=True):
    """Events of which none is missing: their page, and the numbers of the first and of the last with their sessions."""

    page: int
    first: int
    first_session: int
    last: int
    last_session: int


def rebuilt(damaged: sqlite3.Connection) -> sqlite3.Connection:
    """A journal in memory with every row of a damaged one that can be read.

    Where events may be missing, one that cannot be read stands in their place. Raises DAMAGED.
    """
    found = damaged.execute("SELECT CAST(rootpage AS INTEGER) FROM sqlite_schema WHERE name = 'events'").fetchone()
    root = found[0] or 0 if found else 0
    pages = Pages(damaged.serialize())
    database = sqlite3.connect(":memory:", check_same_thread=False)
    brought_up(database)
    runs: list[_Run] = []
    neighbours: set[tuple[int | None, int | None]] = {(_BEGINNING, pages.edge(root, 0)), (pages.edge(root, -1), _END)}
    for page in range(2, pages.count + 1):
        kind = pages.kind(page)
        if kind == BRANCHES:
            neighbours.update(pair for pair in itertools.pairwise(pages.children(page)) if min(pair) > 1)
        elif kind == ROWS:
            runs += _kept(database, page, pages.rows(page))
    _mark(database, sorted(runs, key=lambda run: run.first), neighbours)
    database.commit()
    return database


def _kept(database: sqlite3.Connection, page: int, rows: Sequence[Row | None]) -> Iterator[_Run]:
    """Keep the rows of a page; those that are events are told of, in order."""
    events: list[tuple[int, int]] = []
    for row in rows:
        table = next((one for one in _TABLES if one.kinds.fullmatch(row.kinds)), None) if row else None
        if row and table:
            table.keep(database, row)
            if table is _EVENTS and isinstance(session := row.values[1], int):
                events.append((row.number, session))
    if len(events) == len(rows) and events:
        yield _Run(page, *events[0], *events[-1])
    else:
        # Which are missing, numbers alone tell.
        yield from (_Run(_TORN, *event, *event) for event in events)


def _mark(database: sqlite3.Connection, runs: Sequence[_Run], neighbours: Set[tuple[int | None, int | None]]) -> None:
    """Put what cannot be read where events may be missing: a session ends there, as far as it can be told."""
    beginning, end = _Run(_BEGINNING, 0, 0, 0, 0), _Run(_END, sys.maxsize, sys.maxsize, sys.maxsize, sys.maxsize)
    for one, other in itertools.pairwise((beginning, *runs, end)):
        # Between neighbours nothing was lost: what is missing there was deleted.
        if other.first == one.last + 1 or (one.page, other.page) in neighbours:
            continue
        # Where both are of one session it ends behind the one.
        lost = {other.first_session: -other.first, one.last_session: one.last + 1}
        between = "SELECT id FROM sessions WHERE id > ? AND id < ?"
        for (session,) in database.execute(between, (one.last_session, other.first_session)).fetchall():
            # No event of it is there, but it may have had some.
            lost[session] = -sys.maxsize + session
        database.executemany(
            "INSERT OR IGNORE INTO events (id, session, at_ms, wall_ms, event) VALUES (?, ?, 0, 0, x'')",
            [(number, session) for session, number in lost.items() if 0 < session < sys.maxsize],
        )
