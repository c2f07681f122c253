"""What the room and the launcher that watches over it say to each other, and the room's end of it.

The launcher ends a room that has gone silent, and starts another. It also ends a silent stage for the room: its child
is the right process even when the room has only just begun and has never heard of it.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

import msgspec

from guideplayer.core.link import Lines, encode


class Lives(msgspec.Struct, frozen=True, tag="lives"):
    """The room lives: its loop goes round. `busy` while somebody is in its care, None while it does not know."""

    busy: bool | None = None


class EndStage(msgspec.Struct, frozen=True, tag="end stage"):
    """The stage is silent: end it, so that another begins. `pid` is that of the one that spoke last: it may be dead by
    now, and another be on its way. 0 is one that has never spoken. `shown` says that it has shown a picture.
    """

    pid: int = 0
    shown: bool = False


class Supervised(msgspec.Struct, frozen=True, tag="supervised"):
    """What the launcher has to tell staff: sentences about what it cannot do, or had to do. `busy`: somebody was in the
    care of the room before.
    """

    faults: tuple[str, ...] = ()
    busy: bool = False


ToLauncher = Lives | EndStage
UNWATCHED = (
    "Nobody watches over the room's programmes any more, as their launcher is gone: "
    "when this session has ended, start guideplayer anew."
)


class Supervision:
    """The room's end. `gone` is set once there is no launcher any more; without an end there never was one.

    `was_busy` is called when the launcher knows that somebody was in the care of the room before.
    """

    def __init__(self, end: socket.socket | None = None) -> None:
        self._end = end
        self.was_busy: Callable[[], None] = lambda: None
        self._faults: tuple[str, ...] = ()
        self.gone = asyncio.Event()
        if end:
            end.setblocking(False)

    @property
    def faults(self) -> tuple[str, ...]:
        """What staff should know of it, each a sentence."""
        return (*self._faults, UNWATCHED) if self.gone.is_set() else self._faults

    def live(self, busy: bool | None) -> None:
        """Say that the room lives, and whether somebody is in its care; call this from its loop."""
        self._say(Lives(busy))

    def end_stage(self, pid: int, shown: bool) -> bool:
        """Have the stage of this process ended, 0 being whichever there is; False when there is nobody who could.
        `shown` says that it has shown a picture.
        """
        self._say(EndStage(pid, shown))
        return self._end is not None and not self.gone.is_set()

    def _say(self, message: ToLauncher) -> None:
        if self._end is None or self.gone.is_set():
            return
        # What a launcher that stands still does not read is worth nothing later.
        with contextlib.suppress(BlockingIOError):
            try:
                self._end.send(encode(message))
            except OSError:
                self.gone.set()

    async def run(self) -> None:
        """Hear what the launcher has to tell, as long as there is one."""
        if self._end is None:
            return
        lines: Lines[Supervised] = Lines(Supervised)
        loop = asyncio.get_running_loop()
        while data := await _received(loop, self._end):
            for told in lines.feed(data):
                self._faults = told.faults
                if told.busy:
                    self.was_busy()
        self.gone.set()


async def _received(loop: asyncio.AbstractEventLoop, end: socket.socket) -> bytes:
    """What comes next; nothing when the other end is gone."""
    try:
        return await loop.sock_recv(end, 1 << 16)
    except ConnectionError:
        return b""
