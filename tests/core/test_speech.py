"""Marks in lines: what is shown of them, how they are said, and what is wrong with those that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.core.phonemes import model_phonemes, nearest_ipa, unknown_letters
from guideplayer.core.speech import (
    Breath,
    Slip,
    Speech,
    breaths_of,
    plain_text,
    pronounced,
    read_speech,
    sound_slip,
    sounds_of,
)


def test_a_line_without_marks_is_said_as_it_is_written() -> None:
    assert read_speech("You are here (and / or there).") == (Speech("You are here (and / or there)."), ())


def test_marks_are_not_shown() -> None:
    written = "Hello, [Siobhan](/ʃɪˈvɔːn/). [pause 2s] You are [pause 1.5s], perhaps, here."
    speech, slips = read_speech(written)
    assert slips == ()
    assert speech == Speech("Hello, Siobhan. You are, perhaps, here.", written)


def test_the_same_marks_are_always_written_the_same() -> None:
    assert read_speech("Rest,  [pause 1.50s] [ Ann ](/ æn /).")[0].spoken == "Rest, [pause 1.5s] [Ann](/æn/)."


def test_what_is_said_is_cut_at_marked_pauses() -> None:
    spoken = "Hello, [Siobhan](/ʃɪˈvɔːn/). [pause 2s] You are here. [pause 0.5s] Now."
    assert breaths_of(spoken) == (
        Breath("Hello, [Siobhan](/ʃɪˈvɔːn/).", 2000),
        Breath("You are here.", 500),
        Breath("Now."),
    )
    assert breaths_of("You are here.") == (Breath("You are here."),)
    assert sounds_of(spoken) == {"siobhan": "ʃɪˈvɔːn"}


def test_a_lexicon_marks_whole_words_and_leaves_marked_ones() -> None:
    speech, _ = read_speech("[Ann](/æn/), ann’s Annette and NEW YORK [pause 1s] Ann.")
    assert pronounced(speech, {"ann": "ɑːn", "new york": "njuː jɔːk"}) == Speech(
        "Ann, ann’s Annette and NEW YORK Ann.",
        "[Ann](/æn/), [ann](/ɑːn/)’s Annette and [NEW YORK](/njuː jɔːk/) [pause 1s] [Ann](/ɑːn/).",
    )
    assert pronounced(Speech("You are here."), {"ann": "æn"}) == Speech("You are here.")


MARKS = "a mark is a pause, like [pause 2s], or a pronunciation, like [Siobhan](/ʃɪˈvɔːn/)"
PAUSE = "a pause within a line is written like [pause 2s]"


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        ("You [pause] rest.", Slip("wrong-pause", "[pause]", PAUSE, "[pause 2s]")),
        ("You [puase 3s] rest.", Slip("wrong-pause", "[puase 3s]", PAUSE, "[pause 3s]")),
        ("You [pause 3 s] rest.", Slip("wrong-pause", "[pause 3 s]", PAUSE, "[pause 3s]")),
        ("You [wait 1500ms] rest.", Slip("wrong-pause", "[wait 1500ms]", PAUSE, "[pause 2s]")),
        (
            "You [pause 20s] rest.",
            Slip("wrong-pause", "[pause 20s]", "a pause within a line is 0.2s to 10s; a longer silence is a rest"),
        ),
        (
            "You rest. [pause 2s]",
            Slip("wrong-pause", "[pause 2s]", "a pause stands between words: before or after a line, write a rest"),
        ),
        ("[softly] Rest.", Slip("wrong-mark", "[softly]", f"“[softly]” would be read aloud: {MARKS}")),
        ("You [rest now.", Slip("wrong-mark", "[rest now.", f"this bracket has no other: {MARKS}")),
        ("You [](/a/) rest.", Slip("wrong-mark", "[](/a/)", f"this mark has no word: {MARKS}")),
        (
            "You [rest](rɛst) now.",
            Slip(
                "wrong-pronunciation",
                "[rest](rɛst)",
                "the sound of “rest” stands between two strokes, like /ʃɪˈvɔːn/",
                "/rɛst/",
            ),
        ),
        (
            "You [rest](/r3st/) now.",
            Slip(
                "wrong-pronunciation",
                "[rest](/r3st/)",
                "the narrators know no “3”: write the sound of “rest” as a dictionary does, in IPA",
                "/rɜst/",
            ),
        ),
    ],
)
def test_a_wrong_mark_is_told_with_what_was_meant(written: str, slip: Slip) -> None:
    speech, slips = read_speech(written)
    assert slips == (slip,)
    assert speech.spoken == ""


def test_a_sound_that_is_right_has_no_slip() -> None:
    assert sound_slip("Siobhan", "/ʃɪˈvɔːn/", "") is None


@given(st.text("ab []()/.,pause12s:", max_size=40))
def test_whatever_is_written_is_read(written: str) -> None:
    folded = " ".join(written.split())
    speech, slips = read_speech(folded)
    if not slips:
        assert not {*"[]"} & {*speech.text}
        assert plain_text(speech.spoken or speech.text) == speech.text
        assert read_speech(speech.spoken or speech.text) == (speech, ())


def test_the_sounds_of_dictionaries_become_the_models() -> None:
    assert model_phonemes("ʃɪˈvɔːn") == "ʃɪˈvɔn"
    assert model_phonemes("ʃɪˈvɔːn", british=True) == "ʃɪˈvɔːn"
    assert model_phonemes("t͡ʃaɪld dʒeɪk goʊ ˈbʌtn̩ bɜːrd") == "ʧIld ʤAk ɡO ˈbʌtᵊn bɜɹd"


def test_unknown_letters_have_a_nearest() -> None:
    assert unknown_letters("ʃɪˈvɔːn ˌaɪ") == ""
    assert unknown_letters("r3st@ñ5") == "3@ñ5"
    assert nearest_ipa("r3st@ñ5") == "rɜstən"
