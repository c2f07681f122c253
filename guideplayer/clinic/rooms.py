"""The rooms of a clinic, as a station knows them: what each told last, whether it lives, and what was asked of it.

Nothing here decides anything: what a room said is shown as it said it, and a room that says nothing is shown as dead.
Times of others are taken by the room's own clock, and shown by the station's (`wall_ms`); `now_ms` never jumps.
"""

import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

import msgspec

from guideplayer.clinic.broker import ONCE_AT_MOST, Broker
from guideplayer.clinic.messages import (
    Answer,
    Beat,
    Command,
    FromRoom,
    Gone,
    Looking,
    OpenCall,
    Question,
    Receipt,
    RoomState,
    StationBeat,
    View,
)
from guideplayer.clinic.topics import of_room, of_station, parts
from guideplayer.core.state import CallState
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.ports import NO_ANSWER, Clock

DEAD_MS = 3000
BEAT_EVERY_MS = 2000
ANSWER_WITHIN_MS = 3000
# A request may wait this long at the room's door: less than a person waits before they ask again.
COUNTS_FOR_MS = 4000
# Two clocks of a clinic go apart by less from one second to the next; a greater step is one that was set.
CLOCK_STEP_MS = 500
BOOTS_KEPT = 8

Answered = Callable[[Answer], None]
Showing = Callable[[str, str], str | None]

_SHAPES: dict[str, type[FromRoom] | type[Gone]] = {
    "beat": Beat,
    "state": RoomState,
    "call": OpenCall,
    "view": View,
    "gone": Gone,
}
_DECODERS = {what: msgspec.json.Decoder(shape) for what, shape in _SHAPES.items()}
_ANSWER = msgspec.json.Decoder(Answer)
_encode = msgspec.json.encode


