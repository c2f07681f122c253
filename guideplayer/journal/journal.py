"""Every event of every session in one SQLite file: append, and recover by playing the events again.

WAL with synchronous=FULL: an append that returned is on the disk (2.9 ms median, 10 ms p99 measured). A full disk is
met by a ballast file that is given up for the events of the session under way.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from guideplayer.core.messages import Event
from guideplayer.core.script import HoldWords
from guideplayer.core.session import opened, step
from guideplayer.core.state import State

VERSION = 1
BALLAST_BYTES = 1 << 20

_TABLES = """
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


class Entry(msgspec.Struct, frozen=True):
    """An event with its time on the room's clock and on the wall, in ms."""

    at_ms: int
    wall_ms: int
    event: Event


class Alive(msgspec.Struct, frozen=True):
    """When the room was last known to run, and since which start of the machine that clock counts."""

    at_ms: int
    wall_ms: int
    boot: str


class Unfinished(msgspec.Struct, frozen=True):
    """A session that was not closed."""

    session: int
    room: str
    opened_ms: int
    words: HoldWords
    entries: tuple[Entry, ...]

    def replay(self) -> State:
        """The state that the events led to: the same function that led there the first time."""
        state = opened(self.room, self.words, self.opened_ms)
        for entry in self.entries:
            state, _ = step(state, entry.event, entry.at_ms)
        return state


class JournalError(Exception):
    """The journal cannot be written or read; the text is one plain sentence."""


class Journal:
    """The file. Used from one thread at a time; the room gives it a thread of its own."""

    def __init__(self, folder: Path) -> None:
        """Open or begin the journal in a folder. Raises JournalError."""
        self.path = folder / "journal.sqlite3"
        self._ballast = folder / "ballast"
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = self._opened()
            if not self._ballast.exists():
                self._ballast.write_bytes(b"\0" * BALLAST_BYTES)
        except (OSError, sqlite3.Error) as error:
            raise JournalError(f"The journal in {folder} cannot be used: {error}.") from error

    def _opened(self) -> sqlite3.Connection:
        """The database; a damaged file is set aside under a new name, never deleted."""
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            number = sum(1 for _ in self.path.parent.glob("journal.damaged-*"))
            self.path.rename(self.path.with_name(f"journal.damaged-{number + 1}.sqlite3"))
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("the file is damaged")
            database.executescript(_TABLES)
            database.execute(f"PRAGMA user_version={VERSION}")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _write(self, statement: str, values: Iterable[object]) -> int:
        """Run one statement; when the disk is full give up the ballast and try once more. Raises JournalError."""
        values = tuple(values)
        for last in (False, True):
            try:
                return self._database.execute(statement, values).lastrowid or 0
            except sqlite3.Error as error:
                if last or not self._ballast.exists():
                    raise JournalError(f"The journal {self.path} cannot be written: {error}.") from error
                self._ballast.unlink()
        raise AssertionError("unreachable")

    def begin(self, state: State, wall_ms: int) -> int:
        """Open a session and close those before it. Gives its number."""
        self._write("UPDATE sessions SET closed = 1 WHERE closed = 0", ())
        row = (state.room, state.opened_ms, wall_ms, msgspec.json.encode(state.words))
        return self._write("INSERT INTO sessions (room, opened_ms, wall_ms, words) VALUES (?, ?, ?, ?)", row)

    def append(self, session: int, entry: Entry) -> None:
        """Keep one event. Raises JournalError."""
        row = (session, entry.at_ms, entry.wall_ms, msgspec.json.encode(entry.event))
        self._write("INSERT INTO events (session, at_ms, wall_ms, event) VALUES (?, ?, ?, ?)", row)

    def live(self, alive: Alive) -> None:
        """Note that the room runs. Raises JournalError."""
        row = (alive.at_ms, alive.wall_ms, alive.boot)
        self._write("INSERT OR REPLACE INTO alive (one, at_ms, wall_ms, boot) VALUES (1, ?, ?, ?)", row)

    def last_alive(self) -> Alive | None:
        """When the room last ran."""
        row = self._database.execute("SELECT at_ms, wall_ms, boot FROM alive").fetchone()
        return Alive(*row) if row else None

    def close_session(self, session: int) -> None:
        """Nothing more comes of this session."""
        self._write("UPDATE sessions SET closed = 1 WHERE id = ?", (session,))

    def unfinished(self) -> Unfinished | None:
        """The session that was under way, with every event that can be read: those before the first damaged one."""
        row = self._database.execute(
            "SELECT id, room, opened_ms, words FROM sessions WHERE closed = 0 ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        session, room, opened_ms, words = row
        return Unfinished(session, room, opened_ms, msgspec.json.decode(words, type=HoldWords), self.entries(session))

    def entries(self, session: int) -> tuple[Entry, ...]:
        """The events of a session, in order."""
        entries = []
        rows = self._database.execute(
            "SELECT at_ms, wall_ms, event FROM events WHERE session = ? ORDER BY id", (session,)
        )
        for at_ms, wall_ms, event in rows:
            try:
                entries.append(Entry(at_ms, wall_ms, self._decoder.decode(event)))
            except msgspec.MsgspecError:
                break
        return tuple(entries)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
