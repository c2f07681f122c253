"""The event streams: every page has the newest of what it shows within milliseconds, and a slow page slows nobody."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from aiohttp import web

from guideplayer.desk.guards import ProblemError

ALIVE_EVERY_S = 5.0
STUCK_AFTER_S = 5.0
RETRY_MS = 1000
# A board of ten thousand rooms changes a thousand times a second, and nobody reads faster than this.
BOARD_EVERY_S = 0.025
# What a stream is of: a room by its name, or the board.
BOARD = ""


def framed(event: str, data: bytes) -> bytes:
    """One server-sent event. JSON holds no line breaks, so one data line is enough."""
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


class _Stream:
    """One page's stream: what of it has changed since the page was last told."""

    def __init__(self, about: str, address: str) -> None:
        self.about, self.address = about, address
        self.news = asyncio.Event()
        self.rooms: set[str] = set()


class Streams:
    """The open streams. A page that cannot keep up misses steps on the way, never the last one."""

    def __init__(self, most: int, most_of_an_address: int) -> None:
        self._most, self._most_of_an_address = most, most_of_an_address
        self._open: set[_Stream] = set()
        self._closed = False

    def about(self) -> frozenset[str]:
        """What there are streams of."""
        return frozenset(stream.about for stream in self._open)

    def publish(self, about: str, room: str = "") -> None:
        """Something has changed: a room, or a row of the board."""
        for stream in self._open:
            if stream.about == about:
                stream.rooms.add(room)
                stream.news.set()

    def recheck(self) -> None:
        """A pairing has ended: its streams end with the next turn."""
        for stream in self._open:
            stream.news.set()

    def close(self) -> None:
        """End every stream; each page comes back by itself when the desk does."""
        self._closed = True
        self.recheck()

    async def serve(
        self,
        request: web.Request,
        about: str,
        snapshot: Callable[[], bytes],
        change: Callable[[Iterable[str]], bytes],
        still_paired: Callable[[], bool],
    ) -> web.StreamResponse:
        """One page's stream: a snapshot, then each change (of which rooms), until either side goes or the pairing
        ends.
        """
        address = request.remote or ""
        of_address = sum(1 for stream in self._open if stream.address == address)
        if len(self._open) >= self._most or of_address >= self._most_of_an_address:
            raise ProblemError(503, "Too many desks are open. Close one, and this one opens by itself.")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        stream = _Stream(about, address)
        self._open.add(stream)
        try:
            await response.prepare(request)
            await self._write(response, b"retry: %d\n\n" % RETRY_MS + framed("snapshot", snapshot()))
            while not self._closed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE_EVERY_S):
                        await stream.news.wait()
                stream.news.clear()
                if self._closed or not still_paired():
                    break
                rooms, stream.rooms = stream.rooms, set()
                await self._write(response, framed("change", change(rooms)) if rooms else b": alive\n\n")
                if about == BOARD:
                    await asyncio.sleep(BOARD_EVERY_S)
        except (ConnectionError, TimeoutError):
            request.protocol.force_close()
        finally:
            self._open.discard(stream)
        return response

    @staticmethod
    async def _write(response: web.StreamResponse, data: bytes) -> None:
        """Write within a few seconds or fail: a page that takes no bytes is as good as gone."""
        async with asyncio.timeout(STUCK_AFTER_S):
            await response.write(data)
