"""Tells services of a call, all at once, each in a process of its own with a deadline, and what came of each."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine, Sequence

import msgspec

from guideplayer.core.state import Call
from guideplayer.core.units import SECOND_MS
from guideplayer.desk.ports import Clock
from guideplayer.pager.letter import Letter
from guideplayer.pager.process import ServiceProcess
from guideplayer.pager.services import Page, Result, Service, page_of

WITHIN_S, READY_WITHIN_S = 4.0, 15.0
SENDING = (sys.executable, "-m", "guideplayer.pager.sending")
PLUGIN = (sys.executable, "-m", "guideplayer.pager.plugin")
ALL_OF_THEM = 3
LONGEST_SAYING = 200
_TOO_LATE = f"It has not answered within {WITHIN_S:.0f} s."


async def prepared(service: Service) -> ServiceProcess:
    """The process that will tell a service. One for Apprise or a plugin has read its code, which takes a second, and
    waits. Raises OSError and TimeoutError.
    """
    process = await ServiceProcess.started(
        service.command or ((*PLUGIN, service.plugin) if service.plugin else SENDING)
    )
    ready = False
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            if not service.command:
                await process.first_line()
        ready = True
    finally:
        if not ready:
            await process.end()
    return process


async def tell(service: Service, page: Page, now_ms: Clock, ready: ServiceProcess | None = None) -> Result:
    """Tell one service, and wait for it as long as the deadline allows; then its process is ended. One that is `ready`
    need not be started first.
    """
    begun_ms = now_ms()
    words = msgspec.json.encode(Letter(page.title, page.body, service.url, service.options))
    if service.command:
        words = f"{page.title}\n{page.body}\n".encode()
    try:
        process = ready or await prepared(service)
    except OSError as error:
        # A deadline that has passed is an OSError too.
        return Result(service.name, False, now_ms() - begun_ms, f"It cannot be run: {error.strerror or 'too slow'}.")
    try:
        async with asyncio.timeout(WITHIN_S):
            said = await process.told(words)
    except TimeoutError:
        return Result(service.name, False, now_ms() - begun_ms, _TOO_LATE)
    finally:
        await process.end()
    sentence = said[:LONGEST_SAYING] if process.code else ""
    return Result(service.name, process.code == 0, now_ms() - begun_ms, sentence)


class Pager:
    """Watches the call of a room, and tells each service when its level is reached. `told` takes what came of it."""

    def __init__(
        self, room: str, services: Sequence[Service], now_ms: Clock, told: Callable[[str, Result], None]
    ) -> None:
        self._room, self._services, self._now_ms, self._told = room, tuple(services), now_ms, told
        self._paged: set[tuple[str, int, int]] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._ready: dict[Service, asyncio.Task[ServiceProcess]] = {}

    def look(self, call: Call) -> None:
        """The call as it stands now; a rehearsed one reaches nobody's pocket."""
        if not call.open or call.rehearsal:
            self._dismiss()
            return
        self._prepare()
        for level in range(1, call.level + 1):
            # One that asks anew, because whoever answered did not come, goes through its levels anew.
            key = (call.id, call.asking_since_ms, level)
            if key in self._paged:
                continue
            self._paged.add(key)
            page = page_of(self._room, max(SECOND_MS, self._now_ms() - call.asking_since_ms))
            for service in self._services:
                if level in (service.level, ALL_OF_THEM):
                    self._start(self._tell(call.id, service, page))

    def _prepare(self) -> None:
        """Somebody calls: who may have to be told is within reach by the time it comes to that."""
        for service in self._services:
            if not service.command and service not in self._ready:
                self._ready[service] = asyncio.get_running_loop().create_task(prepared(service))

    def _dismiss(self) -> None:
        """Nobody has to be told any longer."""
        for preparing in self._ready.values():
            self._start(_dismissed(preparing))
        self._ready.clear()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tell(self, call: str, service: Service, page: Page) -> None:
        ready = None
        if preparing := self._ready.pop(service, None):
            # One that could not be prepared is tried anew, and then tells why.
            with contextlib.suppress(OSError):
                ready = await preparing
        self._told(call, await tell(service, page, self._now_ms, ready))

    async def stop(self) -> None:
        """End what is under way."""
        for task in tuple(self._running):
            task.cancel()
        self._dismiss()
        if self._running:
            await asyncio.wait(tuple(self._running))


async def _dismissed(preparing: asyncio.Task[ServiceProcess]) -> None:
    with contextlib.suppress(OSError):
        await (await preparing).end()
