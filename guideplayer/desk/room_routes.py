"""The rooms over HTTP: each as it is, its changes as they come, its scripts, its screen, and what people ask of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
from aiohttp import web

from guideplayer.desk.commands import AnyCommand
from guideplayer.desk.door import Limits
from guideplayer.desk.events import BOARD, Streams
from guideplayer.desk.guards import SESSION, Handler, ProblemError, json_response, read_body
from guideplayer.desk.permissions import COMMANDS
from guideplayer.desk.ports import NO_ANSWER, Clock, DeskRooms

KNOWN_WITHIN_S, LOOK_EVERY_S = 2.0, 0.02
NOT_ALLOWED = "This desk only watches. To do more, unpair it and pair it again as nurse or therapist."
_UNKNOWN = "There is no room of that name here."
_CARD_PARTS = {"picture.jpg": "image/jpeg", "sample.mp3": "audio/mpeg"}
# A card's address holds its key: what is behind it never changes.
_CARD_KEPT = "private, max-age=86400, immutable"
_COMMAND = msgspec.json.Decoder(AnyCommand)


class RoomRoutes:
    """The routes of the rooms. `paired` says whether a request's desk is paired still."""

    def __init__(self, rooms: DeskRooms, limits: Limits, clock: Clock, paired: Callable[[web.Request], bool]) -> None:
        self._rooms, self._paired = rooms, paired
        self.streams = Streams(limits.streams, limits.streams_of_an_address)
        # They go on rising after a restart, so that a page can tell what is newer from what is older.
        self._first = clock()
        self._serials: dict[str, int] = {}
        self._newest: dict[str, bytes] = {}
        self._news: set[tuple[str, str]] = set()
        rooms.changed = lambda room: self.notify(room, room)
        rooms.row_changed = lambda room: self.notify(BOARD, room)

    def handlers(self) -> dict[str, Handler]:
        """What answers each route; who may ask it is said in `permissions.ROUTES`."""
        return {
            "GET /api/scripts": self._get_scripts,
            "GET /api/scripts/{script}/{part}": self._get_card_part,
            "GET /api/events": self._get_events,
            "GET /api/rooms": self._get_rooms,
            "GET /api/rooms/{room}": self._get_room,
            "GET /api/rooms/{room}/screen.jpg": self._get_screen,
            "POST /api/rooms/{room}/commands": self._post_command,
        }

    @property
    def serial(self) -> int:
        """How often what every page shows has changed: the board, or the only room."""
        return self._serials.get(BOARD if self._rooms.many else self._only(), self._first)

    def _only(self) -> str:
        return self._rooms.names()[0]

    # What has changed.

    def notify(self, about: str, room: str) -> None:
        """Tell every page that shows it. Changes within one turn of the loop are told together."""
        if not self._news:
            asyncio.get_running_loop().call_soon(self._publish)
        self._news.add((about, room))

    def _publish(self) -> None:
        news, self._news = self._news, set()
        for about in {about for about, _ in news}:
            self._serials[about] = self._serials.get(about, self._first) + 1
            self._newest.pop(about, None)
        for about, room in news:
            self.streams.publish(about, room)

    def _view(self, room: str) -> bytes:
        """A room's view, with the serial of its newest change. Raises ProblemError."""
        view = self._rooms.view(room)
        if view is None:
            raise ProblemError(503, NO_ANSWER)
        return self._numbered(room, view)

    def _change(self, room: str) -> bytes:
        """The same, made once for all pages that show it."""
        if room not in self._newest:
            self._newest[room] = self._view(room)
        return self._newest[room]

    def _numbered(self, about: str, content: bytes) -> bytes:
        """A JSON object with the serial in front."""
        return b'{"serial":%d,' % self._serials.get(about, self._first) + content[1:]

    def _board(self, rooms: Iterable[str]) -> bytes:
        faults = msgspec.json.encode(self._rooms.faults())
        head = b'{"at":%d,"faults":%s,"rows":[' % (self._rooms.at(), faults)
        return self._numbered(BOARD, head + b",".join(map(self._rooms.row, rooms)) + b"]}")

    @asynccontextmanager
    async def _looked_into(self, room: str) -> AsyncIterator[None]:
        """Let a room tell all of it, and wait a moment for one that is looked into for the first time."""
        self._rooms.look_into(room, True)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(KNOWN_WITHIN_S):
                    while self._rooms.view(room) is None:
                        await asyncio.sleep(LOOK_EVERY_S)
            yield
        finally:
            if room not in self.streams.about():
                self._rooms.look_into(room, False)
                self._newest.pop(room, None)

    # The routes.

    def _asked(self, request: web.Request) -> str:
        """The room that is meant: in the path, after the `?`, or the only one. Raises ProblemError."""
        room = request.match_info.get("room") or request.query.get("room") or ""
        if not room and not self._rooms.many:
            return self._only()
        if not self._rooms.has(room):
            raise ProblemError(404, _UNKNOWN)
        return room

    async def _get_events(self, request: web.Request) -> web.StreamResponse:
        if self._rooms.many and "room" not in request.query:
            return await self.streams.serve(
                request, BOARD, lambda: self._board(self._rooms.names()), self._board, lambda: self._paired(request)
            )
        room = self._asked(request)
        async with self._looked_into(room):
            snapshot = self._view(room)
            return await self.streams.serve(
                request, room, lambda: snapshot, lambda _: self._change(room), lambda: self._paired(request)
            )

    async def _get_scripts(self, request: web.Request) -> web.StreamResponse:
        scripts = await self._rooms.scripts(self._asked(request))
        return json_response({"scripts": msgspec.Raw(scripts)})

    async def _get_card_part(self, request: web.Request) -> web.StreamResponse:
        script, part = request.match_info["script"], request.match_info["part"]
        kind = _CARD_PARTS.get(part)
        # The room knows scripts by name; neither word is ever made a path.
        card = await self._rooms.card(self._asked(request), script, part) if kind else None
        if kind is None or not card or (isinstance(card, Path) and not card.is_file()):
            raise ProblemError(404, "There is no such card yet.")
        headers = {"Content-Type": kind, "Cache-Control": _CARD_KEPT}
        return (
            web.FileResponse(card, headers=headers)
            if isinstance(card, Path)
            else web.Response(body=card, headers=headers)
        )

    async def _get_rooms(self, request: web.Request) -> web.StreamResponse:
        session = request[SESSION]
        views = [] if self._rooms.many else [msgspec.Raw(self._view(self._only()))]
        who = {"name": session.name, "desk": session.desk, "role": session.role}
        return json_response({**who, "board": self._rooms.many, "rooms": views})

    async def _get_room(self, request: web.Request) -> web.StreamResponse:
        room = self._asked(request)
        async with self._looked_into(room):
            return json_response(msgspec.Raw(self._view(room)))

    async def _get_screen(self, request: web.Request) -> web.StreamResponse:
        picture = self._rooms.screen_jpeg(self._asked(request))
        if picture is None:
            raise ProblemError(404, "There is no picture of the room's screen now.")
        return web.Response(body=picture, headers={"Content-Type": "image/jpeg", "Cache-Control": "no-store"})

    async def _post_command(self, request: web.Request) -> web.StreamResponse:
        session, command, room = request[SESSION], await read_body(request, _COMMAND), self._asked(request)
        body: dict[str, object] = msgspec.to_builtins(command)
        name = str(body.pop("command"))
        if session.role not in COMMANDS[name]:
            raise ProblemError(403, NOT_ALLOWED)
        view = await self._rooms.command(room, name, body, session.name, session.desk)
        self.notify(room, room)
        return json_response(msgspec.Raw(self._numbered(room, view)))
