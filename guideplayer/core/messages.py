"""What can happen to a session (events in) and what it asks of the world (effects out)."""

from typing import Literal

import msgspec

from guideplayer.core.script import Script
from guideplayer.core.state import Narration, Picture, State


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """Time has passed."""


class Chose(msgspec.Struct, frozen=True, tag="chose"):
    """Staff chose a script and the length of the infusion."""

    script: Script
    infusion_ms: int
    by: str = ""


class Pressed(msgspec.Struct, frozen=True, tag="pressed"):
    """The patient pressed, or a part of the room had to hold by itself. `press` tells one press from its repeats.

    `at_ms`, on the room's clock, is when; None is now. What was begun on the stage then goes on from there.
    """

    press: str
    source: str = "key"
    code: str = ""
    at_ms: int | None = None


class Began(msgspec.Struct, frozen=True, tag="began"):
    """Staff began. `unready` begins past the readiness checks; `pump_follows` starts the infusion after the arrival."""

    by: str = ""
    unready: bool = False
    pump_follows: bool = False


class InRoom(msgspec.Struct, frozen=True, tag="in-room"):
    """Staff state that they stay in the room."""

    by: str = ""


class Confirmed(msgspec.Struct, frozen=True, tag="confirmed"):
    """A person confirmed that something works: `sound` (the chime was heard)."""

    what: str
    by: str = ""


class StageIs(msgspec.Struct, frozen=True, tag="stage-is"):
    """What the stage can do: `window` or `off-screen`, `sound` or `no sound`; both empty while there is none."""

    screen: str = ""
    sound: str = ""


class Armed(msgspec.Struct, frozen=True, tag="armed"):
    """The desks that can be reached now."""

    desks: tuple[str, ...] = ()


class Delivered(msgspec.Struct, frozen=True, tag="delivered"):
    """An armed desk shows the call."""

    call: str
    desk: str = ""


class Acknowledged(msgspec.Struct, frozen=True, tag="acknowledged"):
    """A person has answered this call and is coming. Records of old name no call: it was the one that was open."""

    name: str
    call: str = ""


class Attended(msgspec.Struct, frozen=True, tag="attended"):
    """A person is with the patient: told at the room's own staff menu. `at_ms`, on the room's clock, is when; None is
    now.
    """

    by: str = ""
    at_ms: int | None = None


class Cleared(msgspec.Struct, frozen=True, tag="cleared"):
    """A person who is in the room closes the call: with the bedside code, or at the staff menu (`code` empty)."""

    code: str = ""
    by: str = ""
    present: bool = False


class Held(msgspec.Struct, frozen=True, tag="held"):
    """Staff pause the programme; nobody is called."""

    by: str = ""


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    """Staff let the programme go on."""

    by: str = ""


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """Staff go to the return."""

    by: str = ""


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """Staff end the session."""

    by: str = ""


class Comforted(msgspec.Struct, frozen=True, tag="comforted"):
    """Staff changed what is gentle enough; None leaves a thing as it is."""

    picture: Picture | None = None
    narration: Narration | None = None
    captions: bool | None = None
    light: float | None = None
    volume: float | None = None
    by: str = ""


class Infused(msgspec.Struct, frozen=True, tag="infused"):
    """Staff say what the pump does: started, extended, shortened (`by_ms`), stopped, restarted."""

    action: str
    by_ms: int = 0
    by: str = ""


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """Staff looked at the patient, and all is well."""

    by: str = ""


class RoundsSet(msgspec.Struct, frozen=True, tag="rounds-set"):
    """Staff look at the patient so often from now on."""

    every_ms: int
    by: str = ""


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Staff noted something, by tag."""

    tag: str
    text: str = ""
    by: str = ""


class Paged(msgspec.Struct, frozen=True, tag="paged"):
    """A service was told of the call. `reached` means that the service has taken it, not that somebody has read it; or,
    of a relay, that it has said itself that it is on.
    """

    service: str
    reached: bool
    took_ms: int
    says: str = ""
    kind: Literal["pager", "relay"] = "pager"


class Recovered(msgspec.Struct, frozen=True, tag="recovered"):
    """The room is back after a crash or a sleep; it was last alive at `alive_ms`.

    `alone`: whatever could have remembered a press is gone too. `taken_up`: another room's process was there before;
    until this one has met the stage, it goes by its record. `lost`: there was a session of which nothing is known.
    """

    alive_ms: int
    code: str = ""
    alone: bool = False
    taken_up: bool = False
    lost: bool = False


class Met(msgspec.Struct, frozen=True, tag="met"):
    """A room that has taken up a session has met the stage, which knows no more than it does."""


class Restored(msgspec.Struct, frozen=True, tag="restored"):
    """The record was behind, or lost: the stage has told what it still knows."""

    state: State
    code: str = ""


Event = (
    Tick
    | Chose
    | Pressed
    | Began
    | InRoom
    | Confirmed
    | StageIs
    | Armed
    | Delivered
    | Acknowledged
    | Attended
    | Cleared
    | Held
    | Resumed
    | Returned
    | Ended
    | Comforted
    | Infused
    | Looked
    | RoundsSet
    | Noted
    | Recovered
    | Met
    | Restored
    | Paged
)


class Alert(msgspec.Struct, frozen=True, tag="alert"):
    """Call staff now: at the desks (level 0), and by everything that the level adds."""

    call: str
    level: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """What was asked makes no sense now; the sentence says why and what does."""

    sentence: str


Effect = Alert | Refused
