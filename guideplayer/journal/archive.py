"""The journal for those who only look: a connection of its own that can write nothing, beside a room that records."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import msgspec

from guideplayer.journal.journal import JournalError
from guideplayer.journal.listing import Heading, headings_in
from guideplayer.journal.reading import DAMAGED, is_damage, mended, open_to_read, read_record, unfinished
from guideplayer.journal.rebuilding import rebuilt
from guideplayer.journal.record import Record
from guideplayer.journal.schema import VERSION, version_of


class Archive:
    """Open one for a look and close it: while it is open, nothing that was deleted can be wiped from the file."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file. Raises JournalError."""
        self.path = path
        self._torn = self._missing = False
        self._rebuilt: sqlite3.Connection | None = None
        if not path.is_file():
            raise JournalError(f"There is no journal {path}: no session has been recorded there.")
        try:
            self._database = self._opened()
            self._version = version_of(self._database)
            [page_bytes] = self._database.execute("PRAGMA page_size").fetchone()
            # Of a last page that is there in part SQLite says nothing, and leaves out its rows.
            self._torn = self._torn or path.stat().st_size % page_bytes > 0
        except (OSError, *DAMAGED) as error:
            raise self._unreadable(error) from error
        if self._version > VERSION:
            raise JournalError(f"The journal {path} is of a newer guideplayer: use that one.")

    def _opened(self) -> sqlite3.Connection:
        try:
            return open_to_read(self.path)
        except DAMAGED as error:
            if not is_damage(error):
                raise
            self._torn = True
            return mended(self.path)

    def _unreadable(self, error: Exception) -> JournalError:
        return JournalError(f"The journal {self.path} cannot be read: {error}.")

    @property
    def trouble(self) -> str:
        """What is wrong with the file, as far as has been looked at it: a sentence, or nothing."""
        return f"The journal {self.path} is damaged: sessions may be missing." if self._torn or self._missing else ""

    def headings(self, kind: int) -> tuple[Heading, ...]:
        """All sessions that can be read, the newest first, with their figures of this kind; `trouble` says whether some
        may be missing. Raises JournalError when none can be read.
        """
        try:
            found, missing = headings_in(self._sessions(), VERSION if self._torn else self._version, kind)
        except DAMAGED as error:
            if self._found_torn():
                return self.headings(kind)
            raise self._unreadable(error) from error
        if self._torn and not found:
            raise JournalError(f"The journal {self.path} cannot be read: it is damaged, and no session is left in it.")
        self._missing = self._missing or missing
        return found

    def record(self, session: int) -> Record | None:
        """A session as recorded; None when there is none of this number. Raises JournalError."""
        try:
            record = read_record(self._sessions(), session)
        except DAMAGED as error:
            if self._found_torn():
                return self.record(session)
            self._missing = self._missing or is_damage(error)
            raise JournalError(f"Session {session} in the journal {self.path} cannot be read: {error}.") from error
        if record and record.damaged and self._found_torn():
            return self.record(session)
        if record is None and self._torn:
            raise JournalError(f"There is no session {session} in what can be read of the journal {self.path}.")
        return record

    def _sessions(self) -> sqlite3.Connection:
        """Where sessions are read: of a damaged file, in what is made of its rows. Raises DAMAGED."""
        if self._torn and self._rebuilt is None:
            self._rebuilt = rebuilt(self._database)
        return self._rebuilt or self._database

    def _found_torn(self) -> bool:
        """Whether the file shows only now to be damaged, and is to be read anew. Raises JournalError."""
        if self._torn:
            return False
        self._torn = not self._sound()
        return self._torn

    def _sound(self) -> bool:
        """Look at the whole file. Raises JournalError."""
        try:
            return bool(self._database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except DAMAGED as error:
            if is_damage(error):
                return False
            raise self._unreadable(error) from error

    def records(self, sessions: Sequence[int]) -> list[Record]:
        """Those of several sessions that can be read."""
        return [record for session in sessions if (record := self.record(session))]

    def check(self) -> None:
        """Look at the whole file. Raises JournalError when it is damaged: what is deleted from it may stay there."""
        if self._torn or not self._sound():
            raise JournalError(
                f"The journal {self.path} is damaged, so nothing is deleted from it: start the room again, which sets "
                "it aside, and delete the file that it is set aside as."
            )

    def unfinished(self) -> Record | None:
        """The session that is under way, or was when the room last ran. Raises JournalError."""
        try:
            return unfinished(self._database)
        except DAMAGED as error:
            raise self._unreadable(error) from error

    def alive_wall_ms(self) -> int | None:
        """When the room last ran, on the wall's clock. Raises JournalError."""
        return self._alive("wall_ms")

    def alive_ms(self) -> int | None:
        """When the room last ran, on its own clock. Raises JournalError."""
        return self._alive("at_ms")

    def _alive(self, column: str) -> int | None:
        try:
            row = self._database.execute(f"SELECT {column} FROM alive").fetchone()
            return msgspec.convert(row, tuple[int])[0] if row else None
        except DAMAGED as error:
            raise self._unreadable(error) from error

    def close(self) -> None:
        """Close the file."""
        for database in (self._database, self._rebuilt):
            if database:
                database.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
