"""Figures that a station collects from its rooms' journals: whole, once, and whatever is away in the middle."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from guideplayer.clinic import past
from guideplayer.clinic.collector import AGAIN_MS, ASK_EVERY_MS, Collector
from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.past import MOST_BYTES, PastFigures, SessionFigures, page_of
from guideplayer.clinic.room_part import BUSY, ClinicPart
from guideplayer.clinic.rooms import ANSWER_WITHIN_MS, Rooms
from guideplayer.clinic.store import Store, address_in
from guideplayer.clinic.topics import of_room
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.archive import Archive
from guideplayer.report.figures import KIND
from tests.clinic.conftest import Clinic
from tests.clinic.years import call, session, sessions
from tests.report.conftest import WALL_MS, Recording
from tests.report.kept import Kept


class Told:
    """A room's past by hand, a page of a few sessions at a time; `asked` is what it was asked."""

    def __init__(self, *told: SessionFigures, page: int = 10) -> None:
        self.told, self.page, self.asked = list(told), page, []
        self.problem = ""

    def __call__(self, after: int, after_id: str, told) -> None:
        self.asked.append(after)
        known = any((one.number, one.id) == (after, after_id) for one in self.told)
        rest = [one for one in self.told if not known or one.number > after]
        content = PastFigures(tuple(rest[: self.page]), more=len(rest) > self.page)
        told(b"" if self.problem else msgspec.json.encode(content), self.problem)


class Station:
    """A station that collects; `again` is the same one after it was killed."""

    def __init__(self, clinic: Clinic, address: str, name: str = "Station 1", boot: str = "first") -> None:
        self.rooms: Rooms = clinic.station(name, f"{name}, {boot}")
        self.ledger = Ledger(Store(address))
        self.troubles: list[str] = []
        self.ledger.told = lambda: self.troubles.append(self.ledger.trouble)
        self.collector = Collector(self.rooms, self.ledger, clinic.now)
        for link in clinic.links.values():
            link.beat()

    async def all(self) -> int:
        """Collect until nothing is due; gives how many sessions are kept."""
        while await self.collector.collect():
            pass
        return await self.count()

    async def count(self) -> int:
        return (await self.ledger.responses("", "", ""))["whole"]["sessions"]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


@pytest.fixture
def address(tmp_path: Path) -> str:
    return address_in(tmp_path / "figures")


def later(clinic: Clinic, by_ms: int) -> None:
    """Some time passes, and the room lives."""
    clinic.now.pass_ms(by_ms)
    clinic.links["Room 1"].beat()


async def test_all_of_a_past_comes_page_by_page_and_is_asked_for_once(clinic, address):
    room = Told(*sessions(15))
    clinic.room(recall=room)
    station = Station(clinic, address)
    assert await station.all() == 45
    assert room.asked == [0, 10, 20, 30, 40]
    assert await station.all() == 45
    assert len(room.asked) == 5


async def test_what_is_new_is_asked_for_when_a_room_has_turned_to_the_next_session(clinic, address):
    past_of_it = list(sessions(3))
    told = Told(*past_of_it[:6])
    room = clinic.room(recall=told)
    station = Station(clinic, address)
    assert await station.all() == 6
    room.play = "playing"
    room.changed()
    assert not await station.collector.collect()
    room.play = "waiting"
    told.told = past_of_it
    room.changed()
    assert not await station.collector.collect()
    later(clinic, ASK_EVERY_MS)
    assert await station.all() == 9
    room.play = "ended"
    room.changed()
    assert await station.collector.collect()
    assert told.asked == [0, 6, 9]


async def test_a_room_in_which_somebody_is_treated_or_calls_is_left_alone(clinic, address):
    told = Told(*sessions(1))
    room = clinic.room(recall=told)
    room.play = "playing"
    room.changed()
    station = Station(clinic, address)
    assert not await station.collector.collect()
    room.play = "waiting"
    room.press(rehearsal=True)
    assert not await station.collector.collect()
    room.call["state"] = "cleared"
    room.changed()
    assert await station.all() == 3


async def test_a_station_that_was_killed_in_the_middle_goes_on_from_what_it_has_kept(clinic, address):
    told = Told(*sessions(15))
    clinic.room(recall=told)
    first = Station(clinic, address)
    await first.collector.collect()
    await first.collector.collect()
    clinic.ends["Station 1"].cut()
    assert await Station(clinic, address, boot="second").all() == 45
    assert told.asked == [0, 10, 20, 30, 40]


