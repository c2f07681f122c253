"""One's own voice over HTTP: which lines a script has, a take of a line, the clip that was made of it."""

import asyncio
import re
from typing import Protocol

from aiohttp import web

from guideplayer.desk.guards import Handler, ProblemError, json_response, sentence_of
from guideplayer.desk.permissions import LARGEST_TAKE_BYTES

# A page on a weak connection sends some 60 KB; a whole minute of sound may take as long.
TAKE_WITHIN_S = 60.0
_KEY = re.compile(r"[0-9a-f]{16}")
_NO_LINE = "There is no such line in this script now."


class Recordings(Protocol):
    """The clinic's own voices, as the desk sees them. Every method raises RefusedError for what cannot be done."""

    async def voices(self) -> object:
        """The voices that were begun, ready for JSON: {voices, problem, checked}.

        `problem` is a sentence while no clips can be made here, else empty; `checked` whether a machine listens.
        """
        ...

    async def state(self, voice: str, script: str) -> object:
        """What a voice has of a script, ready for JSON: {voice, script, title, language, problem, checked, lines}.

        Keys of a line: line (its key), text, part, state (missing, waiting, ready, mismatch, unusable), take (the
        SHA-256 of the recording that counts, or None), length_ms, heard, problem.
        """
        ...

    async def keep(self, voice: str, script: str, line: str, take: bytes, kind: str) -> str | None:
        """Keep a take, durably; its SHA-256 in hexadecimal digits, or None when the script has no such line."""
        ...

    async def clip(self, voice: str, line: str) -> bytes | None:
        """A line as patients will hear it (Opus in Ogg); None while it is not made."""
        ...


class RecordingRoutes:
    """The routes over the clinic's own voices. Without them nothing can be recorded."""

    def __init__(self, recordings: Recordings | None) -> None:
        self._recordings = recordings

    def handlers(self) -> dict[str, Handler]:
        """What answers each route; who may ask it is said in `permissions.ROUTES`."""
        return {
            "GET /api/recordings": self._get_voices,
            "GET /api/recordings/{voice}": self._get_state,
            "POST /api/recordings/{voice}/{line}": self._post_take,
            "GET /api/recordings/{voice}/{line}/clip": self._get_clip,
        }

    async def _get_voices(self, _request: web.Request) -> web.StreamResponse:
        return json_response(await self._there().voices())

    async def _get_state(self, request: web.Request) -> web.StreamResponse:
        return json_response(await self._there().state(request.match_info["voice"], _script(request)))

    async def _post_take(self, request: web.Request) -> web.StreamResponse:
        recordings, line = self._there(), _line(request)
        take = await _read_take(request)
        kept = await recordings.keep(request.match_info["voice"], _script(request), line, take, request.content_type)
        if kept is None:
            raise ProblemError(404, _NO_LINE)
        return json_response({"line": line, "take": kept})

    async def _get_clip(self, request: web.Request) -> web.StreamResponse:
        clip = await self._there().clip(request.match_info["voice"], _line(request))
        if clip is None:
            raise ProblemError(404, "This line is not made yet.")
        return web.Response(body=clip, headers={"Content-Type": "audio/ogg", "Cache-Control": "no-store"})

    def _there(self) -> Recordings:
        if self._recordings is None:
            raise ProblemError(404, "Nothing can be recorded here.")
        return self._recordings


def _script(request: web.Request) -> str:
    """Raises ProblemError."""
    scripts = request.query.getall("script", [])
    if len(scripts) != 1:
        raise ProblemError(400, "Name the script: ?script=open-sky.")
    return scripts[0]


def _line(request: web.Request) -> str:
    """Raises ProblemError."""
    line = request.match_info["line"]
    if not _KEY.fullmatch(line):
        raise ProblemError(404, _NO_LINE)
    return line


async def _read_take(request: web.Request) -> bytes:
    """The body, however it is sent, up to what a take may be. Raises ProblemError."""
    take = bytearray()
    try:
        async with asyncio.timeout(TAKE_WITHIN_S):
            async for part in request.content.iter_chunked(64 * 1024):
                take += part
                if len(take) > LARGEST_TAKE_BYTES:
                    raise ProblemError(413, "This take is too large: a line is at most a few minutes long.")
    except TimeoutError:
        raise ProblemError(408, sentence_of(408)) from None
    if not take:
        raise ProblemError(400, "This take is empty.")
    return bytes(take)
