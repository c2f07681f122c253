"""`python -m tests.soak.hour`: a whole session in real time: does its memory stay flat, and do its lines stay in time?

What is heard is recorded from the sound server; each line is a tone, and its beginning is found to the sample.
"""

import argparse
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from guideplayer.authoring.reader import read_script
from guideplayer.core.plan import plan
from guideplayer.core.script import Say
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import shipped_library
from tests.session.conftest import SIZE, DeskClient, Play, wait_for
from tests.stage.listening import turning, write
from tests.stage.pulse import RATE_HZ, Pulse, Recording
from tests.xvfb import virtual_screen

TONE_S, EVERY_S = 0.4, 30
SAMPLE_EVERY_S = 10
SETTLED_MIN = 5
# Short, so that lines near a step of the sound server's clock are few.
WINDOW_S = 10
LOUD = 0.05
LINES_TOGETHER = 10
MOST_MS, MOST_MB = 20, 2
PARTS = ("guideplayer.room", "guideplayer.stage", "guideplayer.stage.loudspeaker")
SCRIPT = """guideplayer: 1
title: An hour of tones
language: en
arrival:
  scene: {{name: dusk}}
  lines:
    - {{say: Here it begins., audio: tone.wav}}
    - rest: 20s
infusion:
  length: {minutes}m
  phases:
    - name: tones
      scene: {{name: {scene}}}
      lines:
{lines}
return:
  length: 8m..15m
  scene: {{name: dawn}}
  lines:
    - {{say: Here it ends., audio: tone.wav}}
    - rest: 1m..20m
"""


