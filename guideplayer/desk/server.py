"""The desk's server: one aiohttp application, in a room's process or in a station."""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import msgspec
from aiohttp import web

from guideplayer.desk.access import SESSION_LIFE_MS, Access, NotPairedError, Session
from guideplayer.desk.armed import ArmedDesks, Heartbeat
from guideplayer.desk.asked import Pairing, Revocation
from guideplayer.desk.certificates import Certificates, own_names, utc_now
from guideplayer.desk.door import Connection, Door, Limits, SecretConnection
from guideplayer.desk.guards import (
    SESSION,
    Handler,
    ProblemError,
    check_origin,
    json_response,
    own_hosts,
    read_body,
    secure_response,
    sentences,
)
from guideplayer.desk.page_files import file_response, page_files
from guideplayer.desk.permissions import AUTHORITY_KIND, EVERYONE, LARGEST_BODY_BYTES, PAIRED, ROUTES, Route
from guideplayer.desk.ports import Clock, DeskRooms
from guideplayer.desk.recordings import RecordingRoutes, Recordings
from guideplayer.desk.responses import ClinicFigures, ResponseRoutes
from guideplayer.desk.role import Role
from guideplayer.desk.room_routes import NOT_ALLOWED, RoomRoutes
from guideplayer.desk.sessions import PastSessions, SessionRoutes

TICK_EVERY_S = 0.25
STOP_WITHIN_S = 1.0
# How many may wait at the door, and how many of them are let in before those inside are answered again.
WAITING, LET_IN = 4096, 16
# Where a machine without a network reaches itself.
_ALONE = "127.0.0.1"
_NOT_PAIRED = "Pair this desk first: enter the code on the room's screen."
_THERAPISTS_ONLY = "Only a therapist may do this: unpair this desk and pair it again as therapist."
# What nothing is behind: before pairing, not even that is told of what would be behind the pairing.
_NOTHING, _NOTHING_OPEN = Route(PAIRED, ""), Route(EVERYONE, "")

_PAIRING = msgspec.json.Decoder(Pairing)
_HEARTBEAT = msgspec.json.Decoder(Heartbeat)
_REVOCATION = msgspec.json.Decoder(Revocation)

_log = logging.getLogger(__name__)


