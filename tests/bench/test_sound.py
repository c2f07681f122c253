"""What sound costs, and how soon a press is heard."""

import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.media import shipped_library
from guideplayer.stage.mixing import BLOCK_FRAMES, Mix
from tests.stage.listening import RATE_HZ, loudness, moment
from tests.stage.loudspeaker import played
from tests.stage.pulse import Pulse
from tests.stage.sounding import AUDIBLE, Room

pytestmark = pytest.mark.bench
SECONDS = 60


def full(media, at_ms):
    """Two beds in a crossfade, a line every six seconds, a bell every twenty: as much as ever sounds."""
    files = [media.find_clip("heart", text).file for text in list(media.clips["heart"])[:10]]
    number, into_ms = divmod(at_ms, 6000)
    bell, rung_ms = divmod(at_ms, 20_000)
    beds = [BedPart(name, at_ms, -26.0, 0.7) for name in ("tide", "low-choir")]
    return moment(ClipPart(files[number % 10], into_ms, str(number)), beds, [ClipPart("bell", rung_ms, str(bell))])


def test_mixing():
    media = shipped_library()
    before = psutil.Process().memory_info().rss
    mix = Mix(media)
    work_ms = []
    began_s = time.process_time()
    for end_frame in range(BLOCK_FRAMES, SECONDS * RATE_HZ, BLOCK_FRAMES):
        asked = full(media, end_frame * 1000 // RATE_HZ)
        start_s = time.perf_counter()
        mix.block(asked)
        work_ms.append((time.perf_counter() - start_s) * 1000)
    share = (time.process_time() - began_s) / SECONDS
    mix.close()
    grown_mb = (psutil.Process().memory_info().rss - before) / 1e6
    assert mix.faults == []
    print(
        f"\nmixing: {share:.1%} of a core; a block of {BLOCK_FRAMES * 1000 / RATE_HZ:.1f} ms takes "
        f"{np.median(work_ms):.2f} ms (p99 {np.quantile(work_ms, 0.99):.2f} ms); {grown_mb:.0f} MB"
    )


@pytest.mark.parametrize("draws", [False, True])
def test_press_to_fade(tmp_path, draws, figure):
    told, sound = played(tmp_path, 40, draws=draws)
    delays_ms = []
    for _, written in told["presses"]:
        fading = np.flatnonzero(loudness(sound[written : written + RATE_HZ // 4]) < 0.2 * 0.995)
        if written + RATE_HZ // 4 > len(sound):
            # The run ended before the last press could be heard.
            continue
        delays_ms.append(fading[0] * 1000 / RATE_HZ)
    if draws:
        figure("press fade", np.quantile(delays_ms, 0.99), f"{len(delays_ms)} presses")
    # What had been written by then is known to 10.7 ms; the delays are at most these.
    print(
        f"\npress to fade{' beside drawing' if draws else ''}: p50 <= {np.median(delays_ms):.0f} ms, "
        f"p99 <= {np.quantile(delays_ms, 0.99):.0f} ms of {len(delays_ms)}; "
        f"{told['underruns']} gaps, latest block {told['late_ms_max']:.0f} ms"
    )


@pytest.mark.parametrize("busy", [0, 2])
def test_gaps_beside_busy_processes(tmp_path, monkeypatch, busy):
    """What is really heard from a sound server while others take all of the processor."""
    pulse = Pulse(tmp_path)
    for name, value in pulse.environment.items():
        monkeypatch.setenv(name, value)
    pulse.start("room")
    room = Room(pulse, tmp_path)
    room.play()
    room.record()
    room.until(room.heard, 15)
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    began = time.monotonic()
    room.until(lambda: time.monotonic() - began > 22, 30)
    for process in others:
        process.kill()
        process.wait()
    silent = loudness(room.recording.whole()[-20 * RATE_HZ :]) < AUDIBLE
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent, [0]]))).reshape(-1, 2)
    lengths_ms = np.diff(edges, axis=1).ravel() * 1000 / RATE_HZ
    health = room.health()
    room.sound.close()
    room.stop_recording()
    pulse.close()
    print(
        f"\n20 s of PulseAudio beside {busy} busy processes: {len(lengths_ms)} gaps, {lengths_ms.sum():.0f} ms silent, "
        f"the longest {lengths_ms.max(initial=0):.0f} ms; {health.underruns} counted, {health.late_ms_max:.0f} ms late"
    )
