"""The desk of a room of its own: the only one of the rooms that a desk can serve."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from guideplayer.desk.ports import DeskRoom


class OneRoom:
    """Implements `DeskRooms` with a room of the same process."""

    many = False

    def __init__(self, room: DeskRoom) -> None:
        self._room = room
        self.changed: Callable[[str], None] = lambda room: None
        self.row_changed: Callable[[str], None] = lambda room: None

    def told(self) -> None:
        """The room has changed: the pages show it."""
        self.changed(self._room.name)

    def names(self) -> Sequence[str]:
        """Its name."""
        return (self._room.name,)

    def has(self, room: str) -> bool:
        """Whether that is it."""
        return room == self._room.name

    def at(self) -> int:
        """There is no board."""
        return 0

    def faults(self) -> Sequence[str]:
        """There is no board."""
        return ()

    def row(self, room: str) -> bytes:
        """There is no board."""
        return b"{}"

    def view(self, room: str) -> bytes | None:
        """The room now."""
        return msgspec.json.encode(self._room.view())

    def look_into(self, room: str, looked: bool) -> None:
        """It is always there."""

    async def scripts(self, room: str) -> bytes:
        """The scripts to choose from."""
        return msgspec.json.encode(self._room.scripts())

    async def card(self, room: str, script: str, part: str) -> Path | bytes | None:
        """A script's picture or sample."""
        return self._room.card_file(script, part)

    async def command(self, room: str, name: str, body: Mapping[str, object], by: str, desk: str) -> bytes:
        """Do what a person asks. Raises RefusedError."""
        self._room.command(name, body, by, desk)
        return msgspec.json.encode(self._room.view())

    def delivered(self, room: str, call: str, desk: str) -> None:
        """An armed desk shows this call."""
        self._room.delivered(call, desk)

    def armed(self, desks: Sequence[str]) -> None:
        """These desks are armed now."""
        self._room.armed(desks)
        self.told()

    def screen_jpeg(self, room: str) -> bytes | None:
        """The picture on the patient's screen."""
        return self._room.screen_jpeg()

    def pairing(self, code: str | None, link: str = "") -> None:
        """The code, for the room's screen."""
        self._room.pairing(code, link)
