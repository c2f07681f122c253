"""The connections: few from each address, none that dawdles, and no error page that tells of the inside."""

import asyncio
import logging
import ssl
from asyncio.sslproto import SSLProtocol
from collections import Counter
from typing import cast

import msgspec
from aiohttp import web

from guideplayer.desk.guards import problem_response, secure, sentence_of

REQUEST_WITHIN_S = 5.0
LINGER_S = 1.0

_Peer = tuple[str, int]
_requests = logging.getLogger("guideplayer.desk.requests")


class Limits(msgspec.Struct, frozen=True):
    """How many connections and streams there may be, in all and from one address."""

    connections: int = 512
    connections_of_an_address: int = 96
    streams: int = 64
    streams_of_an_address: int = 32


def _peer_of(transport: asyncio.BaseTransport) -> _Peer:
    """The address and port at the other end, which no two connections have in common."""
    peer = transport.get_extra_info("peername")
    return (str(peer[0]), int(peer[1])) if peer else ("", 0)


class Door:
    """Knows who is inside. When it is full, the oldest that has not shown itself paired makes room for the newest.

    So a crowd that says nothing drives out itself: whoever asks at once is answered, and paired desks stay.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inside: Counter[str] = Counter()
        # All of them by arrival; None in place of the transport of one that may stay.
        self._guests: dict[_Peer, asyncio.Transport | None] = {}

    def enter(self, transport: asyncio.Transport) -> bool:
        """Let one more in, unless there are too many that may stay."""
        peer = _peer_of(transport)
        crowded = self._inside[peer[0]] >= self._limits.connections_of_an_address
        if crowded or len(self._guests) >= self._limits.connections:
            from_here = ((one, other) for one, other in self._guests.items() if not crowded or one[0] == peer[0])
            goes = next((other for _, other in from_here if other), None)
            if goes is None:
                return False
            goes.abort()
            self.leave(goes)
        self._guests[peer] = transport
        self._inside[peer[0]] += 1
        return True

    def trust(self, transport: asyncio.BaseTransport) -> None:
        """This one is paired, and may stay."""
        peer = _peer_of(transport)
        if peer in self._guests:
            self._guests[peer] = None

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """One has gone; it may have been told of already."""
        peer = _peer_of(transport)
        if peer not in self._guests:
            return
        del self._guests[peer]
        self._inside[peer[0]] -= 1
        if not self._inside[peer[0]]:
            del self._inside[peer[0]]


class Connection(web.RequestHandler):
    """One connection. aiohttp's keep-alive time runs from the connection's start, so it bounds slow headers too.

    `door` is None for what runs inside of a connection that has passed it already.
    """

    __slots__ = ("_door", "_entered")

    def __init__(self, server: web.Server, door: Door | None = None) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=REQUEST_WITHIN_S,
            lingering_time=LINGER_S,
            access_log=_requests,
        )
        self._door = door
        self._entered: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve, or hang up at once."""
        entering = cast(asyncio.Transport, transport)
        if self._door and not self._door.enter(entering):
            entering.abort()
            return
        self._entered = entering
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room for another."""
        if self._entered is None:
            return
        if self._door:
            self._door.leave(self._entered)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What nobody expected is written to the log; the page is told a sentence."""
        # Whoever sends nonsense does not fill the log with it.
        if status >= 500:
            super().handle_error(request, status, exc, message)
        elif request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already.")
        response = problem_response(status, sentence_of(status))
        secure(response.headers)
        response.force_close()
        return response


class SecretConnection(SSLProtocol):
    """One connection under TLS. It passes the door before the handshake, so that half a handshake counts too."""

    def __init__(self, server: web.Server, door: Door, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        inner, nobody_waits = Connection(server), None
        # The types know neither that nobody has to wait for the handshake nor that it may take parts of a second.
        super().__init__(loop, inner, context, nobody_waits, True, ssl_handshake_timeout=REQUEST_WITHIN_S)  # type: ignore[arg-type]
        self._door = door
        self._entered: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands, or hang up at once."""
        entering = cast(asyncio.Transport, transport)
        if not self._door.enter(entering):
            entering.abort()
            return
        self._entered = entering
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room for another."""
        if self._entered is None:
            return
        self._door.leave(self._entered)
        super().connection_lost(exc)
