"""What a frame of the picture costs: scene, captions and presenting at 1920x1080 on Xvfb, without a GPU."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from guideplayer.core.scenes import SCENE_NAMES

pytestmark = [pytest.mark.bench, pytest.mark.screen]

# Runs in a process of its own: its share of the processor, its memory and its display are nobody else's.
PROGRAM = """
import sys, time
import numpy as np, psutil
from guideplayer.core.moment import Caption
from guideplayer.core.scenes import MOTIONLESS, SCENE_NAMES
from guideplayer.stage.screen import Screen
from tests.stage.moments import held, moment

FRAME_S, FRAMES, WORDS = 1 / 60, 360, "Let your breath move on its own, and feel how it goes."

def scene(name):
    return lambda second: moment((name, 1.0), time_s=100 + (0 if name in MOTIONLESS else second))

def crossfade(second):
    share = min(1.0, second / 12)
    return moment(("dusk", 1 - share), ("tide", share), time_s=100 + second)

def captioned(second):
    return moment(("nebula", 1.0), time_s=100 + second, caption=Caption(WORDS, min(1.0, second % 4 * 2)))

def holding(second):
    return moment(("dawn", 1.0), time_s=100 + second, hold=held(min(1.0, second / 1.5), "We have paused.", "42"))

screen = Screen()
screen.open((1920, 1080), False, "guideplayer")
assert screen.kind == "window", "no display"
process = psutil.Process()
shown = {name: scene(name) for name in sorted(SCENE_NAMES)}
shown |= {"crossfade": crossfade, "captions": captioned, "hold": holding}
for name, at in shown.items():
    screen.draw(at(0.0)); screen.present(); time.sleep(0.5)
    work, painted, began, busy = [], [], time.perf_counter(), time.process_time()
    for frame in range(FRAMES):
        before = time.perf_counter()
        screen.draw(at(frame * FRAME_S))
        changed = screen.present()
        work.append((time.perf_counter() - before) * 1000)
        if changed:
            painted.append(work[-1])
        time.sleep(max(0.0, began + (frame + 1) * FRAME_S - time.perf_counter()))
    share = (time.process_time() - busy) / (time.perf_counter() - began)
    print(f"{name:10} frame work median {np.median(work):5.2f} ms, p99 {np.percentile(work, 99):5.2f} ms; "
          f"painted {len(painted)} of {FRAMES}, those median {np.median(painted):5.2f} ms; "
          f"{share:.0%} of one core; {process.memory_info().rss / 1e6:.0f} MB", flush=True)
"""


@pytest.fixture
def display() -> Iterator[str]:
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("Xvfb is not installed")
    process = subprocess.Popen(
        [server, "-displayfd", "1", "-screen", "0", "1920x1080x24"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout
        yield ":" + process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.communicate()


def test_frame_work(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True, timeout=300)
    print("\n" + done.stdout)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("frame work") == len(SCENE_NAMES) + 3
