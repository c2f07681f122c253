"""A room's part at the broker: it tells what it is, and does what stations ask, once, and only what is in time.

Without a broker the room lacks nothing but stations. Times are milliseconds: `now_ms` never jumps, `wall_ms` is what
the room tells others.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from guideplayer.clinic.broker import ONCE_AT_MOST, Broker
from guideplayer.clinic.messages import (
    Answer,
    Beat,
    Command,
    Gone,
    Looking,
    Message,
    OpenCall,
    Question,
    Receipt,
    Request,
    RoomState,
    Rounds,
    StationBeat,
    View,
)
from guideplayer.clinic.topics import ASKED, of_room, of_station, parts
from guideplayer.core.state import CallState
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.commands import AnyCommand
from guideplayer.desk.ports import Clock, DeskRoom, RefusedError

BEAT_EVERY_MS = 1000
STATION_DEAD_MS = 5000
LOOKED_FOR_MS = 3000
ANSWER_WITHIN_S = 5
# A request counts for some seconds; a word for one is kept as long as any of them could come again.
LONGEST_UNTIL_MS = 60_000

_OPEN = (CallState.RAISED, CallState.DELIVERED, CallState.ACKNOWLEDGED, CallState.ATTENDED)
_COMMAND = msgspec.json.Decoder(AnyCommand)
_SHAPES: Mapping[str, type[Message]] = {
    "command": Command,
    "question": Question,
    "receipt": Receipt,
    "looking": Looking,
    "beat": StationBeat,
    "gone": Gone,
}


# Given the number and the id of a session, and whom to tell what came after it: a page in JSON, or why there is none.
Told = Callable[[bytes, str], None]
Recall = Callable[[int, str, Told], None]


class LinkedRoom(DeskRoom, Protocol):
    """The room, as a desk has it; and it is told which desks afar are armed."""

    def armed_afar(self, desks: Sequence[str]) -> None:
        """These desks of stations, and no others, are armed now."""
        ...


class RoomLink:
    """One room at the broker. `boot` is a word that no other start of a room has; `recall` knows its past sessions."""

    def __init__(
        self,
        room: LinkedRoom,
        broker: Broker,
        boot: str,
        now_ms: Clock,
        wall_ms: Clock,
        *,
        recall: Recall | None = None,
    ) -> None:
        self._room, self._broker, self._boot, self._recall = room, broker, boot, recall
        self._now_ms, self._wall_ms = now_ms, wall_ms
        self._sequence = self._since = 0
        self._told: dict[str, bytes] = {}
        self._seen: dict[str, int] = {}
        self._stations: dict[str, tuple[StationBeat, int]] = {}
        self._looked_ms: int | None = None
        self._calls, self._call = CallState.NONE, ""
        self._shown = b""

    # What the room tells.

    def will(self) -> tuple[str, bytes]:
        """The topic and the words that the broker says when this connection ends."""
        self._since = self._sequence
        return of_room(self._room.name, "gone"), msgspec.json.encode(Gone(self._boot, self._since))

    def met(self) -> None:
        """The broker is there, for the first time or again: ask for what is asked of this room, and tell everything."""
        for what in ASKED:
            self._broker.subscribe(of_room(self._room.name, what))
        for what in ("beat", "gone"):
            self._broker.subscribe(of_station("+", what))
        self._told.clear()
        self.changed()
        self.beat()

    def changed(self) -> None:
        """Something of the room is different: tell what of it is."""
        if not self._broker.connected:
            return
        view = self._room.view()
        call: dict[str, object] = view["call"]  # type: ignore[assignment]
        self._calls = CallState(str(call["state"]))
        self._call = str(call["id"]) if call["state"] in _OPEN else ""
        if call["state"] in _OPEN:
            self._tell("call", OpenCall, {**call, "at": view["at"]}, steady=call)
        elif self._told.get("call") != b"":
            # Also when it has not been told before: a room that was here earlier may have left one.
            self._told["call"] = b""
            self._broker.publish(of_room(self._room.name, "call"), b"", retain=True)
        row = {name: view[name] for name in RoomState.__struct_fields__ if name in view}
        health: Mapping[str, str] = view["health"]  # type: ignore[assignment]
        faults: Sequence[str] = view["faults"]  # type: ignore[assignment]
        row["faults"] = (*(word for word in health.values() if word != "ok"), *faults)
        row["rounds"] = msgspec.convert(view["rounds"], Rounds)
        # Where it is runs on by itself.
        moving = {"at", *(("infusion_elapsed_ms",) if view["infusion_running"] else ())}
        self._tell("state", RoomState, row, steady={name: row[name] for name in row if name not in moving})
        if self._looked_at:
            self._tell_all(view)

    def _tell_all(self, view: Mapping[str, object]) -> None:
        """All of the room, to who looks into it."""
        self._publish("view", View(self._boot, self._next(), msgspec.Raw(msgspec.json.encode(view))))

    @property
    def _looked_at(self) -> bool:
        """Whether somebody at a station looks into the room."""
        return self._looked_ms is not None and self._now_ms() - self._looked_ms <= LOOKED_FOR_MS

    def beat(self) -> None:
        """Once a second."""
        now_ms = self._now_ms()
        self._stations = {
            name: (beat, met_ms)
            for name, (beat, met_ms) in self._stations.items()
            if now_ms - met_ms < STATION_DEAD_MS and self._broker.connected
        }
        self._tell_armed()
        wall_ms = self._wall_ms()
        self._seen = {name: until_ms for name, until_ms in self._seen.items() if until_ms >= wall_ms}
        if not self._broker.connected:
            return
        beat = Beat(self._boot, self._next(), wall_ms, self._since, self._call, self._calls)
        self._publish("beat", beat, quality=ONCE_AT_MOST)
        if self._calls is CallState.RAISED:
            # Nobody has it yet, whatever the broker says of having it.
            self._told.pop("call", None)
            self.changed()
        self._show()

    def lost(self) -> None:
        """The broker is gone, and with it every station."""
        self._stations.clear()
        self._tell_armed()

    def _tell(self, what: str, kind: type[Message], fields: Mapping[str, object], steady: object) -> None:
        """Tell it when what is steady of it has changed."""
        key = msgspec.json.encode(steady)
        if self._told.get(what) == key:
            return
        self._told[what] = key
        known = {name: fields[name] for name in kind.__struct_fields__ if name in fields}
        message = msgspec.convert({**known, "boot": self._boot, "sequence": self._next()}, kind)
        self._publish(what, message, retain=True)

    def _publish(self, what: str, message: Message, *, quality: int = 1, retain: bool = False) -> None:
        topic = of_room(self._room.name, what)
        self._broker.publish(topic, msgspec.json.encode(message), quality=quality, retain=retain)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _show(self) -> None:
        """The picture on the screen, to who looks."""
        if not self._looked_at:
            self._shown = b""
            return
        picture = self._room.screen_jpeg() or b""
        if picture != self._shown:
            self._shown = picture
            self._broker.publish(of_room(self._room.name, "screen"), picture, quality=ONCE_AT_MOST)

    # What stations say.

    def heard(self, topic: str, payload: bytes) -> None:
        """A message. What is none, or is not meant for this room as it is now, changes nothing."""
        _, station, what = parts(topic)
        try:
            message = msgspec.json.decode(payload, type=_SHAPES[what])
        except UNREADABLE:
            return
        match message:
            case StationBeat():
                self._beaten(station, message)
            case Gone():
                known = self._stations.get(station)
                # A connection that was lost unseen is told of later than the next one is there.
                if known and (message.boot, message.since) == (known[0].boot, known[0].since):
                    del self._stations[station]
                    self._tell_armed()
            case Receipt(boot=boot, call=call, desk=desk) if boot == self._boot:
                self._room.delivered(call, desk)
            case Looking():
                looked_at, self._looked_ms = self._looked_at, self._now_ms()
                if not looked_at or message.first:
                    self._tell_all(self._room.view())
            case Question(what="figures") if self._recall and not self._no_reason(message):
                self._seen[message.id] = message.until
                self._recall(message.after, message.after_id, lambda page, why: self._tell_past(message, page, why))
            case Command() | Question():
                self._answer(message, self._done(message))

    def _beaten(self, station: str, beat: StationBeat) -> None:
        known = self._stations.get(station)
        if known and known[0].boot == beat.boot and known[0].sequence >= beat.sequence:
            return
        self._stations[station] = (beat, self._now_ms())
        self._tell_armed()

    def _tell_armed(self) -> None:
        self._room.armed_afar(sorted({desk for beat, _ in self._stations.values() for desk in beat.desks}))

    def _done(self, request: Command | Question) -> Answer:
        if problem := self._no_reason(request):
            return Answer(request.id, problem)
        self._seen[request.id] = request.until
        if isinstance(request, Question):
            return self._told_of(request)
        try:
            command: dict[str, object] = msgspec.to_builtins(_COMMAND.decode(request.command))
            self._room.command(str(command.pop("command")), command, request.by, request.desk)
        except UNREADABLE as error:
            return Answer(request.id, f"The room does not understand the station: {error}.")
        except RefusedError as error:
            return Answer(request.id, str(error))
        return Answer(request.id, content=msgspec.Raw(msgspec.json.encode(self._room.view())))

    def _no_reason(self, request: Request) -> str:
        """Why a request does not count; empty when it does."""
        wall_ms = self._wall_ms()
        if request.boot != self._boot:
            return "The room has been restarted meanwhile. Look at it, and ask again."
        if request.id in self._seen:
            return "That was asked before."
        if not wall_ms <= request.until <= wall_ms + LONGEST_UNTIL_MS:
            return "That came too late to the room. Look at it, and ask again."
        return ""

    def _told_of(self, question: Question) -> Answer:
        if question.what == "scripts":
            return Answer(question.id, content=msgspec.Raw(msgspec.json.encode(self._room.scripts())))
        path = self._room.card_file(question.script, question.what)
        try:
            return Answer(question.id, data=path.read_bytes() if path else b"")
        except OSError:
            return Answer(question.id)

    def _tell_past(self, question: Question, page: bytes, problem: str) -> None:
        """A page of the past, or why there is none now."""
        content = {"content": msgspec.Raw(page)} if page else {}
        self._answer(question, Answer(question.id, problem, **content))

    def _answer(self, request: Request, answer: Answer) -> None:
        topic = of_station(request.station, f"answer/{self._room.name}")
        self._broker.publish(topic, msgspec.json.encode(answer), expires_s=ANSWER_WITHIN_S)
