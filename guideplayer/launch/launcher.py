"""The launcher: starts the room and the stage on the two ends of one socket, and starts again whichever dies or stands
still.

It holds both ends open itself, so nothing said is lost while one of them is being replaced.
"""

import asyncio
import contextlib
import itertools
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from guideplayer.clock import stood_still
from guideplayer.core.link import Lines, encode
from guideplayer.launch.awake import Awake, there_may_be_one
from guideplayer.launch.displays import Displays, Seen
from guideplayer.launch.part import LONGEST_WAIT_S, Part
from guideplayer.launch.service import Service
from guideplayer.room.orders import Orders
from guideplayer.room.supervision import EndStage, Lives, Supervised, ToLauncher

CANNOT_RUN = 2
BUFFER_BYTES = 1 << 20
LOOK_EVERY_S = 0.25
# The room shows twice a second that its loop goes round. Reading many scripts on a slow machine is part of its start.
ROOM_SILENT_S = 5.0
ROOM_STARTS_WITHIN_S = 20.0
# A stage that has died this often in a row, each time soon, will do so again: the next one draws what cannot fail.
SHORT_LIVES = 3
RUNGS = ((), ("--plain",), ("--plain", "--unseen"))
# One without a screen is the last resort, and no place to stay: where X answers, a screen is tried again after a while,
# and after a longer one each time that it was in vain, since trying takes the sound away for a moment. By then the one
# without has lived long, and the next one does not have to wait.
SCREEN_AGAIN_FIRST_S, SCREEN_AGAIN_LONGEST_S, FRESH_S = 15.0, 300.0, 3.0
# Far above what either ever takes (150 and 80 MB), and far below what a small machine has.
MOST_STAGE_BYTES, MOST_ROOM_BYTES = 800 << 20, 400 << 20
WEIGH_EVERY_S = 5.0
MEMORY = "The {} took too much memory, and was started again."


