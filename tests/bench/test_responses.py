"""A year of a thousand rooms: how long the page waits for response times, and what a session costs to keep."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy

from guideplayer.clinic.columns import Columns
from guideplayer.clinic.database import calls_table, rooms_table, sessions_table
from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.store import Store, address_in
from guideplayer.report.response import month_number
from tests.clinic.postgres import folder_of_tools, running_postgres
from tests.clinic.years import FIRST_MS, session
from tests.clinic.years import call as one_call
from tests.xvfb import needed

pytestmark = pytest.mark.bench
ROOMS, DAYS, SESSIONS_A_DAY = 1000, 250, 2
CALLS_A_SESSION = 0.8
ROWS_AT_ONCE = 20_000


def fill(store: Store) -> tuple[int, int]:
    """A year, written row by row as the station's tables have it; gives how many sessions and calls."""
    store.keep("Room 1", [])
    chance = np.random.default_rng(4)
    sessions = ROOMS * DAYS * SESSIONS_A_DAY
    calls = round(sessions * CALLS_A_SESSION)
    months = [month_number(2026, 1 + number % 12) for number in range(sessions)]
    fixed = {"standing": "ended", "length_ms": 3_400_000, "script": "Open Sky", "rounds_late": 0}
    with store._engine.begin() as connection:
        connection.execute(rooms_table.delete())
        names = [{"id": number + 1, "name": f"Room {number + 1}"} for number in range(ROOMS)]
        connection.execute(rooms_table.insert(), names)
        for start in range(0, sessions, ROWS_AT_ONCE):
            rows = [
                {**fixed, "id": n + 1, "room": n % ROOMS + 1, "number": n + 1, "key": str(n), "begun_at": FIRST_MS + n}
                | {"month": months[n]}
                for n in range(start, min(sessions, start + ROWS_AT_ONCE))
            ]
            connection.execute(sessions_table.insert(), rows)
        waits, hours = chance.lognormal(9.6, 0.8, calls), chance.integers(8, 18, calls)
        of = np.sort(chance.integers(0, sessions, calls))
        fixed = {"number": 0, "level": 0, "presses": 1, "lapses": 0, "rehearsal": False, "delivered_ms": 200}
        for start in range(0, calls, ROWS_AT_ONCE):
            rows = [
                {**fixed, "id": n + 1, "session": int(of[n]) + 1, "number": n, "room": int(of[n]) % ROOMS + 1}
                | {"month": months[of[n]], "hour": int(hours[n]), "raised_at": FIRST_MS + n}
                | {"answered_ms": None if n % 300 == 0 else int(waits[n])}
                for n in range(start, min(calls, start + ROWS_AT_ONCE))
            ]
            connection.execute(calls_table.insert(), rows)
        if connection.dialect.name == "postgresql":
            for table in ("rooms", "sessions", "calls"):
                name = f"guideplayer_{table}"
                connection.execute(
                    sqlalchemy.text(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                    )
                )
    return sessions, calls


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield address_in(tmp_path)
        return
    if not folder_of_tools():
        needed("initdb")
    with running_postgres() as server:
        yield server.address


def took_s(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


async def test_a_year_of_a_thousand_rooms(address: str) -> None:
    store = Store(address)
    sessions, calls = fill(store)
    read_s = took_s(lambda: Columns().read(store))
    ledger = Ledger(store)
    await ledger.warm()

    async def asked_s(room: str, first: str) -> float:
        began_s = time.perf_counter()
        found = await ledger.responses(room, first, "")
        assert found["whole"]["calls"] > 0
        return time.perf_counter() - began_s

    whole_s = min([await asked_s("", "") for _ in range(3)])
    part_s = min([await asked_s("", "2026-10") for _ in range(3)])
    room_s = min([await asked_s("Room 500", "") for _ in range(3)])
    news = [session(10**6 + number, one_call(), key=str(number)) for number in range(50)]
    kept_s = took_s(lambda: store.keep("Room 7", news))
    assert (await ledger.responses("", "", ""))["whole"]["sessions"] == sessions + len(news)
    ledger.close()
    print(
        f"\n{sessions} sessions, {calls} calls, {address.partition(':')[0]}: first read {read_s:.1f} s; page: all "
        f"{whole_s * 1000:.0f} ms, three months {part_s * 1000:.0f} ms, a room {room_s * 1000:.0f} ms; "
        f"keeping 50 sessions {kept_s * 1000:.0f} ms"
    )
    assert whole_s < 1
    assert room_s < 1
