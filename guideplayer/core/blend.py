"""Which pictures and beds show and sound at an instant, and how much of each: one phase melting into the next.

A change always goes on from the mixture that there was, however soon it follows the change before; so nothing jumps.
"""

import math
from typing import TYPE_CHECKING

import msgspec

from guideplayer.core.script import BedChoice, Motion, SceneChoice
from guideplayer.core.units import SECOND_MS

if TYPE_CHECKING:
    from guideplayer.core.plan import Stretch, Track
    from guideplayer.core.state import State

SCENE_FADE_MS = 12 * SECOND_MS
BED_FADE_MS = 8 * SECOND_MS


class ScenePart(msgspec.Struct, frozen=True):
    """A scene and its share of the picture."""

    scene: SceneChoice
    weight: float


class BedPart(msgspec.Struct, frozen=True):
    """A bed, its level and its gain as an amplitude (0..1); `file` is a playlist's."""

    name: str
    level_lufs: float
    gain: float
    file: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other beds."""
        return self.name, self.file


class Blend(msgspec.Struct, frozen=True):
    """A mixture. The weights of the scenes sum to 1."""

    scenes: tuple[ScenePart, ...]
    light: float
    beds: tuple[BedPart, ...] = ()


# What is seen before a script is chosen; nothing sounds.
WAITING = Blend((ScenePart(SceneChoice("dusk", Motion.SLOW, 0.3), 1.0),), 0.3)


def of_phase(scene: SceneChoice, bed: BedChoice) -> Blend:
    """A phase by itself."""
    beds = (BedPart(bed.name, bed.level_lufs, 1.0, bed.file),) if bed.name else ()
    return Blend((ScenePart(scene, 1.0),), scene.light, beds)


def eased(share: float) -> float:
    """A share of a way, begun and ended softly."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def mixed(before: Blend, after: Blend, gone_ms: int) -> Blend:
    """What there is some time after one mixture began to become another."""
    share = eased(gone_ms / SCENE_FADE_MS)
    if share >= 1.0:
        return after
    light = before.light * (1 - share) + after.light * share
    return Blend(_scenes(before, after, share), light, _beds(before, after, eased(gone_ms / BED_FADE_MS)))


def _scenes(before: Blend, after: Blend, share: float) -> tuple[ScenePart, ...]:
    """Scenes that look the same in all but light are one."""
    weights: dict[tuple[str, str, str, Motion], tuple[SceneChoice, float]] = {}
    for blend, part_share in ((before, 1 - share), (after, share)):
        for part in blend.scenes:
            key = (part.scene.name, part.scene.palette, part.scene.file, part.scene.motion)
            weight = weights.get(key, (part.scene, 0.0))[1] + part.weight * part_share
            if weight > 0:
                weights[key] = (part.scene, weight)
    return tuple(ScenePart(scene, weight) for scene, weight in weights.values())


def _beds(before: Blend, after: Blend, share: float) -> tuple[BedPart, ...]:
    """Different beds cross at equal power; one that stays moves straight from its old gain and level to the new."""
    out, into = math.cos(share * math.pi / 2), math.sin(share * math.pi / 2)
    old = {bed.key: bed for bed in before.beds}
    new = {bed.key: bed for bed in after.beds}
    parts = [BedPart(bed.name, bed.level_lufs, bed.gain * out, bed.file) for bed in before.beds if bed.key not in new]
    for key, bed in new.items():
        was = old.get(key)
        if was:
            level_lufs = was.level_lufs * (1 - share) + bed.level_lufs * share
            parts.append(BedPart(bed.name, level_lufs, was.gain * (1 - share) + bed.gain * share, bed.file))
        else:
            parts.append(BedPart(bed.name, bed.level_lufs, bed.gain * into, bed.file))
    return tuple(part for part in parts if part.gain > 1e-4)


def blend_at(state: "State", now_ms: int) -> Blend:
    """The mixture at an instant."""
    track = state.plan.track(state.position.section) if state.plan else None
    entered_gone_ms = now_ms - state.entered_ms
    if track is None or not track.stretches:
        return mixed(state.left, WAITING, entered_gone_ms)
    position_ms = state.position.at(now_ms)
    return _in_track(state, track, track.stretch_at(position_ms), position_ms, entered_gone_ms)


def _in_track(state: "State", track: "Track", number: int, position_ms: int, entered_gone_ms: int) -> Blend:
    """The mixture at a position in a stretch: from the stretch before, or from what there was before the section."""
    stretch: Stretch = track.stretches[number]
    phase = of_phase(stretch.scene, stretch.bed)
    if number == 0 or stretch.start_ms <= state.entered_position_ms:
        return mixed(state.left, phase, entered_gone_ms)
    gone_ms = position_ms - stretch.start_ms
    if gone_ms >= SCENE_FADE_MS:
        return phase
    before = _in_track(state, track, number - 1, stretch.start_ms, entered_gone_ms - gone_ms)
    return mixed(before, phase, gone_ms)
