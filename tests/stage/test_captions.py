"""Captions: broken where a reader breathes, large, and legible over the lightest picture there is."""

from collections.abc import Iterable

import numpy as np
import pygame
import pytest

from guideplayer.core.moment import Caption
from guideplayer.core.scenes import SCENE_NAMES
from guideplayer.stage.captions import INK, PLATE, PLATE_OPACITY, Captions, CaptionStyle, Place, Type, break_lines
from guideplayer.stage.painter import Painter
from guideplayer.stage.rows import row_of
from guideplayer.stage.scenes.colours import luminance
from tests.stage.moments import held, moment

SIZE = (960, 540)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("Rest.", ("Rest.",)),
        ("Let your breath move on its own.", ("Let your breath move on its own.",)),
        ("We have paused. I am calling the team now.", ("We have paused.", "I am calling the team now.")),
        (
            "If something difficult comes up, press the button.",
            ("If something difficult comes up,", "press the button."),
        ),
        (
            "You can let it pass and you can let it stay.",
            ("You can let it pass", "and you can let it stay."),
        ),
        (
            "There is nothing that you need to do right now.",
            ("There is nothing", "that you need to do right now."),
        ),
        ("Above you\nthe sky is wide.", ("Above you", "the sky is wide.")),
        (
            "呼吸はそのままで大丈夫です。ゆっくり休んでいてください。",
            ("呼吸はそのままで大丈夫です。", "ゆっくり休んでいてください。"),
        ),
        ("你可以让呼吸自己来去。没有什么需要做的。", ("你可以让呼吸自己来去。", "没有什么需要做的。")),
        ("Donaudampfschifffahrtsgesellschaftskapitän ruht", ("Donaudampfschifffahrtsgesellschaftskapitän", "ruht")),
    ],
)
def test_lines_break_where_a_reader_breathes(text, lines):
    assert break_lines(text, 37) == lines


def test_every_page_of_a_script_fits_on_two_lines():
    words = "Whatever you see, you can let it pass; nothing here needs you to be any different"
    for end in range(1, 75):
        lines = break_lines(words[:end].strip(), 37)
        assert len(lines) <= 3
        assert all(len(line) <= 37 for line in lines)
        assert " ".join(lines) == " ".join(words[:end].split())


