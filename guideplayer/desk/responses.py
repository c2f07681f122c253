"""How long calls of a clinic waited, over HTTP: for the board's pictures, and as tables for spreadsheets."""

import re
from typing import Protocol

from aiohttp import web

from guideplayer.desk.guards import Handler, ProblemError, json_response

_MONTH = re.compile(r"(?:\d{4}-(?:0[1-9]|1[0-2]))?")
_NONE = "There is nothing here: response times are kept at a clinic's station."


class ClinicFigures(Protocol):
    """What a station has been told of the past of its rooms. Nothing of it makes the event loop wait for a database.

    `room` is one room, or empty for all; `first` and `last` are months like `2026-11`, or empty.
    """

    async def responses(self, room: str, first: str, last: str) -> object:
        """Ready for JSON: {whole, rooms, hours, months, all_rooms, trouble}. Raises RefusedError.

        `whole` and each of the lists is {name, sessions, calls, unanswered, within_30, within_60, median_ms, ninety_ms,
        longest_ms}, without rehearsals; `trouble` is a sentence when what is shown may be old.
        """
        ...

    async def table(self, kind: str, room: str, first: str, last: str) -> str | None:
        """CSV by `room`, `hour` or `month`, or of all `calls`; None for anything else. Raises RefusedError."""
        ...


class ResponseRoutes:
    """The routes over a clinic's figures. At a room's own desk there are none."""

    def __init__(self, figures: ClinicFigures | None) -> None:
        self._figures = figures

    def handlers(self) -> dict[str, Handler]:
        """What answers each route; who may ask it is said in `permissions.ROUTES`."""
        return {"GET /api/responses": self._get_responses, "GET /api/responses/{table}.csv": self._get_table}

    async def _get_responses(self, request: web.Request) -> web.StreamResponse:
        figures, asked = self._asked(request)
        return json_response(await figures.responses(*asked))

    async def _get_table(self, request: web.Request) -> web.StreamResponse:
        figures, asked = self._asked(request)
        kind = request.match_info["table"]
        table = await figures.table(kind, *asked)
        if table is None:
            raise ProblemError(404, "There is no such table: ask for room, hour, month or calls.")
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="response-times-{kind}.csv"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=table.encode(), headers=headers)

    def _asked(self, request: web.Request) -> tuple[ClinicFigures, tuple[str, str, str]]:
        """What is asked of which figures. Raises ProblemError."""
        if self._figures is None:
            raise ProblemError(404, _NONE)
        room, first, last = (request.query.get(name, "") for name in ("room", "first", "last"))
        if not _MONTH.fullmatch(first) or not _MONTH.fullmatch(last):
            raise ProblemError(400, "A month is written like 2026-11.")
        return self._figures, (room, first, last)
