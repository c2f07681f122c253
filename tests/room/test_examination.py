"""When a room asks the doctor, and what of the answer is shown before a session."""

import asyncio
import contextlib

import msgspec
import pytest

from guideplayer.core.messages import Ended, Pressed
from guideplayer.room import examination
from guideplayer.room.errand import Answer
from guideplayer.room.examination import NOT_EXAMINED, Examination
from guideplayer.room.settings import Settings

WITHIN_S = 30
LONG_S = 3600.0
GOOD = {"name": "media", "verdict": "good", "sentence": "All 9 files are there and whole."}
POWER = {"name": "power", "verdict": "bad", "sentence": "The battery is at 9 %.", "fix": "Plug it in."}
MEMORY = {"name": "memory", "verdict": "doubtful", "sentence": "90 MB are free.", "fix": "Close other programs."}
DISK = {"name": "disk speed", "verdict": "unknown", "sentence": "No answer for 20 s.", "fix": "Look at it yourself."}
CONTROL = {"name": "control", "verdict": "unknown", "sentence": "It is not told.", "fix": "Press it."}
CLOCK = {"name": "clock", "verdict": "unknown", "sentence": "The clock shows 10:00.", "fix": "Compare it."}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(examination, "FIRST_AFTER_S", 0.0)
    monkeypatch.setattr(examination, "LOOK_EVERY_S", 0.005)
    monkeypatch.setattr(examination, "EVERY_S", LONG_S)
    monkeypatch.setattr(examination, "EVERY_WHEN_CHOSEN_S", LONG_S)


class Doctor:
    """Answers with what a test gives it, and counts how often it was asked."""

    def __init__(self, *findings):
        self.findings = findings
        self.asked = 0
        self.answering = asyncio.Event()
        self.answering.set()

    async def errand(self, settings, waits, within_s, *words):
        assert words == ("doctor", "--json", "--running")
        self.asked += 1
        await asyncio.sleep(0)
        await self.answering.wait()
        return Answer(0, msgspec.json.encode({"good": False, "findings": self.findings}), b"") if waits() else None


@contextlib.asynccontextmanager
async def examined(world, doctor, monkeypatch):
    """A room that asks this doctor, once it has for the first time."""
    monkeypatch.setattr(examination, "errand", doctor.errand)
    one = Examination(Settings(), lambda: world.room.state, world.room.told)
    running = asyncio.create_task(one.run())
    try:
        await until(lambda: doctor.asked)
        yield one
    finally:
        running.cancel()
        await asyncio.wait([running])


async def until(condition):
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.001)


async def looks(times=10):
    """As often as the room looks whether it is time to ask again."""
    for _ in range(times):
        await asyncio.sleep(examination.LOOK_EVERY_S)


def chosen(world):
    world.desk("choose", script="test", infusion_ms=40 * 60_000)


async def test_what_is_not_well_or_could_not_be_looked_at_is_shown(world, monkeypatch):
    doctor = Doctor(GOOD, POWER, MEMORY, DISK, CONTROL, CLOCK)
    async with examined(world, doctor, monkeypatch) as one:
        await until(lambda: "told" in world.log)
        assert [notice.name for notice in one.notices] == ["power", "memory", "disk speed"]
        assert msgspec.to_builtins(one.notices[2]) == DISK


async def test_a_doctor_that_cannot_answer_is_shown_too(world, monkeypatch):
    doctor = Doctor(POWER)
    answer = doctor.errand

    async def torn(*arguments):
        return msgspec.structs.replace(await answer(*arguments), told=b"{")

    doctor.errand = torn
    async with examined(world, doctor, monkeypatch) as one:
        await until(lambda: one.notices == (NOT_EXAMINED,))


async def test_one_that_never_ends_is_shown_and_tried_again_soon(world, monkeypatch):
    doctor = Doctor(POWER)
    answer = doctor.errand

    async def never_first(*arguments):
        found = await answer(*arguments)
        return found if doctor.asked > 1 else None

    doctor.errand = never_first
    async with examined(world, doctor, monkeypatch) as one:
        await until(lambda: one.notices == (NOT_EXAMINED,))
        await until(lambda: [notice.name for notice in one.notices] == ["power"])


async def test_what_gave_way_to_a_rehearsal_is_made_up_for_after_it(world, monkeypatch):
    doctor = Doctor(POWER)
    doctor.answering.clear()
    async with examined(world, doctor, monkeypatch) as one:
        world.room.handle(Pressed("a-1", "key", "42"))
        doctor.answering.set()
        await looks()
        assert (doctor.asked, one.notices) == (1, ())
        world.room.state = msgspec.structs.replace(world.room.state, call=type(world.room.state.call)())
        await until(lambda: one.notices)
        assert doctor.asked == 2


async def test_it_is_asked_anew_for_a_script_that_is_chosen_once_the_last_look_is_old(world, monkeypatch):
    doctor = Doctor()
    async with examined(world, doctor, monkeypatch) as one:
        chosen(world)
        await looks()
        # It has just looked.
        assert doctor.asked == 1
        doctor.findings = (POWER,)
        monkeypatch.setattr(examination, "EVERY_WHEN_CHOSEN_S", 0.0)
        await until(lambda: one.notices)


async def test_it_is_not_asked_so_often_while_nothing_is_chosen_nor_after_the_session(world, monkeypatch):
    monkeypatch.setattr(examination, "EVERY_WHEN_CHOSEN_S", 0.0)
    doctor = Doctor()
    async with examined(world, doctor, monkeypatch):
        await looks()
        assert doctor.asked == 1
        world.begun()
        world.room.handle(Ended("Anna"))
        asked = doctor.asked
        await looks()
        assert doctor.asked == asked


async def test_it_is_never_asked_while_a_session_is_under_way(world, monkeypatch):
    monkeypatch.setattr(examination, "EVERY_S", 0.0)
    doctor = Doctor()
    async with examined(world, doctor, monkeypatch):
        await until(lambda: doctor.asked > 2)
        world.begun()
        asked = doctor.asked
        await looks()
        assert doctor.asked == asked
        world.room.handle(Ended("Anna"))
        await until(lambda: doctor.asked > asked)
