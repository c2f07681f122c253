"""Another command of guideplayer, done for a room that waits: in a process of its own, as lowly as can be.

A session that begins meanwhile has the machine to itself: then the process is ended at once.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable

import msgspec

from guideplayer.process_group import kill_group
from guideplayer.room.settings import Settings

LOOK_EVERY_S = 0.5
LOWEST = 15

_log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """What a command ended with, what it printed, and what it said of what is wrong."""

    code: int
    told: bytes
    wrong: bytes


async def errand(settings: Settings, waits: Callable[[], bool], within_s: float, *words: str) -> Answer | None:
    """Run a command with the room's settings; None when it could not be, took too long or gave way to a session."""
    given = {"state": str(settings.state_folder), "desk": settings.desk, "room": settings.room}
    environment = {f"GUIDEPLAYER_{name.upper()}": value for name, value in given.items()}
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "guideplayer", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, **environment},
        )
    except OSError as error:
        _log.warning("`guideplayer %s` cannot be run: %s", " ".join(words), error)
        return None
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, LOWEST)
    watching = asyncio.create_task(_end_for_a_session(process, waits))
    try:
        async with asyncio.timeout(within_s):
            told, wrong = await process.communicate()
    except TimeoutError:
        _log.warning("`guideplayer %s` has not come to its end", " ".join(words))
        return None
    finally:
        gave_way = watching.done()
        watching.cancel()
        if process.returncode is None:
            kill_group(process.pid)
            await process.wait()
    return None if gave_way else Answer(process.returncode or 0, told, wrong)


async def _end_for_a_session(process: asyncio.subprocess.Process, waits: Callable[[], bool]) -> None:
    while waits():
        await asyncio.sleep(LOOK_EVERY_S)
    kill_group(process.pid)
