"""The matrix: every route and every command, asked by every role and by nobody, with the rows written out once more.

What is expected here is written by hand, so that a slip in the table of the code does not pass as what was meant; a
route or a command without a row here fails too.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import get_args

import aiohttp
import msgspec
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.commands import AnyCommand
from guideplayer.desk.permissions import COMMANDS, ROUTES
from guideplayer.desk.role import Role
from guideplayer.desk.server import Desk
from tests.desk.conftest import Visitor
from tests.desk.fake_room import FakeRoom

UNPAIRED = "unpaired"
ASKERS = [UNPAIRED, *Role]
# Who is let through: n nurse, t therapist, v viewer, u unpaired.
EXPECTED_ROUTES = {
    "GET /": "ntvu",
    "GET /page/{file}": "ntvu",
    "GET /healthz": "ntvu",
    "GET /ca.crt": "ntvu",
    "POST /api/pair": "ntvu",
    "POST /api/heartbeat": "ntv",
    "POST /api/sign-out": "ntv",
    "GET /api/desks": "nt",
    "POST /api/desks/revoke": "nt",
    "GET /api/scripts": "ntv",
    "GET /api/scripts/{script}/{part}": "ntv",
    "GET /api/events": "ntv",
    "GET /api/rooms": "ntv",
    "GET /api/rooms/{room}": "ntv",
    "GET /api/rooms/{room}/screen.jpg": "ntv",
    "POST /api/rooms/{room}/commands": "nt",
    "GET /api/sessions": "nt",
    "GET /api/sessions/{session}": "nt",
    "GET /api/sessions/{session}/report.{kind}": "nt",
    "POST /api/sessions/{session}/delete": "t",
    "GET /api/recordings": "t",
    "GET /api/recordings/{voice}": "t",
    "POST /api/recordings/{voice}/{line}": "t",
    "GET /api/recordings/{voice}/{line}/clip": "t",
    "GET /api/responses": "nt",
    "GET /api/responses/{table}.csv": "nt",
    "GET /api/statistics": "nt",
}
EXPECTED_COMMANDS = {
    "choose": "nt",
    "begin": "nt",
    "confirm": "nt",
    "rehearse": "nt",
    "hold": "nt",
    "acknowledge": "nt",
    "clear": "nt",
    "resume": "nt",
    "comfort": "nt",
    "infusion": "nt",
    "return": "nt",
    "end": "nt",
    "looked": "nt",
    "rounds": "nt",
    "note": "nt",
}
PLACES = {"{file}": "page.js", "{script}": "open-sky", "{part}": "picture.jpg", "{room}": "Room%201"}
PLACES |= {"{session}": "1", "{kind}": "html", "{voice}": "anna", "{line}": "0123456789abcdef", "{table}": "room"}
BODIES: dict[str, dict[str, object]] = {
    "choose": {"script": "open-sky", "infusion_ms": 2_400_000},
    "confirm": {"what": "chime"},
    "clear": {"code": "47"},
    "infusion": {"action": "stopped"},
    "rounds": {"every_ms": 60_000},
    "note": {"tag": "nausea"},
}


def tags() -> list[str]:
    return [str(shape.__struct_config__.tag) for shape in get_args(AnyCommand)]


@pytest.fixture
async def visitors(desk: Desk, access: Access) -> AsyncIterator[dict[str, Visitor]]:
    """One page of each role, and one that is not paired."""
    async with AsyncExitStack() as stack:
        found = {}
        for asker in ASKERS:
            jar = aiohttp.CookieJar(unsafe=True)
            visitor = Visitor(await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar)), desk.address)
            if asker != UNPAIRED:
                assert (await visitor.pair(access.code, asker.capitalize(), Role(asker)))[0] == 200
            found[asker] = visitor
        yield found


async def status(visitor: Visitor, key: str) -> int:
    """What a route answers to a request that is right but for who asks; a stream is not read to its end."""
    method, path = key.split()
    for place, value in PLACES.items():
        path = path.replace(place, value)
    headers = {} if method == "GET" else {"Origin": visitor.address, "Content-Type": ROUTES[key].takes[0]}
    async with visitor.http.request(method, visitor.address + path, headers=headers, data=b"{}") as answer:
        return answer.status


def test_every_route_and_command_has_a_row(desk: Desk) -> None:
    assert set(desk.handlers()) == set(ROUTES) == set(EXPECTED_ROUTES)
    assert set(tags()) == set(COMMANDS) == set(EXPECTED_COMMANDS)


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("key", EXPECTED_ROUTES)
async def test_a_route_lets_through_whom_it_should(visitors: dict[str, Visitor], key: str, asker: str) -> None:
    refused = 401 if asker == UNPAIRED else 403
    answered = await status(visitors[asker], key)
    if asker[0] in EXPECTED_ROUTES[key]:
        # An empty body is no pairing and no command, and there is no picture yet: but who asks is not the matter.
        assert answered in (200, 400, 404)
    else:
        assert answered == refused


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("command", EXPECTED_COMMANDS)
async def test_a_command_is_done_for_whom_it_should(
    visitors: dict[str, Visitor], room: FakeRoom, command: str, asker: str
) -> None:
    room.can = lambda: [command]
    answered, _ = await visitors[asker].command(command, **BODIES.get(command, {}))
    done = [(name, by) for name, _, by, _ in room.commands]
    if asker[0] in EXPECTED_COMMANDS[command]:
        assert answered in (200, 409)
        assert done == [(command, asker.capitalize())]
    else:
        assert answered == (401 if asker == UNPAIRED else 403)
        assert done == []


async def test_a_role_that_may_not_command_is_refused_by_the_command_too(
    visitors: dict[str, Visitor], room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "hold", frozenset({Role.THERAPIST}))
    room.can = lambda: ["hold"]
    assert await visitors["nurse"].command("hold") == (
        403,
        {"problem": "This desk only watches. To do more, unpair it and pair it again as nurse or therapist."},
    )
    assert (await visitors["therapist"].command("hold"))[0] == 200
    assert [by for _, _, by, _ in room.commands] == ["Therapist"]


async def test_a_viewers_desk_is_never_armed_and_is_no_receipt(visitors: dict[str, Visitor], room: FakeRoom) -> None:
    room.press()
    beat = {"audio": "running", "visible": True, "calls": {"Room 1": room.call["id"]}, "page": "1"}
    _, answer = await visitors["viewer"].post("/api/heartbeat", beat)
    assert (answer["armed"], room.desks, room.receipts) == (False, [], [])
    _, answer = await visitors["nurse"].post("/api/heartbeat", beat)
    assert (answer["armed"], room.desks, room.receipts) == (True, ["Nurse"], [("1", "Nurse")])


async def test_an_unknown_role_is_none(stranger: Visitor, access: Access) -> None:
    assert await stranger.post("/api/pair", {"code": access.code, "name": "Eve", "role": "owner"}) == (
        400,
        {"problem": "The request is not understood: Invalid enum value 'owner' - at `$.role`."},
    )


def test_every_shape_of_a_command_can_be_made() -> None:
    for shape in get_args(AnyCommand):
        tag = str(shape.__struct_config__.tag)
        msgspec.convert({"command": tag, **BODIES.get(tag, {})}, AnyCommand)
