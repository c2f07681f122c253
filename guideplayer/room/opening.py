"""What a room begins with: its journal, its clock, and the session that was under way, or a fresh one."""

from collections.abc import Callable
from typing import TypeVar

from guideplayer.authoring.reader import default_hold
from guideplayer.core.session import opened
from guideplayer.core.state import UNDER_WAY, State
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Record, provisional
from guideplayer.room.clock import Clock
from guideplayer.room.orders import Orders, StartError
from guideplayer.room.room import under_way

Made = TypeVar("Made")


class Opening:
    """Opens the journal, which goes on for as long as the room. `alive_ms` is when the room before was last known to
    run, on its clock; `taken_up` says that there was one, `early` what it was asked for before it had met the stage, if
    it never has.
    """

    def __init__(self, orders: Orders) -> None:
        """Raises StartError."""
        self._orders = orders
        self.journal = self._usable(lambda: Journal(orders.settings.state_folder))
        alive = self.journal.last_alive()
        last = self.journal.unfinished() or self.journal.salvaged
        newest_ms = last.entries[-1].at_ms if last and last.entries else 0
        self.clock = Clock.after(alive, newest_ms)
        # Of a damaged file that is what can still be read: a stage that has lived since then remembers all.
        alive_ms = alive.at_ms if alive else last and last.until_ms
        self.alive_ms = min(alive_ms or newest_ms, self.clock.now_ms())
        self.state, self.session = self._usable(lambda: self._state(last))
        self.taken_up = orders.again or under_way(self.state)
        self.early = provisional(last.entries) if last else ()

    def _usable(self, work: Callable[[], Made]) -> Made:
        """What is made of the journal, or with it. Without one nothing begins; but a patient who is there already is
        not left alone for it: the stage knows what was, and what is not recorded is told at the desk.
        """
        try:
            return work()
        except JournalError as error:
            if not self._orders.again:
                raise StartError(str(error)) from error
            self.journal = Journal.in_memory(self._orders.settings.state_folder, f"{error} Nothing is recorded.")
            return work()

    def _state(self, last: Record | None) -> tuple[State, int]:
        """The state to go on from: that of the session under way, else a fresh one. Raises JournalError."""
        if last and (self._orders.again or not self._orders.fresh):
            state = last.replay()
            if self._orders.again or state.play in UNDER_WAY or state.call.open:
                # The file that it was in is set aside: all that could be read of it begins another one.
                return state, self.journal.take_over(last) if last is self.journal.salvaged else last.session
        now_ms, wall_ms = self.clock.now_ms(), self.clock.wall_ms()
        state = opened(self._orders.settings.room, default_hold("en", self._orders.library()), now_ms)
        return state, self.journal.begin(state, wall_ms)
