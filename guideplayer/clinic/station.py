"""A station: the desk of many rooms, with a board in front; any number of stations agree, since the rooms decide."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec

from guideplayer.clinic.collector import Collector
from guideplayer.clinic.connection import Connection
from guideplayer.clinic.identity import Identity
from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.rooms import BEAT_EVERY_MS, Rooms
from guideplayer.clinic.station_rooms import StationRooms
from guideplayer.clinic.store import Store, address_in
from guideplayer.clock import now_ms, wall_ms
from guideplayer.desk.access import Access
from guideplayer.desk.certificates import Certificates
from guideplayer.desk.server import Desk
from guideplayer.parts import run_until

TICK_EVERY_S = 0.25
NOT_COLLECTED = "Response times are not collected any more: start this station anew. Calls are shown as ever."


class StationError(Exception):
    """The station cannot start; the text is one plain sentence."""


class StationOrders(msgspec.Struct, frozen=True):
    """What a station is started with. `host` and `port` are where its desk listens; `database` is where the clinic's
    figures are kept, empty for a file in the state folder.
    """

    name: str
    identity: Identity
    state_folder: Path
    host: str
    port: int
    database: str = ""


class Station:
    """All parts of a running station. `say` tells whoever started it. Raises ConnectionFailedError, StoreError."""

    def __init__(self, orders: StationOrders, say: Callable[[str], None]) -> None:
        self._orders, self._say = orders, say
        self._connection = Connection(orders.identity)
        self.rooms = Rooms(orders.name, self._connection, secrets.token_hex(8), now_ms, wall_ms)
        self._connection.listener = self.rooms
        folder = orders.state_folder
        # The desks' pairings go by the date as it was when the station began: one that is set sends nobody away.
        ahead_ms = wall_ms() - now_ms()
        certificates = Certificates(folder / "tls")
        self._served = StationRooms(self.rooms, wall_ms, self._tell_code)
        self.ledger = Ledger(Store(orders.database or address_in(folder)), self._tell_figures)
        self._collector = Collector(self.rooms, self.ledger, now_ms)
        self.desk = Desk(
            self._served,
            Access(folder / "desks.json", lambda: now_ms() + ahead_ms),
            now_ms,
            certificates=certificates if certificates.there else None,
            figures=self.ledger,
        )
        self.rooms.showing = self.desk.showing
        self._trouble = ""
        self._done = asyncio.Event()

    def _tell_code(self, code: str | None, link: str) -> None:
        if code and self.desk.address:
            self._say(f"The station is at {self.desk.address}  Pairing code: {code[:3]} {code[3:]}")

    def _tell_figures(self) -> None:
        """The database fails, or is back."""
        self._served.failing([self.ledger.trouble] if self.ledger.trouble else [])
        self._say(self.ledger.trouble or "The clinic's figures can be kept again.")

    async def run(self) -> None:
        """Run until it is told to end. Raises StationError when the desk's address is taken."""
        try:
            await self.desk.start(self._orders.host, self._orders.port)
        except OSError as error:
            raise StationError(
                f"The station cannot listen on {self._orders.host}:{self._orders.port}: {error.strerror or error}. "
                "Another one may be running; or give another address with --desk."
            ) from error
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._done.set)
        # Not a part without which a station could not go on: should it fail, no figures come, and that is all.
        collecting = asyncio.create_task(self._collector.run())
        collecting.add_done_callback(self._collected)
        # A part that fails ends the station: whoever started it starts it anew.
        await run_until(self._done, self._connection.run(), self._beats(), self._ticks())
        collecting.cancel()
        await asyncio.wait([collecting])
        await self.desk.stop()
        self.ledger.close()

    def _collected(self, collecting: "asyncio.Task[None]") -> None:
        """Nothing is collected any more: staff are told, unless that is the end of the station."""
        if not collecting.cancelled() and (error := collecting.exception()):
            self._say(f"{NOT_COLLECTED} ({type(error).__name__}: {error})")
            self._served.failing([NOT_COLLECTED])

    async def _beats(self) -> None:
        while True:
            self.rooms.beat()
            await asyncio.sleep(BEAT_EVERY_MS / 1000)

    async def _ticks(self) -> None:
        while True:
            self.rooms.tick()
            if self._connection.trouble != self._trouble:
                self._trouble = self._connection.trouble
                self._say(self._trouble or "The clinic's broker answers.")
            await asyncio.sleep(TICK_EVERY_S)
