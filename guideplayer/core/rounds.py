"""Rounds: staff look at the patient every so often, also when nobody presses.

A button cannot be the only safeguard: whoever is far away, asleep or unable to move presses nothing.
"""

import msgspec

from guideplayer.core.messages import Looked, RoundsSet
from guideplayer.core.state import BEFORE, Play, State
from guideplayer.core.units import MINUTE_MS, format_duration

SHORTEST_MS = MINUTE_MS
LONGEST_MS = 60 * MINUTE_MS

change = msgspec.structs.replace


def looked_after(state: State, now_ms: int) -> State:
    """Somebody is with the patient: in a session, the next round is due a whole interval from now."""
    if state.play in BEFORE or state.play is Play.ENDED:
        return state
    return change(state, rounds=change(state.rounds, looked_ms=now_ms))


def looked(state: State, event: Looked, now_ms: int) -> State | str:
    """Staff looked, and all is well. A sentence says why that cannot be told now."""
    if state.play in BEFORE or state.play is Play.ENDED:
        return "No session is under way."
    if state.call.open:
        return "The patient is calling: clear the call at the bedside instead."
    return looked_after(state, now_ms)


def rounds_set(state: State, event: RoundsSet) -> State | str:
    """How often from now on; a sentence says why that cannot be."""
    if not SHORTEST_MS <= event.every_ms <= LONGEST_MS:
        shortest, longest = format_duration(SHORTEST_MS), format_duration(LONGEST_MS)
        return f"Rounds are {shortest} to {longest} apart."
    return change(state, rounds=change(state.rounds, every_ms=event.every_ms))
