"""Fitting, by example; the properties hold it for everything else."""

import pytest

from guideplayer.core.fitting import UnfitError, fill_range
from guideplayer.core.plan import Section, plan, refit
from guideplayer.core.script import Say
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from tests.factory import SCRIPT, line, phase, rest, script_of


def told(track):
    return [(cue.start_ms // SECOND_MS, cue.item.text) for cue in track.cues if isinstance(cue.item, Say)]


def test_rests_stretch_together():
    script = script_of(phase("only", line("a"), rest(10, 30), line("b"), rest(20, 60)), length=None)
    fitted = plan(script, 6_000 + 60_000)
    assert [(cue.start_ms, cue.length_ms) for cue in fitted.infusion.cues] == [
        (0, 3000),
        (3000, 20_000),
        (23_000, 3000),
        (26_000, 40_000),
    ]


def test_optional_lines_go_least_dear_first():
    script = script_of(phase("only", line("a"), rest(30, 60), line("b", 2), rest(30, 60), line("c", 1), rest(30, 60)))
    assert [text for _, text in told(plan(script, 99_000).infusion)] == ["a", "b", "c"]
    assert [text for _, text in told(plan(script, 98_000).infusion)] == ["a", "b"]
    assert [text for _, text in told(plan(script, 60_000).infusion)] == ["a"]


def test_what_cannot_be_fitted_says_by_how_much():
    script = script_of(phase("only", line("a"), rest(30, 60)))
    assert fill_range(script) == (33_000, 63_000)
    with pytest.raises(UnfitError) as too_short:
        plan(script, 30_000)
    assert (too_short.value.least_ms, too_short.value.most_ms) == (33_000, 63_000)


def test_a_line_that_was_cut_is_said_again_after_the_welcome():
    fitted = plan(SCRIPT, 40 * MINUTE_MS)
    again = refit(fitted, Section.INFUSION, 1000, 34 * MINUTE_MS, line("Welcome back."), cut=True)
    assert [text for _, text in told(again.infusion)][:2] == ["Welcome back.", "one"]
    assert again.infusion.length_ms == 1000 + 34 * MINUTE_MS


def test_an_optional_line_that_was_cut_is_left_out():
    fitted = plan(SCRIPT, 40 * MINUTE_MS)
    two = next(cue for cue in fitted.infusion.cues if isinstance(cue.item, Say) and cue.item.text == "two")
    again = refit(fitted, Section.INFUSION, two.start_ms + 500, 20 * MINUTE_MS, line("Welcome back."), cut=True)
    assert [text for _, text in told(again.infusion)] == ["one", "Welcome back.", "three", "four", "five", "six"]


def test_a_line_under_way_is_finished_when_nothing_was_cut():
    fitted = plan(SCRIPT, 40 * MINUTE_MS)
    four = next(cue for cue in fitted.infusion.cues if isinstance(cue.item, Say) and cue.item.text == "four")
    again = refit(fitted, Section.INFUSION, four.start_ms + 500, 20 * MINUTE_MS, cut=False)
    assert four in again.infusion.cues
    assert again.infusion.length_ms == four.start_ms + 500 + 20 * MINUTE_MS


def test_whole_phases_go_but_never_the_last():
    fitted = plan(SCRIPT, 40 * MINUTE_MS)
    again = refit(fitted, Section.INFUSION, 60_000, 80_000, cut=True)
    assert [stretch.name for stretch in again.infusion.stretches] == ["settling", "peak"]
    assert [text for _, text in told(again.infusion)] == ["one", "five"]


def test_with_no_time_left_nothing_is_said_and_nothing_fails():
    fitted = plan(SCRIPT, 40 * MINUTE_MS)
    again = refit(fitted, Section.INFUSION, 60_000, 0, cut=True)
    assert again.infusion.length_ms == 60_000


def test_a_line_left_out_comes_back_when_the_infusion_is_extended():
    script = script_of(phase("only", line("a"), rest(30, 60), line("b", 2), rest(30, 90), line("c"), rest(30, 90)))
    short = plan(script, 98_000)
    assert [text for _, text in told(short.infusion)] == ["a", "c"]
    longer = refit(short, Section.INFUSION, 4_000, 150_000, cut=False)
    assert [text for _, text in told(longer.infusion)] == ["a", "b", "c"]
