"""How events are told, each in a sentence."""

from guideplayer.core.messages import (
    Began,
    Chose,
    Comforted,
    Confirmed,
    Event,
    Infused,
    InRoom,
    Looked,
    Noted,
    Paged,
    Recovered,
    Restored,
    RoundsSet,
    StageIs,
)
from guideplayer.core.state import State
from guideplayer.core.units import SECOND_MS
from guideplayer.report.changes import comfort_change, pump_change

# Whom an alert reaches, by its level.
REACHES = ("the desks", "the desks and the room's alarm", "the desks and pagers", "everyone")
SOURCES = {
    "desk": "a desk raised it",
    "recovery": "the room had been down, and a press may have been lost",
    "the room was silent": "the screen had lost touch with the room",
}
NOT_SHOWN = {
    "screen": "the screen",
    "sound": "the sound",
    "control": "the patient's control",
    "call": "a rehearsed call",
    "desk": "an armed desk",
}


def length(length_ms: int) -> str:
    """A length as it is said: `50 min`, `1 min 20 s`, `8 s`."""
    minutes, seconds = divmod(round(length_ms / SECOND_MS), 60)
    parts = [f"{minutes} min"] if minutes else []
    return " ".join([*parts, f"{seconds} s"] if seconds or not minutes else parts)


def source(name: str) -> str:
    """Who or what raised a call."""
    return SOURCES.get(name, "the patient pressed")


def telling(event: Event, before: State, at_ms: int) -> tuple[str, str] | None:
    """An event's kind and sentence; None for what is told otherwise, or not at all."""
    match event:
        case Chose(script=script, infusion_ms=infusion_ms):
            return "choice", f"{script.title} for {length(infusion_ms)} of infusion"
        case Began(unready=unready):
            return "state", "begun past the readiness checks" if unready and not before.ready else "begun"
        case InRoom():
            return "readiness", "staff stay in the room"
        case Confirmed(what=what):
            return "readiness", f"{what}: a person found that it works"
        case Comforted():
            return "comfort", comfort_change(event)
        case Infused():
            return "pump", pump_change(event)
        case Looked():
            return "round", "looked at the patient: all is well"
        case RoundsSet(every_ms=every_ms):
            return "round", f"rounds every {length(every_ms)} from now on"
        case Noted(tag=tag, text=text):
            return "note", f"{tag}: {text}" if text else tag
        case Paged(service=service, reached=reached, took_ms=took_ms, says=says, kind=kind):
            taken = "is on" if kind == "relay" else "has taken the call"
            told = taken if reached else f"was not reached: {says}"
            return "call", f"the {kind} “{service}” {told} ({length(took_ms)})"
        case Recovered(lost=True):
            return "incident", "a session was under way of which nothing is known any more"
        case Recovered(alone=True):
            return "incident", "no screen was there that could have kept a press"
        case Recovered(alive_ms=alive_ms):
            return "incident", f"the room's programme was down for {length(at_ms - alive_ms)}"
        case Restored():
            return "incident", "the record was behind; the stage has told what was"
        case StageIs():
            return _stage(event, before)
    return None


def _stage(event: StageIs, before: State) -> tuple[str, str] | None:
    """What has changed in what can be seen and heard."""
    was = before.readiness
    if event.sound == "no sound" != was.sound:
        return "incident", "there is no sound in the room"
    if event.sound == "sound" and was.sound == "no sound":
        return "incident", "there is sound again"
    if event.screen == "off-screen" != was.screen:
        return "incident", "there is no screen in the room"
    if not event.sound and was.sound:
        return "incident", "picture and sound are started anew"
    return None
