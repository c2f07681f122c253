"""A clinic's response times over HTTP: what is asked for reaches the figures, and what is wrong is a sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.ports import RefusedError
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom


class Figures:
    """By hand: it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.problem = ""

    async def responses(self, room: str, first: str, last: str) -> object:
        self.asked.append((room, first, last))
        if self.problem:
            raise RefusedError(self.problem)
        return {"whole": {}}

    async def table(self, kind: str, room: str, first: str, last: str) -> str | None:
        self.asked.append((kind, room, first, last))
        return "room,calls\n" if kind == "room" else None


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
async def nurse(tmp_path: Path, figures: Figures) -> AsyncIterator[Visitor]:
    access = Access(tmp_path / "station.json", HandClock())
    desk = Desk(FakeRoom().rooms, access, HandClock(), figures=figures)
    await desk.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        await visitor.pair(access.code, "Maria")
        yield visitor
    await desk.stop()


async def test_what_is_asked_for_reaches_the_figures(nurse: Visitor, figures: Figures) -> None:
    asked = f"{nurse.address}/api/responses?room=Room%202&first=2026-01&last=2026-11"
    async with nurse.http.get(asked) as answer:
        assert (answer.status, await answer.json()) == (200, {"whole": {}})
    async with nurse.http.get(f"{nurse.address}/api/responses/room.csv") as answer:
        assert (answer.status, answer.content_type, await answer.text()) == (200, "text/csv", "room,calls\n")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="response-times-room.csv"'
    assert figures.asked == [("Room 2", "2026-01", "2026-11"), ("room", "", "", "")]


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ("?first=November", 400, "A month is written like 2026-11."),
        ("?last=2026-13", 400, "A month is written like 2026-11."),
        ("/moon.csv", 404, "There is no such table: ask for room, hour, month or calls."),
    ],
)
async def test_what_is_wrong_is_a_sentence(nurse: Visitor, asked: str, status: int, sentence: str) -> None:
    async with nurse.http.get(f"{nurse.address}/api/responses{asked}") as answer:
        assert (answer.status, await answer.json()) == (status, {"problem": sentence})


async def test_a_database_that_cannot_be_read_is_told(nurse: Visitor, figures: Figures) -> None:
    figures.problem = "The clinic's figures in x cannot be used: it is away."
    async with nurse.http.get(f"{nurse.address}/api/responses") as answer:
        assert (answer.status, await answer.json()) == (409, {"problem": figures.problem})


async def test_a_rooms_own_desk_has_none(desk: Desk, access: Access) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        await visitor.pair(access.code, "Maria")
        async with http.get(f"{desk.address}api/responses") as answer:
            assert answer.status == 404
            assert "at a clinic's station" in (await answer.json())["problem"]
