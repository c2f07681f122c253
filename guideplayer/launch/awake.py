"""Keeping the machine awake: locks that systemd's logind gives over D-Bus, held as long as they are wanted.

https://systemd.io/INHIBITOR_LOCKS/: a lock is an open file, and whoever dies gives it back.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus

WAKE = "sleep:idle:handle-lid-switch"
# The power key, a desktop's menu and all who are not root have to wait for the end of the session. Before systemd 257
# root need not: `shutdown -r` goes through, and updates must be kept from it otherwise, as a kiosk does.
STAY_UP = "shutdown"
AGAIN_AFTER_S = 10.0
WHO, WHY = "guideplayer", "A patient is in the room."
MAY_SLEEP = (
    "This machine cannot be kept from going to sleep ({}): switch sleep off in its settings, and leave the lid open."
)


class Awake:
    """The locks. `told` is given what is wrong, one sentence, or nothing."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._busy = False
        self._changed = asyncio.Event()
        self._held: dict[str, int] = {}

    def session(self, under_way: bool) -> None:
        """Whether a session is under way: only then nothing may switch the machine off."""
        if under_way != self._busy:
            self._busy = under_way
            self._changed.set()

    async def run(self) -> None:
        """Hold what is wanted, for ever; a bus that is not there is tried again."""
        while True:
            try:
                await self._hold()
                trouble = "its bus has gone"
            except (OSError, EOFError, DBusError) as error:
                trouble = str(error) or type(error).__name__
            finally:
                self.close()
            self._told(MAY_SLEEP.format(trouble.rstrip(".")))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _hold(self) -> None:
        """Until the bus is gone. Raises OSError, EOFError or DBusError when there is none, or no logind."""
        bus = await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()
        gone = asyncio.create_task(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        try:
            while not gone.done():
                self._changed.clear()
                wanted = {WAKE, STAY_UP} if self._busy else {WAKE}
                for what in self._held.keys() - wanted:
                    os.close(self._held.pop(what))
                for what in wanted - self._held.keys():
                    self._held[what] = await _lock(bus, what)
                self._told("")
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait((gone, changed), return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
        finally:
            gone.cancel()
            bus.disconnect()

    def close(self) -> None:
        """Give all of them back."""
        for descriptor in self._held.values():
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._held.clear()


async def _lock(bus: MessageBus, what: str) -> int:
    """A lock, an open descriptor. Raises DBusError."""
    reply = await bus.call(
        Message(
            destination="org.freedesktop.login1",
            path="/org/freedesktop/login1",
            interface="org.freedesktop.login1.Manager",
            member="Inhibit",
            signature="ssss",
            body=[what, WHO, WHY, "block"],
        )
    )
    if reply is None or reply.message_type is MessageType.ERROR or not reply.unix_fds:
        raise DBusError("org.freedesktop.login1.Error", _sentence(reply))
    return int(reply.unix_fds[0])


def _sentence(reply: Message | None) -> str:
    return str(reply.body[0]) if reply and reply.body else "logind gives no lock"


def there_may_be_one(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a machine with systemd: elsewhere nothing is to be asked, nor to be said."""
    return bool(environment.get("DBUS_SYSTEM_BUS_ADDRESS")) or Path("/run/systemd/system").is_dir()
