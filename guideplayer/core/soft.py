"""Nothing on a stage jumps, whatever it is told: what is seen and heard goes on from where it is.

A direction may come late (a press, a command and a restart each take their time), or from a room that has lost
something; what it says is true, only not where the picture and the sound are at this instant.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from guideplayer.core.blend import Blend, blend_at
from guideplayer.core.state import Fade, Flow, State

_FADES = ("hold", "loudness", "light", "picture", "volume", "speech", "captions", "spoken", "spoken_optional")
# Less than this nobody sees or hears.
_ALIKE = 0.01
_WITHIN_MS = 1500


def softly(shown: State, told: State, now_ms: int, shown_ms: int | None = None) -> State:
    """The state that was told, beginning where the shown one is at this instant.

    That instant is `shown_ms` on the clock of what is shown: a room's clock may stand elsewhere than the one before.
    """
    shown_ms = now_ms if shown_ms is None else shown_ms
    changes: dict[str, Any] = {}
    for name in _FADES:
        way, fade = getattr(shown, name), getattr(told, name)
        was = way.at(shown_ms)
        if abs(fade.at(now_ms) - was) <= _ALIKE:
            continue
        if way.target == fade.target:
            # It is on its way there already.
            changes[name] = msgspec.structs.replace(way, from_ms=way.from_ms + now_ms - shown_ms)
        else:
            left_ms = max(_WITHIN_MS, fade.from_ms + fade.length_ms - now_ms)
            changes[name] = Fade(was, fade.target, now_ms, left_ms, fade.eager)
    # The scenes' own time: a jump of it would be a jump of the picture.
    ahead_ms = told.flow.at(now_ms) - shown.flow.at(shown_ms)
    if ahead_ms:
        changes["flow"] = Flow(told.flow.base_ms - ahead_ms, told.flow.rate)
    before = blend_at(shown, shown_ms)
    if not _alike(before, blend_at(told, now_ms)):
        position_ms = told.position.at(now_ms)
        changes |= {"left": before, "entered_ms": now_ms, "entered_position_ms": position_ms}
    return msgspec.structs.replace(told, **changes) if changes else told


def _alike(one: Blend, other: Blend) -> bool:
    """Whether one mixture can follow the other without anybody's noticing."""
    if one == other:
        return True
    if abs(one.light - other.light) > _ALIKE:
        return False
    weights = [
        {(part.scene.name, part.scene.palette, part.scene.file): part.weight for part in blend.scenes}
        for blend in (one, other)
    ]
    gains = [{part.key: part.gain for part in blend.beds} for blend in (one, other)]
    return _near(*weights) and _near(*gains)


def _near(ours: Mapping[Any, float], theirs: Mapping[Any, float]) -> bool:
    return all(abs(ours.get(key, 0.0) - theirs.get(key, 0.0)) <= _ALIKE for key in ours.keys() | theirs.keys())
