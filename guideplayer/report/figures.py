"""The few figures of a session that lists and statistics need, so that they need not play thousands of them anew."""

import msgspec

from guideplayer.report.summary import Standing, Summary

# Another number whenever these figures are counted otherwise: those that were kept of another kind are counted anew.
KIND = 1


class Wait(msgspec.Struct, frozen=True):
    """A call that was no rehearsal: when (epoch), and after how long somebody answered and was there; None is never."""

    wall_ms: int
    answered_ms: int | None
    attended_ms: int | None


class Figures(msgspec.Struct, frozen=True):
    """A session in a line of a list."""

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
    return Figures(
        summary.session,
        summary.standing,
        summary.begun_wall_ms,
        summary.length_ms,
        summary.script,
        summary.infusion_ms or summary.planned_ms,
        len(summary.pauses),
        len(summary.of_kind("note")),
        tuple(
            Wait(
                summary.wall_ms(call.raised_ms),
                call.wait_ms,
                None if call.attended_ms is None else call.attended_ms - call.raised_ms,
            )
            for call in summary.real_calls
        ),
        summary.damaged,
    )
