"""How soon the stage shows and what it holds in memory: a process of its own, from its start to its first picture."""

import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.core.link import Beat, Card, Direction, Lines, Quit, Shot, ToRoom, encode
from guideplayer.core.messages import Began, Chose
from guideplayer.core.session import advance, opened, step
from guideplayer.core.state import State
from guideplayer.media import scripts_folder, shipped_library
from tests.xvfb import VirtualScreen, virtual_screen

pytestmark = [pytest.mark.bench, pytest.mark.screen]
TRIES = 5
OPTIONS = ("--window", "--size", "1920x1080", "--state")


def session_at(minute: float) -> tuple[State, int]:
    """The shipped evening sky at a minute since its begin, and the offset of the session's clock."""
    script, _ = read_script(scripts_folder() / "open-sky.yaml", shipped_library())
    assert script
    state = opened("Room 1", script.hold, 0)
    state, _ = step(state, Chose(script, 40 * 60_000), 0)
    state, _ = step(state, Began("bench", unready=True, pump_follows=True), 0)
    now_ms = round(minute * 60_000)
    state, _ = advance(state, now_ms)
    return state, now_ms - time.monotonic_ns() // 1_000_000


class Stage:
    """A stage with the bench in the room's place."""

    def __init__(self, screen: VirtualScreen, state: State, offset_ms: int, folder: Path) -> None:
        self._end, theirs = socket.socketpair()
        environment = {**os.environ, "DISPLAY": screen.name, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"}
        self._lines: Lines[ToRoom] = Lines(ToRoom)
        self.began_s = time.monotonic()
        self._process = psutil.Popen(
            [sys.executable, "-m", "guideplayer.stage", str(theirs.fileno()), *OPTIONS, str(folder)],
            pass_fds=(theirs.fileno(),),
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self._end.sendall(encode(Direction(state, offset_ms, Card("Room 1"))) + encode(Beat(look=True)))

    def hear(self, kind: type, within_s: float = 20.0) -> float:
        """When the next message of a kind came, in seconds since the start."""
        while time.monotonic() - self.began_s < within_s:
            if not select.select([self._end], [], [], 1.0)[0]:
                continue
            if any(isinstance(said, kind) for said in self._lines.feed(self._end.recv(1 << 20))):
                return time.monotonic() - self.began_s
        raise AssertionError(f"no {kind.__name__} within {within_s} s")

    def memory_mb(self) -> float:
        return float(self._process.memory_info().rss / 1e6)

    def close(self) -> None:
        self._end.sendall(encode(Quit()))
        self._process.wait(10)
        self._end.close()


def test_first_frame(tmp_path: Path) -> None:
    with virtual_screen("1920x1080") as screen:
        took_s = []
        for _ in range(TRIES):
            stage = Stage(screen, *session_at(12), tmp_path)
            took_s.append(stage.hear(Shot))
            memory_mb = stage.memory_mb()
            stage.close()
    print(f"\nfirst picture after start: {sorted(took_s)[TRIES // 2]:.2f} s, at most {max(took_s):.2f} s")
    print(f"memory then: {memory_mb:.0f} MB")