def test_the_type_grows_with_the_screen():
    assert [Captions((height * 16 // 9, height))._caption.size_px for height in (540, 1080, 2160)] == [45, 90, 180]


def test_two_full_lines_keep_the_safe_margin():
    text = "Someone wise wove warm wool mornings, while women murmured many warm words."
    assert max(map(len, break_lines(text))) == 37
    target = pygame.Surface((1920, 1080))
    Captions(target.get_size()).draw(Caption(text, 1.0), target)
    rows, columns = np.nonzero(pygame.surfarray.array3d(target).transpose(1, 0, 2).max(axis=2) > 100)
    assert columns.min() >= 0.025 * 1920
    assert columns.max() <= 0.975 * 1920
    assert rows.max() <= 0.95 * 1080
    assert rows.min() >= 0.6 * 1080


def contrast(words: Type, text: str, drawn: np.ndarray, *, on_plate: bool) -> float:
    """The contrast between ink and the lightest place right behind the words, as WCAG counts it."""
    surface = words.words(text, on_plate=on_plate)
    alpha = pygame.surfarray.array_alpha(surface).T
    ink = pygame.surfarray.array3d(surface).transpose(1, 0, 2)
    lit = luminance(drawn / 255)
    if on_plate:
        behind = (np.abs(ink - np.array(PLATE)).max(axis=2) < 3) & (alpha >= round(PLATE_OPACITY * 255) - 1)
    else:
        behind = alpha == 0
    return float((luminance(np.array(INK) / 255) + 0.05) / (lit[behind].max() + 0.05))


def least_contrast(scenes: Iterable[str] = SCENE_NAMES) -> float:
    """The contrast of a caption over each scene at its lightest, the least of them."""
    return min(one for name in scenes for one in _contrasts(name))


def _contrasts(name):
    painter, text = Painter(SIZE), "Whatever you see, you can let it pass: nothing here needs you."
    kind = Captions(SIZE)
    for time_s in (0, 900, 1800):
        place = painter.paint(moment((name, 1.0), time_s=time_s, light=1.0))
        place = kind.draw(Caption(text, 1.0), painter.surface)
        drawn = pygame.surfarray.array3d(painter.surface).transpose(1, 0, 2)
        seen = drawn[place.top : place.bottom, place.left : place.right]
        yield contrast(kind._caption, text, seen, on_plate=True)


@pytest.mark.parametrize("name", sorted(SCENE_NAMES))
def test_a_caption_can_be_read_over_the_lightest_picture(name):
    assert least_contrast([name]) >= 7


def test_the_words_of_the_hold_can_be_read_without_a_plate():
    painter, text = Painter(SIZE), "We have paused.\nI am calling the team now."
    drawn = None
    for words in ("", text):
        painter.paint(moment(("dawn", 1.0), hold=held(1.0, words)))
        drawn = pygame.surfarray.array3d(painter.surface).transpose(1, 0, 2)
    kind = Captions(SIZE)
    place = kind._words.words(text, on_plate=False).get_rect(center=(SIZE[0] // 2, round(SIZE[1] * 0.44)))
    seen = drawn[place.top : place.bottom, place.left : place.right]
    assert contrast(kind._words, text, seen, on_plate=False) >= 7


def test_words_are_rendered_once_and_kept():
    kind = Type(1080, 90 / 1080)
    once = kind.words("Rest.", on_plate=True)
    assert kind.words("Rest.", on_plate=True) is once
    for number in range(8):
        kind.words(f"Line {number}", on_plate=True)
    assert kind.words("Rest.", on_plate=True) is not once


def inked(text: str) -> np.ndarray:
    """Where a line has ink, across."""
    return np.flatnonzero(pygame.surfarray.array_alpha(row_of(text, 60, INK)).max(axis=1) > 100)


def test_letters_are_joined_and_run_from_right_to_left():
    # Arabic letters stand together in other shapes than alone, and so take less room.
    assert inked("سلام").max() < 0.8 * sum(inked(letter).max() for letter in "سلام")
    # The full stop, which is last, is on the left.
    whole, without = inked("שלום."), inked("שלום")
    assert len(whole) > len(without)
    alone = pygame.surfarray.array_alpha(row_of("שלום.", 60, INK))
    assert alone[: round(alone.shape[0] * 0.12), : alone.shape[1] // 2].max() < 50


def test_an_empty_line_is_a_line():
    assert row_of("", 60, INK).get_width() == 1


def rows_with_words(style: CaptionStyle) -> tuple[int, int]:
    target = pygame.Surface(SIZE)
    Captions(SIZE, style).draw(Caption("Whatever you see, you can let it pass: nothing here needs you.", 1.0), target)
    rows = np.flatnonzero(pygame.surfarray.array3d(target).max(axis=(0, 2)) > 100)
    return int(rows.min()), int(rows.max())


def test_captions_stand_where_a_clinic_wants_them():
    high, middle, low = (rows_with_words(CaptionStyle(place=place)) for place in (Place.HIGH, Place.MIDDLE, Place.LOW))
    assert 0.02 * SIZE[1] < high[0] < high[1] < middle[0]
    assert abs(sum(middle) / 2 - SIZE[1] / 2) < 0.03 * SIZE[1]
    assert middle[1] < low[0] < low[1] < 0.98 * SIZE[1]


@pytest.mark.parametrize("size", [0.7, 1.0, 1.3, 1.6])
def test_captions_of_any_size_stay_on_the_screen(size):
    text = "Someone wise wove warm wool mornings, while women murmured many warm"
    target = pygame.Surface(SIZE)
    captions = Captions(SIZE, CaptionStyle(size))
    assert captions._caption.size_px == round(45 * size)
    captions.draw(Caption(text, 1.0), target)
    rows, columns = np.nonzero(pygame.surfarray.array3d(target).transpose(1, 0, 2).max(axis=2) > 100)
    assert columns.min() >= 0.025 * SIZE[0]
    assert columns.max() <= 0.975 * SIZE[0]
    assert rows.min() >= 0.2 * SIZE[1]


def test_captions_grow_with_the_next_one_and_never_while_they_are_read():
    captions = Captions(SIZE)
    target = pygame.Surface(SIZE, depth=32)

    def height(text):
        return captions.draw(Caption(text, 1.0), target).height

    usual = height("Rest.")
    captions.enlarge(True)
    assert height("Rest.") == usual
    assert height("You can let it pass.") == pytest.approx(1.25 * usual, rel=0.05)
    captions.enlarge(False)
    assert height("You can let it pass.") > usual
    assert height("Rest.") == usual


@pytest.mark.parametrize(("size", "larger"), [(0.7, 0.875), (1.0, 1.25), (1.4, 1.6), (1.6, 1.6)])
def test_large_captions_do_not_outgrow_the_screen(size, larger):
    captions, wanted = Captions(SIZE, CaptionStyle(size)), Captions(SIZE, CaptionStyle(larger))
    captions.enlarge(True)
    target = pygame.Surface(SIZE, depth=32)
    caption = Caption("There is nothing that you need to do right now, and nowhere to go.", 1.0)
    assert captions.draw(caption, target) == wanted.draw(caption, target)
