"""A pause: everything stops softly, and at once, for a press, for a person at the desk, or after a room was away."""

import msgspec

from guideplayer.core.state import RUNNING, Play, State

HOLD_FADE_MS = 1500

change = msgspec.structs.replace


def paused(state: State, now_ms: int) -> State:
    """Everything stops softly, and at once."""
    if state.hold.target and state.held_ms > now_ms:
        # A press that was made before, and is heard of only now: all has been held since then.
        return _paused_since(state, now_ms)
    state = change(state, hold=state.hold.towards(1.0, now_ms, HOLD_FADE_MS, eager=True))
    if state.hold.from_ms == now_ms:
        state = change(state, held_ms=now_ms)
    if state.play not in RUNNING:
        return state
    return change(
        state,
        play=Play.HOLDING,
        held_ms=now_ms,
        position=state.position.stopped(max(now_ms, state.position.at_ms)),
        loudness=state.loudness.towards(0.0, now_ms, HOLD_FADE_MS, eager=True),
        speech=state.speech.towards(0.0, now_ms, HOLD_FADE_MS, eager=True),
    )


def _paused_since(state: State, since_ms: int) -> State:
    """The same hold, begun earlier."""
    begun_ms = state.held_ms
    fades = {
        name: change(fade, from_ms=since_ms)
        for name in ("hold", "loudness", "speech")
        if (fade := getattr(state, name)).from_ms == begun_ms
    }
    position = state.position
    if not position.running and position.at_ms == begun_ms:
        position = change(position, at_ms=since_ms)
    return change(state, held_ms=since_ms, position=position, **fades)
