"""A session as it is told afterwards: values only. All times are ms from its beginning; what was before is below 0."""

from enum import StrEnum

import msgspec

from guideplayer.core.units import SECOND_MS


class Standing(StrEnum):
    """How a session ended, if it did. CUT: the room was closed, or went down, while it was under way."""

    NEVER_BEGUN = "never begun"
    UNDER_WAY = "under way"
    ENDED = "ended"
    CUT = "cut"


class Happening(msgspec.Struct, frozen=True):
    """One thing that happened, for the list of all: `kind` is a word, `infusion_ms` the pump's clock, if it ran."""

    at_ms: int
    kind: str
    text: str
    by: str = ""
    infusion_ms: int | None = None


class Beginning(msgspec.Struct, frozen=True):
    """How it was begun: by whom, with which desks armed, and what had not been shown to work."""

    by: str
    armed: tuple[str, ...]
    in_room: bool
    not_shown: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """A phase as it was, from when until when, its pauses included; `aside` is arrival or return."""

    name: str
    from_ms: int
    until_ms: int
    peak: bool = False
    aside: bool = False


class Pause(msgspec.Struct, frozen=True):
    """When the programme stood still, why, and how it went on; `until_ms` None while it does not."""

    from_ms: int
    until_ms: int | None
    why: str
    by: str = ""
    then: str = ""


class Answer(msgspec.Struct, frozen=True):
    """Who said to be coming, and when."""

    at_ms: int
    name: str


class Escalation(msgspec.Struct, frozen=True):
    """When a call grew louder, and whom it reached from then on."""

    at_ms: int
    level: int


class CallTold(msgspec.Struct, frozen=True):
    """A call with all its times; None is what never came. `lapses_ms`: an answer had brought nobody for too long."""

    number: str
    source: str
    raised_ms: int
    presses: int
    rehearsal: bool
    delivered_ms: int | None
    answers: tuple[Answer, ...]
    lapses_ms: tuple[int, ...]
    escalations: tuple[Escalation, ...]
    attended_ms: int | None
    cleared_ms: int | None
    cleared_by: str = ""

    @property
    def answered_ms(self) -> int | None:
        """When a person first did something about it: answered, or was there without a word."""
        times = [one.at_ms for one in self.answers] + [self.attended_ms, self.cleared_ms]
        return min((time for time in times if time is not None), default=None)

    @property
    def wait_ms(self) -> int | None:
        """How long it took until somebody answered; None when nobody did."""
        return None if self.answered_ms is None else self.answered_ms - self.raised_ms


class Look(msgspec.Struct, frozen=True):
    """A round: somebody was with the patient, `late_ms` after it was due."""

    at_ms: int
    by: str
    late_ms: int
    at_bedside: bool = False


class Omission(msgspec.Struct, frozen=True):
    """A line of the script that was not said, or a whole phase, and why."""

    text: str
    part: str
    why: str


class Gap(msgspec.Struct, frozen=True):
    """A time in which something was missing; `until_ms` None while it still is."""

    from_ms: int
    until_ms: int | None


class Summary(msgspec.Struct, frozen=True):
    """A whole session. `begun_wall_ms` (epoch) is the instant 0, `length_ms` to its end or as far as is told."""

    session: int
    room: str
    standing: Standing
    begun_wall_ms: int
    length_ms: int
    damaged: bool = False
    script: str = ""
    voice: str = ""
    language: str = ""
    planned_ms: int = 0
    infusion_ms: int = 0
    infused_ms: int = 0
    ended_by: str = ""
    beginning: Beginning | None = None
    staff: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    pump: tuple[Gap, ...] = ()
    pauses: tuple[Pause, ...] = ()
    calls: tuple[CallTold, ...] = ()
    looks: tuple[Look, ...] = ()
    unlooked_ms: int = 0
    silences: tuple[Gap, ...] = ()
    omissions: tuple[Omission, ...] = ()
    happenings: tuple[Happening, ...] = ()

    def wall_ms(self, at_ms: int) -> int:
        """A time of the session as epoch milliseconds."""
        return self.begun_wall_ms + at_ms

    @property
    def begun_untold(self) -> bool:
        """Whether it was under way before the instant 0, or may have begun since, and the record does not tell."""
        return self.beginning is None and self.standing is not Standing.NEVER_BEGUN

    @property
    def real_calls(self) -> tuple[CallTold, ...]:
        """The calls that were no rehearsal."""
        return tuple(call for call in self.calls if not call.rehearsal)

    def of_kind(self, kind: str) -> tuple[Happening, ...]:
        """What happened of one kind."""
        return tuple(one for one in self.happenings if one.kind == kind)


def seconds_between(from_ms: int, until_ms: int | None) -> float | None:
    """A length in seconds with one decimal; None when there was no end."""
    return None if until_ms is None else round((until_ms - from_ms) / SECOND_MS, 1)
