"""What can still be read of a journal that cannot be gone on with, and the file that goes on in its place.

At every instant there is a file to begin with: the damaged one, until another that holds all that could be read of the
session under way is whole on the disk. Then the damaged one is given another name, and is never deleted.
"""

import contextlib
import itertools
import sqlite3
from pathlib import Path
from typing import NamedTuple

from guideplayer.journal.reading import DAMAGED, last_alive, mended, open_to_read, unfinished
from guideplayer.journal.record import Alive, Record
from guideplayer.journal.schema import VERSION, brought_up, version_of
from guideplayer.journal.writing import ALIVE, alive_row, write_session
from guideplayer.whole_file import onto_disk, put_whole

# What was written last is in a log beside the file, which goes by its name.
LOGS = ("-wal", "-shm")


class Rescued(NamedTuple):
    """The session under way, up to the first event that cannot be read, and when the room was last known to run."""

    record: Record | None = None
    alive: Alive | None = None


def rescued_from(path: Path) -> Rescued:
    """What can be read of a journal, whatever became of it."""
    for opened in (open_to_read, mended):
        with contextlib.suppress(OSError, *DAMAGED), contextlib.closing(opened(path)) as database:
            if version_of(database) > VERSION:
                break
            return Rescued(unfinished(database), _alive(database))
    return Rescued()


def _alive(database: sqlite3.Connection) -> Alive | None:
    """What is damaged there takes nothing from the session."""
    try:
        return last_alive(database)
    except DAMAGED:
        return None


def write(database: sqlite3.Connection, rescued: Rescued) -> None:
    """Begin a journal with it, whole or not at all. Raises sqlite3.Error."""
    brought_up(database)
    with database:
        database.execute("BEGIN IMMEDIATE")
        if rescued.record:
            write_session(database, rescued.record)
        if rescued.alive:
            database.execute(ALIVE, alive_row(rescued.alive))


def go_on_with(path: Path, rescued: Rescued) -> None:
    """Set a damaged journal aside, and put one in its place that holds this. Raises OSError, sqlite3.Error."""
    with put_whole(_successor(path)) as file, contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        write(other, rescued)
    settle(path)


def settle(path: Path) -> None:
    """Finish what may have been interrupted while a journal was set aside. Raises OSError."""
    successor = _successor(path)
    # A log that is left of another file must not be taken for that of a new one.
    if successor.exists() or not path.exists():
        _set_aside(path)
    if successor.exists():
        successor.rename(path)
        with contextlib.suppress(OSError):
            onto_disk(path.parent)


def _successor(path: Path) -> Path:
    return path.with_name("journal.next.sqlite3")


def _set_aside(path: Path) -> None:
    """Give what there is of a journal a name that nothing else has; the file itself last, since it has the number."""
    there = [ending for ending in LOGS if path.with_name(path.name + ending).exists()]
    taken = {aside.name for aside in path.parent.glob("journal.damaged-*")}
    names = (f"journal.damaged-{number}.sqlite3" for number in itertools.count(1))
    aside = next(name for name in names if taken.isdisjoint(name + ending for ending in (*there, "")))
    for ending in (*there, "") if path.exists() else there:
        path.with_name(path.name + ending).rename(path.with_name(aside + ending))
