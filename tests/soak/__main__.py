"""`python -m tests.soak`: every fault many times, and the table of what became of it; `make soak` runs it."""

import argparse
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.faults import FAULTS, Outcome, suffer
from tests.soak.soaked import Soaked

AT_ONCE = 3
POSITION_WITHIN_MS = 250
# A session lasts an hour; another one begins before that.
LONGEST_S = 45 * 60
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Tally:
    """What became of one fault, many times, and a sentence for each that must not be."""

    outcomes: list[Outcome] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    unmended: list[str] = field(default_factory=list)

    @property
    def displaced(self) -> list[str]:
        """Scripts that stood elsewhere than they must."""
        return list(filter(None, map(displacement, self.outcomes)))

    @property
    def bad(self) -> list[str]:
        """All that must not be: calls lost, lies told, what never came back, and a script that came back elsewhere."""
        return [*self.lost, *self.lies, *self.unmended, *self.displaced]


def displacement(outcome: Outcome) -> str:
    """A sentence if the script stands too far from where it must, else nothing."""
    if (outcome.error_ms or 0) <= POSITION_WITHIN_MS:
        return ""
    return f"the script stands {outcome.error_ms:.0f} ms from where it must"


def soak(order: Sequence[str], seed: str, tallies: Mapping[str, Tally], over: threading.Event) -> None:
    """Let faults happen one after the other in a session, and in another one when it has lasted, or cannot go on."""
    chance, soaked, begun_s = random.Random(seed), None, 0.0
    try:
        for number, name in enumerate(order):
            if over.is_set():
                return
            if soaked and time.monotonic() - begun_s > LONGEST_S:
                _end(soaked)
                soaked = None
            if soaked is None:
                soaked, begun_s = Soaked(Path(tempfile.mkdtemp(prefix="soak-"))), time.monotonic()
            tally, failed, displaced = tallies[name], "", ""
            try:
                outcome = suffer(soaked, FAULTS[name], chance)
                tally.outcomes.append(outcome)
                displaced = displacement(outcome)
            except AssertionError as error:
                failed = str(error)
                tally.unmended.append(failed)
            tally.lost.extend(soaked.lost)
            tally.lies.extend(soaked.lies)
            for sentence in filter(None, (failed, displaced, *soaked.lost, *soaked.lies)):
                _told(f"{name}, fault {number} of seed {seed}: {sentence}")
            soaked.lost, soaked.lies = [], []
            if failed:
                _end(soaked)
                soaked = None
    finally:
        if soaked:
            _end(soaked)


def _end(soaked):
    soaked.close()
    shutil.rmtree(soaked.folder, ignore_errors=True)


def _row(name: str, tally: Tally) -> str:
    def seconds(values: list[float]) -> str:
        return f"{statistics.median(values):.2f} / {max(values):.2f} s" if values else "-"

    errors = [one.error_ms for one in tally.outcomes if one.error_ms is not None]
    error = f"{statistics.median(errors):.0f} / {max(errors):.0f} ms" if errors else "-"
    noticed, back = (seconds([getattr(one, what) for one in tally.outcomes]) for what in ("noticed_s", "back_s"))
    times = len(tally.outcomes) + len(tally.unmended)
    bad = f"{len(tally.unmended)} | {len(tally.lost)} | {len(tally.lies)}"
    return f"| {name} | {times} | {noticed} | {back} | {error} | {bad} |"


def table(names: Sequence[str], times: int, seed: int, at_once: int) -> tuple[list[str], list[str]]:
    """Faults, each many times, mixed, in several sessions. Gives the table's lines, and all that must not be.

    Whoever interrupts it has the table of what was done until then.
    """
    tallies = {name: Tally() for name in names}
    # The same one twice in a row would have to wait for its spare; and what comes after another fault is tried too.
    order = [name for round_ in range(times) for name in random.Random(f"{seed} {round_}").sample(names, len(names))]
    shares = [order[start::at_once] for start in range(at_once)]
    over = threading.Event()
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(soak, share, f"{seed}.{number}", tallies, over) for number, share in enumerate(shares)]
        try:
            for one in running:
                one.result()
        except KeyboardInterrupt:
            # Whoever runs it may pass on an interruption that has come here too.
            for number in INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)
            over.set()
    lines = [
        "| fault | times | noticed: median / longest | back | position error | not mended | calls lost | lies |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(name, tally) for name, tally in tallies.items()),
    ]
    return lines, [f"{name}: {sentence}" for name, tally in tallies.items() for sentence in tally.bad]


def main() -> None:
    """Run them all; exits with 1 when a call was lost, a lie told, or something never came back."""
    parser = argparse.ArgumentParser(prog="tests.soak")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--fault", action="append", choices=FAULTS, default=[])
    given = parser.parse_args()
    for number in INTERRUPTIONS:
        signal.signal(number, signal.default_int_handler)
    lines, bad = table(given.fault or list(FAULTS), given.times, given.seed, given.at_once)
    print("\n".join(lines))
    sys.exit(bool(bad))


def _told(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
