"""The doctor, asked again and again by a room that waits: what is wrong is at the desk before the next session.

It runs in a process of its own, as lowly as can be, and never while a session is under way.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from guideplayer.room.settings import Settings

FIRST_AFTER_S, EVERY_S, LOOK_EVERY_S = 3.0, 3600.0, 5.0
ANSWERS_WITHIN_S = 120.0
LOWEST = 15

_log = logging.getLogger(__name__)


class Notice(msgspec.Struct, frozen=True):
    """Something that is not well; as `guideplayer doctor --json` tells it."""

    name: str
    verdict: str
    sentence: str
    fix: str = ""


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[Notice, ...]


class Examination:
    """What was found last. `told` is called when that has changed; `waits` says whether no session is under way."""

    def __init__(self, settings: Settings, waits: Callable[[], bool], told: Callable[[], None]) -> None:
        given = {"state": str(settings.state_folder), "desk": settings.desk, "room": settings.room}
        self._environment = {f"GUIDEPLAYER_{name.upper()}": value for name, value in given.items()}
        self._waits = waits
        self._told = told
        self.notices: tuple[Notice, ...] = ()

    async def run(self) -> None:
        """Ask, for ever."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            while not self._waits():
                await asyncio.sleep(LOOK_EVERY_S)
            await self._examine()
            await asyncio.sleep(EVERY_S)

    async def _examine(self) -> None:
        command: tuple[Any, ...] = (sys.executable, "-m", "guideplayer", "doctor", "--json", "--running")
        nothing = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=nothing,
                stdout=asyncio.subprocess.PIPE,
                stderr=nothing,
                start_new_session=True,
                env={**os.environ, **self._environment},
            )
        except OSError as error:
            _log.warning("The doctor cannot be asked: %s", error)
            return
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, process.pid, LOWEST)
        watching = asyncio.create_task(self._end_for_a_session(process))
        try:
            told, _ = await asyncio.wait_for(process.communicate(), ANSWERS_WITHIN_S)
            findings = msgspec.json.decode(told, type=_Findings).findings
        except (TimeoutError, msgspec.MsgspecError) as error:
            _log.warning("The doctor has not answered: %s", error)
            return
        finally:
            watching.cancel()
            if process.returncode is None:
                process.kill()
                await process.wait()
        notices = tuple(one for one in findings if one.verdict in ("bad", "doubtful"))
        if notices != self.notices:
            self.notices = notices
            self._told()

    async def _end_for_a_session(self, process: asyncio.subprocess.Process) -> None:
        """A session that begins meanwhile has the machine to itself."""
        while self._waits():
            await asyncio.sleep(LOOK_EVERY_S / 10)
        process.kill()
