"""The connections: few from each address, none that dawdles, and no error page that tells of the inside."""

import asyncio
import logging
from collections import Counter
from typing import cast

import msgspec
from aiohttp import web

from guideplayer.desk.guards import problem_response, secure, sentence_of

REQUEST_WITHIN_S = 5.0
LINGER_S = 1.0

_requests = logging.getLogger("guideplayer.desk.requests")


class Limits(msgspec.Struct, frozen=True):
    """How many connections and streams there may be, in all and from one address."""

    connections: int = 512
    connections_of_an_address: int = 96
    streams: int = 64
    streams_of_an_address: int = 32


class Door:
    """Counts who is inside."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inside: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Let one more in from this address, unless there are too many."""
        if self._inside[address] >= self._limits.connections_of_an_address:
            return False
        if self._inside.total() >= self._limits.connections:
            return False
        self._inside[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One has gone."""
        self._inside[address] -= 1
        if not self._inside[address]:
            del self._inside[address]


class Connection(web.RequestHandler):
    """One connection. aiohttp's keep-alive time runs from the connection's start, so it bounds slow headers too."""

    __slots__ = ("_address", "_door")

    def __init__(self, door: Door, server: web.Server) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=REQUEST_WITHIN_S,
            lingering_time=LINGER_S,
            access_log=_requests,
        )
        self._door = door
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve, or hang up at once."""
        peer = transport.get_extra_info("peername")
        address = peer[0] if peer else ""
        if not self._door.enter(address):
            cast(asyncio.Transport, transport).abort()
            return
        self._address = address
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room for another."""
        if self._address is not None:
            self._door.leave(self._address)
            super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What nobody expected is written to the log; the page is told a sentence."""
        super().handle_error(request, status, exc, message)
        response = problem_response(status, sentence_of(status))
        secure(response.headers)
        response.force_close()
        return response
