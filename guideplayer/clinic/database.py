"""The database of a clinic's figures: its tables, how older ones become newer ones, and how it is found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import sqlalchemy
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

VERSION = 1
# Nobody waits for a database that does not answer; the rooms have everything still.
CONNECT_WITHIN_S, ANSWER_WITHIN_MS = 5, 20_000
POSTGRESQL = "postgresql+psycopg"
# The option of a connection that is going to write.
WRITES = "guideplayer_writes"
# A lock that only guideplayer asks for: two stations that begin must not both make the tables.
_LOCK = 7_203_114

_Number = BigInteger().with_variant(Integer, "sqlite")
_tables = MetaData()
version_table = Table("guideplayer_version", _tables, Column("version", Integer, nullable=False))
rooms_table = Table(
    "guideplayer_rooms",
    _tables,
    Column("id", _Number, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)
sessions_table = Table(
    "guideplayer_sessions",
    _tables,
    Column("id", _Number, primary_key=True),
    Column("room", ForeignKey("guideplayer_rooms.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("month", Integer, nullable=False),
    Column("length_ms", BigInteger, nullable=False),
    Column("script", Text, nullable=False),
    Column("rounds_late", Integer, nullable=False),
    UniqueConstraint("room", "number", "key"),
    Index("guideplayer_sessions_of_room", "room", "id"),
)
calls_table = Table(
    "guideplayer_calls",
    _tables,
    Column("id", _Number, primary_key=True),
    Column("session", ForeignKey("guideplayer_sessions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("room", ForeignKey("guideplayer_rooms.id"), nullable=False),
    Column("month", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("delivered_ms", BigInteger),
    Column("answered_ms", BigInteger),
    Column("attended_ms", BigInteger),
    Column("cleared_ms", BigInteger),
    Column("level", Integer, nullable=False),
    Column("presses", Integer, nullable=False),
    Column("lapses", Integer, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    UniqueConstraint("session", "number"),
)
# What leads from one version of the tables to the next, in SQL that both databases understand.
_STEPS: Mapping[int, Sequence[str]] = {}


class StoreError(Exception):
    """The figures cannot be kept or read; the text is one plain sentence."""


def engine_at(address: str) -> tuple[Engine, str]:
    """The database behind an address, and how it is called without its password. Raises StoreError."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise StoreError(
            "The database's address is not like postgresql://user@host/clinic or sqlite:////folder/figures.sqlite3."
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername=POSTGRESQL)
    if url.drivername not in (POSTGRESQL, "sqlite"):
        raise StoreError(f"A database “{url.drivername}” is not known: give one like postgresql://user@host/clinic.")
    if url.drivername == "sqlite":
        if url.database:
            _make_folder(Path(url.database).parent)
        engine = sqlalchemy.create_engine(url, connect_args={"timeout": CONNECT_WITHIN_S})
        sqlalchemy.event.listen(engine, "connect", _set_up_sqlite)
        sqlalchemy.event.listen(engine, "begin", _begin_sqlite)
        return engine, url.database or "memory"
    try:
        arguments = {
            "connect_timeout": CONNECT_WITHIN_S,
            "options": f"-c statement_timeout={ANSWER_WITHIN_MS}",
            # A server that is silent for ever is gone.
            "tcp_user_timeout": ANSWER_WITHIN_MS,
        }
        engine = sqlalchemy.create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_size=1)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            "PostgreSQL needs guideplayer's extra “postgres”: pip install 'guideplayer[postgres]'."
        ) from error
    return engine, url.render_as_string(hide_password=True).replace(POSTGRESQL, "postgresql", 1)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The clinic's figures cannot be kept in {folder}: {error.strerror or error}.") from error


def _begin_sqlite(connection: Connection) -> None:
    """Who will write says so at once: of two that only read first, one would be sent away."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _set_up_sqlite(connection: SqliteConnection, _record: object) -> None:
    # Otherwise Python begins transactions by itself, and only before some statements.
    connection.isolation_level = None
    # A power cut loses nothing, as the rooms have it still; but it must not damage the file.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def bring_up(connection: Connection) -> None:
    """Make the tables, or make older ones those of this version. Raises StoreError, SQLAlchemyError."""
    if connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_LOCK)))
    there = sqlalchemy.inspect(connection).has_table(version_table.name)
    version = connection.execute(sqlalchemy.select(version_table.c.version)).scalar() if there else None
    if version is None:
        _tables.create_all(connection)
        connection.execute(version_table.insert(), {"version": VERSION})
        return
    if version > VERSION:
        raise StoreError("The clinic's figures were written by a newer guideplayer: use that one at this station too.")
    for step in range(version + 1, VERSION + 1):
        for statement in _STEPS[step]:
            connection.execute(sqlalchemy.text(statement))
        connection.execute(version_table.update(), {"version": step})
