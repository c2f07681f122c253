"""Two thousand past sessions: the list, the statistics, one summary, and counting what was not counted yet."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable
from pathlib import Path

import msgspec
import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.core.messages import Chose
from guideplayer.journal.archive import Archive
from guideplayer.media import scripts_folder
from guideplayer.report.figures import KIND, figures_of
from guideplayer.report.retelling import summary_of
from guideplayer.room.settings import Settings
from tests.report.conftest import INFUSION_MS, Recording
from tests.report.kept import Kept

pytestmark = pytest.mark.bench
SESSIONS = 2000


def many(folder: Path) -> None:
    """Session 1 of a real script, two thousand times, a third of a day apart."""
    script, _ = read_script(scripts_folder() / "open-sky.yaml", Settings().library())
    assert script
    recording = Recording(folder)
    recording.after(0, Chose(script, INFUSION_MS))
    recording.whole()
    event = msgspec.json.encode(Chose(script, INFUSION_MS))
    recording.journal.close()
    database = sqlite3.connect(recording.path)
    database.execute("UPDATE events SET event = ? WHERE json_extract(event, '$.type') = 'chose'", (event,))
    database.commit()
    with Archive(recording.path) as archive:
        record = archive.record(1)
    assert record
    figures = figures_of(summary_of(record))
    for number in range(2, SESSIONS + 1):
        by_ms = (number - 1) * 8 * 3600 * 1000
        database.execute(
            "INSERT INTO sessions SELECT ?, room, opened_ms, wall_ms + ?, words, closed, carried, until_ms "
            "FROM sessions WHERE id = 1",
            (number, by_ms),
        )
        database.execute(
            "INSERT INTO events (session, at_ms, wall_ms, event) SELECT ?, at_ms, wall_ms + ?, event FROM events "
            "WHERE session = 1 ORDER BY id",
            (number, by_ms),
        )
        moved = [msgspec.structs.replace(one, wall_ms=one.wall_ms + by_ms) for one in figures.waits]
        one = msgspec.structs.replace(
            figures, session=number, begun_wall_ms=figures.begun_wall_ms + by_ms, waits=tuple(moved)
        )
        database.execute("INSERT INTO figures VALUES (?, ?, ?)", (number, KIND, msgspec.json.encode(one)))
    database.commit()
    database.close()


async def test_two_thousand_sessions(tmp_path: Path) -> None:
    many(tmp_path)
    kept = Kept(tmp_path)

    async def took_ms(what: Awaitable[object]) -> float:
        began_s = time.perf_counter()
        await what
        return (time.perf_counter() - began_s) * 1000

    listed_ms = min([await took_ms(kept.past.sessions()) for _ in range(3)])
    counted_ms = min([await took_ms(kept.past.statistics()) for _ in range(3)])
    told_ms = min([await took_ms(kept.past.session(1000)) for _ in range(3)])
    with Archive(kept.journal.path) as archive:
        record = archive.record(1000)
        began_s = time.perf_counter()
        for _ in range(20):
            assert archive.record(1000)
        read_ms = (time.perf_counter() - began_s) * 50
    assert record
    began_s = time.perf_counter()
    for _ in range(20):
        figures_of(summary_of(record))
    one_ms = (time.perf_counter() - began_s) * 50
    began_s = time.perf_counter()
    await kept.recorder.erase([1000])
    erased_s = time.perf_counter() - began_s
    size_mb = kept.journal.path.stat().st_size / 1e6
    kept.writing.cancel()
    await asyncio.wait([kept.writing])
    print(
        f"\n{SESSIONS} sessions, {size_mb:.0f} MB: list {listed_ms:.0f} ms, statistics {counted_ms:.0f} ms, "
        f"one summary {told_ms:.0f} ms, counting one {read_ms:.1f} + {one_ms:.1f} ms, deleting one {erased_s:.1f} s"
    )
    assert listed_ms < 1000
    assert counted_ms < 1000
