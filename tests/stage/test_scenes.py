"""The scenes: beautiful is for people to judge; that none can dazzle, flash, sicken or repeat is held here."""

import numpy as np
import pytest

from guideplayer.core.scenes import PALETTES, SCENE_NAMES
from guideplayer.stage.scenes import HOLD, all_names, make_scene
from guideplayer.stage.scenes.colours import gradient, luminance, shade, smooth
from guideplayer.stage.scenes.palettes import palette_names

SIZE = (160, 90)
FRAME_S = 1 / 60
TIMES_S = (0.0, 61.7, 433.3, 977.7, 1801.1, 3599.9)


@pytest.fixture(params=all_names())
def name(request):
    return request.param


@pytest.fixture(params=[(name, palette) for name in all_names() for palette in palette_names(name)], ids="-".join)
def painted(request):
    return request.param


@pytest.fixture
def scene(painted):
    name, palette = painted
    return make_scene(name, 320, 180, palette=palette)


def light_of(scene, time_s):
    return luminance(np.clip(scene.paint(time_s), 0, 1))


def test_there_is_a_scene_for_every_name_that_a_script_may_choose():
    assert set(all_names()) == SCENE_NAMES | {HOLD}


def test_the_same_time_is_the_same_picture(name):
    scene = make_scene(name, 320, 180)
    once, again = scene.paint(433.3), scene.paint(433.3)
    scene.paint(12.0)
    assert once is not again
    assert once.dtype == np.float32
    assert once.shape == (180, 320, 3)
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(once, make_scene(name, 320, 180).paint(433.3))


def test_another_seed_is_another_picture(name):
    assert not np.array_equal(make_scene(name, *SIZE).paint(60), make_scene(name, *SIZE, seed=2).paint(60))


def test_no_picture_is_brighter_than_a_tenth_in_the_mean(scene):
    assert max(light_of(scene, time_s).mean() for time_s in np.arange(0, 4200, 140.0)) <= 0.10


def test_a_scene_at_half_light_can_be_seen(painted, scene):
    night = {"hold": 0.01, "aurora": 0.012, "embers": 0.014, "snow": 0.016, "rain": 0.016, "nebula": 0.02, "halo": 0.02}
    lowest = night.get(painted[0], 0.025)
    assert min(light_of(scene, time_s).mean() / 2 for time_s in TIMES_S) >= lowest


def test_no_place_changes_its_light_suddenly(scene):
    for time_s in TIMES_S:
        now, then = light_of(scene, time_s), light_of(scene, time_s + FRAME_S)
        assert abs(now.mean() - then.mean()) < 0.0005
        assert np.abs(now - then).max() < 0.02


def test_the_whole_screen_never_breathes_faster_than_six_times_a_minute(scene):
    # A minute at one picture a second shows everything from 1 to 30 times a minute, and so the 12 to 24 that sicken.
    means = np.array([light_of(scene, time_s).mean() for time_s in np.arange(600.0, 660.0)])
    drift = np.polyval(np.polyfit(np.arange(60), means, 3), np.arange(60))
    times_a_minute = np.abs(np.fft.rfft((means - drift) * np.hanning(60))) / 15 / means.mean()
    assert times_a_minute[8:].max() < 0.003


def test_nothing_looks_like_a_loop(name):
    if name == "still":
        pytest.skip("it is for eyes that nothing may move before")
    scene = make_scene(name, 320, 180)
    first = scene.paint(200.0)
    for later_s in (60, 97, 180, 300, 433, 600):
        assert np.abs(scene.paint(200.0 + later_s) - first).max() > 0.01


def test_stars_are_inside_the_picture_and_change_slowly(scene):
    for time_s in TIMES_S:
        stars, soon = scene.stars(time_s), scene.stars(time_s + FRAME_S)
        for places in (stars.across, stars.down, stars.brightness):
            assert np.all((places >= 0) & (places <= 1))
        assert np.abs(stars.brightness - soon.brightness).max(initial=0) < 0.01


def test_still_is_still():
    scene = make_scene("still", *SIZE)
    np.testing.assert_array_equal(scene.paint(0.0), scene.paint(3000.0))


def test_stars_come_out_one_by_one_at_dusk():
    scene = make_scene("dusk", *SIZE)
    seen = [int((scene.stars(time_s).brightness > 0.02).sum()) for time_s in (0, 300, 900, 1500)]
    assert seen == sorted(set(seen))
    assert seen[0] > 5


def test_a_gradient_goes_through_its_ends_without_steps():
    colours = gradient([(0.0, "#102030"), (1.0, "#d0a060")])
    np.testing.assert_allclose(shade(colours, np.array([0.0])) * 255, [[16, 32, 48]], atol=2.0)
    np.testing.assert_allclose(shade(colours, np.array([1.0])) * 255, [[208, 160, 96]], atol=2.0)
    assert np.abs(np.diff(colours, axis=0)).max() < 0.002


def test_smooth_is_flat_at_both_ends():
    assert smooth(1.0, 2.0, np.array([0.0, 1.0, 1.5, 2.0, 9.0])).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_every_palette_that_a_script_may_choose_is_there():
    assert {name: palette_names(name) for name in PALETTES} == PALETTES
