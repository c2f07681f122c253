"""Reports of a journal that was cut off or overwritten anywhere: what can be read, and that some may be missing."""

import contextlib
import json
import random
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from guideplayer.cli import app
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.reading import is_damage
from guideplayer.journal.record import Entry, Record
from guideplayer.report.figures import KIND
from tests.report.conftest import Recording

SESSIONS = 20
MANY = 1200
PAGE_BYTES = 4096
BRANCHES = 5
Truth = dict[int, tuple[Entry, ...]]


def long_words(database: sqlite3.Connection) -> None:
    """The words of real scripts fill most of a page."""
    database.execute("UPDATE sessions SET words = CAST(words || printf('%.*c', 1500, ' ') AS BLOB)")


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of twenty sessions."""
    recording = Recording(tmp_path_factory.mktemp("whole"))
    for number in range(SESSIONS):
        if number:
            recording.again()
        recording.short(f"press-{number}", 4 + number)
    recording.close()
    recording.journal.close()
    database = sqlite3.connect(recording.path)
    long_words(database)
    rows = database.execute("SELECT * FROM sessions").fetchall()
    events = database.execute("SELECT * FROM events").fetchall()
    database.execute("DELETE FROM sessions")
    database.execute("DELETE FROM events")
    database.commit()
    database.execute("VACUUM")
    # Sessions lie among their events, as a room writes them.
    for row in rows:
        database.execute(f"INSERT INTO sessions VALUES ({','.join('?' * len(row))})", row)
        database.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", [one for one in events if one[1] == row[0]])
    database.commit()
    database.close()
    return recording.path.read_bytes()


@pytest.fixture(scope="module")
def truth(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """The entries of those twenty."""
    path = tmp_path_factory.mktemp("truth") / "journal.sqlite3"
    path.write_bytes(content)
    with Archive(path) as archive:
        return {record.session: record.entries for record in archive.records(range(1, SESSIONS + 1))}


@pytest.fixture
def path(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal of twenty sessions, in the folder that commands write to."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of twelve hundred sessions, so many that their trees have branches below the roots."""
    recording = Recording(tmp_path_factory.mktemp("many"))
    recording.short("press", 5)
    recording.close()
    recording.journal.close()
    with sqlite3.connect(recording.path) as database:
        long_words(database)
        for number in range(2, MANY + 1):
            database.execute(
                "INSERT INTO sessions SELECT ?, room, opened_ms, wall_ms, words, closed, carried, until_ms "
                "FROM sessions WHERE id = 1",
                (number,),
            )
            database.execute(
                "INSERT INTO events (session, at_ms, wall_ms, event) SELECT ?, at_ms, wall_ms, event FROM events "
                "WHERE session = 1 ORDER BY id",
                (number,),
            )
    database.close()
    return recording.path.read_bytes()


def report(path: Path, *words: str) -> Result:
    """Run the command; whatever is no sentence ends the test."""
    return CliRunner().invoke(app, ["report", *words, "--state", str(path)], catch_exceptions=False)


def readable(archive: Archive, sessions: Iterable[int]) -> dict[int, Record]:
    found: dict[int, Record] = {}
    for session in sessions:
        with contextlib.suppress(JournalError):
            if record := archive.record(session):
                found[session] = record
    return found


def told(path: Path) -> tuple[list[int], dict[int, Record], str]:
    """The list, what can be read of each that there was, and what is said to be wrong."""
    listed: list[int] = []
    found: dict[int, Record] = {}
    trouble = ""
    with contextlib.suppress(JournalError), Archive(path) as archive:
        found = readable(archive, range(1, SESSIONS + 1))
        trouble = archive.trouble
        listed = [one.session for one in archive.headings(KIND)]
        trouble = archive.trouble
    return listed, found, trouble


def whole(found: dict[int, Record], truth: Truth) -> set[int]:
    """The sessions of which everything can be read; what is told of the others begins as it was, and says so."""
    for session, record in found.items():
        assert record.entries == truth[session][: len(record.entries)]
        assert record.damaged or len(record.entries) == len(truth[session])
    return {session for session, record in found.items() if not record.damaged}


def trouble_of(path: Path) -> str:
    return f"The journal {path} is damaged: sessions may be missing."


def pages_of(content: bytes) -> list[bytes]:
    return [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]


def without(content: bytes, lost: Callable[[int, bytes], bool]) -> bytes:
    """With zeros in place of those pages, the first excepted, of which this is true."""
    first, *others = pages_of(content)
    left = [bytes(PAGE_BYTES) if lost(number, page) else page for number, page in enumerate(others, 2)]
    assert left != others
    return b"".join((first, *left))


