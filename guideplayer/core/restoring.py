"""A room that has come back with less than the stage knows goes on from that."""

import msgspec

from guideplayer.core.messages import Restored
from guideplayer.core.state import Basis, State

change = msgspec.structs.replace


def restored(state: State, event: Restored) -> State:
    """What the stage still knows; a call that only the stage has seen needs a code to be cleared with."""
    known = event.state
    call = known.call if known.call.code or not known.call.open else change(known.call, code=event.code)
    # A call that was only guessed has had a number, which no other call may bear.
    calls = max(known.calls, state.calls)
    return change(known, call=call, calls=calls, readiness=state.readiness, basis=Basis.AGREED)
