"""Writing the journal's tables."""

import sqlite3

import msgspec

from guideplayer.core.state import State
from guideplayer.journal.record import Alive, Carried, Entry, Record

SESSION = "INSERT INTO sessions (room, opened_ms, wall_ms, words, carried) VALUES (?, ?, ?, ?, ?)"
EVENT = "INSERT INTO events (session, at_ms, wall_ms, event) VALUES (?, ?, ?, ?)"
ALIVE = "INSERT OR REPLACE INTO alive (one, at_ms, wall_ms, boot, offset_ms) VALUES (1, ?, ?, ?, ?)"


def session_row(of: State | Record, wall_ms: int, carried: Carried) -> tuple[str, int, int, bytes, bytes]:
    """What SESSION takes."""
    return of.room, of.opened_ms, wall_ms, msgspec.json.encode(of.words), msgspec.json.encode(carried)


def event_row(session: int, entry: Entry) -> tuple[int, int, int, bytes]:
    """What EVENT takes."""
    return session, entry.at_ms, entry.wall_ms, msgspec.json.encode(entry.event)


def alive_row(alive: Alive) -> tuple[int, int, str, int]:
    """What ALIVE takes."""
    return alive.at_ms, alive.wall_ms, alive.boot, alive.offset_ms


def write_session(database: sqlite3.Connection, record: Record) -> None:
    """A session as it was recorded elsewhere, with all its events. Raises sqlite3.Error."""
    row = session_row(record, record.wall_ms, record.carried)
    session = database.execute(SESSION, row).lastrowid or 0
    database.executemany(EVENT, (event_row(session, entry) for entry in record.entries))
