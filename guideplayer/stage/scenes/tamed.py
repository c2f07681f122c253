"""A scene of somebody else's, made as calm as the shipped ones: whatever it paints, it cannot dazzle, flash or jump.

A scene that keeps to the limits is shown as it is. The limits hold from one step of a `Reel` to the next.
"""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Stars
from guideplayer.stage.scenes.colours import Field, Plane, displayed, linear

# The mean luminance of every picture, and its largest display value: 0.79 of the light, since above 0.80 a change
# counts as a flash of its own (WCAG 2.2).
MOST_MEAN, LARGEST = 0.10, 0.9
# What a place may change by in a fifth of a second. A flash is 0.1 there and 0.1 back within a second, which takes 0.04
# a step; one of saturated red half of that (0.0625 there and back of R - G - B).
LIGHT_STEP, RED_STEP = 0.035, 0.024
# The whole screen changes by at most 0.025 a second, as slowly as the shipped scenes.
MEAN_STEP = 0.005
MOST_STARS, WIDEST, STAR_STEP, FARTHEST = 600, 12.0, 0.06, 0.01
# A gap of no more than five seconds is a painter out of breath; more is another place in the session.
LONGEST_GAP = 25

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_RED = np.array([1.0, -1.0, -1.0], np.float32)
_LEVELS = 8192
_LINEAR = linear(np.arange(_LEVELS + 1) / _LEVELS).astype(np.float32)
_LEAST = np.float32(1e-6)


class UnpaintableError(Exception):
    """A scene gives something that is no picture; the text says what, in one clause."""


def lit(field: Field) -> Plane:
    """The light of display values from 0 to 1."""
    return np.asarray(np.take(_LINEAR, np.rint(field * _LEVELS).astype(np.int32)))


def checked(field: object, height: int, width: int) -> Field:
    """What a scene has painted, if it is a picture. Raises UnpaintableError."""
    if not isinstance(field, np.ndarray) or field.shape != (height, width, 3):
        shape = field.shape if isinstance(field, np.ndarray) else type(field).__name__
        raise UnpaintableError(f"it paints {shape} where an array of the shape {(height, width, 3)} belongs")
    if field.dtype.kind not in "fiub" or not np.isfinite(field).all():
        raise UnpaintableError("its picture holds values that are no numbers")
    return field.astype(np.float32)


def budgeted(field: Field) -> Field:
    """A picture no lighter than may be."""
    field = np.clip(field, 0.0, LARGEST)
    light = lit(field)
    mean = float((light @ _LUMINANCE).mean())
    return displayed(light * (MOST_MEAN / mean)).astype(np.float32) if mean > MOST_MEAN else field


def slowed(before: Field, after: Field) -> Field:
    """A picture as far on its way from the one before as it may come in one step."""
    was, now = lit(before), lit(after)
    change = now - was
    lighter = np.abs(change @ _LUMINANCE)
    redder = np.abs(np.maximum(now @ _RED, 0) - np.maximum(was @ _RED, 0))
    share = np.minimum(LIGHT_STEP / np.maximum(lighter, _LEAST), RED_STEP / np.maximum(redder, _LEAST))
    hasty = share < 1
    if hasty.any():
        after = after.copy()
        after[hasty] = displayed(was[hasty] + change[hasty] * share[hasty][:, None])
        change = lit(after) - was
    whole = abs(float((change @ _LUMINANCE).mean()))
    return displayed(was + change * (MEAN_STEP / whole)).astype(np.float32) if whole > MEAN_STEP else after


class Tamed:
    """The steps of one scene, and what was seen of it last."""

    def __init__(self, height: int, width: int) -> None:
        self._size = height, width
        self._number = 0
        self._field: Field | None = None
        self._stars = NO_STARS

    def step(self, number: int, field: object, stars: object) -> tuple[Field, Stars]:
        """What is to be seen at a step. Raises UnpaintableError."""
        picture = budgeted(checked(field, *self._size))
        lights = plain_stars(stars)
        goes_on = self._field is not None and 0 < number - self._number <= LONGEST_GAP
        if self._field is not None and goes_on:
            picture = slowed(self._field, picture)
            lights = slowed_stars(self._stars, lights)
        self._number, self._field, self._stars = number, picture, lights
        return picture, lights


def plain_stars(stars: object) -> Stars:
    """Stars of a scene, no more and no wider than may be. Raises UnpaintableError."""
    if not isinstance(stars, Stars):
        raise UnpaintableError("its `stars` gives no Stars")
    count = min(len(stars.across), MOST_STARS)
    width = np.ones(count) if stars.width is None else stars.width
    parts = [np.asarray(part, np.float32)[:count] for part in (stars.across, stars.down, stars.brightness, width)]
    if any(part.shape != (count,) or not np.isfinite(part).all() for part in parts):
        raise UnpaintableError("its stars differ in number, or hold values that are no numbers")
    across, down, brightness = (np.clip(part, 0, 1) for part in parts[:3])
    tint = tuple(float(min(1.0, max(0.0, share))) for share in stars.tint[:3])
    return Stars(across, down, brightness, np.clip(parts[3], 1, WIDEST), tint)


def slowed_stars(before: Stars, after: Stars) -> Stars:
    """Stars that neither flare up nor jump: one that is elsewhere goes out first, and comes up there."""
    count = max(len(before.across), len(after.across))
    was, now = _padded(before, count), _padded(after, count)
    away = np.hypot(now.across - was.across, now.down - was.down) > FARTHEST
    jumps = away & (was.brightness > 0)
    wanted = np.where(jumps, 0, now.brightness)
    brightness = np.clip(wanted, was.brightness - STAR_STEP, was.brightness + STAR_STEP).astype(np.float32)
    assert was.width is not None
    assert now.width is not None
    across, down = np.where(jumps, was.across, now.across), np.where(jumps, was.down, now.down)
    return Stars(across, down, brightness, np.where(jumps, was.width, now.width), now.tint)


def _padded(stars: Stars, count: int) -> Stars:
    """As many stars as another time had: those that are missing are dark."""
    assert stars.width is not None
    more = (0, count - len(stars.across))
    across, down, brightness, width = (np.pad(part, more) for part in (*stars[:3], stars.width))
    return Stars(across, down, brightness, np.maximum(width, 1), stars.tint)
