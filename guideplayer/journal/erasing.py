"""Deleting that means deleted: no byte of a session stays in any of the journal's files."""

import sqlite3
from collections.abc import Sequence


def erase(database: sqlite3.Connection, sessions: Sequence[int]) -> None:
    """Delete sessions and everything of them. Raises sqlite3.Error; then some of their bytes may still be there.

    Deleted cells are overwritten with zeros; the file is written anew, since a page may hold older copies of what was
    moved about; and the log, which holds all that was ever written since it was last taken over, is emptied.
    """
    database.execute("PRAGMA secure_delete=ON")
    # Whoever reads now would keep the log from being emptied: better to delete nothing yet.
    _empty_log(database)
    database.execute("BEGIN IMMEDIATE")
    try:
        for table, column in (("events", "session"), ("figures", "session"), ("sessions", "id")):
            database.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(one,) for one in sessions])
    except sqlite3.Error:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
    database.execute("VACUUM")
    _empty_log(database)


def _empty_log(database: sqlite3.Connection) -> None:
    busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("another programme reads it just now; try again")
