"""What is true in a world, kept apart from every part that could be wrong about it."""

import msgspec

from guideplayer.core.messages import Acknowledged, Attended, Cleared, Ended, Event, Infused, Resumed, Returned
from guideplayer.core.state import Call, Pump, State


class Truth:
    """Facts as they happen: what hands pressed, what desks showed, what people did; times on the world's clock."""

    def __init__(self, state: State) -> None:
        self.pressed: dict[str, int] = {}
        self.cleared: set[str] = set()
        self.shown: set[str] = set()
        self.answered: set[str] = set()
        self.attended: set[str] = set()
        self.went_on_ms = self.cleared_ms = -1
        # The record was lost, and whatever else could have remembered: nobody can know any more.
        self.forgot = False
        # On the room's clock, and on the world's.
        self.pump = self.world_pump = state.pump

    def forget(self) -> None:
        """Nobody can know any more what was pressed until now; what is pressed from now on counts as ever."""
        self.forgot = True
        self.cleared |= self.pressed.keys()

    def is_known_to(self, state: State) -> bool:
        """Whether a state has every press that nobody has cleared, and the pump as it is."""
        same = self.forgot or not self.pump.started or _end(state.pump) == _end(self.pump)
        return same and self.pressed.keys() - self.cleared <= set(state.presses)

    def showed(self, call: Call) -> None:
        """A page that is seen and can sound shows this call."""
        self.shown.add(call.id)

    def attends(self, call: Call) -> None:
        """Somebody in the room says that they are with the patient, and there is no room to take it."""
        self.attended.add(call.id)

    def did(self, event: Event, before: State, after: State, world_ms: int, room_ms: int, *, provisional: bool) -> None:
        """Something happened to the room, mostly by a person. A `provisional` one goes by its record alone."""
        known = self.pump.started
        if after.pump.started and not known and not provisional:
            self.pump = after.pump
            self.world_pump = msgspec.structs.replace(after.pump, at_ms=after.pump.at_ms + world_ms - room_ms)
        match event:
            case Acknowledged():
                self.answered.add(event.call or before.call.id)
            case Attended():
                self.attended.add(before.call.id)
            case Cleared():
                self.attended.add(before.call.id)
                self.cleared |= {*before.presses}
                self.cleared_ms = world_ms
            case Resumed() | Returned() | Ended():
                self.went_on_ms = world_ms
            case Infused() if known:
                self.pump = pumped(self.pump, event, room_ms)
                self.world_pump = pumped(self.world_pump, event, world_ms)


def _end(pump: Pump) -> tuple[bool, int, int]:
    """When a pump that runs will end, or how far one has come that does not; however it is written down."""
    return pump.running, pump.length_ms, pump.base_ms - (pump.at_ms if pump.running else 0)


def pumped(pump: Pump, event: Infused, now_ms: int) -> Pump:
    """What a pump is after staff said something of it, counted anew and in another way than the session does."""
    gone_ms = pump.elapsed_ms(now_ms)
    match event.action:
        case "extended":
            return Pump(pump.length_ms + event.by_ms, gone_ms, now_ms, pump.running, pump.started)
        case "shortened":
            return Pump(max(gone_ms, pump.length_ms - event.by_ms), gone_ms, now_ms, pump.running, pump.started)
        case "stopped":
            return Pump(pump.length_ms, gone_ms, now_ms, False, pump.started)
        case "restarted":
            return Pump(pump.length_ms, gone_ms, now_ms, True, pump.started)
    return pump