async def test_an_answer_that_never_came_is_asked_for_again(clinic, address):
    told = Told(*sessions(5))
    clinic.room(recall=told)
    station = Station(clinic, address)
    clinic.ends["Room 1"].unsubscribe(of_room("Room 1", "question"))
    collecting = asyncio.create_task(station.collector.collect())
    while not station.rooms._asked:
        await asyncio.sleep(0)
    clinic.now.pass_ms(ANSWER_WITHIN_MS)
    station.rooms.tick()
    await collecting
    assert await station.count() == 0
    clinic.ends["Room 1"].subscribe(of_room("Room 1", "question"))
    clinic.links["Room 1"].beat()
    assert not await station.collector.collect()
    later(clinic, AGAIN_MS)
    assert await station.all() == 15


async def test_a_room_that_was_restarted_is_asked_at_once(clinic, address):
    told = Told(*sessions(2))
    clinic.room(recall=told)
    station = Station(clinic, address)
    assert await station.all() == 6
    told.told = list(sessions(3))
    clinic.ends["Room 1"].cut()
    clinic.room(boot="second", recall=told)
    clinic.links["Room 1"].beat()
    assert await station.all() == 9


async def test_another_journal_of_the_room_is_told_from_its_beginning(clinic, address):
    told = Told(*sessions(2))
    clinic.room(recall=told)
    station = Station(clinic, address)
    assert await station.all() == 6
    told.told = [session(1, key="after the damage"), session(2, key="the next")]
    clinic.ends["Room 1"].cut()
    clinic.room(boot="second", recall=told)
    clinic.links["Room 1"].beat()
    assert await station.all() == 8
    told.told.append(session(3, key="and one more"))
    later(clinic, ASK_EVERY_MS)
    assert await station.all() == 9


async def test_a_newest_session_that_was_deleted_lets_nothing_be_told_for_ever(clinic, address):
    told = Told(*sessions(10))
    clinic.room(recall=told)
    station = Station(clinic, address)
    assert await station.all() == 30
    del told.told[-1], told.asked[:]
    for _ in range(3):
        later(clinic, ASK_EVERY_MS)
        assert await station.all() == 30
    # Once from the beginning, and from then on after the last that there is.
    assert told.asked == [30, 10, 20, 29, 29]


@pytest.mark.parametrize("shared", [True, False])
async def test_two_stations_both_have_it_all(clinic, address, tmp_path, shared):
    clinic.room("Room 1", recall=Told(*sessions(10, 1)))
    clinic.room("Room 2", recall=Told(*sessions(10, 2)))
    one = Station(clinic, address)
    two = Station(clinic, address if shared else address_in(tmp_path / "other"), "Station 2")
    while await one.collector.collect() | await two.collector.collect():
        pass
    assert (await one.count(), await two.count()) == (60, 60)


async def test_a_database_that_fails_is_told_and_nothing_is_asked_until_it_may_be_back(clinic, tmp_path):
    told = Told(*sessions(5))
    clinic.room(recall=told)
    blocked = tmp_path / "figures" / "figures.sqlite3"
    blocked.mkdir(parents=True)
    station = Station(clinic, address_in(tmp_path / "figures"))
    assert await station.collector.collect()
    assert not await station.collector.collect()
    assert told.asked == []
    assert len(station.troubles) == 1
    assert "Nothing is lost" in station.troubles[0]
    with pytest.raises(RefusedError, match="cannot be used"):
        await station.ledger.responses("", "", "")
    blocked.rmdir()
    later(clinic, AGAIN_MS)
    assert await station.all() == 15
    assert station.troubles[-1] == ""


@pytest.mark.parametrize(
    "content",
    [
        b"null",
        b"{}",
        b"[1]",
        b'{"sessions": [{"number": -1}]}',
        msgspec.json.encode(PastFigures((session(1, begun_at=10**18),))),
        b'{"sessions": [], "more": true}',
    ],
)
async def test_rubbish_is_no_figures_and_asks_for_no_more(clinic, address, content):
    asked = []
    clinic.room(recall=lambda after, after_id, told: (asked.append(after), told(content, "")))
    station = Station(clinic, address)
    assert await station.all() == 0
    assert asked == [0]


async def test_a_room_of_an_older_guideplayer_has_no_figures(clinic, address):
    clinic.room()
    assert await Station(clinic, address).all() == 0


async def test_what_a_room_will_not_tell_now_is_asked_later(clinic, address):
    told = Told(*sessions(1))
    told.problem = "A session is under way in the room: ask when it has ended."
    clinic.room(recall=told)
    station = Station(clinic, address)
    assert await station.all() == 0
    told.problem = ""
    later(clinic, AGAIN_MS)
    assert await station.all() == 3


# What a room tells of its journal.


def page(recording: Recording, after: int = 0, after_id: str = "", keep=lambda session, figures: None) -> PastFigures:
    with Archive(recording.path) as archive:
        return page_of(archive, after, after_id, keep)


