"""A room with hand-written fakes around it: a clock that jumps, a stage that listens, a record that remembers."""

import pytest

from guideplayer.core.link import Direction, Health, ToStage
from guideplayer.core.messages import Began, Tick
from guideplayer.core.script import Script
from guideplayer.core.session import opened
from guideplayer.core.state import State
from guideplayer.core.units import MINUTE_MS
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.record import Entry
from guideplayer.room.room import Room
from tests.factory import SCRIPT, WORDS


class FakeClock:
    offset_ms = 0

    def __init__(self) -> None:
        self.at_ms = 1_000_000

    def now_ms(self) -> int:
        return self.at_ms

    def wall_ms(self) -> int:
        return self.at_ms + 1_700_000_000_000


class FakeStage:
    def __init__(self, log: list[object]) -> None:
        self.health: Health | None = Health(1, "window", "sound")
        self.listening = True
        self.log = log

    def send(self, message: ToStage) -> bool:
        if self.listening:
            self.log.append(message)
        return self.listening

    def directions(self) -> list[Direction]:
        return [message for message in self.log if isinstance(message, Direction)]


class FakeRecord:
    def __init__(self, log: list[object]) -> None:
        self.trouble = ""
        self.log = log
        self.entries: list[Entry] = []

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.log.append(entry)

    def begin(self, state: State, wall_ms: int) -> None:
        self.entries.clear()


class FakeShelf:
    def listing(self) -> list[dict[str, object]]:
        return [{"name": "test", "title": "Test"}]

    def script(self, name: str, voice: str | None) -> Script:
        if name != "test":
            raise RefusedError(f"There is no script “{name}”.")
        return SCRIPT


class World:
    """The room and everything around it, with the order in which things reached the outside."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.clock = FakeClock()
        self.stage = FakeStage(self.log)
        self.record = FakeRecord(self.log)
        state = opened("Room 1", WORDS, self.clock.now_ms())
        self.room = Room(state, self.clock, self.record, FakeShelf(), self.stage)  # type: ignore[arg-type]
        self.room.told = lambda: self.log.append("told")

    def later(self, seconds: float) -> None:
        """Let time pass, each due thing at its own instant; nothing longer than a second is slept through."""
        until_ms = self.clock.at_ms + round(seconds * 1000)
        while self.clock.at_ms < until_ms:
            due_ms = self.room.due_ms()
            self.clock.at_ms = min(until_ms, self.clock.at_ms + 1000, until_ms if due_ms is None else due_ms)
            self.tick()

    def tick(self) -> None:
        self.room.handle(Tick())

    def desk(self, command: str, **body: object) -> None:
        self.room.command(command, body, "Anna", "desk-1")

    def begun(self) -> None:
        """A session with the pump running for a minute."""
        self.desk("choose", script="test", infusion_ms=40 * MINUTE_MS)
        self.room.handle(Began("test", unready=True))
        self.later(5)
        self.desk("infusion", action="started")
        self.later(60)
        self.log.clear()


@pytest.fixture
def world() -> World:
    return World()
