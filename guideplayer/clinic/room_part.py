"""The room's link to its clinic, as a part of the room's process that may fail: without it the room is as if alone."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence

from guideplayer.clinic.connection import Connection
from guideplayer.clinic.contact import Word
from guideplayer.clinic.home_assistant import HomeAssistant
from guideplayer.clinic.identity import ConnectionFailedError, Identity
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.clinic.relays import Relays
from guideplayer.clinic.room_link import BEAT_EVERY_MS, LinkedRoom, RoomLink, Told
from guideplayer.clinic.shared import Shared
from guideplayer.clinic.topics import TopicError
from guideplayer.core.state import Call
from guideplayer.desk.ports import Clock, RefusedError

ALONE = "Stations do not see this room and its calls; desks that are paired with the room itself do."
FAILED = "The link to the clinic has failed."
BUSY = "The room is answering this already."
NO_BROKER = "Relays are switched by a clinic's broker, and the settings name none."
TICKS_A_BEAT = 4

Figures = Callable[[int, str], Awaitable[bytes]]


class ClinicPart:
    """Connects a room with the broker of its clinic. `identity` gives None where there is no clinic, and may raise what
    says why it cannot be connected: that is told at the desk, and keeps no room from beginning.

    `now_ms` never jumps, `wall_ms` is the room's date and time. `figures` gives a page of what was after a session.
    `relays` are switched with the call that it is given to `look` at, and `switched` takes what came of that; `changed`
    is called when there are other faults.
    """

    def __init__(
        self,
        room: LinkedRoom,
        identity: Callable[[], Identity | None],
        now_ms: Clock,
        wall_ms: Clock,
        *,
        figures: Figures,
        relays: Sequence[Relay] = (),
        switched: Callable[[Word], None] = lambda word: None,
        home_assistant: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._room, self._figures, self._changed = room, figures, changed
        self._recalling: asyncio.Task[None] | None = None
        self._link: RoomLink | None = None
        self._relays: Relays | None = None
        self._running: asyncio.Task[None] | None = None
        self._telling = False
        self._wrong = ""
        self._unswitched = tuple(relay.name for relay in relays)
        try:
            known = identity()
            self._connection = Connection(known) if known else None
        except (ConnectionFailedError, TopicError) as error:
            self._connection, self._wrong = None, str(error)
        if self._connection:
            self._link = RoomLink(room, self._connection, secrets.token_hex(8), now_ms, wall_ms, recall=self._recall)
            self._relays = Relays(relays, self._connection, now_ms, switched)
            shown = HomeAssistant(room, self._connection, home_assistant)
            self._connection.listener = Shared(self._link, (self._relays, shown))

    @property
    def faults(self) -> tuple[str, ...]:
        """What staff should know of it, each a sentence."""
        failed = self._running and self._running.done()
        trouble = FAILED if failed else self._connection.trouble if self._connection else self._wrong
        unswitched = ", ".join(f"“{name}”" for name in self._unswitched)
        if not trouble and not self._connection and unswitched:
            return (f"{NO_BROKER} Name it, or take out {unswitched}.",)
        alone = f"{ALONE} No call switches {unswitched}." if unswitched else ALONE
        return (*((f"{trouble} {alone}",) if trouble else ()), *(self._relays.faults if self._relays else ()))

    def look(self, call: Call) -> None:
        """The call as it stands now."""
        if self._relays:
            self._relays.look(call)

    def told(self) -> None:
        """The room changed. Changes within one turn of the loop are told together."""
        if self._link and not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._telling = False
        if self._link:
            self._link.changed()

    def _recall(self, after: int, after_id: str, told: Told) -> None:
        """Look into the past for a station, one question at a time: however many ask, the room is not slowed."""
        if self._recalling and not self._recalling.done():
            told(b"", BUSY)
        else:
            self._recalling = asyncio.create_task(self._recalled(after, after_id, told))

    async def _recalled(self, after: int, after_id: str, told: Told) -> None:
        try:
            told(await self._figures(after, after_id), "")
        except RefusedError as error:
            told(b"", str(error))

    def start(self) -> None:
        """Begin; called once, on the room's loop."""
        if self._link and self._connection and self._relays:
            self._running = asyncio.create_task(self._run(self._link, self._relays, self._connection))

    async def stop(self) -> None:
        """End it; the broker tells stations that the room is gone."""
        if tasks := [task for task in (self._running, self._recalling) if task]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _run(self, link: RoomLink, relays: Relays, connection: Connection) -> None:
        connecting = asyncio.create_task(connection.run())
        faults = self.faults
        try:
            while not connecting.done():
                link.beat()
                for _ in range(TICKS_A_BEAT):
                    relays.tick()
                    if self.faults != faults:
                        faults = self.faults
                        self._changed()
                    await asyncio.wait([connecting], timeout=BEAT_EVERY_MS / 1000 / TICKS_A_BEAT)
            await connecting
        finally:
            connecting.cancel()
            self._room.armed_afar(())
