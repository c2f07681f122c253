"""How a room stands, read from its journal by another process."""

import sqlite3

import pytest

from guideplayer.core.messages import Began, Chose, Ended, Pressed
from guideplayer.core.session import opened
from guideplayer.core.units import MINUTE_MS
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Alive, Entry
from guideplayer.room.standing import session_under_way
from tests.factory import SCRIPT, WORDS


@pytest.fixture
def journal(tmp_path):
    one = Journal(tmp_path)
    yield one
    one.close()


def happened(journal, *events):
    number = journal.begin(opened("Room 1", WORDS, 0), 0)
    for at_ms, event in events:
        journal.append(number, Entry(at_ms, at_ms, event))
    return number


CHOSEN = (1000, Chose(SCRIPT, 40 * MINUTE_MS))
BEGUN = (2000, Began("Anna", unready=True, pump_follows=True))


def test_without_a_journal_there_is_no_session(tmp_path):
    assert not session_under_way(tmp_path)


def test_before_and_after_a_session_there_is_none(tmp_path, journal):
    assert not session_under_way(tmp_path)
    number = happened(journal, CHOSEN)
    assert not session_under_way(tmp_path)
    journal.append(number, Entry(BEGUN[0], BEGUN[0], BEGUN[1]))
    assert session_under_way(tmp_path)
    journal.append(number, Entry(9000, 9000, Ended("Anna")))
    assert not session_under_way(tmp_path)


def test_a_call_before_a_session_counts(tmp_path, journal):
    happened(journal, (1000, Pressed("a-1", "key", "42")))
    assert session_under_way(tmp_path)


def test_a_session_that_was_under_way_when_the_machine_went_down_is_under_way(tmp_path, journal):
    happened(journal, CHOSEN, BEGUN)
    journal.live(Alive(10 * MINUTE_MS, 0, "boot"))
    assert session_under_way(tmp_path)


def test_one_that_has_ended_by_itself_is_over(tmp_path, journal):
    happened(journal, CHOSEN, BEGUN)
    journal.live(Alive(120 * MINUTE_MS, 0, "boot"))
    assert not session_under_way(tmp_path)


def test_a_journal_that_cannot_be_read_is_told(tmp_path, journal):
    happened(journal, CHOSEN, BEGUN)
    journal.close()
    with sqlite3.connect(journal.path) as database:
        database.execute("UPDATE sessions SET words = 'none'")
    database.close()
    with pytest.raises(JournalError):
        session_under_way(tmp_path)