def reachable_address(host: str) -> str:
    """The address that others use: for a server bound to every address, the one by which this machine goes out."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return _ALONE


class Desk:
    """Serves rooms to their desks. `clock` tells monotonic milliseconds; `names` are host names it answers under.

    With `certificates` it is served over TLS. Raises CertificateError.
    """

    def __init__(
        self,
        rooms: DeskRooms,
        access: Access,
        clock: Clock,
        *,
        names: Sequence[str] = (),
        limits: Limits | None = None,
        certificates: Certificates | None = None,
        past: PastSessions | None = None,
        recordings: Recordings | None = None,
        figures: ClinicFigures | None = None,
    ) -> None:
        self._rooms, self._access, self._names, self._certificates = rooms, access, tuple(names), certificates
        self._context = certificates.context() if certificates else None
        limits = limits or Limits()
        self._door = Door(limits)
        self._armed = ArmedDesks(clock)
        self._room_routes = RoomRoutes(rooms, limits, clock, lambda request: self._session(request) is not None)
        self._sessions = SessionRoutes(past)
        self._recordings = RecordingRoutes(recordings)
        self._responses = ResponseRoutes(figures)
        self._told_armed: list[str] = []
        self._told_code: str | None = None
        self._page = page_files()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._port = 0
        self._reachable = False
        self._host = ""
        self._certified = certificates.names() if certificates else []
        self.address = ""

    async def start(self, host: str = "127.0.0.1", port: int = 8765) -> None:
        """Listen, and answer. Raises OSError as `listen` does."""
        await self.listen(host, port)
        await self.answer()

    async def listen(self, host: str = "127.0.0.1", port: int = 8765) -> None:
        """Who comes waits at the door until `answer`. Raises OSError when that address is taken or is not this
        machine's.
        """
        self._runner = web.AppRunner(self._application(), shutdown_timeout=STOP_WITHIN_S)
        await self._runner.setup()
        served = self._runner.server
        assert served
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: self._connection(served), host, port, backlog=LET_IN, start_serving=False
            )
            self._let_wait()
        except OSError:
            await self._runner.cleanup()
            raise
        bound, bound_port, *_ = self._server.sockets[0].getsockname()
        name = reachable_address(host)
        # A name that was asked for is one that people type.
        self._host = host
        self.address = f"{'https' if self._context else 'http'}://{f'[{name}]' if ':' in name else name}:{bound_port}/"
        self._port = bound_port
        self._reachable = name != _ALONE and not ipaddress.ip_address(bound.partition("%")[0]).is_loopback
        self._tick_on()

    def _let_wait(self) -> None:
        for listening in self._server.sockets if self._server else ():
            # asyncio knows one number for those who wait and those whom it lets in at once.
            with listening.dup() as same:
                same.listen(WAITING)

    async def answer(self) -> None:
        """Answer those who wait, and whoever comes from now on."""
        if self._server:
            await self._server.start_serving()
            self._let_wait()

    def _connection(self, served: web.Server) -> asyncio.Protocol:
        if self._context is None:
            return Connection(served, self._door)
        return cast(asyncio.Protocol, SecretConnection(served, self._door, self._context))

    async def stop(self) -> None:
        """Stop listening, end every stream, and take the pairing code off the room's screen."""
        if self._timer:
            self._timer.cancel()
        if self._server:
            self._server.close()
        self._room_routes.streams.close()
        if self._runner:
            await self._runner.cleanup()
        self._rooms.pairing(None)

    def showing(self, room: str, call: str) -> str | None:
        """An armed desk that shows this call."""
        return self._armed.showing(room, call)

    def tick(self) -> None:
        """Tell the room what time has changed: which desks are armed, and the pairing code."""
        armed = self._armed.names()
        if armed != self._told_armed:
            self._told_armed = armed
            self._rooms.armed(armed)
        if self._access.code != self._told_code:
            self._told_code = self._access.code
            self._rooms.pairing(self._told_code, self._pairing_link())

    def keep_certificate(self) -> None:
        """Renew the certificate when that is due; connections go on meanwhile. Raises CertificateError."""
        if self._certificates and self._context:
            self._certificates.keep(own_names(self._host), self._context, utc_now())
            self._certified = self._certificates.names()

    def _pairing_link(self) -> str:
        """What a phone reads off the room's screen. Behind the #, the token is never sent and so in nobody's log."""
        return f"{self.address}#pair={self._access.link_token}" if self._reachable else ""

    def _tick_on(self) -> None:
        # The next tick is set first: whatever goes wrong in this one, a desk that fell silent still stops being armed.
        self._timer = asyncio.get_running_loop().call_later(TICK_EVERY_S, self._tick_on)
        self.tick()

    def handlers(self) -> dict[str, Handler]:
        """What answers each route; who may ask it is said in `permissions.ROUTES`."""
        return {
            "GET /": self._get_page,
            "GET /page/{file}": self._get_page,
            "GET /healthz": self._get_health,
            "GET /ca.crt": self._get_authority,
            "POST /api/pair": self._post_pair,
            "POST /api/sign-out": self._post_sign_out,
            "GET /api/desks": self._get_desks,
            "POST /api/desks/revoke": self._post_revoke,
            "POST /api/heartbeat": self._post_heartbeat,
            **self._room_routes.handlers(),
            **self._sessions.handlers(),
            **self._recordings.handlers(),
            **self._responses.handlers(),
        }

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[sentences, self._guard], client_max_size=LARGEST_BODY_BYTES)
        application.on_response_prepare.append(secure_response)
        for key, handler in self.handlers().items():
            # What has no row fails here, before anything is served.
            row, (method, path) = ROUTES[key], key.split()
            if method == "GET":
                application.router.add_get(path, handler, allow_head=None in row.allowed)
            else:
                application.router.add_route(method, path, handler)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        route = self._route(request)
        check_origin(request, own_hosts(request, (*self._names, self._host, *self._certified)), route)
        session = self._session(request)
        if session is None:
            if None not in route.allowed:
                raise ProblemError(401, _NOT_PAIRED)
        elif session.role not in route.allowed:
            raise ProblemError(403, NOT_ALLOWED if session.role is Role.VIEWER else _THERAPISTS_ONLY)
        else:
            request[SESSION] = session
            if request.transport:
                self._door.trust(request.transport)
        return await handler(request)

    def _session(self, request: web.Request) -> Session | None:
        """The desk that a request comes from, as long as it is paired."""
        return self._access.session(request.cookies.get(self._cookie))

    @staticmethod
    def _route(request: web.Request) -> Route:
        """The row of what is asked for."""
        resource = request.match_info.route.resource
        method = "GET" if request.method == "HEAD" else request.method
        if resource is None:
            return _NOTHING if request.path.startswith("/api/") else _NOTHING_OPEN
        return ROUTES[f"{method} {resource.canonical}"]

    @property
    def _cookie(self) -> str:
        # Browsers share cookies between the ports of a host: two rooms on one machine must not unpair each other.
        return f"guideplayer_desk_{self._port}"

    async def _get_page(self, request: web.Request) -> web.StreamResponse:
        return file_response(self._page.get(request.match_info.get("file", "index.html")), request)

    async def _get_health(self, _request: web.Request) -> web.StreamResponse:
        return json_response({"ok": True})

    async def _get_authority(self, _request: web.Request) -> web.StreamResponse:
        """What a phone installs so that it trusts this desk: it holds no secret."""
        if self._certificates is None:
            raise ProblemError(404, "There is nothing here.")
        headers = {
            "Content-Type": AUTHORITY_KIND,
            "Content-Disposition": 'attachment; filename="guideplayer-desk.crt"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=self._certificates.download(), headers=headers)

    async def _post_pair(self, request: web.Request) -> web.StreamResponse:
        pairing = await read_body(request, _PAIRING)
        before = self._session(request)
        try:
            token, session = self._access.pair(pairing.code, pairing.name, request.remote or "", pairing.role, before)
        except NotPairedError as error:
            waits = {"Retry-After": str(-(-error.wait_ms // 1000))} if error.wait_ms else None
            raise ProblemError(429 if error.wait_ms else 403, str(error), waits) from None
        finally:
            self.tick()
        if before:
            self._unarm(before)
        response = json_response({"name": session.name, "desk": session.desk, "role": session.role})
        response.set_cookie(
            self._cookie,
            token,
            max_age=SESSION_LIFE_MS // 1000,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return response

    async def _post_sign_out(self, request: web.Request) -> web.StreamResponse:
        self._unpair(request[SESSION])
        response = json_response({"ok": True})
        response.del_cookie(self._cookie, httponly=True, samesite="Strict", secure=request.secure)
        return response

    async def _get_desks(self, _request: web.Request) -> web.StreamResponse:
        armed = self._armed.names()
        desks = [
            {"desk": session.desk, "role": session.role, "since": session.since_ms, "armed": session.desk in armed}
            for session in self._access.sessions()
        ]
        return json_response({"desks": desks})

    async def _post_revoke(self, request: web.Request) -> web.StreamResponse:
        asked = await read_body(request, _REVOCATION)
        for session in self._access.sessions():
            if session.desk == asked.desk:
                # Logs hold no names.
                _log.warning("A desk was unpaired by another one.")
                self._unpair(session)
                return await self._get_desks(request)
        raise ProblemError(404, "That desk is paired no longer.")

    def _unpair(self, session: Session) -> None:
        """Forget a desk at once: it sees nothing more, and counts as armed no longer."""
        self._access.revoke(session)
        self._unarm(session)

    def _unarm(self, session: Session) -> None:
        self._armed.forget(session.desk)
        self.tick()
        self._room_routes.streams.recheck()

    async def _post_heartbeat(self, request: web.Request) -> web.StreamResponse:
        session, heartbeat = request[SESSION], await read_body(request, _HEARTBEAT)
        # Nobody at a viewer's desk can answer: a call that only it shows has reached nobody.
        shown = {} if session.role is Role.VIEWER else self._armed.beat(session.desk, heartbeat)
        self.tick()
        for room, call in shown.items():
            if self._rooms.has(room):
                self._rooms.delivered(room, call, session.desk)
        armed = self._armed.is_armed(session.desk, heartbeat.page)
        return json_response({"serial": self._room_routes.serial, "armed": armed})
