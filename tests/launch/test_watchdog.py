"""The launcher beside a room and a stage that are none: what systemd hears of it, and sees."""

import asyncio
import contextlib
import itertools
import os
import socket
from pathlib import Path

import pytest

from guideplayer.core.link import encode
from guideplayer.launch import launcher as launchers
from guideplayer.launch.launcher import Launcher
from guideplayer.launch.service import UNDER_WAY
from guideplayer.room.orders import Orders
from guideplayer.room.settings import Settings
from guideplayer.room.supervision import Lives

ROUNDS = 5


class Parts:
    """Makes parts: a room that says once what it is at and then ends with an error, again and again, and a stage that
    does nothing. They are `over` with the launcher's last round.
    """

    def __init__(self, busy, hear):
        self._said, self._hear = encode(Lives(busy)), hear
        self._rounds = itertools.count(1)
        self.over = asyncio.Event()
        self.rooms = 0

    def __call__(self, name, _most_bytes, sockets):
        return Part(self, name, sockets)

    async def live(self, name, sockets):
        if name == "stage":
            return await asyncio.Event().wait()
        self.rooms += 1
        if self.rooms == 1:
            sockets[-1].send(self._said)
        return 0 if self.over.is_set() else 1

    def looked_at(self):
        """Called in each of the launcher's rounds. A socket keeps few datagrams: they are read in time."""
        self._hear()
        if self.rooms > 1 and next(self._rounds) > ROUNDS:
            self.over.set()
        return False


class Part:
    begun_s, wait_s, short_lives, pid, runs = 0.0, 0.0, 0, 0, False

    def __init__(self, parts, name, sockets):
        self.name = name
        self._parts, self._sockets = parts, sockets

    async def live(self, _arguments, _next_arguments=None):
        return await self._parts.live(self.name, self._sockets)

    def ended_for_memory(self):
        return self.name == "room" and self._parts.looked_at()

    def kill(self, counts=0):
        pass

    def signal(self, number):
        pass

    async def end(self):
        pass


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """systemd's end, which the launcher finds in its environment."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setattr(launchers, "there_may_be_one", lambda: False)
        monkeypatch.setattr(launchers, "LOOK_EVERY_S", 0.001)
        monkeypatch.setattr(launchers, "WEIGH_EVERY_S", 0.0)
        monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
        monkeypatch.delenv("DISPLAY", raising=False)
        yield end


@pytest.mark.parametrize("busy", [True, False, None])
async def test_systemd_ends_no_stage_that_calls_when_the_room_cannot_come_back(manager, monkeypatch, busy):
    """Without a session systemd hears of the room's own signs alone, so that it begins all of it anew."""
    told = []

    def hear():
        with contextlib.suppress(BlockingIOError):
            while True:
                told.append(manager.recv(100).decode())

    parts = Parts(busy, hear)
    monkeypatch.setattr(launchers, "Part", parts)
    async with asyncio.timeout(60):
        assert await Launcher(Orders(Settings()), ()).run() == 0
    hear()
    assert parts.rooms > 2
    assert (told[0], told[-1]) == ("READY=1", "STOPPING=1")
    assert set(told[1:-1]) == {"WATCHDOG=1"}
    # One is for the room's only sign of life.
    assert len(told[1:-1]) == 1 if not busy else len(told[1:-1]) > ROUNDS


# What is not known changes nothing.
@pytest.mark.parametrize(
    ("busy", "before", "after"), [(True, False, True), (False, True, False), (None, True, True), (None, False, False)]
)
async def test_updates_see_whether_a_session_is_under_way(manager, monkeypatch, *, busy, before, after):
    monkeypatch.setattr(launchers, "Part", Parts(busy, lambda: None))
    flag = Path(os.environ["RUNTIME_DIRECTORY"]) / UNDER_WAY
    if before:
        flag.touch()
    async with asyncio.timeout(60):
        await Launcher(Orders(Settings()), ()).run()
    assert flag.exists() == after
