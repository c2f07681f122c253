"""Every shipped picture is calm: each scene, the hold over it, and one melting into another."""

import functools
import itertools

import pytest

from guideplayer.core.moment import Caption
from guideplayer.core.scenes import PALETTES
from guideplayer.stage.scenes import make_scene
from guideplayer.verify.display import Display
from guideplayer.verify.examination import Examination, merged
from guideplayer.verify.film import lights
from tests.stage.moments import held, moment

SCENES = [(name, palette) for name, palettes in PALETTES.items() for palette in palettes]


FIELD_PX = (160, 90)
SESSION_S = range(0, 40 * 60, 60)


@functools.cache
def lightest_s(name):
    """The minute of a session at which a scene is lightest, in seconds: from there the way to the hold is longest."""
    scene = make_scene(name, *FIELD_PX)
    return max(SESSION_S, key=lambda second: float((scene.paint(second) ** 2.2).mean()))


def over(moments, seconds):
    """The measures that a film of these moments is over, with their values."""
    examination = Examination(Display())
    examination.walk(lights(moments, 0, round(seconds * 1000)))
    return {measure.name: (measure.value, measure.at_ms) for measure in merged([examination.worst()]) if measure.fails}


@pytest.mark.parametrize(("name", "palette"), SCENES, ids=["-".join(scene) for scene in SCENES])
def test_a_scene_at_full_light_and_full_speed(name, palette):
    def moments(at_ms):
        words = Caption("You can rest.", min(1.0, max(0.0, (at_ms - 1000) / 500)))
        return moment((name, 1.0), palette=palette, time_s=700 + at_ms / 1000, light=1.0, caption=words)

    assert over(moments, 6) == {}


@pytest.mark.parametrize("name", PALETTES)
def test_the_hold_comes_over_a_scene_and_goes(name):
    def moments(at_ms):
        weight = min(1.0, at_ms / 1500, max(0.0, (5500 - at_ms) / 3000))
        time_s = lightest_s(name) + at_ms / 1000
        return moment((name, 1.0), time_s=time_s, light=1.0, hold=held(weight, "We have paused.", "42"))

    assert over(moments, 6) == {}


@pytest.mark.parametrize(("first", "second"), list(itertools.pairwise([*PALETTES, "aurora"])))
def test_one_scene_melts_into_another(first, second):
    """It takes twelve seconds, always as fast; seen are the six in the middle, in which both are there."""

    def moments(at_ms):
        share = (3_000 + at_ms) / 12_000
        return moment((first, 1 - share), (second, share), time_s=700 + at_ms / 1000, light=1.0)

    assert over(moments, 6) == {}
