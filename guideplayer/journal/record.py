"""What the journal holds of one session, as values."""

from collections.abc import Iterable

import msgspec

from guideplayer.core.messages import Event, Met, Recovered, Restored
from guideplayer.core.script import HoldWords
from guideplayer.core.session import opened, step
from guideplayer.core.state import Readiness, Rounds, State


class Entry(msgspec.Struct, frozen=True):
    """An event with its time on the room's clock and on the wall, in ms."""

    at_ms: int
    wall_ms: int
    event: Event


class Alive(msgspec.Struct, frozen=True):
    """When the room was last known to run, since which start of the machine its clock counts, and how far that clock
    was from the machine's own.
    """

    at_ms: int
    wall_ms: int
    boot: str
    offset_ms: int = 0


class Carried(msgspec.Struct, frozen=True):
    """What a session takes over from the one before in the same room: without it, its calls would be numbered anew."""

    calls: int = 0
    rounds: Rounds = Rounds()
    readiness: Readiness = Readiness()


def carried_from(state: State) -> Carried:
    """What the session that follows takes over; what is shown to work is shown anew."""
    kept = msgspec.structs.replace(state.readiness, sound_heard=False, control=False, call=False, in_room=False)
    return Carried(state.calls, Rounds(state.rounds.every_ms), kept)


def provisional(entries: Iterable[Entry]) -> tuple[Event, ...]:
    """What happened to rooms, one or several, that died before they had met the stage; nothing after one that has."""
    events: list[Event] = []
    unmet = False
    for entry in entries:
        match entry.event:
            case Met() | Restored():
                unmet = False
                events.clear()
            case Recovered(taken_up=True):
                unmet = True
            case event if unmet:
                events.append(event)
    return tuple(events)


class Record(msgspec.Struct, frozen=True):
    """A session as recorded. `until_ms`, on the room's clock, is up to when it is known that the room ran; None when
    that was not kept. `closed`: nothing more comes of it. `damaged`: what followed these entries cannot be read.
    """

    session: int
    room: str
    opened_ms: int
    wall_ms: int
    words: HoldWords
    entries: tuple[Entry, ...]
    carried: Carried = Carried()
    closed: bool = False
    until_ms: int | None = None
    damaged: bool = False

    def first_state(self) -> State:
        """The state before the first entry."""
        carried = self.carried
        state = opened(self.room, self.words, self.opened_ms)
        return msgspec.structs.replace(state, calls=carried.calls, rounds=carried.rounds, readiness=carried.readiness)

    def replay(self) -> State:
        """The state that the events led to: the same function that led there the first time."""
        state = self.first_state()
        for entry in self.entries:
            state, _ = step(state, entry.event, entry.at_ms)
        return state
