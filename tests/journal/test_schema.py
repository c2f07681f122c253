"""Files of older and newer versions, and sessions that are deleted for good."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from guideplayer.core.messages import Chose, Delivered, Noted, Pressed
from guideplayer.core.session import opened, step
from guideplayer.core.state import CallState
from guideplayer.core.units import MINUTE_MS
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Alive, Entry
from guideplayer.journal.schema import VERSION

# The tables as version 1 made them, with a session of it.
FIRST = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL, opened_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    words BLOB NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (id), at_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL, event BLOB NOT NULL);
CREATE INDEX events_of_session ON events (session, id);
CREATE TABLE alive (
    one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, boot TEXT NOT NULL);
PRAGMA user_version=1;
PRAGMA journal_mode=WAL;
"""
SECRET = "what nobody is to read any more"


@pytest.fixture
def old(tmp_path, words):
    """A folder with a journal of version 1: one session, still open, with one event."""
    database = sqlite3.connect(tmp_path / "journal.sqlite3")
    database.executescript(FIRST)
    database.execute(
        "INSERT INTO sessions (room, opened_ms, wall_ms, words) VALUES ('Room 1', 500, 7, ?)",
        (msgspec.json.encode(words),),
    )
    event = msgspec.json.encode(Noted("nausea"))
    database.execute("INSERT INTO events (session, at_ms, wall_ms, event) VALUES (1, 600, 107, ?)", (event,))
    database.commit()
    database.close()
    return tmp_path


def test_an_old_file_is_read_as_it_is(old):
    with Archive(old / "journal.sqlite3") as archive:
        [heading] = archive.headings(1)
        assert (heading.session, heading.closed, heading.figures) == (1, False, None)
        assert [entry.event for entry in archive.record(1).entries] == [Noted("nausea")]
    assert version(old) == 1


def test_an_old_file_becomes_one_of_today(old, words):
    journal = Journal(old)
    assert version(old) == VERSION
    unfinished = journal.unfinished()
    assert [entry.event for entry in unfinished.entries] == [Noted("nausea")]
    journal.append(1, Entry(700, 207, Noted("bathroom")))
    journal.keep_figures(1, 1, b"{}")
    journal.begin(opened("Room 1", words, 800), 307)
    with Archive(journal.path) as archive:
        assert [(one.session, one.closed, one.figures) for one in archive.headings(1)] == [
            (2, False, None),
            (1, True, b"{}"),
        ]
        assert len(archive.record(1).entries) == 2
    journal.close()
    assert Journal(old).unfinished().session == 2


def version(folder: Path) -> int:
    database = sqlite3.connect(folder / "journal.sqlite3")
    try:
        return database.execute("PRAGMA user_version").fetchone()[0]
    finally:
        database.close()


def test_a_newer_file_is_left_alone(tmp_path):
    Journal(tmp_path).close()
    database = sqlite3.connect(tmp_path / "journal.sqlite3")
    database.execute("PRAGMA user_version=99")
    database.close()
    for opening in (lambda: Journal(tmp_path), lambda: Archive(tmp_path / "journal.sqlite3")):
        with pytest.raises(JournalError, match="is of a newer guideplayer: use that one"):
            opening()
    assert version(tmp_path) == 99
    assert not list(tmp_path.glob("journal.damaged-*"))


def test_a_session_goes_on_counting_the_calls_of_the_one_before(tmp_path, script, words):
    """A receipt names its call by a number that counts over all sessions of a room: also after a recovery."""
    journal = Journal(tmp_path)
    before = opened("Room 1", words, 500)
    before, _ = step(before, Pressed("a-1", "key", "11"), 600)
    session = journal.begin(before, 7)
    for at_ms, event in (
        (1000, Chose(script, 40 * MINUTE_MS)),
        (2000, Pressed("a-2")),
        (2100, Delivered("2", "Maria")),
    ):
        journal.append(session, Entry(at_ms, at_ms, event))
    call = journal.unfinished().replay().call
    assert (call.id, call.state) == ("2", CallState.DELIVERED)


