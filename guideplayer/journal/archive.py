"""The journal for those who only look: a connection of its own that can write nothing, beside a room that records."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.journal import JournalError, unfinished
from guideplayer.journal.reading import DAMAGED, read_record
from guideplayer.journal.record import Record
from guideplayer.journal.schema import VERSION, version_of

# A file that says that it was larger still by so much is not cut but nonsense.
MOST_LOST_BYTES = 1 << 30
# In a database's first page (sqlite.org/fileformat.html): where it says what it is, how large a page is, whether it
# has a log beside it, and how many pages there are.
_MAGIC, _PAGE_SIZE, _LOGGED, _PAGES = b"SQLite format 3\0", slice(16, 18), slice(18, 20), slice(28, 32)


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
            self._database = self._opened("mode=ro")
            self._version = version_of(self._database)
        except (OSError, *DAMAGED) as error:
            raise self._unreadable(error) from error
        if self._version > VERSION:
            raise JournalError(f"The journal {path} is of a newer guideplayer: use that one.")

    def _opened(self, how: str) -> sqlite3.Connection:
        database = sqlite3.connect(f"file:{quote(str(self.path.absolute()))}?{how}", uri=True, check_same_thread=False)
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            database.close()
            if how != "mode=ro":
                raise
            # In a folder where nothing can be written SQLite can keep no account of readers; nobody writes there.
            return self._opened("immutable=1")
        except DAMAGED:
            database.close()
            return _mended(self.path)
        return database

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


def _mended(path: Path) -> sqlite3.Connection:
    """A copy in memory of a file that SQLite does not open, as one that was cut: with nothing where its end was.

    What stood in the lost pages cannot be read; the rest can. Raises OSError, DAMAGED.
    """
    content = bytearray(path.read_bytes())
    if not content.startswith(_MAGIC) or len(content) < _PAGES.stop:
        raise sqlite3.DatabaseError("it is no journal")
    page_bytes = int.from_bytes(content[_PAGE_SIZE]) or 1
    # 1 stands for 65536, which two bytes cannot say.
    length = (65536 if page_bytes == 1 else page_bytes) * int.from_bytes(content[_PAGES])
    if not len(content) <= length <= len(content) + MOST_LOST_BYTES:
        raise sqlite3.DatabaseError("the file is damaged")
    content[_LOGGED] = b"\1\1"
    database = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        database.deserialize(bytes(content).ljust(length, b"\0"))
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except DAMAGED:
        database.close()
        raise
    return database
