"""Telling systemd that the service is ready, and that it lives: sd_notify(3), a datagram to a socket that it names.

Whether a session is under way is told by a file in the service's runtime directory, which goes with the service.
"""

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER, UNDER_WAY = "guideplayer", "session"


class Service:
    """The service manager that has started this process; nothing is told where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._folder = environment.get("RUNTIME_DIRECTORY", "")
        self._ready = False

    def ready(self) -> None:
        """The room runs; told once."""
        if not self._ready:
            self._ready = True
            self._tell("READY=1")

    def lives(self) -> None:
        """The watchdog's sign: the room has just shown that it lives, so that systemd watches the room as well; or
        somebody is in its care, and the launcher watches alone.
        """
        self._tell("WATCHDOG=1")

    def session(self, under_way: bool) -> None:
        """Whether a session is under way: what the machine does by itself then waits."""
        if not self._folder:
            return
        file = Path(self._folder) / UNDER_WAY
        # A session goes on all the same.
        with contextlib.suppress(OSError):
            if under_way:
                file.touch()
            else:
                file.unlink(missing_ok=True)

    def ends(self) -> None:
        """All of it ends, as was asked."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if sys.platform == "win32" or not self._address:
            return
        # An address that begins with @ is abstract: its first byte is zero.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            # Nobody waits for a manager that stands still.
            end.setblocking(False)
            try:
                end.sendto(state.encode(), address)
            except OSError:
                # A manager that cannot be reached is none of the room's concern: it goes on.
                return
