"""A child process that is started anew whenever it ends: sooner after a long life than after short ones."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Sequence

import psutil

from guideplayer.handing_on import handing_on
from guideplayer.process_group import kill_group

# A stage may take eight seconds for its first picture, and is found to stand still a second after that: one that does
# so each time has never lived long. The rest is for the start of its process on a slow machine.
LIVED_S = 12.0
# By then a stage shows its first picture, and reading the code of another no longer takes the processor from it.
SPARE_AFTER_S = 2.0
SHORTEST_WAIT_S = 0.05
LONGEST_WAIT_S = 2.0
END_WITHIN_S = 3.0
# What is killed ends at once, but while a driver holds it.
KILLED_WITHIN_S = 2.0
NOT_STARTED, NOT_ENDED = -1, -2
SPARE = ("-m", "guideplayer.launch.spare")

_log = logging.getLogger(__name__)


class Part:
    """One of the processes. `most_bytes` is the memory beyond which it is ended: it leaks, and another is in place at
    once, where a machine without memory ends whatever it likes.
    """

    def __init__(self, name: str, most_bytes: int, sockets: Sequence[socket.socket]) -> None:
        self.name = name
        self._most_bytes = most_bytes
        self._sockets = tuple(sockets)
        self._process: asyncio.subprocess.Process | None = None
        self._patience: asyncio.Timeout | None = None
        self._spare: tuple[tuple[str, ...], asyncio.subprocess.Process] | None = None
        # When the latest life began, how long to wait before the next one, and how many short ones there were in a row.
        self.begun_s = 0.0
        self.wait_s = SHORTEST_WAIT_S
        self.short_lives = 0
        self._counts = 0

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process that runs; 0 while there is none."""
        return self._process.pid if self._process and self.runs else 0

    async def live(self, arguments: Sequence[str], next_arguments: Sequence[str] | None = None) -> int:
        """Start it, and wait until it has ended. Gives its exit code, negative when a signal has ended it. One that was
        killed and does not end gives NOT_ENDED.

        They are those of Python, `-m` and a module first. Meanwhile another is made ready to take over with
        `next_arguments`, if they are given.
        """
        loop = asyncio.get_running_loop()
        self.begun_s = loop.time()
        preparing = asyncio.create_task(self._prepare(next_arguments)) if next_arguments else None
        try:
            code = await self._lived(arguments)
        finally:
            if preparing:
                preparing.cancel()
        long = loop.time() - self.begun_s > LIVED_S
        self.short_lives = self.short_lives + max(1, self._counts) if self._counts or not long else 0
        self._counts = 0
        self.wait_s = SHORTEST_WAIT_S if long else min(LONGEST_WAIT_S, self.wait_s * 2)
        return code

    async def _lived(self, arguments: Sequence[str]) -> int:
        self._process = self._woken(arguments)
        if self._process is None:
            try:
                self._process = await self._started(arguments)
            except OSError as error:
                # Without memory, or with too many processes: it may be better in a moment.
                _log.warning("The %s cannot be started: %s.", self.name, error)
                return NOT_STARTED
        return await self._ended(self._process)

    async def _ended(self, process: asyncio.subprocess.Process) -> int:
        try:
            async with asyncio.timeout(None) as self._patience:
                return await process.wait()
        except TimeoutError:
            _log.warning("The %s does not end although it was killed: it is left to itself.", self.name)
            self._process = None
            return NOT_ENDED
        finally:
            self._patience = None

    async def _started(self, arguments: Sequence[str]) -> asyncio.subprocess.Process:
        """Raises OSError."""
        environment = {**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        # A session of its own keeps Ctrl+C in the terminal from ending picture and room at once, unasked.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=environment,
            **handing_on(self._sockets),
        )

    async def _prepare(self, arguments: Sequence[str]) -> None:
        """Have a spare one, once this one has begun."""
        await asyncio.sleep(SPARE_AFTER_S)
        if self._spare and self._spare[1].returncode is None:
            return
        try:
            self._spare = tuple(arguments), await self._started(SPARE + tuple(arguments[1:]))
        except OSError as error:
            _log.warning("There is no spare %s: %s.", self.name, error)

    def _woken(self, arguments: Sequence[str]) -> asyncio.subprocess.Process | None:
        """The spare one, if it was made ready for this."""
        if self._spare is None:
            return None
        (ready_for, spare), self._spare = self._spare, None
        if spare.returncode is not None or spare.stdin is None:
            return None
        if ready_for != tuple(arguments):
            spare.kill()
            return None
        spare.stdin.write(b"\n")
        return spare

    def signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self._process and self.runs:
            self._process.send_signal(number)

    def kill(self, counts: int = 0) -> None:
        """End it now, with what it has begun. However long it has lived, it `counts` as so many short lives: it showed
        nothing at all.
        """
        if self._process and self.runs:
            self._counts = counts
            kill_group(self._process.pid)
            if self._patience and self._patience.when() is None:
                self._patience.reschedule(asyncio.get_running_loop().time() + KILLED_WITHIN_S)

    def ended_for_memory(self) -> bool:
        """End it when it has taken too much memory; whether that was so."""
        if not self._process or not self.runs:
            return False
        try:
            taken_bytes = psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:
            return False
        if taken_bytes <= self._most_bytes:
            return False
        _log.warning("The %s has taken %d MB of memory, and is started again.", self.name, taken_bytes >> 20)
        self.kill()
        return True

    async def end(self) -> None:
        """Ask it to end, and make it; the spare one as well."""
        if self._spare and self._spare[1].returncode is None:
            await _killed(self._spare[1])
        if not self._process or not self.runs:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            await _killed(self._process)


async def _killed(process: asyncio.subprocess.Process) -> None:
    """Kill a process with what it has begun; one that does not end by that is left to itself."""
    kill_group(process.pid)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KILLED_WITHIN_S):
            await process.wait()
