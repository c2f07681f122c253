"""The launcher: starts the room and the stage on the two ends of one socket, and starts again whichever dies.

It holds both ends open itself, so nothing said is lost while one of them is being replaced.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from guideplayer.room.process import Orders

CANNOT_RUN = 2
LIVED_S = 10.0
SHORTEST_WAIT_S = 0.05
LONGEST_WAIT_S = 2.0
END_WITHIN_S = 3.0
BUFFER_BYTES = 1 << 20


class Launcher:
    """Two child processes that are kept alive until the room says that all is over."""

    def __init__(self, orders: Orders, stage_options: Sequence[str]) -> None:
        self._orders = orders
        self._stage_options = stage_options
        self._room_end, self._stage_end = socket.socketpair()
        for end in (self._room_end, self._stage_end):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._room: asyncio.subprocess.Process | None = None
        self._stage: asyncio.subprocess.Process | None = None
        self._stop: signal.Signals | None = None

    async def run(self) -> int:
        """Run until the room closes. Gives the exit code: 0, or 2 when the room could not start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._end, number)
        with tempfile.TemporaryDirectory(prefix="guideplayer-") as folder:
            orders = Path(folder) / "orders.json"
            orders.write_bytes(msgspec.json.encode(self._orders))
            stage = asyncio.create_task(self._keep_stage())
            code = await self._keep_room(orders)
            stage.cancel()
            await self._ended(self._stage)
        return code

    async def _keep_room(self, orders: Path) -> int:
        """Run rooms one after the other until one ends by itself."""
        again: tuple[str, ...] = ()
        wait_s = SHORTEST_WAIT_S
        while True:
            began_s = asyncio.get_running_loop().time()
            command = ("guideplayer.room", str(self._room_end.fileno()), str(orders), *again)
            self._room = await self._started(self._room_end, command)
            code = await self._room.wait()
            if code in (0, CANNOT_RUN) and (code == 0 or not again):
                return code
            if self._stop:
                return 0
            again = ("--again",)
            wait_s = self._wait_s(wait_s, began_s)
            await asyncio.sleep(wait_s)

    async def _keep_stage(self) -> None:
        """Run stages one after the other."""
        wait_s = SHORTEST_WAIT_S
        while True:
            began_s = asyncio.get_running_loop().time()
            command = ("guideplayer.stage", str(self._stage_end.fileno()), *self._stage_options)
            self._stage = await self._started(self._stage_end, command)
            if await self._stage.wait() == 0:
                return
            wait_s = self._wait_s(wait_s, began_s)
            await asyncio.sleep(wait_s)

    @staticmethod
    def _wait_s(wait_s: float, began_s: float) -> float:
        """How long to wait before another try: at once after a long life, longer and longer after short ones."""
        lived_s = asyncio.get_running_loop().time() - began_s
        return SHORTEST_WAIT_S if lived_s > LIVED_S else min(LONGEST_WAIT_S, wait_s * 2)

    @staticmethod
    async def _started(end: socket.socket, command: Sequence[str]) -> asyncio.subprocess.Process:
        # A session of its own keeps Ctrl+C in the terminal from ending picture and room at once, unasked.
        environment = {**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", *command, pass_fds=(end.fileno(),), start_new_session=True, env=environment
        )

    def _end(self, number: signal.Signals) -> None:
        self._stop = number
        if self._room and self._room.returncode is None:
            self._room.send_signal(number)

    @staticmethod
    async def _ended(process: asyncio.subprocess.Process | None) -> None:
        """Ask a process to end, and make it."""
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def launch(orders: Orders, stage_options: Sequence[str] = ()) -> int:
    """Play; gives the exit code."""
    return asyncio.run(Launcher(orders, stage_options).run())
