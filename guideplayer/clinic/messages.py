"""What rooms and stations tell each other over the broker. `asyncapi.json` beside this holds the same as JSON Schemas.

The room is the truth: stations ask, and a room answers, refuses or does not hear. All times are epoch milliseconds of
the clock of the room that is spoken of, so that no two clocks have to agree.

Every message of a room carries its `boot`, a word that is new each time the room begins, and a `sequence` that rises
from one message to the next: what comes twice, or later than what was sent after it, is told by them.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from guideplayer.core.state import CallState, Play

Id = Annotated[str, Meta(min_length=1, max_length=80)]
Sequence = Annotated[int, Meta(ge=0)]
Milliseconds = Annotated[int, Meta(ge=0)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Anything on the broker. What a newer guideplayer adds, an older one reads over."""


class FromRoom(Message, frozen=True):
    """Anything that a room tells."""

    boot: Id
    sequence: Sequence


class Beat(FromRoom, frozen=True):
    """The room lives: once a second. `at` is its clock; `since` tells its connections to the broker apart; `call` is
    the one that is open, so that who was away does not show one that has been cleared meanwhile, and `calls` how far
    it, or the last one, has come.
    """

    at: Milliseconds
    since: Sequence = 0
    call: str = ""
    calls: CallState = CallState.NONE


class Rounds(msgspec.Struct, frozen=True):
    """How often somebody looks at the patient, and when that is due next; None while nobody has to."""

    every_ms: Milliseconds
    due_at: Milliseconds | None = None


class RoomState(FromRoom, frozen=True):
    """What the board shows of a room. Retained, and sent when anything of it has changed.

    `faults` are sentences: what is wrong there. `armed` are the desks that would show a call now.
    """

    at: Milliseconds
    play: Play
    script: str
    infusion_ms: Milliseconds
    infusion_elapsed_ms: int
    infusion_running: bool
    rounds: Rounds
    armed: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class OpenCall(FromRoom, frozen=True):
    """The call that is open. Retained until the call is cleared, when the topic is emptied."""

    at: Milliseconds
    id: Id
    state: CallState
    raised_at: Milliseconds
    level: int
    presses: int = 1
    name: str = ""
    source: str = ""
    rehearsal: bool = False
    silenced_until: Milliseconds | None = None


class View(FromRoom, frozen=True):
    """The room as its own desk shows it, for who looks into it from afar: the JSON of `GET /api/rooms/{room}`."""

    view: msgspec.Raw


class Gone(Message, frozen=True):
    """The broker's word that a connection of a room or a station has ended: its last will. That of who dies without
    closing it comes late, so heartbeats tell of that.
    """

    boot: Id
    since: Sequence = 0


class StationBeat(Message, frozen=True):
    """A station lives, and these desks of it are armed. Every two seconds, and when they change."""

    boot: Id
    sequence: Sequence
    since: Sequence = 0
    desks: tuple[str, ...] = ()


class Receipt(Message, frozen=True):
    """An armed desk of a station shows the call: only this makes a call delivered, never the broker's word."""

    boot: Id
    call: Id
    desk: Id
    station: Id


class Looking(Message, frozen=True):
    """Somebody at a station looks into the room: its view and the picture of its screen are wanted for the next
    seconds. The `first` time, the view at once.
    """

    station: Id
    first: bool = False


class Request(Message, frozen=True):
    """Anything that a station asks. It counts for the room with this `boot` until its clock says `until`, and once.

    The answer goes to the station's own topic under `id`.
    """

    id: Id
    station: Id
    boot: Id
    until: Milliseconds


class Command(Request, frozen=True):
    """What a person asks of the room: the body of `POST /api/rooms/{room}/commands`, and who asks at which desk."""

    command: msgspec.Raw
    by: Id
    desk: Id


class Question(Request, frozen=True):
    """Something that does not change the room: its `scripts`, the `picture.jpg` or `sample.mp3` of one of them, or the
    `figures` of its past sessions `after` one, by number and id, that the station has already.
    """

    what: Id
    script: str = ""
    after: Sequence = 0
    after_id: str = ""


class Answer(Message, frozen=True):
    """What came of a request: `problem` is the sentence that says why not, and empty when it was done.

    `content` is JSON (of `figures` a `PastFigures`), and `data` anything else.
    """

    id: Id
    problem: str = ""
    content: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    data: bytes = b""
