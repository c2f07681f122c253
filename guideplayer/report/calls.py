"""The calls of a session, followed from step to step."""

from collections.abc import Sequence

import msgspec

from guideplayer.core.messages import Acknowledged, Alert, Attended, Cleared, Effect, Event
from guideplayer.core.state import Call, State
from guideplayer.report.summary import Answer, CallTold, Escalation


class _Followed(msgspec.Struct):
    """A call as it was last, and what it does not keep itself."""

    call: Call
    number: str
    answers: list[Answer]
    escalations: list[Escalation]
    cleared_by: str = ""


class Calls:
    """All calls by their number."""

    def __init__(self) -> None:
        self._calls: dict[str, _Followed] = {}

    def follow(self, state: State, event: Event, effects: Sequence[Effect], now_ms: int) -> None:
        """What a step has made of the call."""
        call = state.call
        if not call.id:
            return
        if call.id not in self._calls:
            alike = sum(one.call.rehearsal is call.rehearsal for one in self._calls.values())
            self._calls[call.id] = _Followed(call, str(alike + 1), [], [])
        followed = self._calls[call.id]
        followed.call = call
        for effect in effects:
            if isinstance(effect, Alert) and effect.level > max((one.level for one in followed.escalations), default=0):
                followed.escalations.append(Escalation(now_ms, effect.level))
        if isinstance(event, Acknowledged):
            followed.answers.append(Answer(now_ms, event.name.strip()))
        elif isinstance(event, Attended | Cleared):
            followed.cleared_by = event.by or followed.cleared_by

    def number(self, call: Call) -> str:
        """Which of its kind a call is: rehearsed ones are counted apart, so that the first real one is the first."""
        return self._calls[call.id].number

    def told(self, zero_ms: int) -> tuple[CallTold, ...]:
        """All calls, with their times from an instant."""

        def since(at_ms: int | None) -> int | None:
            return None if at_ms is None else at_ms - zero_ms

        return tuple(
            CallTold(
                number=followed.number,
                source=call.source,
                raised_ms=call.raised_ms - zero_ms,
                presses=call.presses,
                rehearsal=call.rehearsal,
                delivered_ms=since(call.delivered_ms),
                answers=tuple(Answer(one.at_ms - zero_ms, one.name) for one in followed.answers),
                lapses_ms=tuple(at_ms - zero_ms for at_ms in call.lapses_ms),
                escalations=tuple(Escalation(one.at_ms - zero_ms, one.level) for one in followed.escalations),
                attended_ms=since(call.attended_ms),
                cleared_ms=since(call.cleared_ms),
                cleared_by=followed.cleared_by,
            )
            for followed in self._calls.values()
            for call in (followed.call,)
        )
