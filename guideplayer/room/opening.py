"""What a room begins with: its journal, its clock, and the session that was under way, or a fresh one."""

from collections.abc import Callable
from typing import TypeVar

from guideplayer.authoring.reader import default_hold
from guideplayer.core.messages import Restored
from guideplayer.core.session import opened
from guideplayer.core.state import BEFORE, Play, State
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Entry, Record, provisional
from guideplayer.room.clock import Clock
from guideplayer.room.orders import Orders, StartError
from guideplayer.room.room import under_way

Made = TypeVar("Made")


class Opening:
    """Opens the journal, which goes on for as long as the room. `alive` is when the room before was last known to run;
    `taken_up` says that there was one, `early` what it was asked for before it had met the stage, if it never has.
    """

    def __init__(self, orders: Orders) -> None:
        """Raises StartError."""
        self._orders = orders
        self.journal = self._usable(lambda: Journal(orders.settings.state_folder))
        self.alive, salvaged = self.journal.last_alive(), self.journal.salvaged
        unfinished = self.journal.unfinished()
        newest_ms = unfinished.entries[-1].at_ms if unfinished and unfinished.entries else 0
        self.clock = Clock.after(self.alive, newest_ms)
        self.state, self.session = self._usable(lambda: self._state(unfinished, salvaged))
        self.taken_up = orders.again or under_way(self.state)
        self.early = provisional(unfinished.entries) if unfinished else ()

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

    def _state(self, unfinished: Record | None, salvaged: Record | None) -> tuple[State, int]:
        """The state to go on from: that of the session under way, else a fresh one. Raises JournalError."""
        now_ms, wall_ms = self.clock.now_ms(), self.clock.wall_ms()
        if unfinished and (self._orders.again or not self._orders.fresh):
            state = unfinished.replay()
            playing = state.play not in BEFORE and state.play is not Play.ENDED
            if self._orders.again or playing or state.call.open:
                return state, unfinished.session
        elif salvaged:
            # The file that it was in is set aside: all that could be read of it begins another one.
            state = salvaged.replay()
            session = self.journal.begin(salvaged.first_state(), wall_ms)
            self.journal.append(session, Entry(now_ms, wall_ms, Restored(state)))
            return state, session
        state = opened(self._orders.settings.room, default_hold("en", self._orders.library()), now_ms)
        return state, self.journal.begin(state, wall_ms)
