"""Attacks on the door: crowds that say nothing, and connections that dawdle, from raw sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.door import Limits
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.crowd import crowd, sources
from tests.desk.fake_room import FakeRoom

WITHIN_S = 40
LIMITS = Limits(connections=60, connections_of_an_address=20)


@pytest.fixture
async def small(room: FakeRoom, access: Access, clock: HandClock) -> AsyncIterator[Desk]:
    """A desk whose door is soon full."""
    desk = Desk(room.rooms, access, clock, limits=LIMITS)
    await desk.start("127.0.0.1", 0)
    yield desk
    await desk.stop()


async def test_who_comes_before_it_answers_waits_and_is_not_turned_away(room, access, clock):
    desk = Desk(room.rooms, access, clock)
    await desk.listen("127.0.0.1", 0)
    try:
        caller = await Caller(desk).connect()
        asking = asyncio.create_task(caller.ask("/healthz"))
        # Far more turns of the loop than an answer takes.
        for _ in range(1000):
            await asyncio.sleep(0)
        assert not asking.done()
        await desk.answer()
        assert await asking == 200
        await caller.close()
    finally:
        await desk.stop()


class Caller:
    """One connection, used for one request after the other."""

    def __init__(self, desk: Desk, cookie: str = "") -> None:
        self.at, self.cookie = urlsplit(desk.address), cookie

    async def connect(self) -> "Caller":
        self.reader, self.writer = await asyncio.open_connection(self.at.hostname, self.at.port)
        return self

    async def ask(self, path: str) -> int:
        head = f"GET {path} HTTP/1.1\r\nHost: {self.at.netloc}\r\nCookie: {self.cookie}\r\n\r\n"
        self.writer.write(head.encode())
        async with asyncio.timeout(WITHIN_S):
            answer = await self.reader.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length"))
            await self.reader.readexactly(int(length.split(b":")[1]))
        return int(answer.split()[1])

    async def hung_up(self) -> bool:
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self.reader.read() == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


async def paired(desk: Desk, access: Access) -> Caller:
    token, _ = access.pair(access.code, "Maria", "127.0.0.1")
    caller = Caller(desk, f"guideplayer_desk_{urlsplit(desk.address).port}={token}")
    return await caller.connect()


@pytest.mark.parametrize("addresses", [["127.0.0.1"], sources(100)], ids=["from one address", "from a hundred"])
@pytest.mark.parametrize("says", [b"", b"GET / HTTP/1.1\r\nX-Slow: "], ids=["silent", "half a request"])
async def test_a_crowd_keeps_nobody_out(small: Desk, access: Access, says: bytes, addresses: list[str]) -> None:
    nurse = await paired(small, access)
    assert await nurse.ask("/api/rooms") == 200
    at = urlsplit(small.address)
    people = await asyncio.to_thread(crowd, at.hostname or "", at.port or 0, 400, addresses, says)
    try:
        # The paired desk has kept its connection, a newcomer gets in, and another newcomer after that.
        assert await nurse.ask("/api/rooms") == 200
        for _ in range(2):
            newcomer = await Caller(small).connect()
            assert await newcomer.ask("/") == 200
            await newcomer.close()
        assert len(still_open(people)) <= LIMITS.connections
    finally:
        await nurse.close()
        for one in people:
            one.close()


def still_open(people: list[socket.socket]) -> list[socket.socket]:
    found = []
    for one in people:
        try:
            if one.recv(1) == b"":
                continue
        except BlockingIOError:
            pass
        except OSError:
            continue
        found.append(one)
    return found


async def test_paired_connections_of_an_address_are_bounded_too(small: Desk, access: Access) -> None:
    first = await paired(small, access)
    callers = [first, *[Caller(small, first.cookie) for _ in range(LIMITS.connections_of_an_address - 1)]]
    for caller in callers[1:]:
        await caller.connect()
    for caller in callers:
        assert await caller.ask("/api/rooms") == 200
    one_more = await Caller(small, first.cookie).connect()
    assert await one_more.hung_up()
    await callers.pop().close()
    async with asyncio.timeout(WITHIN_S):
        while not await answered(again := await Caller(small, first.cookie).connect()):
            await again.close()
    for caller in (*callers, again, one_more):
        await caller.close()


async def answered(caller: Caller) -> bool:
    try:
        return await caller.ask("/api/rooms") == 200
    except (ConnectionError, asyncio.IncompleteReadError):
        return False


async def test_headers_that_dawdle_are_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guideplayer.desk.door.REQUEST_WITHIN_S", 0.2)
    caller = await Caller(desk).connect()
    assert await caller.ask("/healthz") == 200

    async def dribble() -> None:
        with suppress(ConnectionError):
            for letter in b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"x" * 1000:
                caller.writer.write(bytes([letter]))
                await caller.writer.drain()
                await asyncio.sleep(0.02)

    # However steadily the letters come: the whole request has its time.
    dribbling = asyncio.create_task(dribble())
    assert await caller.hung_up()
    dribbling.cancel()
    with suppress(asyncio.CancelledError):
        await dribbling
    await caller.close()


async def test_headers_without_end_are_refused(desk: Desk) -> None:
    caller = await Caller(desk).connect()
    caller.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n")
    async with asyncio.timeout(WITHIN_S):
        answer = await caller.reader.read()
    assert answer.split(b" ")[1] == b"400"
    await caller.close()


async def test_a_desk_that_is_paired_answers_a_call_while_strangers_are_locked_out(
    nurse: Visitor, stranger: Visitor, access: Access, room: FakeRoom
) -> None:
    room.press()
    for _ in range(11):
        status, _ = await stranger.pair(f"{(int(access.code) + 1) % 10**6:06d}")
    assert status == 429
    status, view = await nurse.command("acknowledge")
    assert (status, view["call"]["state"], view["call"]["name"]) == (200, "acknowledged", "Maria")
    status, view = await nurse.command("clear", code="47")
    assert (status, view["call"]["state"]) == (200, "cleared")


async def test_the_desk_listens_on_this_machine_alone_unless_told_otherwise(desk: Desk) -> None:
    at = urlsplit(desk.address)
    assert at.hostname == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", at.port)


async def test_http_is_not_spoken_by_halves(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A request hidden in another one's body is never answered: what smuggles requests past a proxy."""
    at = urlsplit(desk.address)
    caller = await Caller(desk).connect()
    hidden = f"GET /healthz HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n"
    caller.writer.write(
        f"POST /api/pair HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: {len(hidden)}\r\n"
        f"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}".encode()
    )
    async with asyncio.timeout(WITHIN_S):
        answer = await caller.reader.read()
    assert answer.count(b"HTTP/1.") == 1
    assert answer.split(b" ")[1] == b"400"
    assert caplog.text == ""
    await caller.close()


async def test_the_crowd_leaves_no_trace(desk: Desk) -> None:
    at = urlsplit(desk.address)
    people = await asyncio.to_thread(crowd, at.hostname or "", at.port or 0, 50, ["127.0.0.1"])
    for one in people:
        one.close()
    async with aiohttp.ClientSession() as http, http.get(f"{desk.address}healthz") as answer:
        assert answer.status == 200
    async with asyncio.timeout(WITHIN_S):
        while desk._door._guests:
            await asyncio.sleep(0.01)
    assert not desk._door._inside
