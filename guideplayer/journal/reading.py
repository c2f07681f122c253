"""Reading the journal's tables, of this version and of older ones, as far as they can be read."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

import msgspec

from guideplayer.core.messages import Event
from guideplayer.core.script import HoldWords
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.pages import page_bytes
from guideplayer.journal.record import Alive, Carried, Entry, Record
from guideplayer.journal.schema import version_of

DAMAGED = (sqlite3.Error, *UNREADABLE)
"""What reading a damaged file raises: a value may be of another kind, SQLite's complaint quote text that is none."""
# What SQLite says of a file whose tables are no longer what they were, beside what is plainly malformed.
DAMAGE_CODES = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH})
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
# With this SQLite reads the tables that it understands also where it does not understand an index of theirs.
TOLERANT = "PRAGMA writable_schema = ON"
# A file that says that it was larger still by so much is not cut but nonsense.
MOST_LOST_BYTES = 1 << 30
# In a database's first page (sqlite.org/fileformat.html): where it says what it is, whether it has a log beside
# it, and how many pages there are.
_MAGIC, _LOGGED, _PAGES = b"SQLite format 3\0", slice(18, 20), slice(28, 32)
_Heading = tuple[str, int, int, bytes, int, bytes | None, int | None]


def is_damage(error: Exception) -> bool:
    """Whether one of DAMAGED is damage, and not that somebody else writes just then or a disk does not answer."""
    # What Python itself finds, as text that is none, bears no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return not isinstance(error, sqlite3.OperationalError) or code in DAMAGE_CODES


def open_to_read(path: Path, how: str = "mode=ro") -> sqlite3.Connection:
    """A connection that can write nothing. Raises DAMAGED."""
    database = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{how}", uri=True, check_same_thread=False)
    try:
        database.execute(TOLERANT)
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        database.close()
        if how != "mode=ro":
            raise
        # In a folder where nothing can be written SQLite can keep no account of readers; nobody writes there.
        return open_to_read(path, "immutable=1")
    except DAMAGED:
        database.close()
        raise
    return database


def mended(path: Path) -> sqlite3.Connection:
    """A copy in memory of a file that SQLite does not open, as one that was cut: with nothing where its end was.

    What stood in the lost pages cannot be read; the rest can. Raises OSError, DAMAGED.
    """
    content = bytearray(path.read_bytes())
    if not content.startswith(_MAGIC) or len(content) < _PAGES.stop:
        raise sqlite3.DatabaseError("it is no journal")
    length = page_bytes(content) * int.from_bytes(content[_PAGES])
    if not len(content) <= length <= len(content) + MOST_LOST_BYTES:
        raise sqlite3.DatabaseError("the file is damaged")
    content[_LOGGED] = b"\1\1"
    database = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        database.deserialize(bytes(content).ljust(length, b"\0"))
        database.execute(TOLERANT)
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except DAMAGED:
        database.close()
        raise
    return database


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
    # A row of which only its place is left may be of this session: no whole one has anything but a number there.
    torn = "events NOT INDEXED WHERE session = ? OR typeof(session) <> 'integer'"
    ways = (_read(database, session, table) for table in ("events WHERE session = ?", torn))
    found: tuple[tuple[Entry, ...], bool] = ((), True)
    for entries, damaged in ways:
        if not damaged:
            return entries, False
        found = max(found, (entries, True), key=lambda one: len(one[0]))
    return found


def _read(database: sqlite3.Connection, session: int, table: str) -> tuple[tuple[Entry, ...], bool]:
    entries: list[Entry] = []
    try:
        for row in database.execute(f"SELECT at_ms, wall_ms, event FROM {table} ORDER BY id", (session,)):
            at_ms, wall_ms, event = msgspec.convert(row, tuple[int, int, bytes])
            entries.append(Entry(at_ms, wall_ms, _EVENT.decode(event)))
    except DAMAGED:
        return tuple(entries), True
    return tuple(entries), False


def unfinished(database: sqlite3.Connection) -> Record | None:
    """The session that is open in a database. Raises DAMAGED."""
    row = database.execute("SELECT id FROM sessions WHERE closed = 0 ORDER BY id DESC LIMIT 1").fetchone()
    return read_record(database, row[0]) if row else None


def last_alive(database: sqlite3.Connection) -> Alive | None:
    """When the room last ran. Raises DAMAGED."""
    row = database.execute("SELECT at_ms, wall_ms, boot, offset_ms FROM alive").fetchone()
    return Alive(*msgspec.convert(row, tuple[int, int, str, int])) if row else None
