"""The clinic's figures in a database: an SQLite file of the station's, or the clinic's own PostgreSQL.

What is kept is never changed: a session is one of its room, its number and its id, and one that comes again is left as
it is. So several stations may keep the same sessions in the same database. The hour and the month of a call are those
of the clinic's clocks, where the station is, at the time of the call.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from guideplayer.clinic.database import (
    WRITES,
    StoreError,
    bring_up,
    calls_table,
    engine_at,
    rooms_table,
    sessions_table,
)
from guideplayer.clinic.past import SessionFigures
from guideplayer.report.response import NEVER_MS, month_number
from guideplayer.report.summary import Standing

_READ_AT_ONCE = 10_000
# What SQLite complains of may quote damaged text, which Python's sqlite3 does not count among its own errors.
_UNUSABLE = (SQLAlchemyError, sqlite3.Error, OSError, UnicodeDecodeError)
CALL_COLUMNS = (
    "raised_at",
    "delivered_ms",
    "answered_ms",
    "attended_ms",
    "cleared_ms",
    "level",
    "presses",
    "lapses",
)


class Known(msgspec.Struct, frozen=True):
    """The newest session of a room that is kept: what its room is asked for comes after it."""

    number: int = 0
    id: str = ""


def path_in(folder: Path) -> Path:
    """The station's own file."""
    return folder / "figures.sqlite3"


def address_in(folder: Path) -> str:
    """The address of the station's own file."""
    return f"sqlite:///{path_in(folder).absolute()}"


