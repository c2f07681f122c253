"""The desks that are paired: how a phone gets in by the square, and how a desk is taken away."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.role import Role
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom

NOT_PAIRED = {"problem": "Pair this desk first: enter the code on the room's screen."}
BEAT = {"audio": "running", "visible": True, "page": "1"}


@pytest.fixture
async def tom(desk: Desk, access: Access, nurse: Visitor) -> AsyncIterator[Visitor]:
    """A second desk."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        assert (await visitor.pair(access.code, "Tom", Role.THERAPIST))[0] == 200
        yield visitor


async def test_on_this_machine_alone_there_is_no_square(desk: Desk, room: FakeRoom) -> None:
    assert room.link == ""


async def test_the_square_leads_to_the_desk_and_pairs(room: FakeRoom, access: Access, clock: HandClock) -> None:
    desk = Desk(room.rooms, access, clock)
    await desk.start("0.0.0.0", 0)
    try:
        if urlsplit(desk.address).hostname == "127.0.0.1":
            pytest.skip("This machine has no network: no phone could follow a link to it.")
        first = room.link
        address, _, token = first.partition("#pair=")
        assert (address, token) == (desk.address, access.link_token)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            visitor = Visitor(http, address)
            assert (await visitor.pair(token))[0] == 200
            assert (await visitor.get("/api/rooms"))[0] == 200
        assert room.link.startswith(f"{address}#pair=")
        assert room.link != first
    finally:
        await desk.stop()
    assert room.link == ""


async def test_a_name_that_the_desk_was_given_is_its_own(room: FakeRoom, access: Access, clock: HandClock) -> None:
    desk = Desk(room.rooms, access, clock)
    await desk.start("localhost", 0)
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{desk.address}healthz") as answer:
            assert answer.status == 200
        assert urlsplit(desk.address).hostname == "localhost"
    finally:
        await desk.stop()


async def test_a_code_that_is_too_long_is_none(stranger: Visitor) -> None:
    assert (await stranger.pair("1" * 65))[0] == 400


async def test_who_has_a_desk(nurse: Visitor, tom: Visitor, clock: HandClock) -> None:
    await tom.post("/api/heartbeat", BEAT)
    now_ms = clock()
    assert await nurse.get("/api/desks") == (
        200,
        {
            "desks": [
                {"desk": "Maria", "role": "nurse", "since": now_ms, "armed": False},
                {"desk": "Tom", "role": "therapist", "since": now_ms, "armed": True},
            ]
        },
    )


async def test_a_desk_that_is_taken_away_is_out_at_once(nurse: Visitor, tom: Visitor, room: FakeRoom) -> None:
    await tom.post("/api/heartbeat", BEAT)
    assert room.desks == ["Tom"]
    async with tom.http.get(f"{tom.address}/api/events") as stream:
        async with asyncio.timeout(10):
            while not (await stream.content.readline()).startswith(b"data: "):
                pass
        status, answer = await nurse.post("/api/desks/revoke", {"desk": "Tom"})
        assert (status, [one["desk"] for one in answer["desks"]]) == (200, ["Maria"])
        assert room.desks == []
        room.press()
        async with asyncio.timeout(40):
            assert b"event: " not in await stream.content.read()
    assert await tom.get("/api/rooms") == (401, NOT_PAIRED)
    assert await tom.command("hold") == (401, NOT_PAIRED)
    assert (await nurse.get("/api/rooms"))[0] == 200


async def test_a_desk_that_is_not_there_cannot_be_taken_away(nurse: Visitor) -> None:
    assert await nurse.post("/api/desks/revoke", {"desk": "Eve"}) == (
        404,
        {"problem": "That desk is paired no longer."},
    )


async def test_a_desk_that_unpairs_itself_loses_its_cookie(nurse: Visitor, room: FakeRoom) -> None:
    await nurse.post("/api/heartbeat", BEAT)
    headers = {"Origin": nurse.address}
    async with nurse.http.post(f"{nurse.address}/api/sign-out", json={}, headers=headers) as answer:
        assert answer.status == 200
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert room.desks == []
    assert await nurse.get("/api/rooms") == (401, NOT_PAIRED)


async def test_a_desk_that_pairs_anew_is_armed_no_longer_under_its_old_name(
    nurse: Visitor, room: FakeRoom, access: Access
) -> None:
    await nurse.post("/api/heartbeat", BEAT)
    assert (await nurse.pair(access.code, "Anna"))[0] == 200
    assert room.desks == []
    assert [session.desk for session in access.sessions()] == ["Anna"]
