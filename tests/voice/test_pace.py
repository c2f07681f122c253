"""How quickly a voice speaks: counted by the word, over all that is heard of it."""

import pytest

from guideplayer.core.script import Clip
from guideplayer.media import shipped_library
from guideplayer.voice.pace import ClipPace, Pace, clip_pace, pace_of


def test_a_clips_pace_counts_its_words_and_leaves_out_marked_pauses() -> None:
    assert clip_pace("You are here.", Clip("", 1500)) == ClipPace("You are here.", 1500, 120)
    spoken = "You are [here](/hɪə/). [pause 2s] You are here."
    assert clip_pace(spoken, Clip("", 5000)) == ClipPace("You are here. You are here.", 5000, 120)


def test_a_voices_pace_is_that_of_all_its_words() -> None:
    clips = [("You are here.", Clip("", 1500)), ("Rest.", Clip("", 1000)), ("You are here now.", Clip("", 1500))]
    assert pace_of(clips) == Pace(words_per_minute=120, median=120, slowest=60, quickest=160)
    assert pace_of([]) is None


@pytest.mark.parametrize(("pace", "calm"), [(99, False), (100, True), (130, True), (131, False)])
def test_calm_is_between_bounds(pace: int, calm: bool) -> None:
    assert Pace(pace, pace, pace, pace).is_calm is calm


@pytest.mark.parametrize("voice", ["heart", "onyx", "michael"])
def test_the_shipped_voices_are_calm(voice: str) -> None:
    pace = pace_of(shipped_library().clips[voice].items())
    assert pace is not None
    assert pace.is_calm, pace


def test_emma_is_a_little_quicker_than_the_others() -> None:
    pace = pace_of(shipped_library().clips["emma"].items())
    assert pace is not None
    assert pace.words_per_minute <= 134, pace
