"""Wishes: which scripts they leave, and what is said when they leave none."""

import pytest

from guideplayer.authoring.choosing import UnknownWordError, Wish, fitting, why_none
from guideplayer.authoring.listing import Listing
from guideplayer.core.density import Density
from guideplayer.core.units import MINUTE_MS


def listing(name, title, themes=(), contains=(), *, minutes=(40, 60), language="en", density=Density.FULL):
    return Listing(
        name,
        f"{name}.yaml",
        title,
        language=language,
        themes=tuple(themes),
        contains=tuple(contains),
        shortest_ms=minutes[0] * MINUTE_MS,
        longest_ms=minutes[1] * MINUTE_MS,
        density=density,
    )


SKY = listing("sky", "Open Sky", ["sky", "evening"], ["breath", "body"])
SEA = listing(
    "sea", "Shoreline", ["sea", "evening"], ["breath"], minutes=(45, 60), language="en-GB", density=Density.SPARSE
)
QUIET = listing("quiet", "Long Quiet", ["music"], minutes=(40, 90), language="de", density=Density.MUSIC)
BROKEN = Listing("broken", "broken.yaml", "broken", problems=("it is empty",))
ALL = [SKY, SEA, QUIET, BROKEN]


@pytest.mark.parametrize(
    ("wish", "left"),
    [
        (Wish(), ALL),
        (Wish(themes=("evening",)), [SKY, SEA]),
        (Wish(themes=("evening", "Sky")), [SKY]),
        (Wish(without=("body",)), [SEA, QUIET]),
        (Wish(without=("body", "breath")), [QUIET]),
        (Wish(infusion_ms=40 * MINUTE_MS), [SKY, QUIET]),
        (Wish(infusion_ms=60 * MINUTE_MS), [SKY, SEA, QUIET]),
        (Wish(infusion_ms=60 * MINUTE_MS + 1), [QUIET]),
        (Wish(language="en"), [SKY, SEA]),
        (Wish(language="en-gb"), [SEA]),
        (Wish(narration=Density.MUSIC), [QUIET]),
        (Wish(("evening",), ("body",), 50 * MINUTE_MS, "en", Density.SPARSE), [SEA]),
        (Wish(themes=("music",), narration=Density.FULL), []),
    ],
)
def test_every_part_of_a_wish_must_hold(wish, left):
    assert fitting(ALL, wish) == left


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(themes=("skye",)), "No script has the theme “skye”. Did you mean 'sky'?"),
        (Wish(without=("bodies",)), "No script says that it contains “bodies”. Did you mean 'body'?"),
        (Wish(themes=("x",)), "No script has the theme “x”. The themes are evening, music, sea and sky."),
        (Wish(without=("x",)), "No script says that it contains “x”. The contents are body and breath."),
    ],
)
def test_a_word_that_nothing_has_is_no_wish(wish, sentence):
    with pytest.raises(UnknownWordError) as told:
        fitting(ALL, wish)
    assert str(told.value) == sentence


def test_nothing_known_means_nothing_to_offer():
    with pytest.raises(UnknownWordError, match=r"^No script has the theme “sky”\.$"):
        fitting([BROKEN], Wish(themes=("sky",)))
    assert why_none([BROKEN], Wish(infusion_ms=1)) == "There is no script here that can be read."


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (
            Wish(themes=("music",), narration=Density.FULL),
            "No script is all of that: --theme music excludes Open Sky and Shoreline; "
            "--narration full excludes Long Quiet and Shoreline.",
        ),
        (Wish(infusion_ms=30 * MINUTE_MS), "No script is all of that: --infusion 30m excludes all 3 of them."),
        (
            Wish(language="fr", without=("body",)),
            "No script is all of that: --without body excludes Open Sky; --language fr excludes all 3 of them.",
        ),
    ],
)
def test_it_is_said_which_filter_excludes_what(wish, sentence):
    assert fitting(ALL, wish) == []
    assert why_none(ALL, wish) == sentence
