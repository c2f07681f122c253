"""A small script for sessions in the journal."""

import pytest

from guideplayer.core.script import (
    BedChoice,
    Clip,
    HoldWords,
    Phase,
    Rest,
    Say,
    SceneChoice,
    Script,
    span,
)


def _line(text):
    return Say(text, Clip("", 3000))


@pytest.fixture
def words():
    return HoldWords(*(_line(word) for word in ("paused", "delivered", "acknowledged", "unanswered", "resting")), ())


@pytest.fixture
def script(words):
    items = (_line("one"), Rest(span(1000, 3_600_000)))
    phase = Phase("only", SceneChoice("dusk"), BedChoice(""), items, peak=True)
    length = span(600_000, 3_600_000)
    return Script("Test", "en", "heart", length, (phase,), phase, span(480_000), words, (_line("welcome"),), phase)