class Launcher:
    """Two child processes that are kept alive until the room says that all is over."""

    def __init__(self, orders: Orders, stage_options: Sequence[str]) -> None:
        self._orders = orders
        self._stage_options = tuple(stage_options)
        self._room_end, self._stage_end = socket.socketpair()
        self._watch_end, self._watched_end = socket.socketpair()
        for end in (self._room_end, self._stage_end):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._watch_end.setblocking(False)
        self._room = Part("room", MOST_ROOM_BYTES, (self._room_end, self._watched_end))
        self._stage = Part("stage", MOST_STAGE_BYTES, (self._stage_end,))
        self._service = Service()
        self._heard_s: float | None = None
        self._busy = False
        self._faults: dict[str, tuple[str, ...]] = {}
        self._awake = Awake(lambda trouble: self._tell("awake", *filter(None, [trouble])))
        self._seen: Seen | None = None
        self._plugged: set[str] = set()
        self._seen_s = self._rung_s = 0.0
        self._screen_again_s = SCREEN_AGAIN_FIRST_S
        self._rung = 0
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Run until the room closes. Gives the exit code: 0, or 2 when the room could not start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self._end, number)
            except NotImplementedError:
                # Windows' loops have none.
                signal.signal(number, lambda _number, _frame: _in_loop(loop, lambda: self._end(signal.SIGTERM)))
        # Who has set it aside (nohup) knows that the terminal will go.
        if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
        with tempfile.TemporaryDirectory(prefix="guideplayer-") as folder:
            orders = Path(folder) / "orders.json"
            orders.write_bytes(msgspec.json.encode(self._orders))
            parts = [self._keep_stage(), self._hear(), self._look(), self._stay_awake()]
            watching = [asyncio.create_task(part) for part in parts]
            unwatch = Displays().watch(lambda seen: _in_loop(loop, lambda: self._saw(seen)))
            code = await self._keep_room(orders)
            self._service.ends()
            unwatch()
            for task in watching:
                task.cancel()
            await asyncio.wait(watching)
            for part in (self._stage, self._room):
                await part.end()
        for end in (self._room_end, self._stage_end, self._watch_end, self._watched_end):
            end.close()
        return code

    async def _keep_room(self, orders: Path) -> int:
        """Run rooms one after the other until one ends by itself, or all is to end."""
        descriptors = (str(self._room_end.fileno()), str(orders), str(self._watched_end.fileno()))
        again: tuple[str, ...] = ()
        while not self._stop.is_set():
            self._heard_s = None
            another = ("-m", "guideplayer.room", *descriptors, "--again")
            code = await self._room.live(("-m", "guideplayer.room", *descriptors, *again), another)
            if code == 0 or (code == CANNOT_RUN and not again):
                return code
            again = ("--again",)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._room.wait_s):
                    await self._stop.wait()
        return 0

    async def _keep_stage(self) -> None:
        """Run stages one after the other, each time a plainer one when those before it have died soon."""
        number = str(self._stage_end.fileno())
        while True:
            if self._stage.short_lives >= SHORT_LIVES and self._rung < len(RUNGS) - 1:
                self._rung, self._rung_s = self._rung + 1, asyncio.get_running_loop().time()
                self._stage.short_lives = 0
            options = (*self._stage_options, *RUNGS[self._rung])
            arguments = ("-m", "guideplayer.stage", number, *options)
            code = await self._stage.live(arguments, arguments)
            # One that ends well was asked to, and the room is about to end too; should it not, there must be another.
            await asyncio.sleep(LONGEST_WAIT_S if code == 0 else self._stage.wait_s)

    async def _hear(self) -> None:
        """What the room says of itself, and asks for."""
        lines: Lines[ToLauncher] = Lines(ToLauncher)
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(self._watch_end, 1 << 16):
            for said in lines.feed(data):
                if isinstance(said, EndStage):
                    self._end_stage(said)
                elif isinstance(said, Lives):
                    if self._heard_s is None:
                        self._tell_all()
                    self._heard_s = loop.time()
                    self._service.ready()
                    self._service.lives()
                    if said.busy is not None:
                        self._busy = said.busy
                        self._awake.session(said.busy)
                        self._service.session(said.busy)

    def _end_stage(self, said: EndStage) -> None:
        """End the stage that stands still; not the one that has begun in its place."""
        if said.pid in (0, self._stage.pid):
            # One that could not even show a picture would not another time either.
            self._stage.kill(counts=0 if said.shown else SHORT_LIVES)

    async def _look(self) -> None:
        """End a room that stands still, and what leaks."""
        loop = asyncio.get_running_loop()
        weighed_s = looked_s = loop.time()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_s = loop.time()
            if self._heard_s is not None:
                self._heard_s += stood_still(looked_s, now_s, LOOK_EVERY_S)
            looked_s = now_s
            since_s, allowed_s = (
                (self._room.begun_s, ROOM_STARTS_WITHIN_S) if self._heard_s is None else (self._heard_s, ROOM_SILENT_S)
            )
            if now_s - since_s > allowed_s:
                self._room.kill()
            if self._busy:
                # A room that cannot come back leaves a stage that calls: systemd must not end it with all the rest.
                self._service.lives()
            self._try_a_screen(now_s)
            if now_s - weighed_s > WEIGH_EVERY_S:
                weighed_s = now_s
                for part in (self._room, self._stage):
                    if part.ended_for_memory():
                        self._tell(f"memory of the {part.name}", MEMORY.format(part.name))

    def _try_a_screen(self, now_s: float) -> None:
        """Where the stage does without a screen although there seems to be one: begin one that has it."""
        there = self._seen is not None and self._seen.size_px is not None and now_s - self._seen_s < FRESH_S
        if self._rung == len(RUNGS) - 1 and there and now_s - self._rung_s > self._screen_again_s:
            self._screen_again_s = min(SCREEN_AGAIN_LONGEST_S, 2 * self._screen_again_s)
            self._rung, self._stage.short_lives = self._rung - 1, 0
            self._stage.kill()

    def _saw(self, seen: Seen) -> None:
        """When the display is another one than before, so is the stage: it begins anew, in place."""
        self._seen_s = asyncio.get_running_loop().time()
        # Staff unplug what they like between two sessions; what is lost in one is told until it is back.
        self._plugged = {*(self._plugged if self._busy else ()), *seen.plugged}
        self._tell("displays", *seen.faults(self._plugged))
        if self._seen and seen != self._seen and seen.usable:
            self._rung = self._stage.short_lives = 0
            self._stage.kill()
        self._seen = seen

    async def _stay_awake(self) -> None:
        if there_may_be_one():
            await self._awake.run()

    def _tell(self, about: str, *faults: str) -> None:
        """What staff should see at the desk about something; told again when another room has begun."""
        changed = self._faults.get(about, ()) != faults
        self._faults[about] = faults
        if changed:
            self._tell_all()

    def _tell_all(self) -> None:
        with contextlib.suppress(OSError):
            self._watch_end.send(encode(Supervised(tuple(itertools.chain(*self._faults.values())), self._busy)))

    def _hung_up(self) -> None:
        """The terminal is gone. A session goes on without it, with all that watches over it; nothing else needs to."""
        if not self._busy and sys.platform != "win32":
            # Nor need it be told twice, which would end it before it has ended the others.
            asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        self._stop.set()
        self._room.signal(number)


def _in_loop(loop: asyncio.AbstractEventLoop, deed: Callable[[], None]) -> None:
    """Do something in the loop's thread, unless the loop is over."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(deed)


def launch(orders: Orders, stage_options: Sequence[str] = ()) -> int:
    """Play; gives the exit code."""

    async def run() -> int:
        return await Launcher(orders, stage_options).run()

    return asyncio.run(run())
