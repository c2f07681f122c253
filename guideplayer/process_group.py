"""A command that was begun in a session of its own, and whatever it has begun in turn."""

import contextlib
import os
import signal
import sys

# Windows has no signals, and ends a process at once for any of them.
if sys.platform == "win32":
    KILL = signal.SIGTERM
else:
    KILL = signal.SIGKILL


def kill_group(pid: int) -> None:
    """Kill the process that leads a group, with all of the group; where there are no groups, that process alone.

    One that has ended is no error, nor a group that is nothing but ended ones, which macOS calls a lack of permission.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, KILL)
        else:
            os.killpg(pid, KILL)