class KnownRoom:
    """What a room has told. `shift_ms` is how far the station's clock is ahead of the room's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.boot = ""
        self.since = 0
        self.boots: deque[str] = deque(maxlen=BOOTS_KEPT)
        self.seen: dict[str, int] = {}
        # What came of a start that no heartbeat has come of yet, nor ever will where the broker kept it of one before.
        self.early: dict[str, FromRoom] = {}
        self.shift_ms = 0
        self.met_ms: int | None = None
        self.dead = True
        self.state: RoomState | None = None
        self.call: OpenCall | None = None
        self.view: bytes | None = None
        self.picture: bytes | None = None
        self.row: bytes | None = None


class Rooms:
    """All rooms. `boot` is a word that no other start of this station has.

    `changed` is called with the name of a room whose row on the board is different; `viewed` when the view of one that
    is looked into is. `showing` gives the armed desk that shows a call of a room.
    """

    def __init__(self, station: str, broker: Broker, boot: str, now_ms: Clock, wall_ms: Clock) -> None:
        self.station = station
        self._broker, self._boot = broker, boot
        self._now_ms, self._wall_ms = now_ms, wall_ms
        self._rooms: dict[str, KnownRoom] = {}
        self._topics: dict[str, tuple[KnownRoom, str]] = {}
        # Those that live, the longest silent one first.
        self._living: OrderedDict[str, KnownRoom] = OrderedDict()
        self._asked: dict[str, tuple[int, Answered]] = {}
        self._numbers = itertools.count(1)
        self._sequence = self._since = 0
        self._desks: tuple[str, ...] = ()
        self._looked: set[str] = set()
        self.changed: Callable[[str], None] = lambda room: None
        self.viewed: Callable[[str], None] = lambda room: None
        self.showing: Showing = lambda room, call: None

    # What is known.

    def names(self) -> Sequence[str]:
        """The rooms that have ever been heard of."""
        return tuple(self._rooms)

    def known(self, room: str) -> KnownRoom | None:
        """What is known of a room."""
        return self._rooms.get(room)

    def row(self, room: str) -> bytes:
        """A room as the board shows it, in JSON; its times are those of the station's clock."""
        known = self._rooms[room]
        if known.row is None:
            known.row = _encode(_row(known, self._wall_ms()))
        return known.row

    # The broker.

    def will(self) -> tuple[str, bytes]:
        """The topic and the words that the broker says when this connection ends: no desk is armed here any longer."""
        self._since = self._sequence
        return of_station(self.station, "gone"), _encode(Gone(self._boot, self._since))

    def met(self) -> None:
        """The broker is there, for the first time or again."""
        for what in ("beat", "state", "call", "gone"):
            self._broker.subscribe(of_room("+", what))
        self._broker.subscribe(of_station(self.station, "answer/+"))
        for room in self._looked:
            self._look_at(room)
        self.beat()

    def lost(self) -> None:
        """The broker is gone: nothing is known of any room."""
        for known in list(self._living.values()):
            self._die(known)

    def beat(self) -> None:
        """Every two seconds, and when other desks are armed."""
        if not self._broker.connected:
            return
        self._sequence += 1
        beat = StationBeat(self._boot, self._sequence, self._since, self._desks)
        self._broker.publish(of_station(self.station, "beat"), _encode(beat), quality=ONCE_AT_MOST)
        for room in self._looked:
            looking = _encode(Looking(self.station))
            self._broker.publish(of_room(room, "looking"), looking, quality=ONCE_AT_MOST)

    def armed(self, desks: Sequence[str]) -> None:
        """These desks of the station are armed now."""
        if tuple(desks) != self._desks:
            self._desks = tuple(desks)
            self.beat()

    def tick(self) -> None:
        """Some times a second: who has been silent for too long is dead, and what was asked in vain is answered."""
        now_ms = self._now_ms()
        while self._living:
            known = next(iter(self._living.values()))
            if known.met_ms is not None and now_ms - known.met_ms < DEAD_MS:
                break
            self._die(known)
        for number, (until_ms, answered) in list(self._asked.items()):
            if until_ms > now_ms:
                break
            del self._asked[number]
            answered(Answer(number, NO_ANSWER))

    # What rooms say.

    def heard(self, topic: str, payload: bytes) -> None:
        """A message. What is none, or is older than what is known, changes nothing."""
        found = self._topics.get(topic)
        if found is None:
            kind, name, what = parts(topic)
            if kind == "station":
                self._take_answer(payload)
                return
            known = self._rooms.get(name) or self._rooms.setdefault(name, KnownRoom(name))
            found = self._topics[topic] = (known, what)
        known, what = found
        if what == "screen":
            known.picture = payload or None
            return
        if not payload:
            self._emptied(known, what)
            return
        try:
            message = _DECODERS[what].decode(payload)
        except UNREADABLE:
            return
        if isinstance(message, Gone):
            # A connection that was lost unseen is told of later than the next one is there.
            if (message.boot, message.since) == (known.boot, known.since):
                self._die(known)
            return
        if message.boot != known.boot and not self._began(known, what, message):
            return
        if message.sequence > known.seen.get(what, -1):
            known.seen[what] = message.sequence
            self._take(known, message)

    def _began(self, known: KnownRoom, what: str, message: FromRoom) -> bool:
        """Whether a message of another start of the room counts now.

        Only a heartbeat tells by which start the room lives, as the broker keeps none. What else comes waits for it,
        and is shown meanwhile where nothing better is known. A start that is over counts again only when the one that
        seemed to follow it has fallen silent: a word that came very late must not lock the room out.
        """
        if not isinstance(message, Beat):
            known.early[what] = message
            if not known.boot:
                self._take(known, message)
            return False
        if message.boot in known.boots and not known.dead:
            return False
        if known.boot:
            known.boots.append(known.boot)
        known.boot = message.boot
        known.seen.clear()
        for kind, early in list(known.early.items()):
            if early.boot == message.boot:
                del known.early[kind]
                known.seen[kind] = early.sequence
                self._take(known, early)
        return True

    def _take(self, known: KnownRoom, message: FromRoom) -> None:
        match message:
            case Beat():
                known.since = message.since
                # A call's end is an empty topic, which nobody hears who was away.
                if known.call and known.call.id != message.call and message.sequence > known.seen.get("call", -1):
                    known.call = None
                    self._change(known)
                self._live(known, message.at)
            case RoomState():
                known.state = message
                self._change(known)
            case OpenCall():
                known.call = message
                self._change(known)
                desk = self.showing(known.name, message.id) if message.state is CallState.RAISED else None
                if desk:
                    self.shown(known.name, message.id, desk)
            case View():
                known.view = bytes(message.view)
                self.viewed(known.name)

    def _live(self, known: KnownRoom, at_ms: int) -> None:
        known.met_ms = self._now_ms()
        self._living[known.name] = known
        self._living.move_to_end(known.name)
        shift_ms = self._wall_ms() - at_ms
        if known.dead or abs(shift_ms - known.shift_ms) > CLOCK_STEP_MS:
            known.shift_ms, known.dead = shift_ms, False
            self._change(known)

    def _die(self, known: KnownRoom) -> None:
        self._living.pop(known.name, None)
        if not known.dead:
            known.dead = True
            self._change(known)

    def _emptied(self, known: KnownRoom, what: str) -> None:
        if what == "call" and known.call:
            known.call = None
            self._change(known)

    def _change(self, known: KnownRoom) -> None:
        known.row = None
        self.changed(known.name)

    # What is asked of rooms.

    def look_into(self, room: str, looked: bool) -> None:
        """Somebody wants to see all of a room from now on, or nobody does any longer."""
        if looked and room not in self._looked:
            self._looked.add(room)
            self._look_at(room)
        elif not looked and room in self._looked:
            self._looked.discard(room)
            for what in ("view", "screen"):
                self._broker.unsubscribe(of_room(room, what))
            if known := self._rooms.get(room):
                known.view = known.picture = None

    def _look_at(self, room: str) -> None:
        for what in ("view", "screen"):
            self._broker.subscribe(of_room(room, what))
        self._broker.publish(of_room(room, "looking"), _encode(Looking(self.station, first=True)))

    def shown(self, room: str, call: str, desk: str) -> None:
        """An armed desk shows this call: the room is told."""
        known = self._rooms.get(room)
        if known and known.boot and known.call and known.call.id == call:
            receipt = Receipt(known.boot, call, desk, self.station)
            self._broker.publish(of_room(room, "receipt"), _encode(receipt), expires_s=COUNTS_FOR_MS // 1000)

    def command(self, room: str, command: bytes, by: str, desk: str, answered: Answered) -> None:
        """Ask a room for something, and hear what came of it."""
        if head := self._head(room, answered):
            self._ask(room, "command", Command(*head, msgspec.Raw(command), by, desk))

    def question(
        self, room: str, what: str, script: str, answered: Answered, *, after: int = 0, after_id: str = ""
    ) -> None:
        """Ask a room what does not change it; of its past, what comes `after` a session."""
        if head := self._head(room, answered):
            self._ask(room, "question", Question(*head, what, script, after, after_id))

    def _head(self, room: str, answered: Answered) -> tuple[str, str, str, int] | None:
        """What every request begins with; None when nobody is there to be asked, which has been answered already."""
        known, now_ms = self._rooms.get(room), self._now_ms()
        number = f"{self._boot}-{next(self._numbers)}"
        if known is None or known.dead or not self._broker.connected:
            answered(Answer(number, NO_ANSWER))
            return None
        self._asked[number] = (now_ms + ANSWER_WITHIN_MS, answered)
        return number, self.station, known.boot, self._wall_ms() - known.shift_ms + COUNTS_FOR_MS

    def _ask(self, room: str, what: str, request: Command | Question) -> None:
        self._broker.publish(of_room(room, what), _encode(request), expires_s=COUNTS_FOR_MS // 1000)

    def _take_answer(self, payload: bytes) -> None:
        try:
            answer = _ANSWER.decode(payload)
        except UNREADABLE:
            return
        _, answered = self._asked.pop(answer.id, (0, None))
        if answered:
            answered(answer)


def _told(message: RoomState | OpenCall) -> dict[str, object]:
    """What a message says besides from which start of the room it comes."""
    names = (name for name in message.__struct_fields__ if name not in FromRoom.__struct_fields__)
    return {name: getattr(message, name) for name in names}


def _row(known: KnownRoom, wall_ms: int) -> dict[str, object]:
    """A room on the board: what it told, in the station's time."""

    def here(time_ms: int | None) -> int | None:
        return None if time_ms is None else time_ms + known.shift_ms

    state, call = known.state, known.call
    row: dict[str, object] = {"room": known.name, "dead": known.dead, "at": wall_ms, "call": {"state": CallState.NONE}}
    if state:
        row |= _told(state)
        row["at"] = here(state.at)
        row["rounds"] = {"every_ms": state.rounds.every_ms, "due_at": here(state.rounds.due_at)}
    if call:
        row["call"] = _told(call) | {"raised_at": here(call.raised_at), "silenced_until": here(call.silenced_until)}
    return row
