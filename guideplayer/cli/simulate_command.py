"""`guideplayer simulate`: worlds in which everything fails, and the rules that must hold all the same."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from guideplayer.cli.app import CARE, CONTENT, app, examples
from guideplayer.cli.options import bar

if TYPE_CHECKING:
    from guideplayer.simulation.simulate import Failure

MOST_TOLD = 20


@app.command(
    epilog=examples("guideplayer simulate --seeds 2000", "guideplayer simulate --seed 31 --trace"), rich_help_panel=CARE
)
def simulate(
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many worlds, one after the other.")] = 1000,
    first: Annotated[int, typer.Option("--from", min=0, help="The first seed.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="How many at once; as many as there are cores.")] = (
        os.cpu_count() or 1
    ),
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Only the world of this seed.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Tell all that happens in the world of --seed.")] = False,
) -> None:
    """Let rooms, stages, disks, desks and staff fail in every order: no call may be lost, and no lie told."""
    from guideplayer.simulation.schedule import drawn
    from guideplayer.simulation.simulate import broken_seeds, failure_of, shrunk, trace_of

    if seed is not None:
        told, failure = trace_of(drawn(seed))
        if trace:
            _tell(told)
        if failure is None:
            print(f"All rules hold in the world of seed {seed}.")
            return
        _explain(shrunk(failure))
        raise SystemExit(CONTENT)
    broken: list[int] = []
    with bar("Worlds") as progress:
        task = progress.add_task("Worlds", total=seeds)
        for number in broken_seeds(range(first, first + seeds), jobs, lambda done: progress.advance(task, done)):
            broken.append(number)
    if not broken:
        print(f"All rules hold in {seeds} worlds, seeds {first} to {first + seeds - 1}.")
        return
    shown = ", ".join(map(str, broken[:MOST_TOLD]))
    print(f"{len(broken)} of {seeds} worlds break a rule, of the seeds {shown}{' …' * (len(broken) > MOST_TOLD)}")
    failure = failure_of(broken[0])
    assert failure
    _explain(shrunk(failure))
    raise SystemExit(CONTENT)


def _explain(failure: "Failure") -> None:
    """The rule that breaks, the least that breaks it, and how that goes."""
    from guideplayer.simulation.simulate import trace_of

    print(f"Seed {failure.schedule.seed}: {failure.sentence}. It takes no more than this:")
    told, _ = trace_of(failure.schedule)
    _tell(told)
    print(f"{_clock(failure.at_ms)}  {failure.sentence}")


def _tell(told: Sequence[tuple[int, str]]) -> None:
    for at_ms, sentence in told:
        print(f"{_clock(at_ms)}  {sentence}")


def _clock(at_ms: int) -> str:
    """Since the session's beginning: minutes, seconds and milliseconds."""
    return f"{at_ms // 60_000:02d}:{at_ms // 1000 % 60:02d}.{at_ms % 1000:03d}"
