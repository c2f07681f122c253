"""Every event of every session in one SQLite file: append, and recover by playing the events again.

WAL with synchronous=FULL: an append that returned is on the disk (2.9 ms median, 10 ms p99 measured). A full disk is
met by a ballast file that is given up for the events of the session under way.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from guideplayer.core.state import State
from guideplayer.journal.ballast import Ballast
from guideplayer.journal.erasing import erase
from guideplayer.journal.reading import DAMAGED, is_damage, last_alive, unfinished
from guideplayer.journal.record import Alive, Entry, Record, carried_from
from guideplayer.journal.rescue import go_on_with, rescued_from, settle, write
from guideplayer.journal.schema import NewerJournalError, brought_up
from guideplayer.journal.writing import ALIVE, EVENT, SESSION, alive_row, event_row, session_row

Made = TypeVar("Made")


class JournalError(Exception):
    """The journal cannot be written or read; the text is one plain sentence."""


class Journal:
    """The file. Used from one thread at a time; the room gives it a thread of its own.

    `trouble` says what is wrong with it, however well it can be written.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the journal in a folder: where the file is damaged, another that holds what could be read of
        the session under way. Raises JournalError.
        """
        self.path = folder / "journal.sqlite3"
        self.trouble = ""
        self._ballast = Ballast(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = self._tried(self._opened)
        except OSError as error:
            raise JournalError(f"The journal in {folder} cannot be used: {error}.") from error
        except NewerJournalError as error:
            raise JournalError(f"The journal in {folder} is of a newer guideplayer: use that one.") from error
        self._ballast.keep()

    @classmethod
    def in_memory(cls, folder: Path, trouble: str) -> "Journal":
        """A journal that lasts as long as this process, for a room that has to go on and cannot have its file. It
        begins with what can be read there of the session under way.
        """
        journal = cls.__new__(cls)
        journal.path, journal.trouble = folder / "journal.sqlite3", trouble
        journal._ballast = Ballast(folder)
        journal._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        write(journal._database, rescued_from(journal.path))
        return journal

    def _opened(self) -> sqlite3.Connection:
        """The database; a damaged file is set aside under a new name, never deleted."""
        settle(self.path)
        try:
            return _connected(self.path)
        except DAMAGED as error:
            if not is_damage(error):
                raise
        go_on_with(self.path, rescued_from(self.path))
        return _connected(self.path)

    def _tried(self, work: Callable[[], Made]) -> Made:
        """Write; when the disk is full give up the ballast and try once more. Raises JournalError."""
        for last in (False, True):
            try:
                return work()
            except sqlite3.Error as error:
                if last or not self._ballast.give_up():
                    raise JournalError(f"The journal {self.path} cannot be written: {error}.") from error
        raise AssertionError("unreachable")

    def _write(self, statement: str, values: Sequence[object]) -> int:
        """Run one statement. Raises JournalError."""
        return self._tried(lambda: self._database.execute(statement, values).lastrowid or 0)

    def begin(self, state: State, wall_ms: int) -> int:
        """Open a session that takes over from this state, and close those before it. Gives its number."""
        last_ms = "(SELECT max(opened_ms, at_ms) FROM alive)"
        self._write(f"UPDATE sessions SET closed = 1, until_ms = {last_ms} WHERE closed = 0", ())
        return self._write(SESSION, session_row(state, wall_ms, carried_from(state)))

    def append(self, session: int, entry: Entry) -> None:
        """Keep one event. Raises JournalError."""
        self._write(EVENT, event_row(session, entry))

    def live(self, alive: Alive, *, synced: bool = True) -> None:
        """Note that the room runs. What is not `synced` outlives this process, but no power cut, and wears no disk.
        Raises JournalError.
        """
        if synced:
            self._write(ALIVE, alive_row(alive))
            # Looking whether there is room for it is not needed five times a second.
            self._ballast.keep()
            return
        self._write("PRAGMA synchronous=NORMAL", ())
        try:
            self._write(ALIVE, alive_row(alive))
        finally:
            self._write("PRAGMA synchronous=FULL", ())

    def last_alive(self) -> Alive | None:
        """When the room last ran."""
        return last_alive(self._database)

    def close_session(self, session: int, at_ms: int) -> None:
        """Nothing more comes of this session; `at_ms` is now, on the room's clock."""
        self._write("UPDATE sessions SET closed = 1, until_ms = ? WHERE id = ?", (at_ms, session))

    def keep_figures(self, session: int, kind: int, content: bytes) -> None:
        """Keep the figures of a session, so that a list of many need not play each again. Raises JournalError."""
        self._write(
            "INSERT OR REPLACE INTO figures (session, kind, content) VALUES (?, ?, ?)", (session, kind, content)
        )

    def unfinished(self) -> Record | None:
        """The session that was under way, with every event that can be read: those before the first damaged one."""
        return unfinished(self._database)

    def erase(self, sessions: Sequence[int]) -> None:
        """Delete sessions for good: no byte of them stays in the journal's files. Not while a session is under way,
        since what is to be recorded waits meanwhile. Raises JournalError.
        """
        try:
            erase(self._database, sessions)
        except sqlite3.Error as error:
            raise JournalError(f"Deleting from the journal {self.path} was not finished: {error}.") from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _connected(path: Path) -> sqlite3.Connection:
    """Raises DAMAGED and NewerJournalError for what cannot be gone on with."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the file is damaged")
        brought_up(database)
        last_alive(database)
        record = unfinished(database)
        if record and record.damaged:
            # Whatever were added would follow what cannot be read, and be lost with it.
            raise sqlite3.DatabaseError("the session under way is damaged")
    except (*DAMAGED, NewerJournalError):
        database.close()
        raise
    return database
