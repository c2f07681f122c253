"""What every request must pass, and what every answer carries: the desk trusts the room's own page and nothing else."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import web
from multidict import CIMultiDict

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.access import Session
from guideplayer.desk.permissions import JSON, Route
from guideplayer.desk.ports import RefusedError

BODY_WITHIN_S = 5.0
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        # A take is played back before it is sent.
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# By this others on the machine know that it is a desk.
SERVER = "guideplayer"
# On the page itself one's own voice can be recorded, when the browser has asked whether it may.
PAGE_PERMISSIONS = "camera=(), geolocation=(), microphone=(self)"
_SENTENCES = {
    400: "The request cannot be read.",
    404: "There is nothing here.",
    405: "That cannot be done here.",
    408: "The request took too long to arrive.",
    413: "The request is too large.",
    415: "That kind of file is not understood here.",
    500: "Something went wrong in the room's own programme. Look at the room, then try again.",
}

# Where a request that has passed keeps the desk that it comes from.
SESSION = web.RequestKey("session", Session)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Shape = TypeVar("_Shape")


class ProblemError(Exception):
    """An answer of the 4xx or 5xx kind: a status and a sentence that staff can read."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers or {}


def json_response(content: object, status: int = 200) -> web.Response:
    """An answer in JSON, which no cache keeps."""
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return web.Response(
        body=body, status=status, headers={"Content-Type": "application/json", "Cache-Control": "no-store"}
    )


def problem_response(status: int, sentence: str) -> web.Response:
    """An answer that says what is wrong."""
    return json_response({"problem": sentence}, status)


def sentence_of(status: int) -> str:
    """What to say of a status that nothing more is known about."""
    return _SENTENCES.get(status) or f"{HTTPStatus(status).phrase}."


def secure(headers: CIMultiDict[str]) -> None:
    """Put the headers of every answer, and name no software."""
    headers.update(HEADERS)
    headers["Server"] = SERVER


async def secure_response(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers of every answer: a signal of the application."""
    secure(response.headers)
    if request.path == "/":
        response.headers["Permissions-Policy"] = PAGE_PERMISSIONS


def own_hosts(request: web.Request, names: Sequence[str]) -> set[str]:
    """The exact Host values of this server for this connection: the address that was connected to, and known names."""
    transport = request.transport
    if transport is None:
        return set()
    host, port, *_ = transport.get_extra_info("sockname")
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    own = [f"[{address}]" if address.version == 6 else str(address), *(name.lower() for name in names)]
    if address.is_loopback:
        own.append("localhost")
    return {f"{name}:{port}" for name in own} | (set(own) if port == (443 if request.secure else 80) else set())


def check_origin(request: web.Request, hosts: set[str], route: Route) -> None:
    """Let through only what this server's own page, at this address and port, sends. Raises ProblemError."""
    if len(request.headers.getall("Host", [])) != 1 or request.host.lower() not in hosts:
        raise ProblemError(421, "This desk does not answer under that address. Use the address on the room's screen.")
    if request.path.startswith("/api/") and request.headers.get("Sec-Fetch-Site", "none") not in (
        "same-origin",
        "none",
    ):
        raise ProblemError(403, "Only the desk's own page may ask this.")
    if request.method in ("GET", "HEAD"):
        return
    if request.headers.getall("Origin", []) != [f"{request.scheme}://{request.host.lower()}"]:
        raise ProblemError(403, "Only the desk's own page may ask this.")
    if request.content_type not in route.takes or (request.charset or "utf-8").lower() != "utf-8":
        raise ProblemError(415, "Only JSON is understood here." if route.takes == (JSON,) else sentence_of(415))
    if (request.content_length or 0) > route.most_bytes:
        raise ProblemError(413, sentence_of(413))


async def read_body(request: web.Request, decoder: msgspec.json.Decoder[_Shape]) -> _Shape:
    """The request's JSON in the decoder's shape. Raises ProblemError."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return decoder.decode(await request.read())
    except TimeoutError:
        raise ProblemError(408, sentence_of(408)) from None
    except msgspec.ValidationError as error:
        raise ProblemError(400, f"The request is not understood: {error}.") from None
    except UNREADABLE:
        raise ProblemError(400, "The request is not JSON.") from None


@web.middleware
async def sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that is expected to go wrong into a sentence."""
    try:
        return await handler(request)
    except RefusedError as refused:
        return problem_response(409, str(refused))
    except ProblemError as problem:
        response = problem_response(problem.status, problem.sentence)
        response.headers.update(problem.headers)
        return response
    except web.HTTPException as error:
        response = problem_response(error.status, sentence_of(error.status))
        response.headers.update({name: value for name, value in error.headers.items() if name == "Allow"})
        return response
