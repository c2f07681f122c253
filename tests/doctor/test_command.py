"""`guideplayer doctor`, as a person and as a program call it."""

import asyncio
import json
import os
import subprocess
import sys
import threading

import pytest

from guideplayer.core.session import opened
from guideplayer.doctor.examine import DEADLINE_S, checks, examine
from guideplayer.doctor.finding import Verdict, good
from guideplayer.room import examination
from guideplayer.room.settings import Settings
from guideplayer.sync.setting import Sync
from tests.factory import WORDS
from tests.stage.pulse import Pulse
from tests.xvfb import virtual_screen

MOST_START_S = 30


def typed(environment, *words):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GUIDEPLAYER_", "SDL_"))}
    kept = {name: value for name, value in kept.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")} | environment
    command = [sys.executable, "-m", "guideplayer", "doctor", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, env=kept)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.screen
def test_a_room_with_screen_and_sound_is_found_well(tmp_path):
    pulse = Pulse(tmp_path)
    pulse.start("Headphones")
    try:
        with virtual_screen("1920x1080") as screen:
            pulsed = {name: pulse.environment[name] for name in ("XDG_RUNTIME_DIR", "PULSE_SERVER")}
            environment = pulsed | {"DISPLAY": screen.name, "GUIDEPLAYER_STATE": str(tmp_path / "state")}
            _, told, problems = typed(environment | {"SDL_AUDIODRIVER": "pulseaudio"}, "--json")
    finally:
        pulse.close()
    assert problems == ""
    found = {one["name"]: one for one in json.loads(told)["findings"]}
    assert found["screen"]["verdict"] == "good"
    assert "1920 x 1080" in found["screen"]["sentence"]
    assert found["sound"]["verdict"] == "good"
    assert found["media"]["verdict"] == "good"
    assert {"control", "scripts", "fonts", "disk space", "disk speed", "memory", "clock", "power"} <= found.keys()
    assert {"sleep", "updates", "network", "desk port"} <= found.keys()


def test_without_screen_and_sound_it_says_what_to_mend(tmp_path):
    environment = {"GUIDEPLAYER_STATE": str(tmp_path / "state"), "SDL_AUDIODRIVER": "nothing"}
    code, told, problems = typed(environment)
    assert (code, problems) == (1, "")
    lines = told.splitlines()
    assert lines[0].startswith("MEND  screen       There is no screen")
    assert lines[1].strip().startswith("-> Plug a screen in")
    assert lines[-1] == "Mend this before a session."
    assert "Traceback" not in told


def test_a_check_that_hangs_or_fails_is_a_finding_too():
    never = threading.Event()

    def hangs():
        never.wait()
        return good("hangs", "Never.")

    def fails():
        raise OSError("no such thing")

    found = list(examine({"hangs": hangs, "fails": fails, "fine": lambda: good("fine", "Fine.")}, 0.2))
    never.set()
    assert [one.verdict for one in found] == [Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.GOOD]
    # The desk shows the sentences alone.
    assert found[0].sentence == "“hangs” was looked at for 0 s without an answer."
    assert found[1].sentence == "“fails” cannot be looked at: no such thing."


def test_the_room_waits_for_the_doctor_until_every_check_has_come_to_its_deadline():
    every = checks(Settings(sync=Sync(source="https://scripts.example")), running=True)
    assert len(every) * DEADLINE_S + MOST_START_S < examination.ANSWERS_WITHIN_S


def test_a_damaged_index_of_media_is_told_where_it_matters(tmp_path):
    (tmp_path / "media" / "beds").mkdir(parents=True)
    (tmp_path / "media" / "beds" / "index.json").write_text("{")
    settings = Settings(state=str(tmp_path), media=str(tmp_path / "media"))
    wanted = ("scripts", "scenes", "fonts")
    of_all = checks(settings, running=True)
    scripts, scenes, fonts = examine({name: of_all[name] for name in wanted}, 10)
    assert scripts.verdict is fonts.verdict is Verdict.BAD
    assert scripts.sentence == fonts.sentence
    assert scripts.sentence.startswith(f"An index.json in the media folder {tmp_path / 'media'} cannot be read: ")
    assert scripts.fix.startswith("Mend that file, or take it away")
    assert scenes.verdict is Verdict.GOOD


async def test_a_room_that_waits_asks_it_and_shows_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(examination, "FIRST_AFTER_S", 0.0)
    told = asyncio.Event()
    waiting = opened("Room 1", WORDS, 0)
    one = examination.Examination(Settings(state=str(tmp_path), desk="127.0.0.1:1"), lambda: waiting, told.set)
    running = asyncio.create_task(one.run())
    async with asyncio.timeout(60):
        await told.wait()
    running.cancel()
    await asyncio.wait([running])
    notices = one.notices
    assert "network" in [notice.name for notice in notices]
    assert all(notice.fix for notice in notices)
