"""The event streams: every page has the newest view of the room within milliseconds, and a slow page slows nobody."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

from guideplayer.desk.guards import ProblemError

ALIVE_EVERY_S = 5.0
STUCK_AFTER_S = 5.0
RETRY_MS = 1000


def framed(event: str, data: bytes) -> bytes:
    """One server-sent event. JSON holds no line breaks, so one data line is enough."""
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


class Streams:
    """The open streams. A page that cannot keep up misses steps on the way, never the last one."""

    def __init__(self, most: int, most_of_an_address: int) -> None:
        self._most, self._most_of_an_address = most, most_of_an_address
        self._changed: dict[asyncio.Event, str] = {}
        self._newest = b""
        self._closed = False

    @property
    def any_open(self) -> bool:
        """Whether any page listens."""
        return bool(self._changed)

    def publish(self, data: bytes) -> None:
        """Send a change to every page."""
        self._newest = framed("change", data)
        for changed in self._changed:
            changed.set()

    def close(self) -> None:
        """End every stream; each page comes back by itself when the room does."""
        self._closed = True
        for changed in self._changed:
            changed.set()

    async def serve(
        self, request: web.Request, snapshot: Callable[[], bytes], still_paired: Callable[[], bool]
    ) -> web.StreamResponse:
        """One page's stream: a snapshot, then each change, until either side goes or the pairing ends."""
        address = request.remote or ""
        if len(self._changed) >= self._most or list(self._changed.values()).count(address) >= self._most_of_an_address:
            raise ProblemError(503, "Too many desks are open. Close one, and this one opens by itself.")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        changed = asyncio.Event()
        self._changed[changed] = address
        try:
            await response.prepare(request)
            await self._write(response, b"retry: %d\n\n" % RETRY_MS + framed("snapshot", snapshot()))
            while not self._closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), ALIVE_EVERY_S)
                data = self._newest if changed.is_set() else b": alive\n\n"
                changed.clear()
                if self._closed or not still_paired():
                    break
                await self._write(response, data)
        except (ConnectionError, TimeoutError):
            request.protocol.force_close()
        finally:
            del self._changed[changed]
        return response

    @staticmethod
    async def _write(response: web.StreamResponse, data: bytes) -> None:
        """Write within a few seconds or fail: a page that takes no bytes is as good as gone."""
        async with asyncio.timeout(STUCK_AFTER_S):
            await response.write(data)
