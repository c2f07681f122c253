"""The staff menu on the room's own screen, for when no desk is at hand: what makes sense now, in plain words."""

from guideplayer.core.state import BEFORE, RUNNING, UNDER_WAY, Play, State

# Who did it, and the entry by which somebody says that they are there.
BY_MENU = "staff in the room"
ATTEND, ATTEND_WORDS = "attend", "I am with the patient"


def menu_of(state: State) -> tuple[tuple[str, str], ...]:
    """The entries of the staff menu that make sense now: action and words, the most sensible first."""
    entries: list[tuple[str, str]] = []
    if state.call.open:
        entries += [(ATTEND, ATTEND_WORDS), ("clear", "Clear the call")]
    elif state.play is Play.HOLDING:
        entries += [("resume", "Go on softly"), ("return", "Go to the return")]
    elif state.play in BEFORE:
        entries += [("chime", "Play the chime"), ("sound", "The chime was heard")]
        entries += [("in-room", "I stay in the room")]
        if state.plan:
            entries += [("begin", "Begin")] if state.ready else [("begin-unready", "Begin although not all is shown")]
    elif state.play is Play.ARRIVING:
        entries += [("pump-started", "The pump has started")]
    if state.play in RUNNING:
        entries += [("hold", "Pause"), ("looked", "All is well: I have looked"), ("return", "Go to the return")]
    if state.pump.running and state.play in UNDER_WAY:
        entries += [("pump-stopped", "The pump has stopped")]
    if state.play in UNDER_WAY:
        entries += [("end", "End the session")]
    if (state.play in BEFORE or state.play is Play.ENDED) and not state.call.open:
        entries += [("quit", "Close guideplayer")]
    return (*entries, ("", "Back"))
