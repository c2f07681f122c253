"""The journal for those who only look: a connection of its own that can write nothing, beside a room that records."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.journal import JournalError
from guideplayer.journal.reading import DAMAGED, open_to_read, read_record, unfinished
from guideplayer.journal.record import Record
from guideplayer.journal.schema import VERSION, version_of


class Heading(msgspec.Struct, frozen=True):
    """A session in the list of all. `figures` are what was kept of it, of the kind asked for; None when nothing was."""

    session: int
    wall_ms: int
    closed: bool
    figures: bytes | None = None


class Archive:
    """Open one for a look and close it: while it is open, nothing that was deleted can be wiped from the file."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file. Raises JournalError."""
        self.path = path
        if not path.is_file():
            raise JournalError(f"There is no journal {path}: no session has been recorded there.")
        try:
            self._database = open_to_read(path)
            self._version = version_of(self._database)
        except (OSError, *DAMAGED) as error:
            raise self._unreadable(error) from error
        if self._version > VERSION:
            raise JournalError(f"The journal {path} is of a newer guideplayer: use that one.")

    def _unreadable(self, error: Exception) -> JournalError:
        return JournalError(f"The journal {self.path} cannot be read: {error}.")

    def headings(self, kind: int) -> tuple[Heading, ...]:
        """All sessions, the newest first, with their figures of this kind. Raises JournalError."""
        kept = "figures.content" if self._version > 1 else "NULL"
        join = "LEFT JOIN figures ON figures.session = sessions.id AND kind = ?" if self._version > 1 else "WHERE ? > 0"
        try:
            rows = self._database.execute(
                f"SELECT sessions.id, wall_ms, closed, {kept} FROM sessions {join} ORDER BY sessions.id DESC", (kind,)
            ).fetchall()
        except DAMAGED as error:
            raise self._unreadable(error) from error
        return tuple(heading for row in rows if (heading := _heading(row)))

    def record(self, session: int) -> Record | None:
        """A session as recorded; None when there is none of this number. Raises JournalError."""
        try:
            return read_record(self._database, session)
        except DAMAGED as error:
            raise self._unreadable(error) from error

    def records(self, sessions: Sequence[int]) -> list[Record]:
        """Those of several sessions that can be read."""
        return [record for session in sessions if (record := self.record(session))]

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
        self._database.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _heading(row: tuple[object, ...]) -> Heading | None:
    """A session's row in the list; None when it is damaged, which takes nothing from the others."""
    try:
        session, wall_ms, closed, content = msgspec.convert(row, tuple[int, int, int, bytes | None])
    except UNREADABLE:
        return None
    return Heading(session, wall_ms, bool(closed), content)
