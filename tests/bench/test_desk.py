"""How soon every desk knows: from a change in the room to the bytes at twenty pages."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom, wall_ms

pytestmark = pytest.mark.bench
PAGES = 20
CHANGES = 300


async def read_change(stream: aiohttp.ClientResponse) -> float:
    """When the next change has arrived whole, in ms."""
    async for line in stream.content:
        if line.startswith(b"data: "):
            return time.perf_counter() * 1000
    raise ConnectionError("the stream has ended")


async def test_change_to_twenty_pages(tmp_path: Path) -> None:
    room, clock = FakeRoom(), HandClock()
    access = Access(tmp_path / "desks.json", wall_ms)
    desk = Desk(room.rooms, access, clock)
    await desk.start("127.0.0.1", 0)
    first, last = [], []
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(unsafe=True), connector=aiohttp.TCPConnector(limit=PAGES + 5)
            )
        )
        visitor = Visitor(http, desk.address)
        assert (await visitor.pair(access.code))[0] == 200
        streams = [await stack.enter_async_context(http.get(f"{visitor.address}/api/events")) for _ in range(PAGES)]
        await asyncio.gather(*(read_change(stream) for stream in streams))
        for _ in range(CHANGES):
            arrivals = [asyncio.create_task(read_change(stream)) for stream in streams]
            await asyncio.sleep(0)
            changed_ms = time.perf_counter() * 1000
            room.press()
            room.rooms.told()
            times = [arrived - changed_ms for arrived in await asyncio.gather(*arrivals)]
            first.append(min(times))
            last.append(max(times))
    await desk.stop()
    first.sort()
    last.sort()
    p50, p99 = last[CHANGES // 2], last[CHANGES * 99 // 100]
    print(f"\nchange to the first page: p50 {first[CHANGES // 2]:.2f} ms")
    print(f"change to the last of {PAGES} pages: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    assert p99 <= 150
