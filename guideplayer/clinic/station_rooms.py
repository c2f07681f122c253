"""The rooms of a clinic for the desks of a station: what the broker tells of each, as the desk's server wants it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from guideplayer.clinic.messages import Answer
from guideplayer.clinic.rooms import Rooms
from guideplayer.desk.ports import Clock, RefusedError

Told = Callable[[str | None, str], None]


class StationRooms:
    """Implements `DeskRooms`. `told` is given the code that pairs a desk, and the link that does the same."""

    many = True

    def __init__(self, rooms: Rooms, wall_ms: Clock, told: Told) -> None:
        self._rooms, self._wall_ms, self._told = rooms, wall_ms, told
        self._faults: tuple[str, ...] = ()
        self.changed: Callable[[str], None] = lambda room: None
        self.row_changed: Callable[[str], None] = lambda room: None
        rooms.changed, rooms.viewed = self._row_changed, self._viewed

    def _row_changed(self, room: str) -> None:
        self.row_changed(room)

    def _viewed(self, room: str) -> None:
        self.changed(room)

    def names(self) -> Sequence[str]:
        """Every room that was ever heard of."""
        return self._rooms.names()

    def has(self, room: str) -> bool:
        """Whether it was heard of."""
        return self._rooms.known(room) is not None

    def at(self) -> int:
        """The station's date and time."""
        return self._wall_ms()

    def faults(self) -> Sequence[str]:
        """What is wrong with the station itself."""
        return self._faults

    def failing(self, faults: Sequence[str]) -> None:
        """What is wrong with the station is another now: the boards show it."""
        self._faults = tuple(faults)
        for room in self.names()[:1]:
            self.row_changed(room)

    def row(self, room: str) -> bytes:
        """A room on the board."""
        return self._rooms.row(room)

    def view(self, room: str) -> bytes | None:
        """What the room told last, while it is looked into."""
        known = self._rooms.known(room)
        return known.view if known else None

    def look_into(self, room: str, looked: bool) -> None:
        """Let the room tell all of it, or no longer."""
        self._rooms.look_into(room, looked)

    async def scripts(self, room: str) -> bytes:
        """What can be chosen there. Raises RefusedError."""
        return bytes((await answer_to(lambda done: self._rooms.question(room, "scripts", "", done))).content)

    async def card(self, room: str, script: str, part: str) -> Path | bytes | None:
        """The picture or the sample of a script. Raises RefusedError."""
        return (await answer_to(lambda done: self._rooms.question(room, part, script, done))).data or None

    async def command(self, room: str, name: str, body: Mapping[str, object], by: str, desk: str) -> bytes:
        """Ask the room, and give its view after it. Raises RefusedError with what it says, or that it says nothing."""
        command = msgspec.json.encode({"command": name, **body})
        answer = await answer_to(lambda done: self._rooms.command(room, command, by, desk, done))
        return bytes(answer.content)

    def delivered(self, room: str, call: str, desk: str) -> None:
        """An armed desk of this station shows the call."""
        self._rooms.shown(room, call, desk)

    def armed(self, desks: Sequence[str]) -> None:
        """These desks of the station are armed now."""
        self._rooms.armed(desks)

    def screen_jpeg(self, room: str) -> bytes | None:
        """The picture on the patient's screen, while the room is looked into."""
        known = self._rooms.known(room)
        return known.picture if known else None

    def pairing(self, code: str | None, link: str = "") -> None:
        """The code that pairs a desk with this station."""
        self._told(code, link)


async def answer_to(ask: Callable[[Callable[[Answer], None]], None]) -> Answer:
    """Ask, and wait for what comes of it. Raises RefusedError with what the room says, or that it says nothing."""
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    # Who has asked may be gone when the answer comes.
    ask(lambda answer: None if answered.done() else answered.set_result(answer))
    answer = await answered
    if answer.problem:
        raise RefusedError(answer.problem)
    return answer
