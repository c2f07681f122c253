"""The process that tells one service: what goes in, what comes out, and its end with all that it has begun."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import cast

from guideplayer.process_group import kill_group

END_WITHIN_S = 1.0


class ServiceProcess(asyncio.SubprocessProtocol):
    """A running command. Its pipes are ours to close: asyncio's own process keeps one for as long as any child of the
    command, which nobody knows of, holds the other end.
    """

    def __init__(self) -> None:
        self._said = bytearray()
        self._line, self._over = asyncio.Event(), asyncio.Event()
        self._transport: asyncio.SubprocessTransport

    @classmethod
    async def started(cls, command: Sequence[str]) -> "ServiceProcess":
        """Begin it, in a session of its own. Raises OSError."""
        _, process = await asyncio.get_running_loop().subprocess_exec(
            cls,
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        return process

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """It has said something."""
        self._said += data
        if b"\n" in data:
            self._line.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended, and nobody holds its output any longer."""
        self._line.set()
        self._over.set()

    # What is done with it.

    @property
    def code(self) -> int | None:
        """What it has ended with; None while it runs."""
        return self._transport.get_returncode()

    async def first_line(self) -> None:
        """Wait until it has said a line, which is forgotten, or has ended."""
        await self._line.wait()
        self._said.clear()

    async def told(self, words: bytes) -> str:
        """Hand it these words, wait for its end, and give what it has said."""
        entrance = self._transport.get_pipe_transport(0)
        assert isinstance(entrance, asyncio.WriteTransport)
        entrance.write(words)
        entrance.close()
        await self._over.wait()
        return self._said.decode(errors="replace").strip()

    async def end(self) -> None:
        """End it with all that it has begun: a child that held its output would keep us waiting, as measured, for as
        long as it liked. One that has slipped away is not waited for.
        """
        if self.code is None:
            kill_group(self._transport.get_pid())
        self._transport.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_WITHIN_S):
                await self._over.wait()
