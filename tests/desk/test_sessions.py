"""Past sessions over HTTP, with a real record behind the desk; keeping, counting and forgetting them."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from guideplayer.core.messages import Began, Chose, Noted
from guideplayer.core.session import step
from guideplayer.desk.access import Access
from guideplayer.desk.role import Role
from guideplayer.desk.server import Desk
from guideplayer.journal.archive import Archive
from guideplayer.journal.record import Entry
from guideplayer.report.figures import KIND
from guideplayer.report.past import kept_figures
from guideplayer.room.past import DAY_MS
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom
from tests.factory import SCRIPT
from tests.report.conftest import INFUSION_MS, WALL_MS, Recording
from tests.report.kept import Kept

DELETE = "/api/sessions/{}/delete"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A room's folder: session 1 is whole, 2 is short, 3 was only opened."""
    recording = Recording(tmp_path / "state")
    recording.whole()
    recording.again()
    recording.short("b-1", 12)
    recording.again()
    recording.journal.close()
    return tmp_path / "state"


@pytest.fixture
async def kept(folder: Path) -> AsyncIterator[Kept]:
    kept = Kept(folder)
    yield kept
    kept.writing.cancel()
    kept.journal.close()


@pytest.fixture
async def desk(room: FakeRoom, access: Access, clock: HandClock, kept: Kept) -> AsyncIterator[Desk]:
    desk = Desk(room.rooms, access, clock, past=kept.past)
    await desk.start("127.0.0.1", 0)
    yield desk
    await desk.stop()


@pytest.fixture
async def therapist(desk: Desk, access: Access) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        assert (await visitor.pair(access.code, "Ida", Role.THERAPIST))[0] == 200
        yield visitor


async def test_the_list_and_one_of_it(nurse: Visitor) -> None:
    status, answer = await nurse.get("/api/sessions")
    assert status == 200
    assert (answer["uncounted"], answer["trouble"]) == (0, "")
    assert [(one["session"], one["script"], len(one["waits"])) for one in answer["sessions"]] == [
        (2, "Test", 1),
        (1, "Test", 2),
    ]
    status, told = await nurse.get("/api/sessions/1")
    assert (status, told["standing"], told["calls"][1]["to_answered_ms"]) == (200, "ended", 8200)
    assert told["drawing"]["parts"][1]["text"] == "settling"


async def test_statistics(nurse: Visitor) -> None:
    status, answer = await nurse.get("/api/statistics")
    [month] = answer["months"]
    assert (status, answer["sessions"], answer["calls"]) == (200, 2, 3)
    assert month == {
        "when": "2026-11",
        "sessions": 2,
        "calls": 3,
        "unanswered": 0,
        "median_ms": 12_200,
        "slowest_ms": 90_200,
    }
    assert sum(hour["calls"] for hour in answer["hours"]) == 3


@pytest.mark.parametrize(
    ("kind", "begins", "content"),
    [("html", "<!doctype html>", "text/html"), ("csv", "date,time,", "text/csv"), ("json", "{", "application/json")],
)
async def test_files_to_keep(nurse: Visitor, kind: str, begins: str, content: str) -> None:
    async with nurse.http.get(f"{nurse.address}/api/sessions/1/report.{kind}") as answer:
        assert answer.content_type == content
        assert answer.headers["Content-Disposition"] == f'attachment; filename="session-1-2026-11-23.{kind}"'
        assert answer.headers["Cache-Control"] == "no-store"
        text = await answer.text()
    assert text.startswith(begins)
    if kind == "json":
        assert json.loads(text)["session"] == 1


@pytest.mark.parametrize(
    "path", ["99", "x", "-1", "1e3", "9" * 30, "1/report.exe", "99/report.csv", "x/report.html", "1/../2/report"]
)
async def test_what_there_is_not(nurse: Visitor, path: str) -> None:
    status, answer = await nurse.get(f"/api/sessions/{path}")
    assert status == 404
    assert set(answer) == {"problem"}


async def test_only_a_therapist_deletes_and_then_it_is_gone(nurse: Visitor, therapist: Visitor, folder: Path) -> None:
    sentence = "Only a therapist may do this: unpair this desk and pair it again as therapist."
    assert await nurse.post(DELETE.format(1), {}) == (403, {"problem": sentence})
    assert await therapist.post(DELETE.format(1), {}) == (200, {"deleted": 1})
    status, answer = await nurse.get("/api/sessions")
    assert (status, [one["session"] for one in answer["sessions"]]) == (200, [2])
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"nausea" not in content
    gone = "There is no session of that number here: it may be deleted already."
    assert await therapist.post(DELETE.format(1), {}) == (409, {"problem": gone})


async def test_what_is_open_or_under_way_is_not_deleted(therapist: Visitor, kept: Kept) -> None:
    status, answer = await therapist.post(DELETE.format(3), {})
    sentence = "This session is still open: choose the next script first, then delete it."
    assert (status, answer) == (409, {"problem": sentence})
    for event in (Chose(SCRIPT, INFUSION_MS), Began(unready=True)):
        kept.state, _ = step(kept.state, event, 1000)
    sentence = "A session is under way: delete when it has ended."
    assert await therapist.post(DELETE.format(1), {}) == (409, {"problem": sentence})


