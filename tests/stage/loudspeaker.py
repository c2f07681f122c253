"""A real speaker on SDL's disk driver, in a process of its own: what it writes is what would be heard.

`python -m tests.stage.loudspeaker FOLDER play SECONDS STALL_AT_MS DRAWS` plays lines in the first half of its time and
a bed in the second, during which it presses again and again. It prints, as JSON, when everything happened and how much
had been written by then. It can stall once, and can draw a picture sixty times a second beside it.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pygame

from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.stage import speaker as speakers
from tests.stage.listening import library, moment, turning, write

FRAME_BYTES = 8
LINE_EVERY_MS = 400
LINE_MS = 100
PRESS_EVERY_MS = 437
FADE_MS = 150
# No whole number of the device's buffers is a whole number of turns, short of 400 ms: so what is lost is seen.
PITCH_HZ = 310


def drawing():
    """A picture's work: some numpy, one great scaling."""
    field = np.random.default_rng(1).random((180, 320, 3), np.float32)
    large = pygame.Surface((1920, 1080))
    while True:
        small = pygame.surfarray.make_surface((np.sqrt(field * field + 0.1) * 200).astype(np.uint8).swapaxes(0, 1))
        pygame.transform.smoothscale(small.convert(large), large.get_size(), large)
        yield


def play(folder, seconds, stall_at_ms, draws):
    # Short enough that no place in it is ever called the wrong one.
    write(folder / "beds" / "tone.wav", turning(0.2, pitch_hz=PITCH_HZ))
    write(folder / "line.wav", turning(LINE_MS / 1000, pitch_hz=PITCH_HZ))
    media = library(folder, beds=[("tone", "tone.wav", -26.0)])
    begin_ms = speakers.precise_ms() + 300
    half_ms = begin_ms + seconds * 500
    stall_ms = begin_ms + stall_at_ms if stall_at_ms else None
    pressed_ms = -1e9

    def moment_at(at_ms):
        nonlocal stall_ms
        if stall_ms and at_ms > stall_ms and speakers.precise_ms() > stall_ms:
            stall_ms = None
            time.sleep(0.2)
        if at_ms < half_ms:
            number, into_ms = divmod(at_ms - begin_ms, LINE_EVERY_MS)
            speaking = number >= 0 and into_ms < LINE_MS
            return moment(ClipPart("line.wav", int(into_ms), str(number)) if speaking else None)
        since_ms = at_ms - pressed_ms
        volume = min(1.0, abs(since_ms / FADE_MS - 1))
        return moment(beds=[BedPart("tone", round(at_ms), -26.0, 1.0)], volume=volume)

    file = Path(os.environ["SDL_DISKAUDIOFILE"])
    speaker = speakers.Speaker(media)
    speaker.open(moment_at)
    picture = drawing()
    written, presses = [], []
    press_ms = half_ms + 500
    while (now_ms := speakers.precise_ms()) < begin_ms + seconds * 1000:
        size = file.stat().st_size
        if now_ms >= press_ms:
            presses.append((now_ms - begin_ms, size // FRAME_BYTES))
            pressed_ms, press_ms = now_ms, now_ms + PRESS_EVERY_MS
        written.append((now_ms - begin_ms, size // FRAME_BYTES))
        if draws:
            next(picture)
        time.sleep(max(0.001, (1 / 60 if draws else 0.002) - (speakers.precise_ms() - now_ms) / 1000))
    health = speaker.health()
    processor_s = time.process_time()
    speaker.close()
    print(
        json.dumps(
            {
                "kind": health.kind,
                "underruns": health.underruns,
                "late_ms_max": health.late_ms_max,
                "faults": health.faults,
                "written": written,
                "presses": presses,
                "half_ms": half_ms - begin_ms,
                "processor_s": processor_s,
            }
        )
    )


def alarm(folder, *, missing):
    """Sounds the alarm for a second while the programme is silent, and then stops it."""
    speakers.ALARM_EVERY_S = 0.5
    write(folder / "sounds" / "alarm.wav", turning(0.3, amplitude=0.5, pitch_hz=PITCH_HZ))
    media = library(folder, sounds=[] if missing else [("alarm", "alarm.wav", -20.0)])
    speaker = speakers.Speaker(media)
    speaker.open(lambda at_ms: moment(volume=0.0))
    speaker.play_alarm()
    time.sleep(1.2)
    kind = speaker.health().kind
    speaker.stop_alarm()
    time.sleep(0.8)
    speaker.close()
    print(json.dumps({"kind": kind, "faults": speaker.health().faults}))


def written_by(folder, *order):
    """What a run told, and the sound that it wrote, as (frames, 2)."""
    raw = folder / "played.raw"
    raw.touch()
    result = subprocess.run(
        [sys.executable, "-m", "tests.stage.loudspeaker", str(folder), *map(str, order)],
        env=os.environ | {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(raw), "PYGAME_HIDE_SUPPORT_PROMPT": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(result.stdout.splitlines()[-1]), np.fromfile(raw, np.float32).reshape(-1, 2)


def played(folder, seconds, *, stall_at_ms=0, draws=False):
    """A run of lines, a bed and presses."""
    return written_by(folder, "play", seconds, stall_at_ms, int(draws))


if __name__ == "__main__":
    speakers.go_first()
    place, order, *rest = Path(sys.argv[1]), *sys.argv[2:]
    if order == "play":
        play(place, float(rest[0]), float(rest[1]), rest[2] == "1")
    else:
        alarm(place, missing=rest[0] == "missing")
