"""The list of a journal's sessions."""

import sqlite3

import msgspec

from guideplayer.core.unreadable import UNREADABLE


class Heading(msgspec.Struct, frozen=True):
    """A session in the list of all. `figures` are what was kept of it, of the kind asked for; None when nothing was."""

    session: int
    wall_ms: int
    closed: bool
    figures: bytes | None = None


def headings_in(database: sqlite3.Connection, version: int, kind: int) -> tuple[tuple[Heading, ...], bool]:
    """All sessions, the newest first, with their figures of this kind; and whether one of them cannot be read.

    `version` is that of the tables. Raises sqlite3.Error.
    """
    kept = "figures.content" if version > 1 else "NULL"
    join = "LEFT JOIN figures ON figures.session = sessions.id AND kind = ?" if version > 1 else "WHERE ? > 0"
    rows = database.execute(
        f"SELECT sessions.id, wall_ms, closed, {kept} FROM sessions {join} ORDER BY sessions.id DESC", (kind,)
    ).fetchall()
    read = [_heading(row) for row in rows]
    return tuple(heading for heading in read if heading), None in read


def _heading(row: tuple[object, ...]) -> Heading | None:
    """A session's row in the list; None when it is damaged, which takes nothing from the others."""
    *known, figures = row
    try:
        session, wall_ms, closed = msgspec.convert(known, tuple[int, int, int])
    except UNREADABLE:
        return None
    return Heading(session, wall_ms, bool(closed), figures if isinstance(figures, bytes) else None)
