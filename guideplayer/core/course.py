"""The course of a session on one scale: the arrival before 0, the infusion's own clock, and then the return.

What happened is kept there as it happened: on the infusion's clock, which runs through every pause.
"""

import msgspec

from guideplayer.core.plan import Section
from guideplayer.core.state import Play, State, Stop

# A drawing has no room for more, and the journal keeps all of them.
MOST_KEPT = 100


def clock_ms(state: State, now_ms: int) -> int:
    """Where on the scale the session is now, in ms."""
    position = state.position
    if position.section is Section.INFUSION:
        return state.pump.elapsed_ms(now_ms)
    if position.section is Section.RETURN:
        return state.pump.length_ms + position.at(now_ms)
    return min(0, position.at(now_ms) - (state.plan.arrival.length_ms if state.plan else 0))


def followed(before: State, after: State, now_ms: int) -> State:
    """The state after a step, with the pause that it began or ended, and the call that it raised."""
    stops, called = after.stops, after.called
    if after.play is Play.HOLDING and before.play is not Play.HOLDING:
        stops = (*stops, Stop(clock_ms(after, now_ms)))
    elif after.play is not Play.HOLDING and stops and stops[-1].until_ms is None:
        stops = (*stops[:-1], Stop(stops[-1].from_ms, clock_ms(before, now_ms)))
    if after.call.id != before.call.id and not after.call.rehearsal:
        called = (*called, clock_ms(after, now_ms))
    if (stops, called) == (after.stops, after.called):
        return after
    return msgspec.structs.replace(after, stops=stops[-MOST_KEPT:], called=called[-MOST_KEPT:])
