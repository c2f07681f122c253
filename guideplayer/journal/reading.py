"""Reading the journal's tables, of this version and of older ones, as far as they can be read."""

import sqlite3

import msgspec

from guideplayer.core.messages import Event
from guideplayer.core.script import HoldWords
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.record import Carried, Entry, Record
from guideplayer.journal.schema import version_of

DAMAGED = (sqlite3.Error, *UNREADABLE)
"""What reading a damaged file raises: a value may be of another kind, SQLite's complaint quote text that is none."""
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_Heading = tuple[str, int, int, bytes, int, bytes | None, int | None]


def read_record(database: sqlite3.Connection, session: int) -> Record | None:
    """A session with its entries, those before the first that cannot be read; None when there is no such session.

    Raises DAMAGED when not even its heading can be read.
    """
    more = "carried, until_ms" if version_of(database) > 1 else "NULL, NULL"
    row = database.execute(
        f"SELECT room, opened_ms, wall_ms, words, closed, {more} FROM sessions WHERE id = ?", (session,)
    ).fetchone()
    if row is None:
        return None
    room, opened_ms, wall_ms, words, closed, carried, until_ms = msgspec.convert(row, _Heading)
    entries, damaged = _entries(database, session)
    if until_ms is None and not closed:
        until_ms = _last_alive_ms(database)
    return Record(
        session,
        room,
        opened_ms,
        wall_ms,
        msgspec.json.decode(words, type=HoldWords),
        entries,
        msgspec.json.decode(carried, type=Carried) if carried else Carried(),
        bool(closed),
        until_ms,
        damaged,
    )


def _last_alive_ms(database: sqlite3.Connection) -> int | None:
    """When the room last ran; what is damaged there takes nothing from the session."""
    try:
        row = database.execute("SELECT max(at_ms) FROM alive").fetchone()
        return msgspec.convert(row, tuple[int | None])[0]
    except DAMAGED:
        return None


def _entries(database: sqlite3.Connection, session: int) -> tuple[tuple[Entry, ...], bool]:
    """The events in order, and whether some follow that cannot be read."""
    # The index may be damaged where the table is not.
    ways = (_read(database, session, table) for table in ("events", "events NOT INDEXED"))
    found: tuple[tuple[Entry, ...], bool] = ((), True)
    for entries, damaged in ways:
        if not damaged:
            return entries, False
        found = max(found, (entries, True), key=lambda one: len(one[0]))
    return found


def _read(database: sqlite3.Connection, session: int, table: str) -> tuple[tuple[Entry, ...], bool]:
    entries: list[Entry] = []
    try:
        for row in database.execute(
            f"SELECT at_ms, wall_ms, event FROM {table} WHERE session = ? ORDER BY id", (session,)
        ):
            at_ms, wall_ms, event = msgspec.convert(row, tuple[int, int, bytes])
            entries.append(Entry(at_ms, wall_ms, _EVENT.decode(event)))
    except DAMAGED:
        return tuple(entries), True
    return tuple(entries), False
