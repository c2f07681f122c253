"""What the room and the stage say to each other. One JSON object a line; see `encode` and `Lines`."""

from typing import Any, Generic, TypeVar

import msgspec

from guideplayer.core.state import State
from guideplayer.core.unreadable import UNREADABLE


class Card(msgspec.Struct, frozen=True):
    """What the room's screen shows before a session: where the desk is and the code that pairs with it.

    `link` is the same for a phone's camera: the desk's address with a token, empty where no phone could follow it.
    """

    heading: str
    lines: tuple[str, ...] = ()
    code: str = ""
    link: str = ""


class Direction(msgspec.Struct, frozen=True, tag="direction"):
    """Sent when something changes. The stage draws `state`; its clock is the shared one plus `offset_ms`.

    `began_ms` tells one room's process from the next, and `since` is the revision that it has begun with: a stage that
    has heard of a later one from a room before knows better.
    """

    state: State
    offset_ms: int
    card: Card
    began_ms: int = 0
    since: int = 0


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """The room lives. `look` asks for a picture of the screen."""

    look: bool = False


class Chime(msgspec.Struct, frozen=True, tag="chime"):
    """Play the sound that a person is to confirm."""


class Quit(msgspec.Struct, frozen=True, tag="quit"):
    """The room closes; so does the stage."""


class Press(msgspec.Struct, frozen=True, tag="press"):
    """The patient pressed, at a time of the room's clock. Sent again with every direction that does not know it yet."""

    press: str
    source: str
    at_ms: int | None = None


class Chosen(msgspec.Struct, frozen=True, tag="chosen"):
    """An entry of the staff menu on the room's own screen, and when, on the room's clock: it may have to wait for a
    room.
    """

    action: str
    at_ms: int | None = None


class Health(msgspec.Struct, frozen=True, tag="health"):
    """How the stage is, a few times a second: the room's proof that it is neither dead nor frozen.

    `position_ms` is where in the script the last frame stood; None before the first direction. `knows_since_ms`, on
    the shared clock, is when that came: what was before it, this stage cannot remember. `revision` is the latest that a
    room has told it. `at_ms` is when this is said: nobody takes for alive what a dead stage has left on its way.
    `width_px`, `height_px` and `refresh_hz` are the display's, 0 where that is not known or nobody can see it.
    """

    pid: int
    screen: str
    sound: str
    at_ms: int = 0
    position_ms: int | None = None
    knows_since_ms: int | None = None
    revision: int = 0
    frames: int = 0
    work_ms: float = 0.0
    late_frames: int = 0
    underruns: int = 0
    faults: tuple[str, ...] = ()
    width_px: int = 0
    height_px: int = 0
    refresh_hz: int = 0


class Remembered(msgspec.Struct, frozen=True, tag="remembered"):
    """What the stage knows, told to a room that has come back knowing less."""

    state: State
    offset_ms: int


class Shot(msgspec.Struct, frozen=True, tag="shot"):
    """The picture on the screen, as JPEG."""

    jpeg: bytes


ToStage = Direction | Beat | Chime | Quit
ToRoom = Press | Chosen | Health | Remembered | Shot

# Two of them a second are enough to notice silence, and far too few to cost anything.
BEAT_EVERY_MS = 500
# The room counts a stage as frozen after this; killed, started and in place again it is then within two seconds.
STAGE_SILENT_MS = 1000
WATCH_EVERY_MS = 100
# The stage counts the room as gone after this. A room that is restarted at once is back in less.
ROOM_SILENT_MS = 3000


def encode(message: msgspec.Struct) -> bytes:
    """A message as a line. It begins with a line end too, so that what a killed sender left half said is cut off."""
    return b"\n" + msgspec.json.encode(message) + b"\n"


Said = TypeVar("Said")


class Lines(Generic[Said]):
    """Bytes in, whole messages out; a torn or foreign line is dropped and counted, never an error."""

    def __init__(self, shape: Any) -> None:
        """`shape` is the union of the messages that are understood: ToStage or ToRoom."""
        self._decoder: msgspec.json.Decoder[Said] = msgspec.json.Decoder(shape)
        self._rest = b""
        self.dropped = 0

    def feed(self, data: bytes) -> list[Said]:
        """The messages that these bytes complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        messages = []
        for line in lines:
            if not line:
                continue
            try:
                messages.append(self._decoder.decode(line))
            except UNREADABLE:
                self.dropped += 1
        return messages
