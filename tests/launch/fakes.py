"""Child processes that are none: they end when a test says so, and when they are killed."""

import asyncio
import signal


class FakeProcess:
    """One of them; `arguments` are those of Python."""

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

    def kill(self):
        self.end(-signal.SIGKILL)


class FakeProcesses(list):
    """All that were begun, in their order."""

    def __init__(self, monkeypatch):
        super().__init__()
        monkeypatch.setattr(asyncio, "create_subprocess_exec", self._begin)

    async def _begin(self, _python, *arguments, **_options):
        self.append(FakeProcess(100 + len(self), arguments))
        return self[-1]

    async def begun(self, number):
        """The one of this number, once it is there."""
        async with asyncio.timeout(30):
            while len(self) <= number:
                await asyncio.sleep(0)
        return self[number]
