"""A desk on loopback with a room by hand, and clocks that only a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.certificates import Certificates, utc_now
from guideplayer.desk.role import Role
from guideplayer.desk.server import Desk
from tests.desk.fake_room import FakeRoom


class HandClock:
    """Milliseconds that pass when a test says so."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def pass_ms(self, length_ms: int) -> None:
        self.now_ms += length_ms


class Visitor:
    """A browser on the desk's page: it sends what a page sends, and a test can change every header of it."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http, self.address = http, address.rstrip("/")

    async def get(self, path: str, **headers: str) -> tuple[int, object]:
        async with self.http.get(self.address + path, headers=headers) as answer:
            kind = answer.content_type
            return answer.status, (await answer.json() if kind == "application/json" else await answer.read())

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, object]:
        sent = {"Origin": self.address} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(self.address + path, json=body, headers=sent) as answer:
            return answer.status, await answer.json()

    async def command(self, command: str, **body: object) -> tuple[int, object]:
        return await self.post("/api/rooms/Room%201/commands", {"command": command, **body})

    async def pair(self, code: str, name: str = "Maria", role: Role = Role.NURSE) -> tuple[int, object]:
        return await self.post("/api/pair", {"code": code, "name": name, "role": role})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def room(clock: HandClock) -> FakeRoom:
    return FakeRoom(clock=clock)


@pytest.fixture
def access(tmp_path: Path, clock: HandClock) -> Access:
    return Access(tmp_path / "desks.json", clock)


@pytest.fixture
async def desk(room: FakeRoom, access: Access, clock: HandClock) -> AsyncIterator[Desk]:
    desk = Desk(room.rooms, access, clock)
    await desk.start("127.0.0.1", 0)
    yield desk
    await desk.stop()


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A certificate that was made just now."""
    made = Certificates(tmp_path / "tls")
    made.make(["localhost", "127.0.0.1", "::1", "room-1.clinic.example"], utc_now())
    return made


@pytest.fixture
async def stranger(desk: Desk) -> AsyncIterator[Visitor]:
    """A page that is not paired."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Visitor(http, desk.address)


@pytest.fixture
async def nurse(desk: Desk, access: Access) -> AsyncIterator[Visitor]:
    """A page that Maria has paired."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        status, _ = await visitor.pair(access.code)
        assert status == 200
        yield visitor
