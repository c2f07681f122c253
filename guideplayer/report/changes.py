"""What staff change in a session, as a sentence says it."""

from guideplayer.core.messages import Comforted, Infused
from guideplayer.core.units import format_duration

_NARRATION = {
    "full": "all lines are said",
    "sparse": "the optional lines are left out",
    "music": "no line is said",
}
_PUMP = {
    "started": "the pump starts",
    "stopped": "the pump stops",
    "restarted": "the pump goes on",
    "extended": "the infusion takes {by} longer",
    "shortened": "the infusion takes {by} less",
}


def comfort_change(event: Comforted) -> str:
    """What is gentler now, or less so."""
    parts = []
    if event.picture is not None:
        parts.append(f"picture {event.picture}")
    if event.narration is not None:
        parts.append(f"narration {event.narration}: {_NARRATION[event.narration]}")
    if event.captions is not None:
        parts.append(f"captions {'on' if event.captions else 'off'}")
    parts += [
        f"{name} {value:.0%}" for name, value in (("light", event.light), ("volume", event.volume)) if value is not None
    ]
    return ", ".join(parts)


def pump_change(event: Infused) -> str:
    """What the pump does."""
    return _PUMP[event.action].format(by=format_duration(event.by_ms))
