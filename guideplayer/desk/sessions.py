"""Past sessions over HTTP: the list, one of them as JSON, as a page, as a table; statistics; deleting."""

import re
from typing import Protocol

from aiohttp import web

from guideplayer.desk.guards import Handler, ProblemError, json_response

_NUMBER = re.compile(r"[0-9]{1,9}")
_KINDS = {"html": "text/html", "csv": "text/csv", "json": "application/json"}
_NONE = "There is no session of that number here."


class PastSessions(Protocol):
    """The record of a room, as the desk sees it. Nothing of it makes the desk's event loop wait for a disk."""

    async def sessions(self) -> object:
        """All that were begun, the newest first, ready for JSON: {sessions, uncounted, trouble}.

        `uncounted` are so many older ones that are still being counted; `trouble` is a sentence when the record is
        damaged, so that others may be missing. Keys of a session: session, standing (ended, under way, cut),
        begun_wall_ms, length_ms, script, infusion_ms, pauses, notes, waits [{wall_ms, answered_ms,
        attended_ms}], damaged.
        """
        ...

    async def session(self, session: int) -> object | None:
        """One, ready for JSON, with `drawing`; None when there is none of this number."""
        ...

    async def report(self, session: int, kind: str) -> tuple[str, str] | None:
        """One as `html`, `csv` or `json`: a name for the file, and the file; None when there is none."""
        ...

    async def statistics(self) -> object:
        """How long calls waited.

        Keys: months and hours [{when, sessions, calls, unanswered, median_ms, slowest_ms}], sessions, calls.
        """
        ...

    async def delete(self, session: int) -> None:
        """Delete one for good. Raises RefusedError."""
        ...


class SessionRoutes:
    """The routes over a record. Without one there are no sessions."""

    def __init__(self, past: PastSessions | None) -> None:
        self._past = past

    def handlers(self) -> dict[str, Handler]:
        """What answers each route; who may ask it is said in `permissions.ROUTES`."""
        return {
            "GET /api/sessions": self._get_sessions,
            "GET /api/statistics": self._get_statistics,
            "GET /api/sessions/{session}": self._get_session,
            "GET /api/sessions/{session}/report.{kind}": self._get_report,
            "POST /api/sessions/{session}/delete": self._post_delete,
        }

    async def _get_sessions(self, _request: web.Request) -> web.StreamResponse:
        empty = {"sessions": [], "uncounted": 0, "trouble": ""}
        return json_response(await self._past.sessions() if self._past else empty)

    async def _get_statistics(self, _request: web.Request) -> web.StreamResponse:
        empty = {"months": [], "hours": [], "sessions": 0, "calls": 0}
        return json_response(await self._past.statistics() if self._past else empty)

    async def _get_session(self, request: web.Request) -> web.StreamResponse:
        past, session = self._asked(request)
        found = await past.session(session)
        if found is None:
            raise ProblemError(404, _NONE)
        return json_response(found)

    async def _get_report(self, request: web.Request) -> web.StreamResponse:
        past, session = self._asked(request)
        kind = request.match_info["kind"]
        found = await past.report(session, kind) if kind in _KINDS else None
        if found is None:
            raise ProblemError(404, _NONE)
        name, text = found
        headers = {
            "Content-Type": f"{_KINDS[kind]}; charset=utf-8",
            # A file to keep and to print: as a page of this desk its own look would be forbidden.
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=text.encode(), headers=headers)

    async def _post_delete(self, request: web.Request) -> web.StreamResponse:
        past, session = self._asked(request)
        await past.delete(session)
        return json_response({"deleted": session})

    def _asked(self, request: web.Request) -> tuple[PastSessions, int]:
        """The record and the number of the session. Raises ProblemError."""
        wanted = request.match_info["session"]
        if self._past is None or not _NUMBER.fullmatch(wanted):
            raise ProblemError(404, _NONE)
        return self._past, int(wanted)
