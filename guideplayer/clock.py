"""The clock that all processes of a room share: milliseconds that never go back, and that count a machine's sleep.

CLOCK_MONOTONIC stands still while the machine is suspended, and the pump does not: it is CLOCK_BOOTTIME, where there is
one.
"""

import sys
import time

_SHARED = getattr(time, "CLOCK_BOOTTIME", None)


def now_ns() -> int:
    """Now, in nanoseconds since some instant before this start of the machine."""
    if sys.platform == "win32" or _SHARED is None:
        return time.monotonic_ns()
    return time.clock_gettime_ns(_SHARED)


def now_ms() -> int:
    """Now, in whole milliseconds."""
    return now_ns() // 1_000_000


def wall_ms() -> int:
    """Now, as people date it: epoch milliseconds. For records, never for decisions."""
    return time.time_ns() // 1_000_000
