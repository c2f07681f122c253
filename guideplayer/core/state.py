"""A session's whole state: what plays, the call, the two clocks, comfort, readiness. Values only; no behaviour in time
beyond reading a value off at `now`. All times are milliseconds of one monotonic clock."""

from enum import StrEnum

import msgspec

from guideplayer.core.blend import WAITING, Blend
from guideplayer.core.plan import Plan, Section, Stretch
from guideplayer.core.script import HoldWords
from guideplayer.core.units import MINUTE_MS, SECOND_MS

NEVER_MS = -(10**9)
# An answer silences a call for so long; whoever has not come by then may not be coming.
SILENCED_MS = 120 * SECOND_MS


class Play(StrEnum):
    """Where a session stands."""

    WAITING = "waiting"
    READY = "ready"
    ARRIVING = "arriving"
    PLAYING = "playing"
    HOLDING = "holding"
    RESUMING = "resuming"
    RETURNING = "returning"
    ENDED = "ended"


RUNNING = frozenset({Play.ARRIVING, Play.PLAYING, Play.RESUMING, Play.RETURNING})
UNDER_WAY = RUNNING | {Play.HOLDING}
BEFORE = frozenset({Play.WAITING, Play.READY})


class CallState(StrEnum):
    """How far a request for staff has come."""

    NONE = "none"
    RAISED = "raised"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    ATTENDED = "attended"
    CLEARED = "cleared"


class Call(msgspec.Struct, frozen=True):
    """A request for staff. `level` is how far it has been escalated: 0 desks, 1 the room itself, 2 pagers, 3 all.

    `acknowledged_ms` is when somebody first answered; `answers_ms` are all such instants, `lapses_ms` those at which an
    answer had brought nobody for too long and the call was open to all again. `attended_ms` is when somebody was first
    with the patient, `present_ms` when somebody last said so.
    """

    state: CallState = CallState.NONE
    id: str = ""
    source: str = ""
    code: str = ""
    name: str = ""
    level: int = 0
    presses: int = 0
    rehearsal: bool = False
    raised_ms: int = NEVER_MS
    delivered_ms: int | None = None
    acknowledged_ms: int | None = None
    answers_ms: tuple[int, ...] = ()
    lapses_ms: tuple[int, ...] = ()
    attended_ms: int | None = None
    present_ms: int | None = None
    cleared_ms: int | None = None
    alert_ms: int | None = None

    @property
    def open(self) -> bool:
        """Whether staff are still asked for."""
        return self.state not in (CallState.NONE, CallState.CLEARED)

    @property
    def asking_since_ms(self) -> int:
        """Since when nobody has answered: the press, or the instant at which the last answer had brought nobody."""
        return self.lapses_ms[-1] if self.lapses_ms else self.raised_ms

    @property
    def lapse_ms(self) -> int | None:
        """When the answer that there is will have brought nobody for too long."""
        return self.answers_ms[-1] + SILENCED_MS if self.state is CallState.ACKNOWLEDGED and self.answers_ms else None


class Fade(msgspec.Struct, frozen=True):
    """A value on its way: from one to another, smoothly, never a step.

    An `eager` one moves from its first instant (the answer to a press must be seen in the next frame) and settles
    softly; the others begin softly too.
    """

    start: float
    target: float
    from_ms: int = NEVER_MS
    length_ms: int = 1
    eager: bool = False

    def at(self, now_ms: float) -> float:
        """The value at a time: a smoothstep, or for an eager fade a parabola that ends level."""
        share = min(1.0, max(0.0, (now_ms - self.from_ms) / self.length_ms))
        eased = share * (2 - share) if self.eager else share * share * (3 - 2 * share)
        return self.start + (self.target - self.start) * eased

    def towards(self, target: float, now_ms: int, length_ms: int, *, eager: bool = False) -> "Fade":
        """A fade that goes on from where this one is."""
        return self if target == self.target else Fade(self.at(now_ms), target, now_ms, length_ms, eager)


def steady(value: float) -> Fade:
    """A value at rest."""
    return Fade(value, value)


class Flow(msgspec.Struct, frozen=True):
    """A time that can be slowed to a stop and set going again without a jump: the scenes' own clock."""

    base_ms: float = 0.0
    rate: Fade = steady(1.0)

    def at(self, now_ms: float) -> float:
        """The flow's own time: what was before the last change of rate, and the integral of the rate since."""
        gone_ms = now_ms - self.rate.from_ms
        fading_ms = min(max(gone_ms, 0.0), float(self.rate.length_ms))
        share = fading_ms / self.rate.length_ms
        eased_ms = self.rate.length_ms * (share**3 - share**4 / 2)
        after_ms = max(0.0, gone_ms - self.rate.length_ms)
        turned_ms = self.rate.start * fading_ms + (self.rate.target - self.rate.start) * eased_ms
        return self.base_ms + turned_ms + self.rate.target * after_ms

    def towards(self, rate: float, now_ms: int, length_ms: int) -> "Flow":
        """The same flow, changing to another rate from now on."""
        if rate == self.rate.target:
            return self
        return Flow(self.at(now_ms), self.rate.towards(rate, now_ms, length_ms))


class Position(msgspec.Struct, frozen=True):
    """Where in a section's track the script is: runs with the clock, or stands still."""

    section: Section = Section.ARRIVAL
    base_ms: int = 0
    at_ms: int = 0
    running: bool = False

    def at(self, now_ms: int) -> int:
        """The position in the section's track, in ms."""
        return self.base_ms + (now_ms - self.at_ms if self.running else 0)

    def stopped(self, now_ms: int) -> "Position":
        """The same place, standing still; `at_ms` tells since when."""
        return self if not self.running else Position(self.section, self.at(now_ms), now_ms, running=False)


