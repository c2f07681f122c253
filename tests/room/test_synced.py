"""Scripts for all rooms, as a room takes them over: never under what is chosen, played or called."""

import asyncio
import threading

import msgspec
import pytest

from guideplayer.core.messages import Ended, Pressed
from guideplayer.core.state import Basis, Play
from guideplayer.desk.ports import RefusedError
from guideplayer.media import shipped_library
from guideplayer.room import errand, synced
from guideplayer.room.card_files import CardFolder
from guideplayer.room.settings import Settings
from guideplayer.room.shelf import ScriptShelf
from guideplayer.room.synced import Synced, may_change
from guideplayer.sync.locks import held
from guideplayer.sync.syncing import Syncing
from guideplayer.sync.trees import CURRENT, SyncFolder
from tests.sync.offered import FILES, Offering, content_of

HARP = "media/beds/harp.ogg"
WITHIN_S = 30


@pytest.fixture(autouse=True)
def soon(monkeypatch, tmp_path):
    monkeypatch.setattr(synced, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(synced, "FIRST_AFTER_S", 0.0)
    monkeypatch.setattr(errand, "LOOK_EVERY_S", 0.02)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Bench:
    """A room's part with a tree that is current and another that waits."""

    def __init__(self, folder, world, **sync):
        self.offering = Offering(folder / "offered")
        self.settings = Settings(state=str(folder / "state"), sync=self.offering.setting(**sync))
        self.folder = self.settings.synced
        self.world = world
        self.shelf = ScriptShelf(
            self.settings.script_folders, shipped_library(), CardFolder(folder / "state", shipped_library())
        )
        self.told = 0
        self.part = Synced(self.settings, self.shelf, lambda: world.room.state, self._changed)

    def _changed(self):
        self.told += 1

    async def fetch(self):
        return await Syncing(self.settings.sync, self.folder, lambda: False).run()

    def harp(self):
        tree = self.folder.tree(CURRENT)
        return content_of(tree.path)[HARP] if tree else None


async def until(condition):
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.01)


async def looks(times=6):
    await asyncio.sleep(0)
    for _ in range(times):
        await asyncio.to_thread(lambda: None)
        await asyncio.sleep(synced.LOOK_EVERY_S)


async def ended(task):
    task.cancel()
    await asyncio.wait([task])


def test_it_may_change_only_while_nothing_is_chosen_and_nobody_calls(world):
    assert may_change(world.room.state)
    world.room.handle(Pressed("a-1", "key", "42"))
    assert not may_change(world.room.state)
    world.room.state = msgspec.structs.replace(world.room.state, call=type(world.room.state.call)())
    assert may_change(world.room.state)
    world.desk("choose", script="test", infusion_ms=40 * 60_000)
    assert not may_change(world.room.state)
    world.begun()
    assert not may_change(world.room.state)
    world.room.handle(Ended("Anna"))
    assert world.room.state.play is Play.ENDED
    assert may_change(world.room.state)
    assert not may_change(msgspec.structs.replace(world.room.state, basis=Basis.RECORD))


async def test_what_waits_is_taken_over_while_nothing_is_chosen(tmp_path, world):
    bench = Bench(tmp_path, world)
    # The room holds its lock: the sync leaves the tree for it.
    await bench.fetch()
    assert bench.harp() is None
    task = asyncio.create_task(bench.part.run())
    await until(lambda: bench.harp() == FILES[HARP])
    await until(lambda: bench.told >= 2)
    assert not bench.part.changing
    await ended(task)


async def test_a_script_that_is_chosen_keeps_its_tree_until_the_session_is_over(tmp_path, world):
    bench = Bench(tmp_path, world)
    await bench.fetch()
    bench.folder.take_over()
    world.begun()
    bench.offering.put({HARP: b"another harp"})
    await bench.fetch()
    task = asyncio.create_task(bench.part.run())
    await looks()
    assert bench.harp() == FILES[HARP]
    world.room.handle(Pressed("a-1", "key", "42"))
    world.room.handle(Ended("Anna"))
    await looks()
    # It is over, and somebody still calls.
    assert bench.harp() == FILES[HARP]
    world.room.state = msgspec.structs.replace(world.room.state, call=type(world.room.state.call)())
    await until(lambda: bench.harp() == b"another harp")
    await ended(task)