async def test_a_record_that_cannot_be_read_is_a_sentence(nurse: Visitor, folder: Path) -> None:
    for path in folder.glob("journal.sqlite3*"):
        path.rename(path.with_name(f"moved-{path.name}"))
    status, answer = await nurse.get("/api/sessions")
    assert (status, "no session has been recorded there" in answer["problem"]) == (409, True)


async def test_what_can_be_read_of_a_damaged_journal_is_listed(
    nurse: Visitor, therapist: Visitor, kept: Kept, folder: Path
) -> None:
    """Deletion would take rows from it, and leave their bytes."""
    with sqlite3.connect(folder / "journal.sqlite3") as database:
        database.execute("UPDATE sessions SET words = x'22cf22' WHERE id = 2")
    database.close()
    path = folder / "journal.sqlite3"
    trouble = f"The journal {path} is damaged: sessions may be missing."
    status, answer = await nurse.get("/api/sessions")
    assert (status, [one["session"] for one in answer["sessions"]], answer["trouble"]) == (200, [1], trouble)
    assert (await nurse.get("/api/statistics"))[1]["sessions"] == 1
    kept.journal._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:-4096])
    status, answer = await nurse.get("/api/sessions")
    assert (status, [one["session"] for one in answer["sessions"]], answer["trouble"]) == (200, [1], trouble)
    status, answer = await therapist.post(DELETE.format(1), {})
    assert (status, answer["problem"]) == (
        409,
        f"The journal {path} is damaged, so nothing is deleted from it: start the room again, which sets it aside, and "
        "delete the file that it is set aside as.",
    )
    aside = folder / "journal.damaged-1.sqlite3"
    aside.write_bytes(b"x")
    os.utime(aside, (WALL_MS / 1000, WALL_MS / 1000))
    await kept.past.forget(30, WALL_MS + 4000 * DAY_MS)
    assert path.read_bytes() == content[:-4096]
    assert not aside.exists()


async def test_old_sessions_are_forgotten_and_newer_ones_kept(kept: Kept, folder: Path) -> None:
    damaged = folder / "journal.damaged-1.sqlite3"
    damaged.write_bytes(b"x")
    os.utime(damaged, (WALL_MS / 1000, WALL_MS / 1000))
    await kept.past.forget(0, WALL_MS + 4000 * DAY_MS)
    await kept.past.forget(30, WALL_MS + 30 * DAY_MS)
    assert sessions(folder) == [3, 2, 1]
    assert damaged.exists()
    # The third is open, however old it is.
    await kept.past.forget(30, WALL_MS + 32 * DAY_MS)
    assert sessions(folder) == [3]
    assert not damaged.exists()


async def test_a_damaged_journal_is_forgotten_with_the_files_beside_it(kept: Kept, folder: Path) -> None:
    """The log holds sessions too, and would be taken for that of the next that is set aside under this name."""

    def aside(name: str, day: int) -> Path:
        path = folder / f"journal.damaged-{name}"
        path.write_bytes(b"x")
        os.utime(path, (WALL_MS / 1000 + day * DAY_MS / 1000,) * 2)
        return path

    old = [aside(f"1.sqlite3{ending}", 0) for ending in ("", "-wal", "-shm")]
    # Left over when its journal was forgotten.
    old.append(aside("2.sqlite3-wal", 0))
    # Its log was written to later.
    newer = [aside("3.sqlite3", 0), aside("3.sqlite3-wal", 30)]
    await kept.past.forget(30, WALL_MS + 32 * DAY_MS)
    assert not [path for path in old if path.exists()]
    assert all(path.exists() for path in newer)


async def test_nothing_is_forgotten_during_a_session(kept: Kept, folder: Path) -> None:
    for event in (Chose(SCRIPT, INFUSION_MS), Began(unready=True)):
        kept.state, _ = step(kept.state, event, 1000)
    await kept.past.forget(30, WALL_MS + 4000 * DAY_MS)
    assert sessions(folder) == [3, 2, 1]


def sessions(folder: Path) -> list[int]:
    with Archive(folder / "journal.sqlite3") as archive:
        return [one.session for one in archive.headings(KIND)]


async def test_what_was_closed_is_counted_and_kept(kept: Kept, folder: Path) -> None:
    def counted() -> list[bool]:
        with Archive(folder / "journal.sqlite3") as archive:
            return [kept_figures(one) is not None for one in archive.headings(KIND)]

    assert counted() == [False, False, False]
    running = asyncio.create_task(kept.past.run(0))
    async with asyncio.timeout(20):
        while counted() != [False, True, True]:
            await asyncio.sleep(0.02)
    running.cancel()


async def test_the_record_goes_on_while_it_is_read(kept: Kept, nurse: Visitor, folder: Path) -> None:
    """Events that are recorded while desks read are all there, in order."""
    for number in range(50):
        kept.recorder.record(Entry(number, number, Noted("nausea")))
    answers = await asyncio.gather(*(nurse.get("/api/sessions/1") for _ in range(5)))
    assert [status for status, _ in answers] == [200] * 5
    await kept.recorder.flush()
    assert kept.recorder.trouble == ""
