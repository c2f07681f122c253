"""The commands that a desk may send, and their shape. What they mean, and whether they make sense, the room decides."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Milliseconds = Annotated[int, Meta(ge=1, le=6 * 3600 * 1000)]
Share = Annotated[float, Meta(ge=0, le=1)]
Word = Annotated[str, Meta(min_length=1, max_length=80)]


class Command(msgspec.Struct, tag_field="command", forbid_unknown_fields=True):
    """Anything that a person at a desk can ask of the room."""


class Choose(Command, tag="choose"):
    """Take this script, fitted to this infusion."""

    script: Word
    infusion_ms: Milliseconds
    voice: Word | UnsetType = UNSET


class Begin(Command, tag="begin"):
    """Begin. `in_room` states that a person stays with the patient."""

    in_room: bool | UnsetType = UNSET


class Confirm(Command, tag="confirm"):
    """A person saw or heard that it works."""

    what: Word


class Rehearse(Command, tag="rehearse"):
    """Raise a call for practice."""


class Hold(Command, tag="hold"):
    """Pause."""


class Acknowledge(Command, tag="acknowledge"):
    """Somebody is coming: the person at the desk, unless a name is given. `call` is the one that the desk shows; an
    answer to one that is over is refused. Without it, it is the one that is open now.
    """

    name: Word | UnsetType = UNSET
    call: Word | UnsetType = UNSET


class Clear(Command, tag="clear"):
    """The call is over; the code on the room's screen proves that somebody is there."""

    code: Annotated[str, Meta(pattern="^[0-9]{2}$")]


class Resume(Command, tag="resume"):
    """Go on softly."""


class Comfort(Command, tag="comfort"):
    """Make it gentler, or less so. What is not given stays as it is."""

    picture: Literal["full", "still", "off"] | UnsetType = UNSET
    light: Share | UnsetType = UNSET
    captions: bool | UnsetType = UNSET
    narration: Literal["full", "sparse", "music"] | UnsetType = UNSET
    volume: Share | UnsetType = UNSET


class Infusion(Command, tag="infusion"):
    """What the pump does."""

    action: Literal["started", "extended", "shortened", "stopped", "restarted"]
    by_ms: Milliseconds | UnsetType = UNSET


class Return(Command, tag="return"):
    """Go to the return."""


class End(Command, tag="end"):
    """End the session."""


class Looked(Command, tag="looked"):
    """Somebody looked at the patient: all is well."""


class Rounds(Command, tag="rounds"):
    """How often somebody looks at the patient."""

    every_ms: Milliseconds


class Note(Command, tag="note"):
    """Something to remember."""

    tag: Literal["difficult memory", "nausea", "discomfort", "bathroom", "technical"]
    text: Annotated[str, Meta(max_length=500)] = ""


AnyCommand = (
    Choose
    | Begin
    | Confirm
    | Rehearse
    | Hold
    | Acknowledge
    | Clear
    | Resume
    | Comfort
    | Infusion
    | Return
    | End
    | Looked
    | Rounds
    | Note
)
