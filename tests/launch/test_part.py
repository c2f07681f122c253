"""A child process: how long it waits before another life, and what ends it."""

import asyncio
import signal
import socket

import pytest

from guideplayer.core.link import STAGE_SILENT_MS
from guideplayer.launch import part as parts
from guideplayer.launch.part import NOT_ENDED, NOT_STARTED, Part
from guideplayer.room.stage_link import START_ALLOWED_MS
from tests.launch.fakes import FakeProcesses

# What reading its code takes a stage that had no spare, on a slow machine.
CODE_READ_S = 2.5
SLOWEST_S = CODE_READ_S + (START_ALLOWED_MS + STAGE_SILENT_MS) / 1000


async def test_short_lives_are_counted_and_waits_grow_up_to_a_bound():
    part = Part("child", 1 << 40, ())
    waits = []
    for _ in range(8):
        assert await part.live(("-c", "raise SystemExit(3)")) == 3
        waits.append(part.wait_s)
    assert part.short_lives == 8
    assert waits == sorted(waits)
    assert waits[0] == 2 * parts.SHORTEST_WAIT_S
    assert waits[-1] == parts.LONGEST_WAIT_S


async def test_a_long_life_begins_anew(monkeypatch):
    part = Part("child", 1 << 40, ())
    await part.live(("-c", ""))
    monkeypatch.setattr(parts, "LIVED_S", 0.0)
    await part.live(("-c", ""))
    assert (part.short_lives, part.wait_s) == (0, parts.SHORTEST_WAIT_S)


@pytest.mark.parametrize(("lived_s", "short_lives"), [(6.0, 3), (SLOWEST_S, 3), (60.0, 0)])
async def test_a_stage_that_fails_soon_each_time_never_counts_as_one_that_lived(monkeypatch, lived_s, short_lives):
    """Also one that hangs as soon as it has shown its first picture as late as it may."""
    processes, part, passed_s = FakeProcesses(monkeypatch), Part("stage", 1 << 40, ()), 0.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: passed_s)
    for number in range(3):
        life = asyncio.create_task(part.live(("-m", "guideplayer.stage")))
        process = await processes.begun(number)
        passed_s += lived_s
        process.end(1)
        await life
    assert part.short_lives == short_lives


async def test_one_that_could_not_begin_counts_however_long_it_took(monkeypatch):
    monkeypatch.setattr(parts, "LIVED_S", 0.0)
    part = Part("child", 1 << 40, ())
    life = asyncio.create_task(part.live(("-c", "import time; time.sleep(60)")))
    while not part.runs:
        await asyncio.sleep(0.01)
    part.kill(counts=3)
    assert await life == -signal.SIGKILL
    assert part.short_lives == 3


@pytest.mark.parametrize(("held_mb", "ended"), [(0, False), (100, True)])
async def test_what_takes_too_much_memory_is_ended(held_mb, ended):
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    part = Part("child", 60 << 20, (theirs,))
    text = f"import os, time; held = b'1' * ({held_mb} << 20); os.write({theirs.fileno()}, b'.'); time.sleep(60)"
    life = asyncio.create_task(part.live(("-c", text)))
    assert await asyncio.to_thread(ours.recv, 1) == b"."
    while not part.pid:
        # The child may have spoken before its parent knows that it has begun.
        await asyncio.sleep(0)
    assert part.ended_for_memory() == ended
    part.kill()
    assert await life == -signal.SIGKILL
    ours.close()
    theirs.close()


async def test_a_process_that_cannot_be_started_is_an_ended_life(monkeypatch):
    async def without_memory(*_arguments, **_options):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", without_memory)
    part = Part("child", 1 << 40, ())
    assert await part.live(("-c", "")) == NOT_STARTED
    assert part.short_lives == 1


async def test_what_does_not_end_although_it_was_killed_is_left_to_itself(monkeypatch):
    """A driver holds it. Its loudspeaker ends, being of its group, and another one begins."""
    monkeypatch.setattr(parts, "KILLED_WITHIN_S", 0.0)
    processes, part = FakeProcesses(monkeypatch), Part("stage", 1 << 40, ())
    life = asyncio.create_task(part.live(("-m", "guideplayer.stage")))
    first = await processes.begun(0)
    first.held = True
    part.kill(counts=3)
    # Whoever finds it silent kills it again and again: it is not waited for any longer.
    monkeypatch.setattr(parts, "KILLED_WITHIN_S", 1e9)
    part.kill(counts=3)
    async with asyncio.timeout(30):
        assert await life == NOT_ENDED
    assert (part.runs, part.pid, part.short_lives) == (False, 0, 3)
    assert processes.killed == [first.pid, first.pid]
    again = asyncio.create_task(part.live(("-m", "guideplayer.stage")))
    second = await processes.begun(1)
    assert part.pid == second.pid
    part.kill()
    assert await again == -signal.SIGKILL


async def test_nor_does_the_launcher_wait_for_it_when_all_is_to_end(monkeypatch):
    monkeypatch.setattr(parts, "END_WITHIN_S", 0.0)
    monkeypatch.setattr(parts, "KILLED_WITHIN_S", 0.0)
    processes, part = FakeProcesses(monkeypatch), Part("stage", 1 << 40, ())
    life = asyncio.create_task(part.live(("-m", "guideplayer.stage")))
    (await processes.begun(0)).held = True
    life.cancel()
    async with asyncio.timeout(30):
        await part.end()
    assert processes.killed == [processes[0].pid]


async def test_what_does_not_end_when_it_is_asked_is_made_to(monkeypatch):
    monkeypatch.setattr(parts, "END_WITHIN_S", 0.3)
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    part = Part("child", 1 << 40, (theirs,))
    deaf = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    life = asyncio.create_task(part.live(("-c", f"{deaf}os.write({theirs.fileno()}, b'.'); time.sleep(60)")))
    assert await asyncio.to_thread(ours.recv, 1) == b"."
    await part.end()
    assert await life == -signal.SIGKILL
    ours.close()
    theirs.close()
