"""The room's clock: CLOCK_MONOTONIC, which the stage shares, moved on past a restart of the machine."""

import time
from pathlib import Path

from guideplayer.journal.journal import Alive

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Which start of the machine this is; elsewhere than on Linux, the time of it to ten seconds."""
    if _BOOT.exists():
        return _BOOT.read_text().strip()
    return str(round((time.time() - time.monotonic()) / 10))


class Clock:
    """Milliseconds that never go back. `offset_ms` is what the stage adds to CLOCK_MONOTONIC."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.offset_ms = offset_ms

    @classmethod
    def after(cls, last: Alive | None) -> "Clock":
        """A clock that goes on from where the room last ran, also when the machine was started anew since."""
        if last is None or last.boot == boot_id():
            return cls()
        away_ms = max(0, cls.wall_ms() - last.wall_ms)
        return cls(last.at_ms + away_ms - time.monotonic_ns() // 1_000_000)

    def now_ms(self) -> int:
        """Now, on the session's clock."""
        return time.monotonic_ns() // 1_000_000 + self.offset_ms

    @staticmethod
    def wall_ms() -> int:
        """Now, as people date it: epoch milliseconds. For records, never for decisions."""
        return time.time_ns() // 1_000_000
