"""The clinic's figures in SQLite and in a real PostgreSQL: kept once, counted, and failing in a sentence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy

from guideplayer.clinic import database
from guideplayer.clinic.columns import Columns
from guideplayer.clinic.database import StoreError
from guideplayer.clinic.past import SessionFigures
from guideplayer.clinic.store import Known, Store, address_in, path_in
from guideplayer.clinic.tables import calls_table, responses_table
from guideplayer.report.summary import Standing
from tests.clinic.postgres import Postgres, folder_of_tools, running_postgres
from tests.clinic.years import FIRST_MS, HOUR_MS, call, session, sessions
from tests.xvfb import needed


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if not folder_of_tools():
        needed("initdb")
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return address_in(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    store = Store(server.address)
    with store._engine.begin() as connection:
        for table in ("calls", "sessions", "rooms", "version"):
            connection.execute(sqlalchemy.text(f"DROP TABLE IF EXISTS guideplayer_{table}"))
    store.close()
    return server.address


@pytest.fixture
def opened(address: str) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []

    def one() -> Store:
        made.append(Store(address, UTC))
        return made[-1]

    yield one
    for store in made:
        store.close()


def counted(store: Store, room: str = ""):
    columns = Columns()
    columns.read(store)
    return columns.responses(room, None, None)


def test_what_is_kept_is_counted(opened):
    store = opened()
    told = [session(1, call(FIRST_MS, 8), call(FIRST_MS, 40), call(FIRST_MS, 1, rehearsal=True)), session(2, key="b")]
    assert store.keep("Room 1", told) == 2
    assert store.keep("Room 2", [session(1, call(FIRST_MS + 14 * HOUR_MS, None))]) == 1
    found = counted(opened())
    assert (found.whole.sessions, found.whole.calls, found.whole.unanswered) == (3, 3, 1)
    assert [(one.name, one.calls, one.median_ms) for one in found.rooms] == [("Room 1", 2, 24_000), ("Room 2", 1, None)]
    assert [one.name for one in found.hours if one.calls] == ["00", "14"]
    assert [one.name for one in found.months] == ["2026-01"]


def test_repeats_are_kept_once_also_by_another_station(opened):
    one, two = opened(), opened()
    told = list(sessions(3))
    assert one.keep("Room 1", told[:5]) == 5
    assert two.keep("Room 1", told) == 4
    assert one.keep("Room 1", told) == 0
    assert counted(one).whole.sessions == 9
    assert one.known("Room 1") == two.known("Room 1") == Known(9, told[-1].id)
    assert one.known("Room 2") == Known()


def test_a_session_of_another_journal_with_the_same_number_is_another(opened):
    store = opened()
    assert store.keep("Room 1", [session(1, key="a")]) == 1
    assert store.keep("Room 1", [session(1, key="b")]) == 1
    assert store.known("Room 1") == Known(1, "b")


def test_one_that_was_never_begun_is_no_session_and_its_calls_are_calls(opened):
    store = opened()
    waiting = SessionFigures(1, "a", Standing.NEVER_BEGUN, FIRST_MS, 0, "", calls=(call(FIRST_MS, 8),))
    store.keep("Room 1", [waiting])
    assert (counted(store).whole.sessions, counted(store).whole.calls) == (0, 1)


def test_stations_that_begin_and_keep_at_once_keep_everything_once(opened):
    told = list(sessions(20))
    stores = [opened() for _ in range(4)]

    def keep(store: Store, room: str) -> None:
        for start in range(0, len(told), 10):
            # On a machine that does much else one may wait too long for the others, and asks again, as a station does.
            while True:
                with suppress(StoreError):
                    store.keep(room, told[start : start + 10])
                    break

    threads = [threading.Thread(target=keep, args=(store, f"Room {n % 2}")) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = counted(stores[0])
    assert [(one.name, one.sessions) for one in found.rooms] == [("Room 0", 60), ("Room 1", 60)]
    assert found.whole.calls == 2 * sum(len(one.calls) for one in told)


def test_what_comes_later_is_read_without_all_before_it(opened):
    store, columns = opened(), Columns()
    store.keep("Room 1", list(sessions(10)))
    columns.read(store)
    before = columns.responses("", None, None)
    columns.read(store)
    assert columns.responses("", None, None) == before
    store.keep("Room 2", list(sessions(10, 2)))
    columns.read(store)
    assert columns.responses("Room 1", None, None).whole == before.whole
    assert columns.responses("", None, None) == counted(store)
    assert columns.rooms == ["Room 1", "Room 2"]


def test_hours_and_months_are_those_of_the_clinic(tmp_path):
    store = Store(address_in(tmp_path), ZoneInfo("Europe/Berlin"))
    # The last hour of June in Greenwich; and one in winter.
    store.keep("Room 1", [session(1, call(1_782_861_000_000)), session(2, call(FIRST_MS), key="b")])
    hours = {one.name for one in counted(store).hours if one.calls}
    assert hours == {"01"}
    assert [one.name for one in counted(store).months if one.calls] == ["2026-01", "2026-07"]
    store.close()


def test_tables_are_for_spreadsheets(opened):
    store = opened()
    store.keep(
        "=1+1",
        [session(1, call(FIRST_MS, 8), call(FIRST_MS, 1, rehearsal=True)), session(2, call(answered_s=None), key="b")],
    )
    lines = responses_table(counted(store), "room").splitlines()
    assert lines == [
        "room,sessions,calls,unanswered,within_30_s,within_60_s,median_s,ninety_percent_s,longest_s",
        "'=1+1,2,2,1,1,1,8.0,8.0,8.0",
    ]
    assert responses_table(counted(store), "moon") is None
    rows = calls_table(store.calls("", None, None), timezone(timedelta(hours=1))).splitlines()
    assert rows[1] == "2026-01-01,01:00:00,'=1+1,Open Sky,0,0.2,8.0,8.0,8.0,0,1,0"
    assert [row.split(",")[4] for row in rows[1:]] == ["0", "1", "0"]
    assert len(calls_table(store.calls("Room 9", None, None)).splitlines()) == 1


def test_no_letter_of_a_title_stands_in_the_way(opened):
    store = opened()
    store.keep("Raum “7” 🌊", [SessionFigures(1, "a\0", Standing.ENDED, FIRST_MS, 1, "a\0b'; DROP TABLE x;--")])
    assert counted(store).rooms[0].name == "Raum “7” 🌊"


@pytest.mark.parametrize("damaged", [(b"CREATE TABLE",), (b"CREATE TABLE", b"guideplayer_version")])
def test_a_damaged_file_is_told_whatever_is_in_it(tmp_path, damaged):
    store = Store(address_in(tmp_path))
    store.known("Room 1")
    store.close()
    held = path_in(tmp_path).read_bytes()
    for part in damaged:
        assert part in held
        held = held.replace(part, b"\xff" * len(part))
    path_in(tmp_path).write_bytes(held)
    store = Store(address_in(tmp_path))
    with pytest.raises(StoreError, match="Nothing is lost"):
        store.known("Room 1")
    store.close()


def test_the_tables_of_a_newer_one_are_left_alone(opened):
    store = opened()
    store.keep("Room 1", [session(1)])
    with store._engine.begin() as connection:
        connection.execute(database.version_table.update(), {"version": 99})
    with pytest.raises(StoreError, match="newer guideplayer"):
        opened().known("Room 1")


def test_older_tables_become_those_of_this_version(opened, monkeypatch):
    store = opened()
    store.keep("Room 1", [session(1)])
    monkeypatch.setattr(database, "VERSION", 2)
    monkeypatch.setattr(database, "_STEPS", {2: ("ALTER TABLE guideplayer_rooms ADD COLUMN floor INTEGER",)})
    newer = opened()
    assert newer.known("Room 1").number == 1
    with newer._engine.begin() as connection:
        columns = {one["name"] for one in sqlalchemy.inspect(connection).get_columns("guideplayer_rooms")}
        assert connection.execute(sqlalchemy.select(database.version_table.c.version)).scalar() == 2
    assert "floor" in columns


def test_a_step_that_fails_leaves_the_tables_as_they_were(opened, monkeypatch):
    opened().keep("Room 1", [session(1)])
    with monkeypatch.context() as patched:
        patched.setattr(database, "VERSION", 2)
        patched.setattr(database, "_STEPS", {2: ("ALTER TABLE guideplayer_rooms ADD COLUMN floor INTEGER", "nonsense")})
        with pytest.raises(StoreError, match="cannot be used"):
            opened().known("Room 1")
    assert opened().known("Room 1").number == 1


def test_a_server_that_is_away_is_told_and_used_again_when_it_is_back(postgres):
    store = Store(postgres.address)
    store.keep("Room 1", [session(1, key="away")])
    postgres.stop()
    try:
        with pytest.raises(StoreError, match=r"127\.0\.0\.1.*Nothing is lost"):
            store.keep("Room 1", [session(2, key="away")])
    finally:
        postgres.start()
    assert store.keep("Room 1", [session(2, key="away")]) == 1
    store.close()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "is not like postgresql://user@host/clinic"),
        ("mysql://clinic@host/x", "“mysql” is not known"),
        ("sqlite:////dev/null/x/figures.sqlite3", "cannot be kept in /dev/null/x"),
    ],
)
def test_an_address_that_is_none_is_said_to_be(address, sentence):
    with pytest.raises(StoreError, match=sentence):
        Store(address)


def test_a_password_is_never_told():
    store = Store("postgresql://clinic:secret@127.0.0.1:1/clinic")
    with pytest.raises(StoreError) as told:
        store.known("Room 1")
    assert "secret" not in str(told.value)
    assert "127.0.0.1" in str(told.value)


def test_a_disk_that_is_full_loses_nothing(tmp_path):
    store = Store(address_in(tmp_path))
    store.keep("Room 1", [session(1)])
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sqlalchemy.event.listen(
        store._engine, "checkout", lambda one, *_more: one.execute(f"PRAGMA max_page_count={pages + 2}")
    )
    with pytest.raises(StoreError, match="full"):
        store.keep("Room 1", [session(number + 2, *[call()] * 50, key=str(number)) for number in range(200)])
    assert store.known("Room 1").number == 1
    assert counted(store).whole.sessions == 1
    store.close()
