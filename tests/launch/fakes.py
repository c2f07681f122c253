"""Child processes that are none: they end when a test says so, and when they are killed, unless a driver holds them."""

import asyncio
import signal

from guideplayer.launch import part as parts


async def until(happened):
    """Let everything else go on until this is so."""
    async with asyncio.timeout(30):
        while not happened():
            await asyncio.sleep(0)


class FakeProcess:
    """One of them; `arguments` are those of Python. Once it is `held`, no signal ends it."""

    held = False

    def __init__(self, pid, arguments):
        self.pid, self.arguments = pid, arguments
        self.returncode = None
        self._over = asyncio.Event()

    async def wait(self):
        await self._over.wait()
        return self.returncode

    def end(self, code):
        self.returncode = code
        self._over.set()

    def terminate(self):
        if not self.held:
            self.end(-signal.SIGTERM)


class FakeProcesses(list):
    """All that were begun, in their order. `killed` are the groups that were killed, each by the one that leads it."""

    def __init__(self, monkeypatch):
        super().__init__()
        self.killed = []
        monkeypatch.setattr(parts, "kill_group", self._kill)
        monkeypatch.setattr(asyncio, "create_subprocess_exec", self._begin)

    async def _begin(self, _python, *arguments, **_options):
        self.append(FakeProcess(100 + len(self), arguments))
        return self[-1]

    def _kill(self, pid):
        self.killed.append(pid)
        for process in self:
            if process.pid == pid and not process.held:
                process.end(-signal.SIGKILL)

    async def begun(self, number):
        """The one of this number, once it is there."""
        await until(lambda: len(self) > number)
        return self[number]
