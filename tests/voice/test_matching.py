"""Takes find their lines: by number, by name, by what is heard, and never by guessing between two."""

import pytest

from guideplayer.voice.lines import Line
from guideplayer.voice.matching import How, match_by_name, match_by_speech

TEXTS = (
    "You are welcome here.",
    "Feel the weight of your hands.",
    "Your breath can move on its own.",
    "You are welcome here, and now.",
    *(f"Line of the number {number}." for number in ("five", "six", "seven", "eight", "nine", "ten", "eleven")),
)
LINES = [Line(str(number), text, text, "settling") for number, text in enumerate(TEXTS)]


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("01", 1),
        ("2", 2),
        ("line-03", 3),
        ("Line 11", 11),
        ("anna_02", 2),
        ("anna-2", 2),
        ("03b", 3),
        ("03 (2)", 3),
        ("take 4, louder", 4),
        ("2026-11-23 line 5", 5),
        ("New Recording 6", 6),
        ("Recording 7", 7),
        ("12", None),
        ("0", None),
        ("anna", None),
        ("anna-2-03", 2),
        ("page 2 of 11", None),
        ("Memo from Tuesday", None),
        ("20261123", None),
    ],
)
def test_a_number_tells_the_line(stem, number):
    match = match_by_name(stem, "anna", LINES)
    assert (match and (match.place + 1, match.how)) == (number and (number, How.NUMBER))


@pytest.mark.parametrize(
    ("stem", "place", "how"),
    [
        ("feel the weight", 1, How.NAME),
        ("Your_breath_can_move", 2, How.NAME),
        # Words count more than a number that a telephone has given.
        ("feel the weight 7", 1, How.NAME),
        # Two lines begin like this; with a number it is clear.
        ("you are welcome here", None, None),
        ("4 you are welcome here", 3, How.NUMBER),
        ("3 you are welcome here", None, None),
        ("you are welcome here and now", 3, How.NAME),
    ],
)
def test_words_tell_the_line(stem, place, how):
    match = match_by_name(stem, "anna", LINES)
    assert (match and (match.place, match.how)) == (None if place is None else (place, how))


@pytest.mark.parametrize(
    ("heard", "place"),
    [
        ("Feel the weight of your hands.", 1),
        ("feel the weight off your hand", 1),
        ("Your breath can move on its own", 2),
        ("Something else entirely.", None),
        ("Feel", None),
        ("", None),
    ],
)
def test_what_is_heard_tells_the_line(heard, place):
    match = match_by_speech(heard, LINES)
    assert (match and (match.place, match.how)) == (None if place is None else (place, How.SPEECH))


def test_a_line_that_has_its_take_is_not_looked_for():
    assert match_by_speech("Feel the weight of your hands.", LINES, taken={1}) is None