def test_when_a_session_was_closed_is_kept(tmp_path, words):
    journal = Journal(tmp_path)
    first = journal.begin(opened("Room 1", words, 500), 7)
    journal.close_session(first, 9000)
    second = journal.begin(opened("Room 1", words, 10_000), 8)
    journal.live(Alive(12_000, 9, "boot"))
    journal.begin(opened("Room 1", words, 13_000), 9)
    with Archive(journal.path) as archive:
        assert [archive.record(one).until_ms for one in (first, second)] == [9000, 12_000]


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("closed", [False, True], ids=["still in the log", "taken over"])
def test_deleted_means_deleted(tmp_path, script, words, closed):
    """No byte of it stays in any file of the folder, and what is beside it stays whole."""
    journal = Journal(tmp_path)
    sessions = []
    for number in range(10):
        sessions.append(journal.begin(opened("Room 1", words, 500), number))
        journal.append(sessions[-1], Entry(1000, 7, Chose(script, 40 * MINUTE_MS)))
        for note in range(15):
            text = SECRET if number == 7 else "kept"
            journal.append(sessions[-1], Entry(2000 + note, 7, Noted("technical", f"{text} {note}")))
        journal.keep_figures(sessions[-1], 1, (SECRET if number == 7 else "kept").encode())
    if closed:
        journal.close()
        journal = Journal(tmp_path)
    assert SECRET.encode() in bytes_of(tmp_path)
    journal.erase([sessions[7]])
    assert SECRET.encode() not in bytes_of(tmp_path)
    with Archive(journal.path) as archive:
        assert archive.record(sessions[7]) is None
        assert len(archive.record(sessions[8]).entries) == 16
        assert len(archive.headings(1)) == 9
    journal.append(sessions[8], Entry(9000, 7, Noted("technical", "goes on")))
    journal.close()
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_a_reader_that_is_in_the_way_is_told(tmp_path, words):
    """While somebody reads, the log cannot be emptied: that is said, and another try does it."""
    journal = Journal(tmp_path)
    session = journal.begin(opened("Room 1", words, 500), 7)
    journal.append(session, Entry(1000, 7, Noted("technical", SECRET)))
    journal._database.execute("PRAGMA busy_timeout=50")
    reader = sqlite3.connect(journal.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM events").fetchall()
    with pytest.raises(JournalError, match="another programme reads it just now; try again"):
        journal.erase([session])
    reader.close()
    with Archive(journal.path) as archive:
        assert archive.record(session)
    journal.erase([session])
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_a_file_that_was_cut_is_read_as_far_as_it_goes(tmp_path, words):
    journal = Journal(tmp_path)
    session = journal.begin(opened("Room 1", words, 500), 7)
    for number in range(400):
        journal.append(session, Entry(1000 + number, 7, Noted("technical", f"{number} " + "x" * 300)))
    journal.close()
    whole = journal.path.read_bytes()
    (tmp_path / "copy").mkdir()
    found = []
    for share in (0.9, 0.6, 0.3):
        path = tmp_path / "copy" / f"{share}.sqlite3"
        path.write_bytes(whole[: int(len(whole) * share)])
        with Archive(path) as archive:
            record = archive.record(session)
        assert record.damaged
        assert [entry.at_ms for entry in record.entries] == list(range(1000, 1000 + len(record.entries)))
        found.append(len(record.entries))
    assert 400 > found[0] > found[1] > found[2] > 0


def test_no_journal_is_one_sentence(tmp_path):
    with pytest.raises(JournalError, match="no session has been recorded there"):
        Archive(tmp_path / "journal.sqlite3")


def test_a_journal_that_is_none_is_one_sentence(tmp_path):
    (tmp_path / "journal.sqlite3").write_bytes(b"no journal at all" * 1000)
    with pytest.raises(JournalError, match="cannot be read"):
        Archive(tmp_path / "journal.sqlite3")
