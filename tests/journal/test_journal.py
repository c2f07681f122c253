"""The journal: what was appended is there again, after a crash, a full disk or damage."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from guideplayer.core.messages import Began, Chose, Held, Noted, Pressed
from guideplayer.core.session import opened, step
from guideplayer.journal import journal as journals
from guideplayer.journal import rescue
from guideplayer.journal.archive import Archive
from guideplayer.journal.ballast import BALLAST_BYTES
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.reading import unfinished
from guideplayer.journal.record import Alive, Entry, Record


@pytest.fixture
def session(script, words):
    """Events of a session with their times, and the state that they lead to."""
    events = [(1000, Chose(script, 40 * 60_000)), (2000, Began(unready=True)), (9000, Pressed("a-1", "key", "42"))]
    state = opened("Room 1", words, 500)
    for at_ms, event in events:
        state, _ = step(state, event, at_ms)
    return events, state


def filled(folder, session, words):
    journal = Journal(folder)
    number = journal.begin(opened("Room 1", words, 500), 7)
    for at_ms, event in session[0]:
        journal.append(number, Entry(at_ms, at_ms + 7, event))
    return journal, number


def entries(journal, number):
    """What an archive, a connection of its own, can read of a session."""
    with Archive(journal.path) as archive:
        return archive.record(number).entries


def looked_at(path):
    """What an archive is asked for, of a file of which any part may be damaged: it answers, or says why it cannot."""
    for ask in (
        lambda archive: archive.headings(1),
        lambda archive: archive.record(1),
        lambda archive: archive.unfinished(),
        lambda archive: archive.alive_ms(),
    ):
        with contextlib.suppress(JournalError), Archive(path) as archive:
            ask(archive)


def test_a_session_is_recovered_exactly(tmp_path, session, words):
    journal, _ = filled(tmp_path, session, words)
    journal.close()
    unfinished = Journal(tmp_path).unfinished()
    assert unfinished is not None
    assert unfinished.replay() == session[1]


def test_every_prefix_is_a_state(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    for length in range(len(session[0]) + 1):
        part = journal.unfinished()
        assert part is not None
        state = structs.replace(part, entries=part.entries[:length]).replay()
        assert state.call.open is (length == 3)
    assert len(entries(journal, number)) == 3


def test_a_closed_session_is_not_taken_up(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    journal.close_session(number, 10_000)
    assert journal.unfinished() is None


def test_a_new_session_closes_the_one_before(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    newer = journal.begin(opened("Room 1", words, 99), 99)
    unfinished = journal.unfinished()
    assert unfinished is not None
    assert (unfinished.session, unfinished.entries) == (newer, ())
    assert len(entries(journal, number)) == 3


def test_the_last_sign_of_life_is_kept(tmp_path):
    journal = Journal(tmp_path)
    assert journal.last_alive() is None
    journal.live(Alive(1, 2, "boot"))
    journal.live(Alive(3, 4, "boot"), synced=False)
    assert journal.last_alive() == Alive(3, 4, "boot")


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path, session, words):
    journal, _ = filled(tmp_path, session, words)
    journal.close()
    (tmp_path / "journal.sqlite3").write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    again = Journal(tmp_path)
    assert again.unfinished() is None
    assert [path.name for path in tmp_path.glob("journal.damaged-*")] == ["journal.damaged-1.sqlite3"]


@pytest.mark.parametrize("seed", range(150))
def test_whatever_becomes_of_the_files_what_can_be_read_is_what_was_first(tmp_path, session, words, seed):
    """Cut off, or overwritten anywhere: it opens, it can be written, and nothing is deleted."""
    chance = random.Random(seed)
    journal, _ = filled(tmp_path, session, words)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("journal.sqlite3", "journal.sqlite3-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    journal.close()
    victim = copy / chance.choice(["journal.sqlite3", "journal.sqlite3-wal"])
    content = bytearray(victim.read_bytes())
    at = chance.randrange(len(content))
    if chance.random() < 0.5:
        del content[at:]
    else:
        content[at : at + 300] = chance.randbytes(300)
    victim.write_bytes(content)
    looked_at(copy / "journal.sqlite3")
    again = Journal(copy)
    record = again.unfinished()
    whole = [event for _, event in session[0]]
    if record:
        kept = [entry.event for entry in record.entries]
        assert kept == whole[: len(kept)]
        record.replay()
    number = again.begin(opened("Room 1", words, 1), 1)
    again.append(number, Entry(1, 1, whole[0]))
    again.close()


def test_what_a_damaged_file_still_tells_begins_the_next(tmp_path, session, words):
    journal, _ = filled(tmp_path, session, words)
    journal.close()
    path = tmp_path / "journal.sqlite3"
    with sqlite3.connect(path) as database:
        # The index is no longer that of its table: quick_check finds it, and the entries are all there.
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "UPDATE sqlite_schema SET sql = 'CREATE INDEX events_of_session ON events (at_ms, nothing)'"
            " WHERE name = 'events_of_session'"
        )
    database.close()
    again = Journal(tmp_path)
    assert again.unfinished().replay() == session[1]
    assert list(tmp_path.glob("journal.damaged-1.sqlite3"))
    again.close()


def test_a_session_is_taken_over_whole_or_not_at_all(words):
    """The disk may be full just then; a part of a session would be taken for all of it."""
    notes = tuple(Entry(at_ms, at_ms + 7, Noted("technical", "x" * 1000)) for at_ms in range(300))
    record = Record(1, "Room 1", 500, 507, words, notes)
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("PRAGMA max_page_count = 40")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            rescue.write(database, rescue.Rescued(record))
        assert unfinished(database) is None
        database.execute("PRAGMA max_page_count = 2000")
        rescue.write(database, rescue.Rescued(record, Alive(1, 2, "boot", 3)))
        assert unfinished(database) == structs.replace(record, until_ms=1)


def long_session(folder, words, notes=60):
    """A journal of one session with an open call, and notes after it; closed. Gives its events."""
    journal = Journal(folder)
    number = journal.begin(opened("Room 1", words, 500), 507)
    events = [Pressed("a-1", "key", "42"), *(Noted("technical", f"{note} {'x' * 500}") for note in range(notes))]
    for at_ms, event in enumerate(events):
        journal.append(number, Entry(at_ms, at_ms + 7, event))
    journal.live(Alive(10_000, 10_007, "boot", 55))
    journal.close()
    return events


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_begins_another_with_what_it_still_tells(tmp_path, words, part):
    """SQLite opens none that is shorter than it says it is."""
    events = long_session(tmp_path, words, notes=400)
    path = tmp_path / "journal.sqlite3"
    os.truncate(path, int(path.stat().st_size * part))
    again = Journal(tmp_path)
    record = again.unfinished()
    assert [entry.event for entry in record.entries] == events[: len(record.entries)]
    assert len(events) * (part - 0.2) < len(record.entries) < len(events)
    assert record.replay().call.open
    assert again.last_alive() == Alive(10_000, 10_007, "boot", 55)
    assert (tmp_path / "journal.damaged-1.sqlite3").is_file()
    again.close()


@pytest.mark.parametrize("lost", range(16, 4096, 240))
def test_what_is_rescued_of_a_file_that_was_cut_in_its_last_page_is_a_beginning(tmp_path, words, lost):
    """SQLite opens it as if nothing were wrong, and passes over rows of which only the place is left."""
    events = long_session(tmp_path, words, notes=75)
    path = tmp_path / "journal.sqlite3"
    os.truncate(path, path.stat().st_size - lost)
    again = Journal(tmp_path)
    kept = [entry.event for entry in again.unfinished().entries]
    assert kept == events[: len(kept)]
    again.close()


class PowerCutError(Exception):
    """Nothing after this instant happens."""


def test_whenever_the_power_goes_the_session_is_begun_with(tmp_path, words, monkeypatch):
    """While a damaged file is set aside there is always one to begin with, and none is overwritten or lost."""
    steps = 0
    for last in range(1, 30):
        folder = tmp_path / str(last)
        folder.mkdir()
        events = long_session(folder, words)
        with sqlite3.connect(folder / "journal.sqlite3") as database:
            database.execute("UPDATE events SET event = x'7b' WHERE id = 50")
        database.close()
        # As a room leaves it that was killed; what is in it does not matter here.
        (folder / "journal.sqlite3-wal").write_bytes(b"a log")
        (folder / "journal.damaged-1.sqlite3").write_bytes(b"of another day")
        left = iter(range(last))

        def until_then(done, left=left):
            def do(*words, **more):
                if next(left, None) is None:
                    raise PowerCutError
                return done(*words, **more)

            return do

        with monkeypatch.context() as patched:
            for name in ("rename", "replace", "unlink"):
                patched.setattr(Path, name, until_then(getattr(Path, name)))
            patched.setattr(os, "fsync", until_then(os.fsync))
            try:
                Journal(folder).close()
            except PowerCutError:
                steps += 1
            else:
                break
        again = Journal(folder)
        assert [entry.event for entry in again.unfinished().entries] == events[:49]
        again.close()
        assert (folder / "journal.damaged-1.sqlite3").read_bytes() == b"of another day"
        aside = sqlite3.connect(folder / "journal.damaged-2.sqlite3")
        assert aside.execute("SELECT count(*) FROM events").fetchone() == (len(events),)
        aside.close()
        assert not (folder / "journal.next.sqlite3").exists()
    assert steps > 4


def test_a_full_disk_is_met_by_the_ballast_when_the_journal_is_opened_too(tmp_path, monkeypatch):
    Journal(tmp_path).close()
    connected = journals._connected

    def full(path):
        if (tmp_path / "ballast").exists():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return connected(path)

    monkeypatch.setattr(journals, "_connected", full)
    Journal(tmp_path).close()


def test_nothing_is_added_behind_what_cannot_be_read(tmp_path, session, words):
    """It would never be read either: a file is set aside of which one event of the session under way is damaged."""
    journal, _ = filled(tmp_path, session, words)
    journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.execute("UPDATE events SET event = x'7b' WHERE id = 3")
    database.close()
    again = Journal(tmp_path)
    assert [entry.event for entry in again.unfinished().entries] == [event for _, event in session[0][:2]]
    assert list(tmp_path.glob("journal.damaged-1.sqlite3"))
    again.close()


@pytest.mark.parametrize(
    ("damaged", "kept"),
    [
        ("UPDATE events SET event = 5 WHERE id = 3", 2),
        ("UPDATE events SET event = x'7b2274797065223a22cf227d' WHERE id = 3", 2),
        ("UPDATE events SET at_ms = 'late' WHERE id = 3", 2),
        ("UPDATE events SET wall_ms = x'00' WHERE id = 2", 1),
        ("UPDATE sessions SET words = 5", None),
        ("UPDATE sessions SET words = x'22cf22'", None),
        ("UPDATE sessions SET room = CAST(x'cf' AS TEXT)", None),
        ("UPDATE sessions SET carried = x'22cf22'", None),
        ("UPDATE sessions SET opened_ms = 'early'", None),
        ("UPDATE alive SET boot = CAST(x'cf' AS TEXT)", 3),
        ("UPDATE alive SET at_ms = 'late'", 3),
        ("UPDATE sqlite_schema SET sql = CAST(x'cf' AS TEXT) WHERE name = 'alive'", 3),
    ],
)
def test_a_value_of_another_kind_is_damage(tmp_path, session, words, damaged, kept):
    """Rubbish in a page may make a number of what was text, or text that is none: SQLite itself does not mind."""
    journal, _ = filled(tmp_path, session, words)
    journal.live(Alive(10_000, 10_007, "boot"))
    journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(damaged)
    database.close()
    looked_at(tmp_path / "journal.sqlite3")
    again = Journal(tmp_path)
    record = again.unfinished()
    assert (len(record.entries) if record else None) == kept
    assert list(tmp_path.glob("journal.damaged-1.sqlite3"))
    again.close()


def test_a_damaged_row_takes_no_other_session_from_the_list(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    journal.begin(opened("Room 1", words, 99), 99)
    journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.execute("UPDATE sessions SET wall_ms = 'yesterday' WHERE id = 2")
    database.close()
    with Archive(journal.path) as archive:
        assert [heading.session for heading in archive.headings(1)] == [number]


def test_a_room_that_cannot_have_its_file_has_a_journal_for_as_long_as_it_runs(tmp_path, session, words):
    journal = Journal.in_memory(tmp_path / "nowhere", "The disk is full.")
    number = journal.begin(opened("Room 1", words, 500), 1)
    for at_ms, event in session[0]:
        journal.append(number, Entry(at_ms, at_ms, event))
    journal.live(Alive(3, 4, "boot"))
    assert journal.unfinished().replay() == session[1]
    assert journal.trouble == "The disk is full."
    assert not (tmp_path / "nowhere").exists()
    journal.close()


def test_such_a_journal_begins_with_what_the_file_still_tells(tmp_path, words):
    events = long_session(tmp_path, words)
    journal = Journal.in_memory(tmp_path, "The disk is full.")
    assert [entry.event for entry in journal.unfinished().entries] == events
    assert journal.last_alive() == Alive(10_000, 10_007, "boot", 55)
    journal.close()


def test_the_ballast_comes_back_when_there_is_room_again(tmp_path):
    journal = Journal(tmp_path)
    (tmp_path / "ballast").unlink()
    journal.live(Alive(3, 4, "boot"))
    assert (tmp_path / "ballast").stat().st_size == BALLAST_BYTES
    journal.close()


def test_an_event_that_cannot_be_read_ends_the_readable_part(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.execute("UPDATE events SET event = x'7b' WHERE id = 3")
    database.close()
    assert len(entries(journal, number)) == 2


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(JournalError) as raised:
        Journal(tmp_path / "file")
    assert str(raised.value).startswith(f"The journal in {tmp_path / 'file'} cannot be used: ")


FILL = """
import resource, signal, sys
from pathlib import Path
from guideplayer.core.messages import Noted
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Alive, Entry, Record
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
written = 0
try:
    while True:
        journal.append(1, Entry(written, written, Noted("technical", "x" * 1000)))
        written += 1
except JournalError as error:
    print(written, (Path(sys.argv[1]) / "ballast").exists(), error)
"""


def test_a_full_disk_takes_the_ballast_and_then_says_so(tmp_path, words):
    """A limit on file sizes stands in for the disk: writes fail as on a full one, and nothing written is lost."""
    journal = Journal(tmp_path)
    journal.begin(opened("Room 1", words, 1), 1)
    journal.close()
    done = subprocess.run([sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=True)
    written, ballast, sentence = done.stdout.split(" ", 2)
    assert int(written) > 10
    assert ballast == "False"
    assert sentence.startswith(f"The journal {tmp_path / 'journal.sqlite3'} cannot be written: ")
    assert len(entries(Journal(tmp_path), 1)) == int(written)


def test_events_that_end_a_call_are_recovered_too(tmp_path, session, words):
    journal, number = filled(tmp_path, session, words)
    journal.append(number, Entry(20_000, 20_007, Held("x")))
    unfinished = journal.unfinished()
    assert unfinished is not None
    assert unfinished.replay().call.open
