"""Handing sockets on to a child process, which opens them by their numbers.

Where there are no descriptors to hand on, as on Windows, a child inherits what is marked so: its number stays the same.
"""

import os
import socket
import sys
from collections.abc import Sequence
from typing import TypedDict


class Handed(TypedDict, total=False):
    """What `subprocess.Popen` and its like are to be told."""

    pass_fds: tuple[int, ...]
    close_fds: bool


def handing_on(sockets: Sequence[socket.socket]) -> Handed:
    """The options of a process that some sockets are handed on to."""
    numbers = tuple(one.fileno() for one in sockets)
    if sys.platform != "win32":
        return {"pass_fds": numbers}
    for number in numbers:
        os.set_handle_inheritable(number, True)
    return {"close_fds": False}