def sessions_page(content: bytes) -> bytes:
    """The first that holds rows of sessions: the room's name is in them alone."""
    return next(page for page in pages_of(content)[1:] if b"Room 1" in page and b"We have paused." in page)


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_whatever_of_a_cut_journal_can_be_read_is_listed(
    path: Path, content: bytes, truth: Truth, percent: int
) -> None:
    # Also in the midst of a page, and of the last one.
    there = len(content) * percent // 100
    for at in (there, there // PAGE_BYTES * PAGE_BYTES, len(content) - 1 - 40 * percent):
        path.write_bytes(content[:at])
        listed, found, trouble = told(path)
        assert set(found) <= set(listed)
        assert listed == sorted(set(listed), reverse=True)
        assert not listed or trouble == trouble_of(path)
        # What lies before the cut is there, but for what was under way at the cut.
        assert len(whole(found, truth)) >= SESSIONS * at // len(content) - 4


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_the_command_over_a_cut_journal(path: Path, content: bytes, percent: int) -> None:
    path.write_bytes(content[: len(content) * percent // 100])
    _, found, _ = told(path)
    assert len(found) >= SESSIONS * percent // 100 - 4
    done, last = report(path, "--json"), report(path, "last", "--json")
    if not found:
        assert (done.exit_code, last.exit_code) == (2, 2)
        assert done.stderr == last.stderr
        assert done.stderr.startswith(f"The journal {path} cannot be read: ")
        return
    assert (done.exit_code, done.stderr) == (1, f"{trouble_of(path)}\n")
    assert [one["session"] for one in json.loads(done.stdout)] == sorted(found, reverse=True)
    assert (last.exit_code, last.stderr.splitlines()[0]) == (1, trouble_of(path))
    assert json.loads(last.stdout)["session"] == max(found)
    for session in range(1, SESSIONS + 1, 4):
        one = report(path, str(session), "--json")
        if session in found:
            assert json.loads(one.stdout)["session"] == session
        else:
            assert one.exit_code == 2
            assert f"ession {session} in " in one.stderr


def test_a_journal_that_is_whole_is_asked_once(path: Path) -> None:
    asked: list[str] = []
    with Archive(path) as archive:
        archive._database.set_trace_callback(asked.append)
        assert len(archive.headings(KIND)) == SESSIONS
        assert archive.trouble == ""
    assert len(asked) == 1


@pytest.mark.parametrize("seed", range(40))
def test_lost_pages_take_their_own_rows_alone_and_nothing_else_is_told(
    path: Path, content: bytes, truth: Truth, seed: int
) -> None:
    """Whichever they are: rows, what leads to them, what goes on in others."""
    chance = random.Random(seed)
    lost = set(chance.sample(range(2, len(pages_of(content)) + 1), 1 + seed % 4))
    path.write_bytes(without(content, lambda number, page: number in lost))
    listed, found, _ = told(path)
    assert set(found) <= set(listed)
    # A page holds rows of three sessions at most, or of one and the beginning of the next.
    assert len(listed) >= SESSIONS - 3 * len(lost)
    assert len(whole(found, truth)) >= SESSIONS - 4 * len(lost)


def test_one_that_is_lost_is_a_sentence(path: Path, content: bytes) -> None:
    page = sessions_page(content)
    path.write_bytes(without(content, lambda _, one: one == page))
    done = report(path, "--json")
    left = {one["session"] for one in json.loads(done.stdout)}
    assert (done.exit_code, done.stderr) == (1, f"{trouble_of(path)}\n")
    [lost, *_] = set(range(1, SESSIONS + 1)) - left
    one = report(path, str(lost))
    assert (one.exit_code, one.stderr) == (
        2,
        f"There is no session {lost} in what can be read of the journal {path}.\n",
    )


@pytest.mark.parametrize("roots", [False, True])
def test_lost_branches_take_nothing(tmp_path: Path, many: bytes, roots: bool) -> None:
    path = tmp_path / "journal.sqlite3"
    branches = [number for number, page in enumerate(pages_of(many), 1) if number > 3 and page[0] == BRANCHES]
    assert len(branches) > 4
    path.write_bytes(without(many, lambda number, _: number in branches or (roots and number < 4)))
    with Archive(path) as archive:
        assert [one.session for one in archive.headings(KIND)] == list(range(MANY, 0, -1))
        found = readable(archive, range(1, MANY + 1, 7))
        last = archive.record(MANY)
    entries = [[entry.event for entry in record.entries] for record in found.values() if not record.damaged]
    assert len(entries) == len(range(1, MANY + 1, 7))
    assert all(one == entries[0] for one in entries)
    assert last
    # Whether more came, the root alone knows.
    assert (len(last.entries), last.damaged) == (len(entries[0]), True)


def test_a_year_that_was_cut_is_told_up_to_there(tmp_path: Path, many: bytes) -> None:
    """The branches of its events lie at the end."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(many[: len(many) * 95 // 100])
    with Archive(path) as archive:
        left = len(archive.headings(KIND))
        assert left >= MANY * 94 // 100
        assert not any(record.damaged for record in archive.records(range(1, left - 2, 50)))


def test_a_journal_of_the_first_version_is_read_as_far_as_it_goes(path: Path, content: bytes, truth: Truth) -> None:
    with sqlite3.connect(path) as database:
        database.executescript(
            "ALTER TABLE sessions DROP COLUMN carried; ALTER TABLE sessions DROP COLUMN until_ms; DROP TABLE figures; "
            "ALTER TABLE alive DROP COLUMN offset_ms; PRAGMA user_version = 1;"
        )
    database.close()
    older = path.read_bytes()
    path.write_bytes(older[: len(older) // 2])
    listed, found, _ = told(path)
    assert set(found) <= set(listed)
    assert len(whole(found, truth)) >= SESSIONS // 2 - 4


def test_what_was_deleted_is_no_damage_to_the_others(path: Path, content: bytes, truth: Truth) -> None:
    journal = Journal(path.parent)
    journal.erase([1, 2, 9, 10])
    journal.close()
    smaller = path.read_bytes()
    path.write_bytes(smaller[:-PAGE_BYTES])
    listed, found, trouble = told(path)
    left = sorted(set(range(1, SESSIONS + 1)) - {1, 2, 9, 10})
    assert (listed, trouble) == (left[::-1], trouble_of(path))
    # The last of it lay at the end.
    assert whole(found, truth) >= set(left) - {SESSIONS}


@pytest.mark.parametrize("seed", range(60))
def test_rubbish_is_never_more_than_a_sentence(path: Path, content: bytes, seed: int) -> None:
    chance = random.Random(seed)
    rubbish = bytearray(content)
    for _ in range(1 + seed % 5):
        at = chance.randrange(100, len(rubbish))
        length = chance.choice([1, 8, 300, 5000])
        rubbish[at : at + length] = chance.randbytes(len(rubbish[at : at + length]))
    if seed % 2:
        del rubbish[chance.randrange(len(rubbish)) :]
    path.write_bytes(rubbish)
    listed, found, _ = told(path)
    assert set(found) <= set(listed)


def test_damaged_figures_take_no_session_from_the_list(path: Path) -> None:
    with sqlite3.connect(path) as database:
        figures = [(number, KIND, b"of a session") for number in (3, 4)]
        database.executemany("INSERT INTO figures VALUES (?, ?, ?)", figures)
    database.close()
    path.write_bytes(without(path.read_bytes(), lambda _, page: b"of a session" in page))
    with Archive(path) as archive:
        assert [one.session for one in archive.headings(KIND)] == list(range(SESSIONS, 0, -1))


def test_figures_are_kept_of_a_damaged_journal(path: Path, content: bytes) -> None:
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO figures VALUES (?, ?, ?)", (SESSIONS, KIND, b"of a session"))
    database.close()
    page = sessions_page(content)
    path.write_bytes(without(path.read_bytes(), lambda _, one: one == page))
    with Archive(path) as archive:
        assert archive.headings(KIND)[0].figures == b"of a session"


def test_figures_of_another_kind_of_value_take_nothing_from_a_session(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO figures VALUES (4, ?, 'text')", (KIND,))
    database.close()
    with Archive(path) as archive:
        assert [one.session for one in archive.headings(KIND)] == list(range(SESSIONS, 0, -1))
        assert archive.trouble == ""


@pytest.mark.parametrize("session", [SESSIONS, 5])
def test_one_that_cannot_be_read_takes_nothing_from_the_others(path: Path, session: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE sessions SET words = x'22cf22' WHERE id = ?", (session,))
    database.close()
    done = report(path, "--json")
    others = [number for number in range(SESSIONS, 0, -1) if number != session]
    assert [one["session"] for one in json.loads(done.stdout)] == others
    assert (done.exit_code, done.stderr) == (1, f"{trouble_of(path)}\n")
    last = report(path, "last", "--json")
    assert json.loads(last.stdout)["session"] == others[0]
    assert last.exit_code == (1 if session == SESSIONS else 0)


def test_nothing_is_deleted_from_a_damaged_journal(path: Path, content: bytes) -> None:
    """A row would be gone, but the file could not be written anew without its bytes."""
    page = sessions_page(content)
    for damaged in (content[: len(content) * 3 // 4], without(content, lambda _, one: one == page)):
        path.write_bytes(damaged)
        done = report(path.parent, str(SESSIONS // 2), "--delete", "--yes")
        assert done.exit_code == 2
        assert done.stderr == (
            f"The journal {path} is damaged, so nothing is deleted from it: start the room again, which sets it aside, "
            "and delete the file that it is set aside as.\n"
        )
        assert path.read_bytes() == damaged
        assert not list(path.parent.glob("journal.damaged-*"))


def test_that_somebody_else_writes_is_no_damage() -> None:
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    torn = sqlite3.DatabaseError("database disk image is malformed")
    torn.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert not is_damage(locked)
    assert is_damage(torn)
    assert is_damage(sqlite3.OperationalError("Could not decode to UTF-8 column"))
