"""Worlds in which everything fails: the rules hold, the same seed is the same world, and planted bugs are found."""

import pytest

from guideplayer.simulation.schedule import Act, Schedule, What, drawn
from guideplayer.simulation.simulate import Simulation, failure_of, shrunk, trace_of
from tests.simulation.planted import PLANTED, second_press_undoes_the_first

QUICK = 300
MOST_SEEDS = 10_000


# Each broke a rule, or a rule was wrong for it.
ONCE_BROKEN = (
    *(37134, 95016, 109714, 128214, 139398, 140256, 152076, 180282, 268361, 277728, 297809, 301644, 307614, 321194),
    *(335945, 342384, 389886, 411114, 420840, 462684, 498541, 504888, 60813, 99638, 173254),
)


@pytest.mark.parametrize("first", range(0, QUICK, 50))
def test_all_rules_hold(first):
    for seed in range(first, first + 50):
        failure = failure_of(seed)
        assert failure is None, f"guideplayer simulate --seed {seed} --trace: {failure and failure.sentence}"


@pytest.mark.parametrize("seed", ONCE_BROKEN)
def test_what_was_broken_once_holds(seed):
    assert failure_of(seed) is None


def test_a_seed_is_a_world():
    assert drawn(7) == drawn(7) != drawn(8)
    assert trace_of(drawn(7)) == trace_of(drawn(7))


def test_every_kind_of_fault_comes():
    kinds = {act.what for seed in range(400) for act in drawn(seed).acts}
    assert kinds == set(What)


@pytest.mark.parametrize("plant", PLANTED, ids=[plant.__name__ for plant in PLANTED])
def test_a_planted_bug_is_found(monkeypatch, plant):
    plant(monkeypatch)
    found = next((seed for seed in range(MOST_SEEDS) if failure_of(seed)), None)
    assert found is not None


def test_a_failure_is_reduced_to_what_it_takes(monkeypatch):
    second_press_undoes_the_first(monkeypatch)
    seed = next(seed for seed in range(MOST_SEEDS) if failure_of(seed) and len(drawn(seed).acts) > 4)
    failure = failure_of(seed)
    least = shrunk(failure)
    assert set(least.schedule.acts) < set(failure.schedule.acts)
    assert least.sentence == failure.sentence
    assert shrunk(least) == least


def test_a_press_that_was_not_written_survives_the_room():
    """Its record is torn and the room killed; the stage remembers."""
    acts = (
        Act(600_000, What.DISK_FULL, 60_000),
        Act(601_000, What.PRESS),
        Act(601_500, What.KILL_ROOM),
    )
    told, failure = trace_of(Schedule(1, acts))
    sentences = [sentence for _, sentence in told]
    assert failure is None
    assert "the stage tells remembered" in sentences
    assert sentences.index("the room dies") < sentences.index("the stage tells remembered")


def test_a_quiet_session_is_one():
    simulation = Simulation(Schedule(1, ()))
    assert simulation.run() is None
    assert simulation.truth.pressed == {}
