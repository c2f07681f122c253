"""The picture at full size: dithered without a change of colour, faded without a jump, black when it is off."""

import itertools

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.core.moment import Caption
from guideplayer.core.scenes import SCENE_NAMES
from guideplayer.stage.dither import Dither, blue_noise
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.painter import Painter
from guideplayer.stage.picture import PicturePainter
from guideplayer.stage.scenes import make_scene
from guideplayer.stage.scenes.colours import luminance
from tests.stage.moments import held, moment

SIZE = (640, 360)
FIELD_SIZE = (320, 180)


@pytest.fixture(scope="module")
def painter():
    return Painter(SIZE)


@pytest.fixture(scope="module")
def pictures():
    return PicturePainter(SIZE)


def pixels(painter):
    return pygame.surfarray.array3d(painter.surface).transpose(1, 0, 2)


def painted(painter, shown, overlay=None):
    painter.paint(shown, overlay)
    return pixels(painter)


@pytest.mark.parametrize("level", [0.4, 2.5, 10.3, 59.6, 60.2, 61.5, 120.7, 200.4, 254.0])
def test_dithering_keeps_the_mean(level):
    target = pygame.Surface(SIZE, depth=32)
    field = np.full((*FIELD_SIZE[::-1], 3), level / 255, np.float32)
    Dither(SIZE, FIELD_SIZE).draw(field, target)
    drawn = pygame.surfarray.array3d(target)
    assert abs(drawn.mean() - level) <= 0.25
    assert np.abs(drawn - level).max() < 2


def test_dithering_keeps_a_scene_within_a_quarter_of_a_level():
    target = pygame.Surface((1280, 720), depth=32)
    field = np.clip(make_scene("tide", *FIELD_SIZE).paint(100), 0, 1)
    Dither(target.get_size(), FIELD_SIZE).draw(field, target)
    assert abs(pygame.surfarray.array3d(target).mean() - field.mean() * 255) <= 0.25


def test_a_dim_gradient_has_no_bands():
    target = pygame.Surface((1920, 360), depth=32)
    across = np.linspace(10, 14, 320, dtype=np.float32) / 255
    Dither(target.get_size(), FIELD_SIZE).draw(np.broadcast_to(across[None, :, None], (180, 320, 3)), target)
    columns = pygame.surfarray.array3d(target)[..., 1].astype(float).reshape(60, -1).mean(axis=1)
    # Blocks of 32 columns rise evenly; undithered, four of them would hold a whole level and the others nothing.
    assert np.all(np.abs(np.diff(columns) - 4 / 60) < 0.15)


def test_blue_noise_is_even_and_without_large_grains():
    noise = blue_noise(1)
    assert np.histogram(noise, 8)[0].tolist() == [2048] * 8
    power = np.abs(np.fft.fft2(noise - noise.mean())) ** 2
    distance = np.hypot(*np.meshgrid(np.fft.fftfreq(128), np.fft.fftfreq(128)))
    assert power[distance < 0.1].mean() < 0.05 * power[distance > 0.3].mean()


def test_the_same_moment_is_the_same_picture(painter):
    once = painted(painter, moment(("nebula", 1.0)))
    painted(painter, moment(("dawn", 1.0)))
    np.testing.assert_array_equal(painted(painter, moment(("nebula", 1.0))), once)
    np.testing.assert_array_equal(painted(Painter(SIZE), moment(("nebula", 1.0))), once)


def test_what_has_not_changed_is_not_painted_again(painter):
    assert painter.paint(moment(("dusk", 1.0), time_s=19.8)) == pygame.Rect(0, 0, *SIZE)
    assert not painter.paint(moment(("dusk", 1.0), time_s=19.81))
    assert painter.paint(moment(("dusk", 1.0), time_s=19.88))


def test_a_caption_changes_its_own_place_only_and_leaves_nothing_behind(painter):
    bare = painted(painter, moment(("dusk", 1.0)))
    words = moment(("dusk", 1.0), caption=Caption("Let your breath move on its own.", 0.5))
    place = painter.paint(words)
    assert place.height < SIZE[1] / 2
    assert place.top > SIZE[1] / 2
    changed = (pixels(painter) != bare).any(axis=2)
    assert changed.any()
    assert changed.sum() == changed[place.top : place.bottom, place.left : place.right].sum()
    assert painter.paint(moment(("dusk", 1.0))) == place
    np.testing.assert_array_equal(pixels(painter), bare)