def test_a_page_is_what_the_journal_holds(recording):
    recording.whole()
    [told] = page(recording).sessions
    assert (told.number, told.id, told.standing, told.script) == (1, str(WALL_MS), "ended", "Test")
    real = [one for one in told.calls if not one.rehearsal]
    assert [(one.delivered_ms, one.answered_ms, one.cleared_ms, one.level) for one in real] == [
        (200, 8200, 68_200, 0),
        (200, 90_200, 150_200, 3),
    ]
    assert [one.presses for one in told.calls] == [1, 1, 1]
    assert [one.answered_ms for one in told.calls if one.rehearsal] == [5100]
    assert told.calls[0].raised_at == WALL_MS + (told.begun_at - WALL_MS) + 11 * 60_000 - 30_000


def test_nothing_of_it_is_anybodys_name_or_note(recording):
    recording.whole()
    told = msgspec.json.encode(page(recording)).decode()
    for word in ("Maria", "Tom", "nausea", "Nausea"):
        assert word not in told


def test_one_that_is_open_still_is_not_told(recording):
    recording.short("one", 8)
    recording.again()
    recording.short("two", 8)
    told = page(recording)
    assert [one.number for one in told.sessions] == [1]
    assert not told.more
    recording.close()
    assert [one.number for one in page(recording, 1, told.sessions[0].id).sessions] == [2]
    # This journal has no such session: it is another than the one that the station knows.
    assert [one.number for one in page(recording, 1, "of another journal").sessions] == [1, 2]


def test_a_page_is_never_large_and_always_leads_on(recording, monkeypatch):
    monkeypatch.setattr(past, "MOST_SESSIONS", 3)
    for number in range(8):
        recording.short(f"press {number}", 8)
        recording.again()
    kept: dict[int, object] = {}
    numbers, after, after_id = [], 0, ""
    while True:
        told = page(recording, after, after_id, kept.__setitem__)
        numbers.append([one.number for one in told.sessions])
        if not told.more:
            break
        after, after_id = told.sessions[-1].number, told.sessions[-1].id
    assert numbers == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert sorted(kept) == list(range(1, 9))
    monkeypatch.setattr(past, "MOST_BYTES", 10)
    assert [one.number for one in page(recording).sessions] == [1]
    busy = session(1, *[call(rehearsal=True)] * 50)
    assert len(msgspec.json.encode(busy)) < MOST_BYTES / 5


def test_no_more_than_a_few_are_counted_for_one_question(recording):
    for number in range(past.MOST_COUNTED + 2):
        recording.short(f"press {number}", 8)
        recording.again()
    told = page(recording)
    assert (len(told.sessions), told.more) == (past.MOST_COUNTED, True)


def test_one_that_cannot_be_read_does_not_stand_before_those_after_it(recording):
    for number in range(3):
        recording.short(f"press {number}", 8)
        recording.again()
    recording.journal._database.execute("UPDATE sessions SET words = x'00' WHERE id = 2")
    told = page(recording)
    assert [(one.number, len(one.calls)) for one in told.sessions] == [(1, 2), (2, 0), (3, 2)]
    assert told.sessions[1].standing == "cut"


async def test_a_room_tells_its_past_and_keeps_what_it_has_counted(tmp_path):
    recording = Recording(tmp_path)
    recording.whole()
    recording.journal.close()
    kept = Kept(tmp_path)
    told = msgspec.json.decode(await kept.past.figures(0, ""), type=PastFigures)
    assert [one.number for one in told.sessions] == [1]
    await kept.recorder.flush()
    with Archive(recording.path) as archive:
        assert archive.headings(KIND)[0].figures
    kept.state = recording.state = msgspec.structs.replace(kept.state, play="playing")
    with pytest.raises(RefusedError, match="under way"):
        await kept.past.figures(0, "")
    kept.writing.cancel()


async def test_a_room_looks_for_one_station_at_a_time():
    may_go = asyncio.Event()

    async def figures(after: int, after_id: str) -> bytes:
        await may_go.wait()
        if after == 7:
            raise RefusedError("Not now.")
        return b"{}"

    part = ClinicPart(None, lambda: None, lambda: 0, lambda: 0, figures=figures)
    answers: list[tuple[bytes, str]] = []
    part._recall(1, "", lambda *told: answers.append(told))
    part._recall(2, "", lambda *told: answers.append(told))
    assert answers == [(b"", BUSY)]
    may_go.set()
    await part._recalling
    part._recall(7, "", lambda *told: answers.append(told))
    await part._recalling
    assert answers[1:] == [(b"{}", ""), (b"", "Not now.")]
    await part.stop()
