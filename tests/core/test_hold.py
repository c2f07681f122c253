"""What a paused patient is told, and when."""

import pytest

from guideplayer.core.hold import spoken_until
from guideplayer.core.messages import Acknowledged, Attended, Cleared, Delivered, Held, Pressed, Resumed
from guideplayer.core.words import BLANK_MS

PRESS = Pressed("press-1", "key", "42")


@pytest.fixture
def calling(playing):
    playing.do(PRESS)
    return playing


def said(session, until_s):
    """All that is said in a hold: tenths of a second since its beginning, and the words."""
    state = session.state
    spoken = spoken_until(state, state.held_ms + until_s * 1000)
    return [((one.start_ms - state.held_ms) / 1000, one.say.text) for one in spoken]


def large_words(session):
    words = session.moment().hold.words
    return (words.text, round(words.opacity, 2)) if words else None


def test_while_nobody_can_be_reached_the_hand_bell_is_named_every_minute(calling):
    calling.wait(140_000)
    assert said(calling, 140) == [
        (2.0, "We have paused."),
        (6.5, "I am still calling."),
        (21.5, "Feel the chair."),
        (54.5, "This will pass."),
        (87.5, "I am still calling."),
        (102.5, "Feel the chair."),
        (135.5, "This will pass."),
    ]


def test_each_step_is_told_once_it_is_true(calling):
    calling.do(Delivered("1"), 5000)
    assert said(calling, 5) == [(2.0, "We have paused.")]
    calling.do(Acknowledged("Anna"), 10_000)
    calling.do(Attended("Anna"), 60_000)
    calling.wait(120_000)
    assert said(calling, 190) == [
        (2.0, "We have paused."),
        (6.5, "The team has been told."),
        (15.0, "Someone is coming."),
        (30.0, "Feel the chair."),
        (63.0, "This will pass."),
        (75.0, "We are resting."),
    ]


def test_a_line_is_never_cut_and_a_stale_one_never_begun(calling):
    """What became true while a line was said waits for its end; what was true in between is passed over."""
    calling.do(Delivered("1"), 2500)
    calling.do(Acknowledged("Anna"), 1000)
    calling.wait(10_000)
    assert said(calling, 13) == [(2.0, "We have paused."), (6.5, "Someone is coming.")]


def test_delivered_but_unanswered_for_half_a_minute(calling):
    calling.do(Delivered("1"), 500)
    calling.wait(40_000)
    assert said(calling, 40) == [
        (2.0, "The team has been told."),
        (17.0, "Feel the chair."),
        (30.0, "I am still calling."),
    ]


def test_nobody_is_said_to_come_once_an_answer_has_brought_nobody(calling):
    calling.do(Delivered("1"), 500)
    calling.do(Acknowledged("Anna"), 9500)
    calling.wait(130_000)
    assert large_words(calling) == ("I am still calling.", 1.0)
    calling.do(Acknowledged("Ben"), 10_000)
    calling.wait(10_000)
    assert large_words(calling) == ("Someone is coming.\nBen", 1.0)
    told = [one for one in said(calling, 160) if one[1] not in ("Feel the chair.", "This will pass.")]
    assert told == [
        (2.0, "The team has been told."),
        (10.0, "Someone is coming."),
        (130.0, "I am still calling."),
        (150.0, "Someone is coming."),
    ]


def test_a_pause_by_staff_says_so_and_then_is_silent(playing):
    playing.do(Held("Anna"))
    playing.wait(200_000)
    assert said(playing, 200) == [(2.0, "We are resting.")]
    assert playing.moment().hold.code == ""


def test_the_large_words_follow_and_melt(calling):
    assert calling.moment().hold is None
    calling.wait(2000)
    assert large_words(calling) == ("We have paused.", 1.0)
    calling.do(Delivered("1"), 500)
    assert large_words(calling) == ("We have paused.", 1.0)
    calling.wait(250)
    assert large_words(calling) == ("We have paused.", 0.5)
    calling.wait(500 + BLANK_MS)
    assert large_words(calling) == ("The team has been told.", 0.5)
    calling.do(Acknowledged("Anna"), 5000)
    calling.wait(1000 + BLANK_MS)
    assert large_words(calling) == ("Someone is coming.\nAnna", 1.0)
    calling.do(Attended("Anna"))
    calling.wait(1000 + BLANK_MS)
    assert large_words(calling) == ("We are resting.", 1.0)


def test_words_that_say_too_little_stand_until_they_can_be_read(calling):
    calling.wait(100)
    calling.do(Delivered("1"))
    calling.wait(1000)
    text, opacity = large_words(calling)
    assert text == "We have paused."
    assert opacity > 0.9
    calling.wait(2900)
    assert large_words(calling) == ("The team has been told.", 1.0)


def test_the_code_for_staff_shows_while_the_call_is_open(calling):
    calling.wait(1000)
    assert calling.moment().hold.code == "42"
    calling.do(Cleared("42"))
    assert calling.moment().hold.code == ""


def test_a_grounding_line_has_a_caption(calling):
    calling.do(Delivered("1"), 500)
    calling.wait(18_000)
    moment = calling.moment()
    assert moment.caption.text == "Feel the chair."
    assert moment.narration.file == "voices/test/Feel the chair..opus"


def test_what_is_said_when_a_hold_is_left_dies_away(calling):
    calling.do(Delivered("1"), 500)
    calling.do(Cleared("42"), 17_500)
    calling.do(Resumed("Anna"))
    gains = [
        round(narration.gain, 2) if (narration := calling.moment(later_ms).narration) else None
        for later_ms in (0, 375, 750, 1125, 1500)
    ]
    assert gains == [1.0, 0.84, 0.5, 0.16, None]
    assert calling.moment(750).caption.text == "Feel the chair."
    assert calling.moment(1500).caption is None
    assert calling.moment(3000 + 100).narration.file == "voices/test/Welcome back..opus"


def test_the_first_words_wait_until_the_script_has_died_away(calling):
    calling.wait(1900)
    assert calling.moment().narration is None
    calling.wait(200)
    assert calling.moment().narration.file == "voices/test/We have paused..opus"
