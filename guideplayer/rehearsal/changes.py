"""What staff change in a session, and what a refit makes of the script, as a sentence says it."""

from guideplayer.core.messages import Comforted, Infused
from guideplayer.core.plan import Cue, Track
from guideplayer.core.script import Rest, Say
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


def refit_change(before: Track, after: Track, position_ms: int) -> str:
    """How many rests and lines to come another fit has changed; nothing when it has changed none."""
    old = {(cue.phase, cue.index): cue for cue in before.cues if cue.index >= 0 and cue.end_ms > position_ms}
    new = {(cue.phase, cue.index): cue for cue in after.cues if cue.index >= 0 and cue.end_ms > position_ms}
    rests = [
        new[place].length_ms - cue.length_ms
        for place, cue in old.items()
        if place in new and isinstance(cue.item, Rest) and cue.start_ms >= position_ms
    ]
    counts = (
        (sum(change_ms < 0 for change_ms in rests), "rest", "shorter"),
        (sum(change_ms > 0 for change_ms in rests), "rest", "longer"),
        (_lines(old, new), "line", "left out"),
        (_lines(new, old), "line", "back in"),
    )
    parts = [f"{count} {what}{'' if count == 1 else 's'} {how}" for count, what, how in counts if count]
    return ", ".join(parts)


def _lines(of: dict[tuple[int, int], Cue], missing_in: dict[tuple[int, int], Cue]) -> int:
    return sum(isinstance(cue.item, Say) for place, cue in of.items() if place not in missing_in)
