"""Cards are made while nobody needs the machine, one after the other, and whatever goes wrong is harmless."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from guideplayer.core.messages import Began
from guideplayer.core.state import Play
from guideplayer.media import Library, scripts_folder, shipped_library
from guideplayer.room.card_files import Arc, Card, CardFolder
from guideplayer.room.cards import CardMaker, at_leisure
from guideplayer.room.shelf import ScriptShelf

# Writes its process number, and then makes a card as the real maker does; or waits until it is killed.
MAKER = """
import os, sys, time
from pathlib import Path
script, folder = Path(sys.argv[1]), Path(sys.argv[2])
with open(script.with_suffix(".pids"), "a") as log:
    log.write(f"{os.getpid()}\\n")
if "fail" in script.stem:
    sys.exit(1)
if "slow" in script.stem and not script.with_suffix(".go").exists():
    time.sleep(600)
from guideplayer.media import Library
from guideplayer.room.card_files import Arc, Card, CardFolder, card_file
import msgspec
cards = CardFolder(folder.parent, Library(folder.parent))
folder.mkdir(exist_ok=True)
key = cards.key(script)
card = Card(key, Arc(0, 1, 2, (), (), ()), 20000)
card_file(folder, key, "card.json").write_bytes(msgspec.json.encode(card))
"""


class Bench:
    """A maker of cards with a renderer by hand, and some scripts."""

    def __init__(self, folder: Path, *names: str, within_s: float = 60.0, command=None) -> None:
        renderer = folder / "renderer.py"
        renderer.write_text(MAKER)
        self.paths = [folder / f"{name}.yaml" for name in names]
        for path in self.paths:
            path.write_text(path.stem)
        self.cards = CardFolder(folder, Library(folder))
        self.made = 0
        command = command or (sys.executable, str(renderer))
        self.maker = CardMaker(self.cards, lambda: self.paths, (), self.count, maker=command, within_s=within_s)
        self.running = asyncio.create_task(self.maker.run())

    def count(self) -> None:
        self.made += 1

    def pids(self, name: str) -> list[int]:
        """The processes that were started for a script."""
        log = next(path for path in self.paths if path.stem == name).with_suffix(".pids")
        return [int(line) for line in log.read_text().split()] if log.exists() else []

    def has(self, name: str) -> bool:
        return self.cards.card(next(path for path in self.paths if path.stem == name)) is not None

    async def close(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running


async def until(condition):
    """Wait for what other processes do."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_every_script_has_its_card_made_once(tmp_path):
    bench = Bench(tmp_path, "one", "two")
    bench.maker.allow(True)
    await until(lambda: bench.made == 2)
    assert (len(bench.pids("one")), len(bench.pids("two"))) == (1, 1)
    assert not bench.running.done()
    await bench.close()


async def test_nothing_is_made_before_it_is_allowed(tmp_path):
    bench = Bench(tmp_path, "one")
    for _ in range(20):
        await asyncio.sleep(0)
    assert bench.pids("one") == []
    bench.maker.allow(True)
    await until(lambda: bench.has("one"))
    await bench.close()


async def test_it_is_killed_at_once_and_goes_on_later(tmp_path):
    bench = Bench(tmp_path, "slow", "two")
    bench.maker.allow(True)
    await until(lambda: bench.pids("slow"))
    (pid,) = bench.pids("slow")
    bench.maker.allow(False)
    await until(lambda: not alive(pid))
    assert not bench.has("slow")
    assert bench.pids("two") == []
    (tmp_path / "slow.go").touch()
    bench.maker.allow(True)
    await until(lambda: bench.made == 2)
    assert len(bench.pids("slow")) == 2
    await bench.close()


async def test_it_ends_with_the_room(tmp_path):
    bench = Bench(tmp_path, "slow")
    bench.maker.allow(True)
    await until(lambda: bench.pids("slow"))
    await bench.close()
    await until(lambda: not alive(bench.pids("slow")[0]))


