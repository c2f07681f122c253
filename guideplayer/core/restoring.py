"""A room that has come back: what it goes on from, and whether somebody has been left alone meanwhile."""

import msgspec

from guideplayer.core.messages import Recovered, Restored
from guideplayer.core.state import BEFORE, RUNNING, Basis, CallState, Play, State
from guideplayer.core.units import SECOND_MS

STALE_MS = 5 * SECOND_MS

change = msgspec.structs.replace


def restored(state: State, event: Restored) -> State:
    """What the stage still knows; a call that only the stage has seen needs a code to be cleared with."""
    known = event.state
    call = known.call if known.call.code or not known.call.open else change(known.call, code=event.code)
    # A call that was only guessed has had a number, which no other call may bear.
    calls = max(known.calls, state.calls)
    # What works is as the room finds it; that there was a control once, a record that was lost does not tell.
    windowed = state.readiness.windowed or known.readiness.windowed
    readiness = change(state.readiness, windowed=windowed)
    return change(known, call=call, calls=calls, readiness=readiness, basis=Basis.AGREED)


def left_alone(state: State, event: Recovered, now_ms: int) -> bool:
    """Whether a press may have been lost of somebody for whom nobody is on their way; in a pause as in the programme.

    After its end a machine may well sleep: only what has lost its memory is answered then.
    """
    if state.play in BEFORE:
        return event.lost and not state.call.open
    coming = state.call.open and state.call.state is not CallState.ATTENDED
    if coming and state.play not in RUNNING:
        return False
    return event.alone or (state.play is not Play.ENDED and now_ms - event.alive_ms > STALE_MS)
