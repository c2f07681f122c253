"""The room's clock: the one that the stage shares, moved on past a restart of the machine."""

import contextlib
from pathlib import Path

import msgspec

from guideplayer import clock
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.record import Alive, Entry
from guideplayer.whole_file import write_whole

# No session lasts longer; and a machine that did not know the date, as one without a battery, may believe that it was
# away for decades, all of which would be gone through before the room answers.
MOST_AWAY_MS = 24 * 3_600_000
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Machine:
    """What a computer knows of the time."""

    def shared_ms(self) -> int:
        """The clock that all processes share, since some instant before this start of the machine."""
        return clock.now_ms()

    def wall_ms(self) -> int:
        """Now, as people date it: epoch milliseconds. For records, never for decisions."""
        return clock.wall_ms()

    def boot(self) -> str:
        """Which start of the machine this is; elsewhere than on Linux, the time of it to ten seconds."""
        if _BOOT.exists():
            return _BOOT.read_text().strip()
        return str(round((self.wall_ms() - self.shared_ms()) / 10_000))


class _Steady(msgspec.Struct, frozen=True):
    """How far the date was ahead of the shared clock when a room first ran since this start of the machine."""

    boot: str
    ahead_ms: int


class Clock:
    """Milliseconds that never go back. `offset_ms` is what the stage adds to the shared clock."""

    def __init__(self, machine: Machine, offset_ms: int = 0) -> None:
        self._machine = machine
        self.offset_ms = offset_ms
        self._wall_ahead_ms = machine.wall_ms() - machine.shared_ms()

    @classmethod
    def after(cls, last: Alive | None, newest: Entry | None = None, machine: Machine | None = None) -> "Clock":
        """A clock that goes on from where the room last ran, also when the machine was started anew since.

        Never before the newest event, however wrong the date is; where nothing tells of its life, by that of the event.
        """
        machine = machine or Machine()
        if newest and not last:
            last = Alive(newest.at_ms, newest.wall_ms, boot="")
        if last is None:
            offset_ms = 0
        elif last.boot == machine.boot():
            offset_ms = last.offset_ms
        else:
            away_ms = min(max(0, machine.wall_ms() - last.wall_ms), MOST_AWAY_MS)
            offset_ms = last.at_ms + away_ms - machine.shared_ms()
        return cls(machine, max(offset_ms, newest.at_ms - machine.shared_ms() if newest else 0))

    def now_ms(self) -> int:
        """Now, on the session's clock."""
        return self._machine.shared_ms() + self.offset_ms

    def wall_ms(self) -> int:
        """Now, as people date it: epoch milliseconds. For records, never for decisions."""
        return self._machine.wall_ms()

    def steady_ms(self) -> int:
        """As people dated it when this clock was made, and on from there: setting the date moves nothing."""
        return self._machine.shared_ms() + self._wall_ahead_ms

    def steadied(self, file: Path) -> None:
        """Let `steady_ms` go on from the room before, as long as the machine has not been started anew.

        Without the file, which cannot be kept on a full disk, it goes by the date as it is now.
        """
        boot = self._machine.boot()
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=_Steady)
        except (OSError, *UNREADABLE):
            kept = None
        if kept and kept.boot == boot:
            self._wall_ahead_ms = kept.ahead_ms
            return
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, msgspec.json.encode(_Steady(boot, self._wall_ahead_ms)))

    def alive(self) -> Alive:
        """That the room runs now."""
        return Alive(self.now_ms(), self.wall_ms(), self._machine.boot(), self.offset_ms)