def test_light_is_a_share_of_the_luminance(pictures):
    whole = luminance(pictures.field(moment(("dawn", 1.0), light=1.0))).mean()
    assert luminance(pictures.field(moment(("dawn", 1.0), light=0.5))).mean() == pytest.approx(whole / 2, rel=0.12)
    assert luminance(pictures.field(moment(("dawn", 1.0), light=0.15))).mean() == pytest.approx(whole * 0.15, rel=0.3)


def test_a_picture_turned_off_is_black_but_for_the_words(painter):
    assert painted(painter, moment(("tide", 1.0), picture=0.0)).max() == 0
    assert painted(painter, moment(("tide", 1.0), picture=0.0, caption=Caption("Rest.", 1.0))).max() > 200


@pytest.mark.parametrize("old", sorted(SCENE_NAMES))
@pytest.mark.parametrize("new", ["dusk", "tide"])
def test_a_crossfade_never_jumps(pictures, old, new):
    # Twelve seconds at sixty frames, seen at a few of them.
    shares = np.concatenate([np.arange(3) / 720 + start for start in (0, 0.25, 0.5, 0.75)])
    means = [luminance(pictures.field(moment((old, 1 - share), (new, share), light=1.0))).mean() for share in shares]
    steps = np.abs(np.diff(means)).reshape(-1)
    assert np.delete(steps, [2, 5, 8]).max() < 0.001
    assert max(means) <= 0.10


@pytest.mark.parametrize("name", sorted(SCENE_NAMES))
def test_the_hold_comes_without_a_jump_in_light(pictures, name):
    weights = np.arange(0, 91) / 90
    frames = [luminance(pictures.field(moment((name, 1.0), light=1.0, hold=held(weight)))) for weight in weights[::3]]
    assert max(abs(a.mean() - b.mean()) for a, b in itertools.pairwise(frames)) <= 0.02
    assert max(np.abs(a - b).max() for a, b in itertools.pairwise(frames)) < 0.1


def test_the_whole_hold_does_not_need_the_scenes():
    painter = Painter(SIZE)
    once = painted(painter, moment(("nebula", 1.0), hold=held(1.0, "We have paused.", "42")))
    assert not painter._pictures._reels
    np.testing.assert_array_equal(
        painted(painter, moment(("dawn", 1.0), hold=held(1.0, "We have paused.", "42"))), once
    )


def test_the_code_for_staff_stands_in_the_corner(painter):
    without = painted(painter, moment(("dusk", 1.0), hold=held(1.0)))
    changed = np.argwhere((painted(painter, moment(("dusk", 1.0), hold=held(1.0, code="42"))) != without).any(axis=2))
    assert changed[:, 0].min() > SIZE[1] * 0.85
    assert changed[:, 1].min() > SIZE[0] * 0.7


def test_an_overlay_comes_and_goes(painter):
    bare = painted(painter, moment(("dusk", 1.0)))
    card = Overlay("Open this page", ("http://192.0.2.7:8765",), code="482913")
    assert (painted(painter, moment(("dusk", 1.0)), card) != bare).any()
    menu = [painted(painter, moment(("dusk", 1.0)), Overlay("Staff", ("Pause", "Back"), at)) for at in (0, 1)]
    assert (menu[0] != menu[1]).any()
    np.testing.assert_array_equal(painted(painter, moment(("dusk", 1.0))), bare)


def test_motion_still_is_one_picture(painter):
    still = moment(("tide", 1.0), time_s=60)
    painter.paint(still)
    assert not painter.paint(msgspec.structs.replace(still))


def test_on_a_screen_pictures_come_from_a_thread_and_words_at_once():
    painter = Painter(SIZE, pygame.Surface(SIZE, depth=32))
    try:
        assert painter.paint(moment(("tide", 1.0), time_s=20)) == pygame.Rect(0, 0, *SIZE)
        later = moment(("tide", 1.0), time_s=40, caption=Caption("Rest.", 1.0))
        assert painter.paint(later).top > SIZE[1] / 2
        assert painter._coming
        painter._coming[1].result()
        assert painter.paint(later) == pygame.Rect(0, 0, *SIZE)
        assert not painter.paint(later)
        np.testing.assert_array_equal(pixels(painter), painted(Painter(SIZE), later))
    finally:
        painter.close()
