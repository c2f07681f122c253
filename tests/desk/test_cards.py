"""Cards at the desk: only a paired page gets them, by the room's own names, and nothing else is ever a file."""

from pathlib import Path

import pytest

from guideplayer.desk.server import Desk
from tests.desk.conftest import Visitor
from tests.desk.fake_room import FakeRoom

NOT_PAIRED = {"problem": "Pair this desk first: enter the code on the room's screen."}
NO_CARD = {"problem": "There is no such card yet."}
NOTHING = {"problem": "There is nothing here."}
PICTURE, SAMPLE = "/api/scripts/open-sky/picture.jpg", "/api/scripts/open-sky/sample.mp3"


@pytest.fixture
def cards(room: FakeRoom, tmp_path: Path) -> Path:
    """A folder with a card of Open Sky, and something beside it that is nobody's business."""
    (tmp_path / "open-sky-picture.jpg").write_bytes(b"\xff\xd8 a picture")
    (tmp_path / "open-sky-sample.mp3").write_bytes(bytes(range(100)))
    (tmp_path / "open-sky-card.json").write_bytes(b"{}")
    room.cards = tmp_path
    return tmp_path


@pytest.mark.parametrize("path", [PICTURE, SAMPLE, "/api/scripts/open-sky/card.json", "/api/scripts/no/picture.jpg"])
async def test_no_card_before_pairing(stranger: Visitor, cards: Path, path: str) -> None:
    assert await stranger.get(path) == (401, NOT_PAIRED)


async def test_no_card_for_another_site(nurse: Visitor, cards: Path) -> None:
    status, answer = await nurse.get(PICTURE, **{"Sec-Fetch-Site": "cross-site"})
    assert (status, answer) == (403, {"problem": "Only the desk's own page may ask this."})


async def test_a_picture_and_a_sample(nurse: Visitor, cards: Path) -> None:
    for path, content, kind in (
        (PICTURE, b"\xff\xd8 a picture", "image/jpeg"),
        (SAMPLE, bytes(range(100)), "audio/mpeg"),
    ):
        async with nurse.http.get(nurse.address + path) as answer:
            assert (answer.status, await answer.read()) == (200, content)
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "media-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_a_part_of_a_sample(nurse: Visitor, cards: Path) -> None:
    async with nurse.http.get(nurse.address + SAMPLE, headers={"Range": "bytes=10-19"}) as answer:
        assert (answer.status, await answer.read()) == (206, bytes(range(10, 20)))
        assert answer.headers["Content-Range"] == "bytes 10-19/100"


@pytest.mark.parametrize("script", ["slow-tide", "nowhere", "open-sky.yaml", "Open Sky", "%00", "open-sky%2f..", "..."])
async def test_a_script_without_a_card(nurse: Visitor, cards: Path, script: str) -> None:
    assert await nurse.get(f"/api/scripts/{script}/picture.jpg") == (404, NO_CARD)


@pytest.mark.parametrize("part", ["card.json", "picture.png", "picture.jpg%00", "PICTURE.JPG", "%2e%2e%2fdesks.json"])
async def test_another_part_of_a_card(nurse: Visitor, cards: Path, part: str) -> None:
    assert await nurse.get(f"/api/scripts/open-sky/{part}") == (404, NO_CARD)


@pytest.mark.parametrize("path", ["../desks.json", "open-sky/../../desks.json", "open-sky/picture.jpg/x", "open-sky"])
async def test_no_path_leads_out_of_the_cards(nurse: Visitor, cards: Path, path: str) -> None:
    assert await nurse.get(f"/api/scripts/{path}") == (404, NOTHING)


async def test_a_card_that_has_just_gone(nurse: Visitor, cards: Path) -> None:
    (cards / "open-sky-picture.jpg").unlink()
    assert await nurse.get(PICTURE) == (404, NO_CARD)


async def test_scripts_are_listed_with_their_cards(nurse: Visitor, desk: Desk) -> None:
    status, answer = await nurse.get("/api/scripts")
    assert status == 200
    assert isinstance(answer, dict)
    first, *_, last = answer["scripts"]
    assert (first["name"], first["density"], first["card"]["sample_ms"]) == ("open-sky", "full", 20_000)
    assert (last["name"], last["card"], bool(last["problems"])) == ("unfinished", None, True)
