"""A desk that serves a room by hand on its own thread, so that a test can drive a browser meanwhile."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from guideplayer.desk.access import Access
from guideplayer.desk.certificates import Certificates
from guideplayer.desk.recordings import Recordings
from guideplayer.desk.responses import ClinicFigures
from guideplayer.desk.server import Desk
from guideplayer.desk.sessions import PastSessions
from tests.desk.fake_room import FakeRoom, wall_ms

_Result = TypeVar("_Result")


def monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class ServedDesk:
    """Starts at once; `within` runs something on the desk's loop, where the room lives."""

    def __init__(self, folder: Path, room: FakeRoom | None = None, certificates: Certificates | None = None) -> None:
        self.room, self._folder, self._port = room or FakeRoom(), folder, 0
        self._certificates = certificates
        self.past: PastSessions | None = None
        self.recordings: Recordings | None = None
        self.figures: ClinicFigures | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.start()

    def start(self) -> None:
        """Start the desk; after `stop` again, on the same port, as after a crash of the room's process."""
        self.access = Access(self._folder / "desks.json", wall_ms)
        behind = {"past": self.past, "recordings": self.recordings, "figures": self.figures}
        self.desk = Desk(self.room.rooms, self.access, monotonic_ms, certificates=self._certificates, **behind)
        asyncio.run_coroutine_threadsafe(self.desk.start("127.0.0.1", self._port), self._loop).result(60)
        self._port = urlsplit(self.desk.address).port or 0

    def stop(self) -> None:
        """Stop the desk; the room goes on."""
        asyncio.run_coroutine_threadsafe(self.desk.stop(), self._loop).result(60)

    def close(self) -> None:
        """Stop everything."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def within(self, act: Callable[[], _Result]) -> _Result:
        """Run on the desk's loop and wait for the result."""

        async def run() -> _Result:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)
