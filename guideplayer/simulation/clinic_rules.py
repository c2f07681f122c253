"""What must hold at the station of every world, whatever fails between it and the room."""

from guideplayer.clinic.rooms import DEAD_MS
from guideplayer.core.state import CallState
from guideplayer.simulation.clinic import DESK, TICK_MS, Clinic
from guideplayer.simulation.room_host import RoomHost
from guideplayer.simulation.rules import BrokenError
from guideplayer.simulation.staff import QUICK_MS, SLOWEST_MS, Network
from guideplayer.simulation.truth import Truth
from guideplayer.simulation.world import World

# By then whoever is connected has told everything, and has been heard.
SETTLED_MS = 4000
ARMED_MS = 6000


class ClinicRules:
    """Watches room and station after everything that happens."""

    def __init__(self, world: World, network: Network, room: RoomHost, clinic: Clinic, truth: Truth) -> None:
        self._world, self._network, self._room, self._clinic, self._truth = world, network, room, clinic, truth
        self._next_ms = 0
        self._same_since_ms = world.now_ms
        self._call: object = None

    def check(self) -> None:
        """Raises BrokenError. Some times a second is often enough."""
        now_ms = self._world.now_ms
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + TICK_MS
        call = self._room.room.state.call if self._room.room else None
        told = (call.id, call.state, call.answers_ms, call.lapses_ms) if call else None
        if told != self._call:
            self._call, self._same_since_ms = told, now_ms
        if self._clinic.station.runs:
            self._shows_what_is_true()
            self._knows_who_is_dead(now_ms)
            self._agrees(now_ms)
        self._counts_no_desk_that_is_gone(now_ms)

    def _shows_what_is_true(self) -> None:
        known, truth = self._clinic.station.rooms.known("Room 1"), self._truth
        call = known.call if known else None
        if call is None or truth.forgot:
            return
        if call.state is CallState.DELIVERED and call.id not in truth.shown | truth.answered | truth.attended:
            raise BrokenError("a station says that a desk shows the call, and none has shown it")
        if call.state is CallState.ACKNOWLEDGED and call.id not in truth.answered | truth.attended:
            raise BrokenError("a station says that somebody comes, and nobody has said so")

    def _knows_who_is_dead(self, now_ms: int) -> None:
        known, end = self._clinic.station.rooms.known("Room 1"), self._clinic.room.end
        silent_ms = now_ms - end.since_ms if not end.connected else 0
        allowed_ms = DEAD_MS + 2 * QUICK_MS + 2 * TICK_MS
        # What was said while the network was slow comes late, on both its ways.
        quick_ms = now_ms - self._network.quick_since_ms - 2 * SLOWEST_MS
        if known and not known.dead and min(silent_ms, quick_ms) > allowed_ms:
            raise BrokenError(f"a room that has said nothing for {silent_ms} ms is shown as if it lived")

    def _agrees(self, now_ms: int) -> None:
        """Once both are connected and nothing has changed for a while, the station shows what the room decides."""
        room, ends = self._room, (self._clinic.room.end, self._clinic.station.end)
        whole_ms = max(end.whole_since_ms for end in ends)
        since_ms = max(self._network.quick_since_ms, self._same_since_ms, room.runs_since_ms, whole_ms)
        whole = all(end.connected and not end.cut_off for end in ends) and room.runs and room.room
        if not whole or now_ms - since_ms < SETTLED_MS:
            return
        known = self._clinic.station.rooms.known("Room 1")
        if known is None or known.dead:
            raise BrokenError("room and station are both connected, and the station shows the room as dead")
        assert room.room
        call = room.room.state.call
        shown = (known.call.id, known.call.state) if known.call else None
        if shown != ((call.id, call.state) if call.open else None):
            raise BrokenError(f"the room's call is {call.id} {call.state}, and the station shows {shown}")

    def _counts_no_desk_that_is_gone(self, now_ms: int) -> None:
        """Who cannot be reached for some seconds is not armed in the room."""
        room, end = self._room, self._clinic.room.end
        since_ms = max(room.runs_since_ms, end.since_ms)
        armed = room.room.state.readiness.armed if room.runs and room.room else ()
        if DESK in armed and not end.connected and now_ms - since_ms > ARMED_MS:
            raise BrokenError("the room counts on a desk of a station that it cannot reach")
