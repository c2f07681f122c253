"""The clock that all processes of a room share: milliseconds that never go back, and that count a machine's sleep.

CLOCK_MONOTONIC stands still while the machine is suspended, and the pump does not: it is CLOCK_BOOTTIME, where there is
one.
"""

import sys
import time
from typing import TypeVar

Number = TypeVar("Number", int, float)

_SHARED = getattr(time, "CLOCK_BOOTTIME", None)


def now_ns() -> int:
    """Now, in nanoseconds since some instant before this start of the machine."""
    if sys.platform == "win32" or _SHARED is None:
        return time.monotonic_ns()
    return time.clock_gettime_ns(_SHARED)


def now_ms() -> int:
    """Now, in whole milliseconds."""
    return now_ns() // 1_000_000


def stood_still(before: Number, now: Number, every: Number) -> Number:
    """How long somebody who looks `every` so often has stood still since the look before; 0 when this one is only late.

    Whoever has slept as long themselves cannot take another's silence meanwhile for death. Any one unit of time.
    """
    gone = now - before
    return gone if gone > 4 * every else 0


def wall_ms() -> int:
    """Now, as people date it: epoch milliseconds. For records, never for decisions."""
    return time.time_ns() // 1_000_000