class Store:
    """The database. Used from one thread at a time. `zone` is where the clinic is; None is where this machine is."""

    def __init__(self, address: str, zone: tzinfo | None = None) -> None:
        """Connects with nothing yet. Raises StoreError for an address that is none."""
        self._zone = zone
        self._ready = False
        self._engine, self.place = engine_at(address)

    @contextmanager
    def _connected(self, *, writes: bool = False) -> Iterator[Connection]:
        """A transaction, in tables of this version. Raises StoreError."""
        how = {WRITES: writes or not self._ready}
        try:
            with self._engine.connect().execution_options(**how) as connection, connection.begin():
                if not self._ready:
                    bring_up(connection)
                    self._ready = True
                yield connection
        except _UNUSABLE as error:
            raise StoreError(
                f"The clinic's figures in {self.place} cannot be used: {_reason(error)}. "
                "Nothing is lost: the rooms have them still, and tell them when it can be used again."
            ) from error

    def known(self, room: str) -> Known:
        """The session of a room that was kept last. Raises StoreError."""
        newest = (
            sqlalchemy.select(sessions_table.c.number, sessions_table.c.key)
            .where(sessions_table.c.room == rooms_table.c.id, rooms_table.c.name == room)
            .order_by(sessions_table.c.id.desc())
            .limit(1)
        )
        with self._connected() as connection:
            row = connection.execute(newest).first()
        return Known(row.number, row.key) if row else Known()

    def keep(self, room: str, sessions: Sequence[SessionFigures]) -> int:
        """Keep sessions that are not kept yet, all or none of them. Gives how many were new. Raises StoreError."""
        with self._connected(writes=True) as connection:
            number = self._room(connection, room)
            return sum(self._keep(connection, number, one) for one in sessions)

    def _room(self, connection: Connection, name: str) -> int:
        """The number of a room."""
        wanted = sqlalchemy.select(rooms_table.c.id).where(rooms_table.c.name == name)
        number = connection.execute(wanted).scalar()
        if number is None:
            _insert_new(connection, rooms_table, {"name": name})
            number = connection.execute(wanted).scalar_one()
        return int(number)

    def _keep(self, connection: Connection, room: int, one: SessionFigures) -> bool:
        _, month = self._dated(one.begun_at)
        row = {
            "room": room,
            "number": one.number,
            "key": _storable(one.id),
            "standing": str(one.standing),
            "begun_at": one.begun_at,
            "month": month,
            "length_ms": one.length_ms,
            "script": _storable(one.script),
            "rounds_late": one.rounds_late,
        }
        if (session := _insert_new(connection, sessions_table, row)) is None:
            return False
        calls = []
        for number, call in enumerate(one.calls):
            hour, month = self._dated(call.raised_at)
            of = {"session": session, "number": number, "room": room, "month": month, "hour": hour}
            calls.append({**of, **msgspec.to_builtins(call)})
        if calls:
            connection.execute(calls_table.insert(), calls)
        return True

    def _dated(self, wall_ms: int) -> tuple[int, int]:
        """The hour and the month of an instant, where the clinic is."""
        when = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(self._zone)
        return when.hour, month_number(when.year, when.month)

    def rooms(self) -> dict[int, str]:
        """The names of all rooms by their number. Raises StoreError."""
        with self._connected() as connection:
            return {row.id: row.name for row in connection.execute(sqlalchemy.select(rooms_table))}

    def waits(self, after: int) -> Iterator[Sequence[Sequence[int]]]:
        """The calls after one that were no rehearsal, some thousand at a time: each with its own number, those of its
        room and month, its hour, and how long it waited (ms) or NEVER_MS. Raises StoreError.
        """
        wait = sqlalchemy.func.coalesce(calls_table.c.answered_ms, NEVER_MS)
        wanted = sqlalchemy.select(
            calls_table.c.id, calls_table.c.room, calls_table.c.month, calls_table.c.hour, wait
        ).where(calls_table.c.id > after, calls_table.c.rehearsal.is_(False))
        yield from self._pages(wanted, calls_table)

    def begun(self, after: int) -> Iterator[Sequence[Sequence[int]]]:
        """The sessions after one that were begun, some thousand at a time: each with its own number, those of its room
        and month. Raises StoreError.
        """
        wanted = sqlalchemy.select(sessions_table.c.id, sessions_table.c.room, sessions_table.c.month).where(
            sessions_table.c.id > after, sessions_table.c.standing != str(Standing.NEVER_BEGUN)
        )
        yield from self._pages(wanted, sessions_table)

    def _pages(self, wanted: "Select[Any]", of: Table) -> Iterator[Sequence[Any]]:
        """A query's rows, a transaction for each page, so that whoever reads many keeps nobody waiting."""
        last = 0
        while True:
            with self._connected() as connection:
                rows = connection.execute(wanted.where(of.c.id > last).order_by(of.c.id).limit(_READ_AT_ONCE)).all()
            if not rows:
                return
            yield rows
            last = rows[-1][0]

    def calls(self, room: str, first: int | None, last: int | None) -> Iterator[Sequence[object]]:
        """All calls of a room, or of all (""), from a month to another, rehearsals too, each as a row: its room, its
        script, whether it was rehearsed, and then CALL_COLUMNS. Raises StoreError.
        """
        columns = [calls_table.c[name] for name in CALL_COLUMNS]
        wanted = (
            sqlalchemy.select(
                calls_table.c.id, rooms_table.c.name, sessions_table.c.script, calls_table.c.rehearsal, *columns
            )
            .join(sessions_table, sessions_table.c.id == calls_table.c.session)
            .join(rooms_table, rooms_table.c.id == calls_table.c.room)
        )
        if room:
            wanted = wanted.where(rooms_table.c.name == room)
        if first is not None:
            wanted = wanted.where(calls_table.c.month >= first)
        if last is not None:
            wanted = wanted.where(calls_table.c.month <= last)
        for rows in self._pages(wanted, calls_table):
            for row in rows:
                yield row[1:]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _storable(text: str) -> str:
    """PostgreSQL takes every letter but one."""
    return text.replace("\0", "")


def _insert_new(connection: Connection, table: Table, row: Mapping[str, object]) -> int | None:
    """Insert a row unless there is one like it; gives its number, or None."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserted = connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing().returning(table.c.id))
    number = inserted.scalar()
    return None if number is None else int(number)


def _reason(error: Exception) -> str:
    """What the database itself says, in a line."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(cause).__name__
