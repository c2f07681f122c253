"""The journal's tables, and how an older file becomes one of this version."""

import sqlite3

# 2: what a session takes over from the one before, when it was closed, and the figures of each for lists.
# 3: how far the room's clock is from the machine's.
VERSION = 3

_FIRST = """
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL, opened_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    words BLOB NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (id), at_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL, event BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_session ON events (session, id);
CREATE TABLE IF NOT EXISTS alive (
    one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, boot TEXT NOT NULL);
"""
_SECOND = """
ALTER TABLE sessions ADD COLUMN carried BLOB;
ALTER TABLE sessions ADD COLUMN until_ms INTEGER;
CREATE TABLE figures (
    session INTEGER PRIMARY KEY REFERENCES sessions (id), kind INTEGER NOT NULL, content BLOB NOT NULL);
"""
_THIRD = "ALTER TABLE alive ADD COLUMN offset_ms INTEGER NOT NULL DEFAULT 0;"
_STEPS = {1: _FIRST, 2: _SECOND, 3: _THIRD}


class NewerJournalError(Exception):
    """The file was written by a newer version of this programme."""


def version_of(database: sqlite3.Connection) -> int:
    """The version of a file; 0 for an empty one. Raises sqlite3.Error."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def brought_up(database: sqlite3.Connection) -> None:
    """Make the file one of this version, each step whole or not at all. Raises NewerJournalError, sqlite3.Error."""
    version = version_of(database)
    if version > VERSION:
        raise NewerJournalError
    for step in range(version + 1, VERSION + 1):
        database.executescript(f"BEGIN IMMEDIATE;{_STEPS[step]}PRAGMA user_version={step};COMMIT;")