class Pump(msgspec.Struct, frozen=True):
    """The infusion clock: runs through every pause, stops only when staff say that the pump stopped."""

    length_ms: int = 0
    base_ms: int = 0
    at_ms: int = 0
    running: bool = False
    started: bool = False

    def elapsed_ms(self, now_ms: int) -> int:
        """How long the pump has run; never more than the infusion's length."""
        return min(self.length_ms, self.base_ms + (now_ms - self.at_ms if self.running else 0))

    def left_ms(self, now_ms: int) -> int:
        """How long the pump still has to run; none while staff say that it has stopped."""
        return self.length_ms - self.elapsed_ms(now_ms) if self.running else 0


class Picture(StrEnum):
    """How much picture the patient wants."""

    FULL = "full"
    STILL = "still"
    OFF = "off"


class Narration(StrEnum):
    """How many words the patient wants."""

    FULL = "full"
    SPARSE = "sparse"
    MUSIC = "music"


class Comfort(msgspec.Struct, frozen=True):
    """What can be made gentler at any time. `light` and `volume` are shares (0..1) of what was set at readiness."""

    picture: Picture = Picture.FULL
    narration: Narration = Narration.FULL
    captions: bool = True
    light: float = 1.0
    volume: float = 1.0


class Heard(msgspec.Struct, frozen=True):
    """How far in its course a playlist (its file) was when the section before was left."""

    file: str
    course_ms: int


class Rounds(msgspec.Struct, frozen=True):
    """How often staff look at the patient, and when somebody last did; None before a session."""

    every_ms: int = 15 * MINUTE_MS
    looked_ms: int | None = None

    @property
    def due_ms(self) -> int | None:
        """When somebody should look again."""
        return None if self.looked_ms is None else self.looked_ms + self.every_ms


class Stop(msgspec.Struct, frozen=True):
    """A pause on the session's scale (see `course`): since when, and until when; None while it lasts."""

    from_ms: int
    until_ms: int | None = None


# What a stage calls a screen that somebody sits before, as against none.
WINDOW = "window"


class Readiness(msgspec.Struct, frozen=True):
    """What has been shown to work before a session may begin. `windowed`: there was a screen with a keyboard once."""

    screen: str = ""
    sound: str = ""
    sound_heard: bool = False
    control: bool = False
    call: bool = False
    armed: tuple[str, ...] = ()
    in_room: bool = False
    windowed: bool = False


class Basis(StrEnum):
    """What a state rests on: what room and stage both know, the room's record alone, or less than that.

    A GUESS: the record does not tell that the room has lived lately, so it is taken that the patient was left alone.
    """

    AGREED = "agreed"
    RECORD = "record"
    GUESS = "guess"


class State(msgspec.Struct, frozen=True):
    """Everything that a session is. `hold`, `quiet` and the fades below are what keeps every change soft.

    `revision` counts the events that made it: of two states of a room, the one with more of them is the later one. What
    a room does by its record alone is not counted, else it could outnumber what the stage knows and the record lacks.
    """

    room: str
    words: HoldWords
    opened_ms: int
    revision: int = 0
    basis: Basis = Basis.AGREED
    play: Play = Play.WAITING
    call: Call = Call()
    calls: int = 0
    plan: Plan | None = None
    position: Position = Position()
    infusion_position_ms: int = 0
    left: Blend = WAITING
    entered_ms: int = NEVER_MS
    entered_position_ms: int = 0
    heard: tuple[Heard, ...] = ()
    pump: Pump = Pump()
    pump_follows: bool = False
    comfort: Comfort = Comfort()
    readiness: Readiness = Readiness()
    rounds: Rounds = Rounds()
    resumes: int = 0
    resuming_until_ms: int = 0
    held_ms: int = NEVER_MS
    ended_ms: int | None = None
    presses: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()
    called: tuple[int, ...] = ()
    hold: Fade = steady(0.0)
    loudness: Fade = steady(0.0)
    light: Fade = steady(1.0)
    picture: Fade = steady(1.0)
    volume: Fade = steady(1.0)
    speech: Fade = steady(1.0)
    captions: Fade = steady(1.0)
    spoken: Fade = steady(1.0)
    spoken_optional: Fade = steady(1.0)
    flow: Flow = Flow()

    @property
    def provisional(self) -> bool:
        """Whether a stage may know better."""
        return self.basis is not Basis.AGREED

    @property
    def since(self) -> int:
        """A stage that was told of a later revision than this knows better."""
        return self.revision - (self.basis is Basis.GUESS)

    @property
    def hold_words(self) -> HoldWords:
        """What the patient is told while paused: the script's words, before a choice the shipped ones."""
        return self.plan.script.hold if self.plan else self.words

    def stretch(self, now_ms: int) -> Stretch | None:
        """The phase that the position is in; the last one after a track's end; None where there is none."""
        track = self.plan.track(self.position.section) if self.plan else None
        if track is None or not track.stretches:
            return None
        return track.stretches[track.stretch_at(self.position.at(now_ms))]

    @property
    def ready(self) -> bool:
        """Whether everything that gates the start has been shown to work."""
        shown = self.readiness
        return bool(
            self.plan
            and shown.screen == WINDOW
            and shown.sound == "sound"
            and shown.sound_heard
            and shown.control
            and shown.call
            and (shown.armed or shown.in_room)
        )
