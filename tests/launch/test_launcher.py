"""The launcher with processes that are none, and the room's own end of its link."""

import asyncio
import contextlib

import pytest

from guideplayer.launch import part as parts
from guideplayer.launch.launcher import Launcher
from guideplayer.room.orders import Orders
from guideplayer.room.settings import Settings
from guideplayer.room.supervision import Supervision
from tests.launch.fakes import FakeProcesses


@pytest.fixture
async def launcher():
    """A launcher that hears what a room says, and the room's end."""
    launcher = Launcher(Orders(Settings()), ())
    supervision = Supervision(launcher._watched_end)
    tasks = [asyncio.create_task(launcher._hear()), asyncio.create_task(supervision.run())]
    yield launcher, supervision
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for end in (launcher._room_end, launcher._stage_end, launcher._watch_end, launcher._watched_end):
        end.close()


@pytest.mark.parametrize(("shown", "plain"), [(False, True), (True, False)])
async def test_a_stage_that_showed_no_picture_makes_way_for_a_plain_one(launcher, monkeypatch, shown, plain):
    """However long it was waited for: here every life is a long one."""
    monkeypatch.setattr(parts, "LIVED_S", -1.0)
    processes = FakeProcesses(monkeypatch)
    launcher, supervision = launcher
    keeping = asyncio.create_task(launcher._keep_stage())
    first = await processes.begun(0)
    supervision.end_stage(first.pid, shown)
    second = await processes.begun(1)
    assert ["--plain" in process.arguments for process in (first, second)] == [False, plain]
    keeping.cancel()
