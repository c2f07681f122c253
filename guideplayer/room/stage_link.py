"""The room's end of the link: directions out, presses and health in; a frozen stage is ended so that it starts anew."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

from guideplayer.clock import stood_still
from guideplayer.core.link import STAGE_SILENT_MS, WATCH_EVERY_MS, Health, Lines, ToRoom, ToStage, encode
from guideplayer.process_group import KILL

# A stage that does not read is frozen: what is said to it meanwhile would be stale, so no more is kept than this.
MOST_WAITING_BYTES = 1 << 20
START_ALLOWED_MS = 8000


class StageLink:
    """A stage at the other end of a socket; it may die, freeze or be replaced, the socket stays."""

    def __init__(
        self,
        end: socket.socket,
        heard: Callable[[ToRoom], None],
        now_ms: Callable[[], int],
        end_stage: Callable[[int, bool], bool] = lambda pid, shown: False,
    ) -> None:
        """`end_stage` has the stage of a process ended, 0 being whichever there is; False when it cannot. It is told
        whether that stage has shown a picture.
        """
        self._end = end
        self._end_stage = end_stage
        self._heard = heard
        self._now_ms = now_ms
        self._writer: asyncio.StreamWriter | None = None
        self.health: Health | None = None
        self._silent_since_ms = self.met_ms = self._watched_ms = now_ms()
        self._allowed_ms = START_ALLOWED_MS

    async def run(self) -> None:
        """Read for ever."""
        lines: Lines[ToRoom] = Lines(ToRoom)
        reader, self._writer = await asyncio.open_connection(sock=self._end)
        while data := await reader.read(1 << 16):
            for message in lines.feed(data):
                if isinstance(message, Health):
                    self._met(message)
                self._heard(message)

    def _met(self, health: Health) -> None:
        self.health = health
        self._silent_since_ms = self.met_ms = self._now_ms()
        # The first picture takes longer to make than any later one.
        self._allowed_ms = START_ALLOWED_MS if health.position_ms is None else STAGE_SILENT_MS

    def send(self, message: ToStage) -> bool:
        """Say something; False when the stage is not listening and nothing was said."""
        if self._writer is None or self._writer.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            return False
        self._writer.write(encode(message))
        return True

    def watch(self) -> bool:
        """Whether the stage has just been found silent; then it is ended, and the launcher starts another.

        What the room itself stood still for does not count: a machine that was stopped for a moment has a stage that
        lives.
        """
        now_ms = self._now_ms()
        self._silent_since_ms += stood_still(self._watched_ms, now_ms, WATCH_EVERY_MS)
        self._watched_ms = now_ms
        if now_ms - self._silent_since_ms <= self._allowed_ms:
            return False
        shown = self.health is not None and self.health.position_ms is not None
        if not self._end_stage(self.health.pid if self.health else 0, shown) and self.health:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.health.pid, KILL)
        self.health = None
        self._silent_since_ms = self._now_ms()
        self._allowed_ms = START_ALLOWED_MS
        return True
