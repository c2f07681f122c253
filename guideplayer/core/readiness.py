"""What has been shown to work before a session, and by whom the room can be reached."""

import msgspec

from guideplayer.core.messages import Armed, Confirmed, InRoom, StageIs
from guideplayer.core.state import WINDOW, State

change = msgspec.structs.replace


def in_room(state: State, event: InRoom) -> State:
    """A person states that they stay in the room."""
    return change(state, readiness=change(state.readiness, in_room=True))


def confirmed(state: State, event: Confirmed) -> State | str:
    """A person heard the chime. A sentence says why anything else cannot be confirmed by word."""
    if event.what != "sound":
        return "Only the sound is confirmed by word: the control and the call are shown by a press."
    return change(state, readiness=change(state.readiness, sound_heard=True))


def stage_is(state: State, event: StageIs) -> State:
    """The stage tells what it can do. What sounds after a silence may be another device: it must be heard anew."""
    shown = state.readiness
    heard = shown.sound_heard and event.sound != "no sound"
    windowed = shown.windowed or event.screen == WINDOW
    told = change(shown, screen=event.screen, sound=event.sound, sound_heard=heard, windowed=windowed)
    return change(state, readiness=told)


def armed(state: State, event: Armed) -> State:
    """Other desks can be reached than before."""
    return change(state, readiness=change(state.readiness, armed=event.desks))
