"""The picture of last resort: dim, readable, and without a jump."""

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.core.moment import Caption
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.plain import PLAIN, PlainPainter
from guideplayer.stage.scenes.colours import luminance
from tests.stage.moments import held, moment

SIZE = (1280, 720)
STAFF = Overlay("", ("Staff: nobody has answered this call.",))
MENU = Overlay("Staff", ("I am with the patient", "Clear the call"), 1)


@pytest.fixture
def painter():
    return PlainPainter(pygame.Surface(SIZE, depth=32))


def seen(painter, shown, overlay=None):
    painter.paint(shown, overlay)
    return pygame.surfarray.array3d(painter.surface).transpose(1, 0, 2) / 255


def lit_rows(picture):
    """The rows in which something stands out from the ground."""
    return np.flatnonzero((np.abs(picture - picture[0, 0]) > 0.1).any(axis=(1, 2)))


def test_it_is_as_dim_as_the_real_one_and_says_why_it_is_there(painter):
    assert luminance(seen(painter, moment(("dusk", 1.0), light=1.0))).mean() <= 0.1
    assert luminance(seen(painter, moment(("dusk", 1.0), hold=held(1.0, "We have paused.", "42")))).mean() <= 0.1
    assert painter.faults == (PLAIN,)


def test_words_are_large_in_the_middle_and_come_softly(painter):
    sentence = "Let your breath move on its own. There is nothing that you need to do, and nowhere to go."
    rows = lit_rows(seen(painter, moment(("dusk", 1.0), caption=Caption(sentence, 1.0))))
    assert rows.min() > SIZE[1] * 0.2
    assert rows.max() < SIZE[1] * 0.8
    light = [
        luminance(seen(painter, moment(("dusk", 1.0), caption=Caption(sentence, opacity / 10)))).mean()
        for opacity in range(11)
    ]
    assert light == sorted(light)
    assert np.diff(light).max() <= 0.02


def test_a_hold_comes_without_a_jump_and_nothing_is_painted_twice(painter):
    light = [
        luminance(seen(painter, moment(("dusk", 1.0), light=0.2, hold=held(weight / 40)))).mean()
        for weight in range(41)
    ]
    assert np.diff(light).max() <= 0.02
    assert not painter.paint(moment(("dusk", 1.0), light=0.2, hold=held(1.0)))


def test_staff_see_their_code_and_words_besides_the_patients(painter):
    calling = moment(("dusk", 1.0), hold=held(1.0, "I am still calling.", "42"))
    rows = lit_rows(seen(painter, calling, STAFF))
    assert rows.min() < SIZE[1] * 0.1
    assert rows.max() > SIZE[1] * 0.9
    assert len(painter.codes) == 1
    without = seen(painter, calling)
    assert np.abs(seen(painter, calling, MENU) - without).max() > 0.3


@pytest.mark.parametrize(
    "shown", [moment(("dusk", 1.0), caption=Caption("Rest.", 1.0)), moment(hold=held(1.0, "Rest."))]
)
def test_what_has_just_begun_is_whole_words_on_black(painter, shown):
    first = seen(painter, msgspec.structs.replace(shown, risen=0.0))
    assert first[0, 0].max() == 0
    assert first.max() > 0.6
    assert seen(painter, shown)[0, 0].max() > 0.1
