"""What a person asks, at the desk or at the room's own menu, as events for the session."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from guideplayer.core.menu import ATTEND, BY_MENU
from guideplayer.core.messages import (
    Acknowledged,
    Attended,
    Began,
    Cleared,
    Comforted,
    Confirmed,
    Ended,
    Event,
    Held,
    Infused,
    InRoom,
    Looked,
    Noted,
    Resumed,
    Returned,
    RoundsSet,
)
from guideplayer.core.state import Narration, Picture

Body = Mapping[str, Any]


def _comforted(body: Body, by: str) -> Event:
    return Comforted(
        picture=Picture(body["picture"]) if "picture" in body else None,
        narration=Narration(body["narration"]) if "narration" in body else None,
        captions=body.get("captions"),
        light=body.get("light"),
        volume=body.get("volume"),
        by=by,
    )


# `choose` reads a file and `rehearse` raises a call with a code: the room does those itself.
_EVENTS: dict[str, Callable[[Body, str], Event]] = {
    "begin": lambda body, by: Began(by),
    "confirm": lambda body, by: Confirmed(body["what"], by),
    "hold": lambda body, by: Held(by),
    "acknowledge": lambda body, by: Acknowledged(body.get("name") or by, body["call"]),
    "clear": lambda body, by: Cleared(body["code"], by),
    "resume": lambda body, by: Resumed(by),
    "comfort": _comforted,
    "infusion": lambda body, by: Infused(body["action"], body.get("by_ms", 0), by),
    "return": lambda body, by: Returned(by),
    "end": lambda body, by: Ended(by),
    "looked": lambda body, by: Looked(by),
    "rounds": lambda body, by: RoundsSet(body["every_ms"], by),
    "note": lambda body, by: Noted(body["tag"], body.get("text", ""), by),
}


def event_of(command: str, body: Body, by: str) -> Event:
    """The event that a desk's command means. Raises KeyError for a command that is no event of its own."""
    return _EVENTS[command](body, by)


_MENU: dict[str, Event] = {
    ATTEND: Attended(BY_MENU),
    "clear": Cleared(by=BY_MENU, present=True),
    "resume": Resumed(BY_MENU),
    "hold": Held(BY_MENU),
    "sound": Confirmed("sound", BY_MENU),
    "in-room": InRoom(BY_MENU),
    "begin": Began(BY_MENU),
    "begin-unready": Began(BY_MENU, unready=True),
    "looked": Looked(BY_MENU),
    "pump-started": Infused("started", by=BY_MENU),
    "pump-stopped": Infused("stopped", by=BY_MENU),
    "return": Returned(BY_MENU),
    "end": Ended(BY_MENU),
}


def menu_event(action: str, at_ms: int | None = None) -> Event | None:
    """The event that an entry of the room's own menu means, chosen at a time of the room's clock; None for what is no
    event.
    """
    event = _MENU.get(action)
    return msgspec.structs.replace(event, at_ms=at_ms) if isinstance(event, Attended) else event
