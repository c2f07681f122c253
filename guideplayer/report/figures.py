"""The few figures of a session that lists and statistics need, so that they need not play thousands of them anew."""

import msgspec

from guideplayer.report.summary import CallTold, Standing, Summary

# Another number whenever these figures are counted otherwise: those that were kept of another kind are counted anew.
# 2: all times of a call, rehearsed ones apart, and rounds that were late. 3: sessions whose beginning was not recorded.
# 4: those of which it cannot be read.
KIND = 4


class Wait(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call: when it was raised (epoch), and after how long a desk showed it, somebody answered and was there, and it
    was cleared; None is never. `level` is how far it was escalated, `lapses` how often an answer brought nobody.
    """

    wall_ms: int
    answered_ms: int | None
    attended_ms: int | None
    delivered_ms: int | None = None
    cleared_ms: int | None = None
    level: int = 0
    presses: int = 1
    lapses: int = 0


class Figures(msgspec.Struct, frozen=True):
    """A session in a line of a list. `waits` are its calls that were no rehearsal, `rehearsals` the others."""

    session: int
    standing: Standing
    begun_wall_ms: int
    length_ms: int
    script: str
    infusion_ms: int
    pauses: int
    notes: int
    waits: tuple[Wait, ...]
    damaged: bool = False
    rehearsals: tuple[Wait, ...] = ()
    rounds_late: int = 0

    @property
    def unanswered(self) -> int:
        """How many calls nobody answered."""
        return sum(one.answered_ms is None for one in self.waits)

    @property
    def longest_wait_ms(self) -> int | None:
        """The longest wait for an answer; None when nothing was answered."""
        return max((one.answered_ms for one in self.waits if one.answered_ms is not None), default=None)


def figures_of(summary: Summary) -> Figures:
    """The figures of a summary."""
    waits = [(call.rehearsal, _wait(summary, call)) for call in summary.calls]
    return Figures(
        summary.session,
        summary.standing,
        summary.begun_wall_ms,
        summary.length_ms,
        summary.script,
        summary.infusion_ms or summary.planned_ms,
        len(summary.pauses),
        len(summary.of_kind("note")),
        tuple(wait for rehearsal, wait in waits if not rehearsal),
        summary.damaged,
        tuple(wait for rehearsal, wait in waits if rehearsal),
        sum(look.late_ms > 0 for look in summary.looks) + (summary.unlooked_ms > 0),
    )


def _wait(summary: Summary, call: CallTold) -> Wait:
    def since(at_ms: int | None) -> int | None:
        return None if at_ms is None else at_ms - call.raised_ms

    return Wait(
        summary.wall_ms(call.raised_ms),
        call.wait_ms,
        since(call.attended_ms),
        since(call.delivered_ms),
        since(call.cleared_ms),
        max((one.level for one in call.escalations), default=0),
        call.presses,
        len(call.lapses_ms),
    )
