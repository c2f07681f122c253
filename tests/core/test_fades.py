"""Values and times on their way: smooth, never a step, and never too late to turn round."""

import itertools

import pytest

from guideplayer.core.state import Fade, Flow, Position, Pump, steady


def test_a_fade_begins_and_ends_softly():
    fade = steady(0.0).towards(1.0, 1000, 2000)
    assert [fade.at(ms) for ms in (0, 1000, 1500, 2000, 2500, 3000, 9000)] == [0, 0, 0.15625, 0.5, 0.84375, 1, 1]


def test_an_eager_fade_moves_from_its_first_instant():
    fade = steady(0.0).towards(1.0, 1000, 1500, eager=True)
    assert fade.at(1016) > 0.02
    assert fade.at(2500) == 1.0
    assert fade.at(2500) - fade.at(2490) < 0.001


def test_a_fade_turns_round_from_where_it_is():
    fade = steady(0.0).towards(1.0, 0, 1000)
    back = fade.towards(0.0, 600, 1000)
    assert back.at(600) == fade.at(600)
    assert back.at(1600) == 0.0
    assert fade.towards(1.0, 600, 1000) is fade


@pytest.mark.parametrize("turns", [[(1000, 0.0)], [(1000, 0.0), (1500, 1.0)], [(0, 0.0), (100, 1.0), (150, 0.0)]])
def test_a_flow_slows_and_goes_on_without_a_jump(turns):
    flow = Flow(rate=Fade(1.0, 1.0, 0))
    for at_ms, rate in turns:
        turned = flow.towards(rate, at_ms, 2000)
        assert turned.at(at_ms) == pytest.approx(flow.at(at_ms))
        flow = turned
    times = [flow.at(ms) for ms in range(turns[-1][0], 10_000, 10)]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert min(steps) >= 0
    assert max(steps) <= 10.001
    assert max(abs(after - before) for before, after in itertools.pairwise(steps)) < 0.1


def test_a_flow_at_rest_stands():
    flow = Flow(rate=Fade(1.0, 1.0, 0)).towards(0.0, 1000, 2000)
    assert flow.at(3000) == flow.at(90_000) == pytest.approx(2000)


def test_a_position_runs_stands_and_remembers_since_when():
    running = Position(base_ms=500, at_ms=1000, running=True)
    stopped = running.stopped(3000)
    assert (running.at(3000), stopped.at(9000), stopped.at_ms) == (2500, 2500, 3000)
    assert stopped.stopped(5000) is stopped


def test_the_pump_never_runs_past_its_length():
    pump = Pump(10_000, 0, 1000, running=True, started=True)
    assert (pump.elapsed_ms(6000), pump.left_ms(6000)) == (5000, 5000)
    assert (pump.elapsed_ms(60_000), pump.left_ms(60_000)) == (10_000, 0)
    assert Pump(10_000, 4000, 1000, running=False, started=True).left_ms(2000) == 0
