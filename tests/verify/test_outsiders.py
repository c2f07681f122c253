"""What IRIS and ffmpeg's filter say of films whose faults are known."""

import numpy as np
import pytest

from guideplayer.verify.display import FRAMES_PER_SECOND, SIZE_PX
from guideplayer.verify.outsiders import FFMPEG, IRIS, Opinion, Reel, installed, opinions, worse

pytestmark = pytest.mark.skipif(not installed(), reason="the extra `verify` is not installed")
WIDTH, HEIGHT = SIZE_PX
START_MS = 600_000


def told(picture_at, seconds, from_s=0.0):
    """What both say of a film that begins ten minutes into a session; `picture_at` gives display values 0..1."""
    with Reel(START_MS) as reel:
        for frame in range(round(seconds * FRAMES_PER_SECOND)):
            picture = np.broadcast_to(picture_at(frame / FRAMES_PER_SECOND), (HEIGHT, WIDTH, 3))
            reel.add((picture * 255).astype(np.uint8).tobytes())
        reel.finish()
        return {one.name: one for one in opinions(reel, START_MS + round(from_s * 1000))}


def calm(time_s):
    return np.linspace(0.1, 0.25, WIDTH)[None, :, None] * (1 + 0.05 * np.sin(time_s / 3))


def flashing(hertz, begins_s=0.0):
    return lambda time_s: 0.9 if time_s >= begins_s and (time_s * hertz) % 1 < 0.5 else 0.1


def test_a_calm_film_passes_both():
    both = told(calm, 6)
    assert both[IRIS] == Opinion(IRIS, 0, "passes")
    assert both[FFMPEG].worst < 0.1
    assert not any(one.objects for one in both.values())


def test_flashes_are_objected_to_by_both_and_dated():
    both = told(flashing(5, begins_s=4.0), 8)
    assert both[IRIS].says == "fails: flashes"
    assert both[FFMPEG].says.endswith(", and would step in")
    for one in both.values():
        assert one.objects
        assert START_MS + 4000 <= one.at_ms <= START_MS + 6000


def test_a_pattern_is_objected_to_by_iris():
    stripes = np.where(np.arange(WIDTH) // 12 % 2, 0.9, 0.1)[None, :, None]
    assert told(lambda time_s: stripes, 4)[IRIS].says == "fails: a pattern"


def test_what_only_leads_in_is_not_counted():
    both = told(lambda time_s: flashing(5)(time_s) if time_s < 2 else calm(time_s), 9, from_s=6.0)
    assert both[IRIS].worst == 0
    assert both[FFMPEG].worst < 0.1


def test_of_equal_opinions_the_earlier_stays():
    first, second = Opinion(IRIS, 2, "fails: flashes", 1000), Opinion(IRIS, 2, "fails: flashes", 2000)
    assert worse(first, second) is first
    assert worse(second, Opinion(IRIS, 3, "fails: flashes", 3000)).at_ms == 3000
