"""What the room needs of others: a stage, a record and a shelf of scripts."""

from pathlib import Path
from typing import Protocol

from guideplayer.core.link import Health, ToStage
from guideplayer.core.script import Script
from guideplayer.core.state import State
from guideplayer.journal.record import Entry


class Stage(Protocol):
    """The stage, as the room needs it."""

    health: Health | None

    def send(self, message: ToStage) -> bool:
        """Say something; False when nothing could be said."""
        ...


class Record(Protocol):
    """The record, as the room needs it."""

    trouble: str

    def record(self, entry: Entry) -> None:
        """Keep an event; never waits."""
        ...

    def begin(self, state: State, wall_ms: int) -> None:
        """Begin a new session."""
        ...


class Shelf(Protocol):
    """The scripts to choose from."""

    def listing(self) -> list[dict[str, object]]:
        """What the desk shows of each."""
        ...

    def script(self, name: str, voice: str | None) -> Script:
        """A script by name, spoken by a voice. Raises RefusedError."""
        ...

    def card_file(self, name: str, part: str) -> Path | None:
        """A file of a script's card; None while there is none."""
        ...
