"""What a room begins with: the session that was under way, also from a journal that is damaged."""

import errno
import sqlite3

import pytest

from guideplayer.core.messages import Acknowledged, Began, Chose, Pressed
from guideplayer.core.session import opened, step
from guideplayer.core.state import Play
from guideplayer.journal import rescue
from guideplayer.journal.journal import Journal
from guideplayer.journal.record import Alive, Entry
from guideplayer.report.retelling import summary_of
from guideplayer.report.summary import Standing
from guideplayer.room.clock import Machine
from guideplayer.room.opening import Opening
from guideplayer.room.orders import Orders, StartError
from guideplayer.room.settings import Settings
from tests.factory import SCRIPT, WORDS

EVENTS = (
    (1000, Chose(SCRIPT, 40 * 60_000)),
    (2000, Began(unready=True)),
    (9000, Pressed("a-1", "key", "42")),
    (9500, Acknowledged("Anna")),
)


@pytest.fixture
def folder(tmp_path):
    journal = Journal(tmp_path)
    number = journal.begin(opened("Room 1", WORDS, 500), 7)
    for at_ms, event in EVENTS:
        journal.append(number, Entry(at_ms, at_ms + 7, event))
    journal.live(Alive(10_000, 10_007, "another start of the machine"))
    journal.close()
    return tmp_path


def opening(folder, **orders):
    return Opening(Orders(Settings(state=str(folder)), **orders))


def damage(folder, event):
    with sqlite3.connect(folder / "journal.sqlite3") as database:
        database.execute("UPDATE events SET event = x'7b' WHERE id = ?", (event,))
    database.close()


def after(events):
    state = opened("Room 1", WORDS, 500)
    for at_ms, event in events:
        state, _ = step(state, event, at_ms)
    return state


@pytest.mark.parametrize("again", [True, False])
def test_a_session_under_way_is_taken_up(folder, again):
    found = opening(folder, again=again)
    assert (found.state, found.session, found.taken_up) == (after(EVENTS), 1, True)
    assert found.clock.now_ms() >= found.alive_ms == 10_000
    found.journal.close()


def test_a_fresh_start_leaves_it_alone(folder):
    found = opening(folder, fresh=True)
    assert (found.state.play, found.session, found.taken_up) == (Play.WAITING, 2, False)
    found.journal.close()


def test_what_can_be_read_of_a_damaged_one_is_taken_up_and_what_follows_is_kept(folder):
    """What is added to the damaged file itself would be lost with all that follows the damage."""
    damage(folder, 4)
    found = opening(folder, again=True)
    assert (found.state.play, found.state.call.open, found.state.call.name) == (Play.HOLDING, True, "")
    assert found.clock.now_ms() >= found.alive_ms >= 9000
    found.journal.append(found.session, Entry(found.clock.now_ms(), 1, Acknowledged("Ben")))
    found.journal.close()
    later = opening(folder, again=True)
    assert later.state.call.name == "Ben"
    later.journal.close()


def test_a_damaged_one_is_told_afterwards_from_its_beginning_on(folder):
    """All that could be read of it stands in the next file too, as it was, with its times."""
    damage(folder, 4)
    found = opening(folder, again=True)
    record = found.journal.unfinished()
    assert [(entry.at_ms, entry.event) for entry in record.entries] == list(EVENTS[:3])
    assert (record.opened_ms, record.wall_ms) == (500, 7)
    told = summary_of(record)
    assert (told.standing, told.begun_wall_ms, told.begun_untold) == (Standing.UNDER_WAY, 2007, False)
    assert [call.raised_ms for call in told.real_calls] == [7000]
    found.journal.close()


def test_a_sign_of_life_that_cannot_be_read_takes_nothing_from_the_session(folder):
    with sqlite3.connect(folder / "journal.sqlite3") as database:
        database.execute("DROP TABLE alive")
    database.close()
    found = opening(folder, again=True)
    assert (found.state.play, found.state.call.name, found.alive_ms) == (Play.HOLDING, "Anna", 9500)
    found.journal.close()


def test_a_room_that_comes_back_goes_on_without_the_file_that_it_cannot_have(folder, monkeypatch):
    """The journal is damaged and nothing can be written: a patient is there, and staff must be called all the same."""
    damage(folder, 4)

    def full(*words, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(rescue, "put_whole", full)
    with pytest.raises(StartError, match="No space left"):
        opening(folder)
    found = opening(folder, again=True)
    assert (found.state.play, found.state.call.open, found.taken_up) == (Play.HOLDING, True, True)
    assert "Nothing is recorded" in found.journal.trouble
    found.journal.append(found.session, Entry(11_000, 1, Acknowledged("Ben")))
    assert found.journal.unfinished().replay().call.name == "Ben"
    found.journal.close()


def test_nor_is_it_kept_from_coming_back_by_a_folder_that_has_gone(tmp_path):
    (tmp_path / "state").write_text("no folder")
    found = opening(tmp_path / "state", again=True)
    assert (found.state.play, found.taken_up, found.early) == (Play.WAITING, True, ())
    assert "Nothing is recorded" in found.journal.trouble
    found.journal.close()


@pytest.mark.parametrize(("dated", "lost", "newest_ms"), [("alive", "", 10_000), ("events", "DROP TABLE alive", 9000)])
def test_of_a_damaged_record_the_clock_goes_on_too(folder, dated, lost, newest_ms):
    """Else the pump would have the time since the last event again; without a sign of life its date tells how long."""
    damage(folder, 4)
    by_ms = Machine().wall_ms() - newest_ms - 7 - 600_000
    with sqlite3.connect(folder / "journal.sqlite3") as database:
        database.execute(f"UPDATE {dated} SET wall_ms = wall_ms + {by_ms}")
        database.execute(lost)
    database.close()
    found = opening(folder, again=True)
    assert newest_ms + 600_000 <= found.clock.now_ms() < newest_ms + 640_000
    assert found.alive_ms == newest_ms
    found.journal.close()


def test_a_fresh_start_leaves_a_damaged_one_alone_too(folder):
    damage(folder, 4)
    found = opening(folder, fresh=True)
    assert (found.state.play, found.taken_up) == (Play.WAITING, False)
    found.journal.close()
