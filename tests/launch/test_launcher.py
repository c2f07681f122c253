"""The launcher with processes that are none, and the room's own end of its link."""

import asyncio
import contextlib

import pytest

from guideplayer.launch import part as parts
from guideplayer.launch.displays import ONE_GONE, Seen
from guideplayer.launch.launcher import Launcher
from guideplayer.room.orders import Orders
from guideplayer.room.settings import Settings
from guideplayer.room.supervision import Supervision
from tests.launch.fakes import FakeProcesses, until


@pytest.fixture
async def ends():
    """A launcher that hears what a room says, and the room's end of their link."""
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
async def test_a_stage_that_showed_no_picture_makes_way_for_a_plain_one(ends, monkeypatch, shown, plain):
    """However long it was waited for: here every life is a long one."""
    monkeypatch.setattr(parts, "LIVED_S", -1.0)
    processes = FakeProcesses(monkeypatch)
    launcher, supervision = ends
    keeping = asyncio.create_task(launcher._keep_stage())
    first = await processes.begun(0)
    supervision.end_stage(first.pid, shown)
    second = await processes.begun(1)
    assert ["--plain" in process.arguments for process in (first, second)] == [False, plain]
    keeping.cancel()


async def test_a_plain_one_that_lived_and_then_shows_none_makes_way_at_once(ends, monkeypatch):
    """As when a screen is tried again in vain: each try takes the sound away for as long as it is waited for."""
    monkeypatch.setattr(parts, "LIVED_S", -1.0)
    processes = FakeProcesses(monkeypatch)
    launcher, supervision = ends
    keeping = asyncio.create_task(launcher._keep_stage())
    for number, shown in enumerate([False, True, False]):
        supervision.end_stage((await processes.begun(number)).pid, shown)
    last = await processes.begun(3)
    options = [[word for word in process.arguments if word in ("--plain", "--unseen")] for process in processes]
    assert options == [[], ["--plain"], ["--plain"], ["--plain", "--unseen"]]
    # And there is nothing after that.
    supervision.end_stage(last.pid, False)
    assert "--unseen" in (await processes.begun(4)).arguments
    keeping.cancel()


async def test_a_display_that_goes_in_a_session_is_told_until_it_is_back(ends):
    """The one that is left may be a lid that nobody looks at."""
    launcher, supervision = ends
    hdmi, panel = "card1-HDMI-A-1", "card1-eDP-1"

    async def told(*plugged, busy):
        supervision.live(busy)
        await until(lambda: launcher._busy == busy)
        launcher._saw(Seen(None, plugged, 2))
        await until(lambda: supervision.faults == launcher._faults["displays"])
        return supervision.faults

    gone = (ONE_GONE.format("HDMI-A-1"),)
    assert await told(hdmi, panel, busy=False) == ()
    assert await told(panel, busy=True) == gone
    assert await told(panel, busy=True) == gone
    assert await told(hdmi, panel, busy=True) == ()
    assert await told(hdmi, busy=True) == (ONE_GONE.format("eDP-1"),)
    assert await told(hdmi, busy=False) == ()
