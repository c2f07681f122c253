"""What holds for every script, every length and every pause."""

from hypothesis import given
from hypothesis import strategies as st

from guideplayer.core.fitting import UnfitError, fill_range, infusion_pieces
from guideplayer.core.plan import Section, plan, refit
from guideplayer.core.script import Rest, Say, Sound
from tests.factory import line, phase, rest, script_of

spans = st.tuples(st.integers(0, 120), st.integers(0, 300)).map(lambda pair: rest(pair[0], pair[0] + pair[1]))
says = st.builds(
    lambda number, keep, length_ms: line(f"line {number}", keep, length_ms),
    st.integers(0, 10_000),
    st.one_of(st.none(), st.integers(0, 9)),
    st.integers(400, 9000),
)
items = st.lists(st.one_of(says, spans, st.just(Sound("bell"))), min_size=1, max_size=12)
scripts = st.lists(items, min_size=1, max_size=4).map(
    lambda phases: script_of(*(phase(f"phase {number}", *some) for number, some in enumerate(phases)))
)


def place(cue):
    return cue.phase, cue.index


def lines(track):
    return [cue for cue in track.cues if isinstance(cue.item, Say)]


def check_whole(track):
    """No gap but for what was cut, no overlap, speech of its own length."""
    end_ms = 0
    for cue in track.cues:
        assert cue.start_ms >= end_ms
        end_ms = cue.end_ms
        if isinstance(cue.item, Say):
            assert cue.length_ms == cue.item.clip.length_ms
    assert end_ms <= track.length_ms


@given(scripts, st.integers(0, 3_600_000))
def test_a_plan_is_exact_or_refused(script, infusion_ms):
    least_ms, most_ms = fill_range(script)
    try:
        fitted = plan(script, infusion_ms)
    except UnfitError:
        # Inside the range a fit fails only when leaving out a line takes more away than was too much.
        kept = infusion_pieces(script)
        assert not least_ms <= infusion_ms <= most_ms or any(piece.keep is not None for piece in kept)
        return
    check_whole(fitted.infusion)
    assert fitted.infusion.length_ms == infusion_ms
    assert sum(cue.length_ms for cue in fitted.infusion.cues) == infusion_ms
    orphans = False
    for cue in fitted.infusion.cues:
        if isinstance(cue.item, Rest):
            size = cue.item.span
            orphans = orphans or cue.length_ms < size.minimum_ms
            assert 0 <= cue.length_ms <= size.maximum_ms
    left_out = [
        piece.item
        for piece in infusion_pieces(script)
        if isinstance(piece.item, Say)
        and (piece.phase, piece.index) not in {place(cue) for cue in lines(fitted.infusion)}
    ]
    assert not orphans or left_out
    kept_optional = [cue.item.keep for cue in lines(fitted.infusion) if cue.item.keep is not None]
    assert all(item.keep is not None for item in left_out)
    if left_out and kept_optional:
        assert max(item.keep for item in left_out) <= min(kept_optional)


@given(scripts, st.data())
def test_a_refit_changes_rests_and_leaves_lines_out_and_nothing_else(script, data):
    least_ms, most_ms = fill_range(script)
    infusion_ms = data.draw(st.integers(least_ms, max(least_ms, most_ms)))
    try:
        fitted = plan(script, infusion_ms)
    except UnfitError:
        return
    every = [(piece.phase, piece.index) for piece in infusion_pieces(script)]
    for _ in range(data.draw(st.integers(1, 4))):
        length_ms = fitted.infusion.length_ms
        position_ms = data.draw(st.integers(0, length_ms))
        left_ms = data.draw(st.integers(0, 3_600_000))
        cut = data.draw(st.booleans())
        reentry = line("Welcome back.") if cut and data.draw(st.booleans()) else None
        before = [cue for cue in fitted.infusion.cues if cue.end_ms <= position_ms and cue.start_ms < position_ms]
        fitted = refit(fitted, Section.INFUSION, position_ms, left_ms, reentry, cut=cut)
        check_ordered(fitted.infusion, every)
        assert fitted.infusion.cues[: len(before)] == tuple(before)
        if not any(
            cue.start_ms < position_ms < cue.end_ms and isinstance(cue.item, Say) for cue in fitted.infusion.cues
        ):
            assert fitted.infusion.length_ms == position_ms + left_ms


def check_ordered(track, every):
    """The script's order, each item once; a rest may stand in two parts around a pause."""
    places = [place(cue) for cue in track.cues if cue.index >= 0]
    assert places == sorted(places)
    assert set(places) <= set(every)
    said = [place(cue) for cue in lines(track) if cue.index >= 0]
    assert len(said) == len(set(said))
    for cue in lines(track):
        assert cue.length_ms == cue.item.clip.length_ms
