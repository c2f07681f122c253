"""One way to fill a window, measured by `python -m tests.bench.frames SIZE SERVER WHAT [SECONDS]` in its process.

WHAT is a scene, or `crossfade`, `hold`, or `empty`: a picture that is only handed over, with nothing made. Prints JSON:
work a frame in ms, shares of a core of this process and of the X server, frames that were late, memory.
"""

import json
import sys
import time

import numpy as np
import psutil
import pygame

from guideplayer.core.moment import Caption
from guideplayer.core.scenes import MOTIONLESS
from guideplayer.stage.pace import FRAME_NS, Pace
from guideplayer.stage.screen import Screen
from tests.stage.moments import held, moment

WORDS = "Let your breath move on its own, and feel how it goes."
WARM_FRAMES = 60


def moments(what):
    """The moment of a second, with words that come and go, as in a session."""
    if what == "crossfade":
        return lambda s: moment(("dusk", 1 - min(1, s / 12)), ("tide", min(1, s / 12)), time_s=100 + s)
    if what == "hold":
        return lambda s: moment(("dawn", 1.0), time_s=100 + s, hold=held(min(1.0, s / 1.5), "We have paused.", "42"))
    still = what in MOTIONLESS
    words = [
        None if s % 8 >= 5 else Caption(WORDS, min(1.0, s % 8 * 2, (5 - s % 8) * 2)) for s in np.arange(0, 8, 1 / 60)
    ]
    return lambda s: moment(
        (what, 1.0), time_s=100 + (0 if still else s), caption=words[round(s * 60) % 480] if not still else None
    )


class Empty:
    """A screen that hands over the same picture, every frame anew."""

    def __init__(self, size):
        pygame.display.init()
        self._display = pygame.display.set_mode(size)
        self._picture = pygame.Surface(size, depth=32)
        self._picture.fill((20, 16, 40))

    def frame(self, _second):
        self._display.blit(self._picture, (0, 0))
        pygame.display.update()
        return True


class Real:
    """The stage's screen with a scene."""

    def __init__(self, size, what):
        self._screen, self._moments = Screen(), moments(what)
        self._screen.open(size, False, "guideplayer")
        assert self._screen.kind == "window", "no display"

    def frame(self, second):
        self._screen.draw(self._moments(second))
        return self._screen.present()


def measure(size, server, what, seconds):
    # What SDL would choose costs ten times as much here; the stage sets the same (stage/screen.py).
    import os

    os.environ["SDL_FRAMEBUFFER_ACCELERATION"] = "0"
    player = Empty(size) if what == "empty" else Real(size, what)
    processes = psutil.Process(), psutil.Process(server)
    work_ms, made = [], 0
    pace = Pace(time.monotonic_ns())
    for number in range(-WARM_FRAMES, round(seconds * 60)):
        if number == 0:
            busy, began, late = [sum(one.cpu_times()[:2]) for one in processes], time.monotonic(), pace.late
        start = time.perf_counter()
        pygame.event.pump()
        changed = player.frame((number + WARM_FRAMES) / 60)
        if number >= 0:
            work_ms.append((time.perf_counter() - start) * 1000)
            made += changed
        time.sleep(pace.wait_ns(time.monotonic_ns()) / 1e9)
    spent = time.monotonic() - began
    own, servers = ((sum(one.cpu_times()[:2]) - before) / spent for one, before in zip(processes, busy, strict=True))
    return {
        "median_ms": float(np.median(work_ms)),
        "p99_ms": float(np.percentile(work_ms, 99)),
        "core": own,
        "server": servers,
        "made": made / spent,
        "shown": len(work_ms) / spent,
        "late": pace.late - late,
        "memory_mb": processes[0].memory_info().rss / 1e6,
        "frame_ns": FRAME_NS,
    }


if __name__ == "__main__":
    width, height = map(int, sys.argv[1].split("x"))
    print(json.dumps(measure((width, height), int(sys.argv[2]), sys.argv[3], float((sys.argv[4:] or ["8"])[0]))))