async def test_a_renderer_that_fails_is_not_tried_again_until_the_script_changes(tmp_path):
    bench = Bench(tmp_path, "fail", "two")
    bench.maker.allow(True)
    await until(lambda: bench.made == 1)
    assert len(bench.pids("fail")) == 1
    assert bench.maker._next() is None
    bench.paths[0].write_text("something else")
    assert bench.maker._next()[0] == bench.paths[0]
    assert not bench.running.done()
    await bench.close()


async def test_a_renderer_that_is_killed_or_hangs_or_is_not_there_is_harmless(tmp_path):
    bench = Bench(tmp_path, "slow", "two")
    bench.maker.allow(True)
    await until(lambda: bench.pids("slow"))
    os.kill(bench.pids("slow")[0], signal.SIGSEGV)
    await until(lambda: bench.has("two"))
    await bench.close()

    (tmp_path / "hangs").mkdir()
    bench = Bench(tmp_path / "hangs", "slow", "two", within_s=0.5)
    bench.maker.allow(True)
    await until(lambda: bench.pids("slow"))
    await until(lambda: not alive(bench.pids("slow")[0]))
    assert not bench.running.done()
    await bench.close()

    (tmp_path / "none").mkdir()
    bench = Bench(tmp_path / "none", "one", command=("/nowhere/renderer",))
    bench.maker.allow(True)
    await until(lambda: bench.maker._next() is None)
    assert not bench.running.done()
    await bench.close()


async def test_what_was_kept_of_an_earlier_text_is_removed(tmp_path):
    bench = Bench(tmp_path, "one", "two")
    bench.maker.allow(True)
    await until(lambda: bench.made == 2)
    await bench.close()
    before = bench.cards.card(bench.paths[0]).key
    (bench.cards.path / f".part-1-{before}-sample.mp3").touch()
    (bench.cards.path / "notes").touch()
    bench = Bench(tmp_path, "one", "two")
    bench.paths[0].write_text("another text")
    bench.maker.allow(True)
    await until(lambda: bench.made == 1)
    keys = [bench.cards.card(path).key for path in bench.paths]
    kept = sorted([*(f"{key}-card.json" for key in keys), "notes"])
    await until(lambda: sorted(path.name for path in bench.cards.path.iterdir()) == kept)
    await bench.close()


async def test_a_script_that_goes_away_is_passed_over(tmp_path):
    bench = Bench(tmp_path, "gone", "two")
    bench.paths[0].unlink()
    bench.maker.allow(True)
    await until(lambda: bench.has("two"))
    await bench.close()


def test_leisure_ends_with_a_session_and_with_a_call(world):
    assert at_leisure(world.room.state)
    world.desk("rehearse")
    assert not at_leisure(world.room.state)
    world.desk("clear", code=world.room.state.call.code)
    assert at_leisure(world.room.state)
    world.desk("choose", script="test", infusion_ms=40 * 60_000)
    assert at_leisure(world.room.state)
    world.room.handle(Began("test", unready=True))
    assert world.room.state.play is Play.ARRIVING
    assert not at_leisure(world.room.state)
    world.desk("end")
    assert world.room.state.play is Play.ENDED
    assert at_leisure(world.room.state)


def test_the_desks_are_told_of_every_card(world):
    assert world.room.view()["cards"] == 0
    world.room.card_made()
    assert world.room.view()["cards"] == 1
    assert world.log == ["told"]


@pytest.mark.parametrize("name", ["open-sky", "template", "../../etc/passwd", "", "open-sky.yaml"])
@pytest.mark.parametrize("part", ["picture.jpg", "sample.mp3", "card.json", "../x", ""])
def test_only_pictures_and_samples_of_known_scripts_have_a_place(tmp_path, name, part):
    cards = CardFolder(tmp_path, shipped_library())
    shelf = ScriptShelf([scripts_folder()], shipped_library(), cards)
    assert shelf.card_file(name, part) is None
    for script in ("open-sky", "template"):
        key = cards.key(scripts_folder() / f"{script}.yaml")
        cards.path.mkdir(exist_ok=True)
        (cards.path / f"{key}-card.json").write_bytes(msgspec.json.encode(Card(key, Arc(0, 1, 2, (), (), ()), 1)))
    known = name == "open-sky" and part in ("picture.jpg", "sample.mp3")
    assert (shelf.card_file(name, part) is not None) == known
