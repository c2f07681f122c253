"""What a room begins with: its journal, its clock, and the session that was under way, or a fresh one."""

from guideplayer.authoring.reader import default_hold
from guideplayer.core.session import opened
from guideplayer.core.state import UNDER_WAY, State
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Record, provisional
from guideplayer.room.clock import Clock
from guideplayer.room.orders import Orders, StartError
from guideplayer.room.room import under_way


class Opening:
    """Opens the journal, which goes on for as long as the room. `alive_ms` is when the room before was last known to
    run, on its clock; `taken_up` says that there was one, `early` what it was asked for before it had met the stage, if
    it never has.
    """

    def __init__(self, orders: Orders) -> None:
        """Raises StartError."""
        self._orders = orders
        self.journal = self._opened()
        alive, last = self.journal.last_alive(), self.journal.unfinished()
        newest = last.entries[-1] if last and last.entries else None
        self.clock = Clock.after(alive, newest)
        alive_ms = alive.at_ms if alive else newest.at_ms if newest else 0
        self.alive_ms = min(alive_ms, self.clock.now_ms())
        try:
            self.state, self.session = self._begun(last)
        except JournalError as error:
            self.journal = self._without_file(error)
            self.state, self.session = self._begun(self.journal.unfinished())
        self.taken_up = orders.again or under_way(self.state)
        self.early = provisional(last.entries) if last else ()

    def _opened(self) -> Journal:
        try:
            return Journal(self._orders.settings.state_folder)
        except JournalError as error:
            return self._without_file(error)

    def _without_file(self, error: JournalError) -> Journal:
        """Without its file nothing begins; but a patient who is there already is not left alone for it: what is not
        recorded is told at the desk. Raises StartError.
        """
        if not self._orders.again:
            raise StartError(str(error)) from error
        return Journal.in_memory(self._orders.settings.state_folder, f"{error} Nothing is recorded.")

    def _begun(self, last: Record | None) -> tuple[State, int]:
        """The state to go on from: that of the session under way, else a fresh one. Raises JournalError."""
        if last and (self._orders.again or not self._orders.fresh):
            state = last.replay()
            if self._orders.again or state.play in UNDER_WAY or state.call.open:
                return state, last.session
        now_ms, wall_ms = self.clock.now_ms(), self.clock.wall_ms()
        state = opened(self._orders.settings.room, default_hold("en", self._orders.library()), now_ms)
        return state, self.journal.begin(state, wall_ms)
