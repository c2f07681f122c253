"""The shipped scripts: whole, fittable, shown on two rows, and gentle to somebody who cannot defend themselves."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import default_hold, read_script
from guideplayer.core.plan import plan
from guideplayer.core.script import Rest, Say, Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import Library, scripts_folder, shipped_library

FILES = sorted(scripts_folder().glob("*.yaml"))
ROW_LETTERS, ROWS, MOST_WORDS = 37, 2, 14
PEAK_REST_MS = 150_000
UNKIND = re.compile(
    r"\b(must|should|never|don't|do not|can't|cannot|try|fall\w*|drown\w*|sink\w*|dying|die|death|dead|dark\w*|"
    r"trapped|lost|void|abyss|deep|deeper|completely|dissolv\w*|alone|fear|afraid|panic|pain)\b",
    re.IGNORECASE,
)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def script(path, library_of) -> Script:
    """The script with estimated clips, so that its text can be judged before it is recorded."""
    script, problems = read_script(path, library_of([]))
    assert {problem.code for problem in problems} == {"missing-clip"}, render_all(problems)
    assert script is not None
    return script


def spoken(script: Script) -> list[Say]:
    arrival = (script.arrival,) if script.arrival else ()
    lines = [item for phase in (*arrival, *script.phases, script.returning) for item in phase.items]
    hold = script.hold
    lone = [hold.paused, hold.delivered, hold.acknowledged, hold.unanswered, hold.resting]
    return [line for line in lines if isinstance(line, Say)] + lone + [*hold.grounding, *script.resume]


@pytest.mark.parametrize("voice", ["heart", "onyx"])
def test_the_shipped_media_hold_all_that_it_needs(path, voice):
    script, problems = read_script(path, shipped_library(), voice)

    assert render_all(problems) == ""
    assert script is not None


@pytest.mark.parametrize("minutes", range(40, 61))
def test_it_fits_every_length_with_every_line(script, minutes):
    fitted = plan(script, minutes * MINUTE_MS)

    planned = [cue.item for cue in fitted.infusion.cues if isinstance(cue.item, Say)]
    assert planned == [item for phase in script.phases for item in phase.items if isinstance(item, Say)]


def test_every_line_is_short_and_kind(script):
    for line in spoken(script):
        assert len(textwrap.wrap(line.text, ROW_LETTERS)) <= ROWS, line.text
        assert len(line.text.split()) <= MOST_WORDS, line.text
        assert not UNKIND.search(line.text), line.text
        assert "?" not in line.text
        assert line.text.endswith(".")
        assert re.fullmatch(r"[A-Za-z ,.']+", line.text), line.text


def test_words_thin_out_towards_the_peak(script):
    density = []
    for phase in script.phases:
        words = sum(len(item.text.split()) for item in phase.items if isinstance(item, Say))
        rests_ms = sum(item.span.natural_ms for item in phase.items if isinstance(item, Rest))
        density.append(words * MINUTE_MS / rests_ms)

    assert density == sorted(density, reverse=True)
    assert density[-1] <= 2


def test_the_peak_is_the_end_dim_and_nearly_silent(script):
    assert [phase.peak for phase in script.phases] == [False] * (len(script.phases) - 1) + [True]
    peak = script.phases[-1]
    assert peak.scene.light <= 0.15
    for item in peak.items:
        if isinstance(item, Say):
            assert len(item.text.split()) <= 8
        else:
            assert isinstance(item, Rest)
            assert item.span.minimum_ms >= PEAK_REST_MS


def test_no_light_is_harsh(script):
    assert max(phase.scene.light for phase in (script.arrival, *script.phases, script.returning)) <= 0.5


def test_the_way_out_is_told_before_the_pump_starts(script):
    arrival = [item.text for item in script.arrival.items if isinstance(item, Say)]

    assert "If something difficult comes up, press the button." in arrival
    assert "Someone will come to you." in arrival


def test_it_has_enough_lines(script):
    assert len(spoken(script)) >= 64
    assert len(script.phases) >= 4


def test_the_hold_says_no_more_than_is_true(tmp_path):
    hold = default_hold("en-US", Library(tmp_path))

    assert hold.paused.text == "We have paused. I am calling the team now."
    assert hold.delivered.text == "The team has been told."
    assert hold.acknowledged.text == "Someone has answered and is coming to you."
    assert hold.unanswered.text == "I am still calling. You can also use the hand bell beside you."
    assert hold.resting.text == "We are resting here for a while."
    for line in (hold.resting, *hold.grounding):
        assert not re.search(r"\b(call\w*|told|team|coming|someone)\b", line.text, re.IGNORECASE), line.text


def test_a_language_without_shipped_words(tmp_path):
    with pytest.raises(LookupError, match=r"^no words are shipped in “xx”, only in en$"):
        default_hold("xx", Library(tmp_path))


def test_open_sky_says_the_same_words_on_hold_as_the_default():
    """So that their clips serve both."""
    script = yaml.safe_load((scripts_folder() / "open-sky.yaml").read_text("utf-8"))
    shipped = default_hold("en", shipped_library())

    assert script["hold"]["grounding"] == [line.text for line in shipped.grounding]