async def test_while_it_is_taken_over_no_script_can_be_chosen(tmp_path, world, monkeypatch):
    bench = Bench(tmp_path, world)
    await bench.fetch()
    begun, go_on = threading.Event(), threading.Event()
    real = SyncFolder.take_over

    def slow(folder, may):
        begun.set()
        go_on.wait(WITHIN_S)
        return real(folder, may)

    monkeypatch.setattr(SyncFolder, "take_over", slow)
    task = asyncio.create_task(bench.part.run())
    await until(begun.is_set)
    with pytest.raises(RefusedError, match=r"^New scripts are being taken over: try again in a moment\.$"):
        bench.shelf.script("open-sky")
    go_on.set()
    await until(lambda: not bench.part.changing)
    assert bench.shelf.script("open-sky").title == "Open Sky"
    assert bench.harp() == FILES[HARP]
    await ended(task)


async def test_a_disk_that_hangs_keeps_nobody_from_choosing_and_changes_nothing_later(tmp_path, world, monkeypatch):
    monkeypatch.setattr(synced, "TAKES_OVER_WITHIN_S", 0.1)
    bench = Bench(tmp_path, world)
    await bench.fetch()
    go_on, over = threading.Event(), threading.Event()
    real = SyncFolder.take_over

    def hangs(folder, may):
        go_on.wait(WITHIN_S)
        try:
            return real(folder, may)
        finally:
            over.set()

    monkeypatch.setattr(SyncFolder, "take_over", hangs)
    task = asyncio.create_task(bench.part.run())
    await until(lambda: bench.part.notices)
    assert "the disk does not answer" in bench.part.notices[0].sentence
    await until(lambda: not bench.part.changing)
    await ended(task)
    go_on.set()
    await asyncio.to_thread(over.wait, WITHIN_S)
    assert bench.harp() is None


async def test_a_sync_at_the_links_only_delays_it(tmp_path, world):
    bench = Bench(tmp_path, world)
    await bench.fetch()
    with held(bench.folder.links_lock):
        task = asyncio.create_task(bench.part.run())
        await until(lambda: bench.told >= 2)
        assert bench.harp() is None
        assert bench.part.notices == ()
    await until(lambda: bench.harp() == FILES[HARP])
    await ended(task)


async def test_a_room_that_waits_syncs_by_itself_and_tells_what_fails(tmp_path, world, monkeypatch):
    bench = Bench(tmp_path, world, every="6h")
    for name in ("source", "key"):
        monkeypatch.setenv(f"GUIDEPLAYER_SYNC_{name.upper()}", getattr(bench.settings.sync, name))
    task = asyncio.create_task(bench.part.run())
    await until(lambda: bench.harp() == FILES[HARP])
    await ended(task)
    assert bench.part.notices == ()
    bench.offering.tamper(files=[])
    task = asyncio.create_task(bench.part.run())
    await until(lambda: bench.part.notices)
    await ended(task)
    (notice,) = bench.part.notices
    assert (notice.name, notice.verdict) == ("sync", "doubtful")
    assert "not signed with the key of the settings" in notice.sentence
    assert "plays what it has" in notice.fix
    assert bench.harp() == FILES[HARP]


async def test_an_errand_gives_way_to_a_session(tmp_path):
    settings = Settings(state=str(tmp_path))
    waits = True
    running = asyncio.create_task(errand.errand(settings, lambda: waits, WITHIN_S, "doctor", "--json"))
    await asyncio.sleep(0.05)
    waits = False
    async with asyncio.timeout(5):
        assert await running is None


async def test_an_errand_that_does_not_end_is_ended(tmp_path):
    assert await errand.errand(Settings(state=str(tmp_path)), lambda: True, 0.1, "doctor", "--json") is None


async def test_an_errand_that_is_cancelled_in_the_turn_in_which_it_ends_is_cancelled(tmp_path, monkeypatch):
    """A room that closes just then would else wait for the next errand."""
    done = asyncio.get_running_loop().create_future()

    class Ending:
        pid, returncode = 1 << 30, 0

        async def communicate(self):
            return await done

    async def begin(*_words, **_options):
        return Ending()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begin)
    running = asyncio.create_task(errand.errand(Settings(state=str(tmp_path)), lambda: True, WITHIN_S, "sync"))
    await asyncio.sleep(0.05)
    done.set_result((b"", b""))
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_an_errand_tells_how_it_went(tmp_path):
    answer = await errand.errand(Settings(state=str(tmp_path)), lambda: True, WITHIN_S, "sync", "--json")
    assert answer.code == 2
    assert b"Nothing is set to sync from." in answer.wrong
