"""What a refit makes of the script, as a sentence says it."""

from guideplayer.core.plan import Cue, Track
from guideplayer.core.script import Rest, Say


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