def written(folder, minutes):
    """The script, with a tone for each line."""
    write(folder / "tone.wav", turning(TONE_S, amplitude=0.2))
    line = "        - {say: A tone., audio: tone.wav}\n        - rest: 10s..60s"
    lines = "\n".join([line] * (minutes * 60 // EVERY_S))
    file = folder / "hour.yaml"
    file.write_text(SCRIPT.format(minutes=minutes, lines=lines, scene="nebula"))
    return file


def planned_ms(file, minutes):
    """When each line of the infusion begins, since the infusion's beginning."""
    script, problems = read_script(file, shipped_library())
    assert script, problems
    cues = plan(script, minutes * MINUTE_MS).infusion.cues
    return [cue.start_ms for cue in cues if isinstance(cue.item, Say)]


class Onsets(Recording):
    """When each tone was heard, to the sample. No sound is kept: an hour of it would take more than a gigabyte."""

    def __init__(self, pulse):
        self._heard = 0
        self._loud_until = -RATE_HZ
        self._edges = []
        # By window, how long after its count of samples each piece came: the earliest, and at which count.
        self._earliest = {}
        super().__init__(pulse)

    def _keep(self, at_ms, samples):
        loud = self._heard + np.flatnonzero(np.hypot(samples[:, 0], samples[:, 1]) > LOUD)
        if len(loud):
            before = np.concatenate([[self._loud_until], loud[:-1]])
            self._edges += loud[loud - before > RATE_HZ].tolist()
            self._loud_until = loud[-1]
        self._heard += len(samples)
        late_ms = at_ms - self._heard * 1000 / RATE_HZ
        window = self._heard // (RATE_HZ * WINDOW_S)
        self._earliest[window] = min(self._earliest.get(window, (np.inf, 0)), (late_ms, self._heard))

    def found_ms(self):
        """Of each tone, in ms of CLOCK_MONOTONIC: the sound server's own count, laid on that clock."""
        # A piece comes late by chance, never early: the earliest of each ten seconds tells the clock. That need be no
        # straight line: a server that stands still for a moment goes on later by as much.
        late_ms, counts = np.array([self._earliest[window] for window in sorted(self._earliest)]).T
        step_ms = abs(np.diff(late_ms)).max()
        print(f"the sound server's clock: {np.ptp(late_ms):.1f} ms in all, {step_ms:.1f} ms at a step")
        edges = np.array(self._edges)
        return edges * 1000 / RATE_HZ + np.interp(edges, counts, late_ms)


def running(playing):
    """The processes of PARTS; fewer while one of them is being replaced."""
    room, stage = (psutil.Process(pid) if (pid := playing.pid(part)) else None for part in PARTS[:2])
    return [room, stage, *stage.children()] if room and stage else []


def memory_mb(processes):
    """What each takes for itself alone, in MB: a share of what several use would change with their number."""
    return [process.memory_full_info().uss / 1e6 for process in processes]


def measure(minutes):
    """Play it. Gives by how much each line was late, in ms; samples of memory (minute, room, stage, loudspeaker); and
    whether it went through: every line heard, no part replaced.
    """
    folder = Path(tempfile.mkdtemp(prefix="hour-"))
    (folder / "pulse").mkdir()
    pulse = Pulse(folder / "pulse")
    pulse.start("room")
    file = written(folder, minutes)
    environment = {name: pulse.environment[name] for name in ("XDG_RUNTIME_DIR", "PULSE_SERVER")}
    environment["SDL_AUDIODRIVER"] = "pulseaudio"
    samples = []
    with virtual_screen(SIZE) as screen:
        playing = Play(
            folder / "state", screen.name, str(file), "--infusion", f"{minutes}m", "--begin", environment=environment
        )
        client = DeskClient(*playing.pairing())
        wait_for(lambda: client.room().get("play") == "arriving", 90, "the arrival")
        wait_for(lambda: client.room()["health"]["sound"] == "ok", 90, "sound")
        recording = Onsets(pulse)
        client.command("infusion", action="started")
        begun_s = time.monotonic()
        lives = {tuple(process.pid for process in running(playing))}
        for number in itertools.count(1):
            time.sleep(max(0.0, begun_s + number * SAMPLE_EVERY_S - time.monotonic()))
            minute = (time.monotonic() - begun_s) / 60
            with contextlib.suppress(psutil.NoSuchProcess):
                processes = running(playing)
                if len(processes) == len(PARTS):
                    samples.append([minute, *memory_mb(processes)])
                    lives.add(tuple(process.pid for process in processes))
            if minute >= minutes + 0.5:
                break
        view = client.room()
        recording.stop()
        playing.stop()
    pulse.close()
    heard_ms = recording.found_ms()
    plan_ms = planned_ms(file, minutes)
    # The first line begins with the sound's own slow coming, which hides its edge.
    due_ms = [begun_s * 1000 + at_ms for at_ms in plan_ms[1:]]
    late_ms = [float(heard_ms[np.argmin(abs(heard_ms - at_ms))] - at_ms) for at_ms in due_ms]
    errors_ms = np.array([one for one in late_ms if abs(one) < 1000])
    print(f"{len(errors_ms)} of {len(due_ms)} lines heard, at a delay of {np.median(errors_ms):.0f} ms")
    print("every line:", *(f"{one:.0f}" for one in errors_ms))
    print(f"figures of the stage: {view['figures']}; faults: {view['faults']}")
    if len(lives) > 1:
        print(f"replaced within the hour: {sorted(lives)}; said: {playing.lines}")
    return errors_ms, samples, len(lives) == 1 and len(errors_ms) == len(due_ms)


def main():
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="tests.soak.hour")
    parser.add_argument("--minutes", type=int, default=60)
    minutes = parser.parse_args().minutes
    late_ms, samples, whole = measure(minutes)
    # How long the sound takes to the ear is the same for all, and is not known: the median stands for it.
    errors_ms = late_ms - np.median(late_ms)
    tens_ms = np.median(np.lib.stride_tricks.sliding_window_view(late_ms, LINES_TOGETHER), axis=1)
    drifts_ms = tens_ms - tens_ms[0]
    drift_ms = max(drifts_ms, key=abs)
    print(f"each line against the plan: {errors_ms.min():.1f} to {errors_ms.max():.1f} ms")
    print(f"ten lines against the first ten: {drift_ms:+.1f} ms at most, {drifts_ms[-1]:+.1f} ms at the end")
    bad = not whole or max(abs(errors_ms)) > MOST_MS or abs(drift_ms) > MOST_MS
    for column, part in enumerate(PARTS, 1):
        sizes = [(row[0], row[column]) for row in samples]
        settled = [size for minute, size in sizes if SETTLED_MIN <= minute < SETTLED_MIN + 3] or [sizes[0][1]]
        last = [size for minute, size in sizes if minute > minutes - 3]
        grown = statistics.median(last) - statistics.median(settled)
        print(f"{part}: {statistics.median(settled):.1f} MB after five minutes, {grown:+.1f} MB at the end")
        bad = bad or grown > MOST_MB
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
