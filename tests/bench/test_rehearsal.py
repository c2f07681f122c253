"""How long a whole session takes when nobody waits for it, for each shipped script."""

import time
from pathlib import Path

import pytest

from guideplayer.core.units import MINUTE_MS
from guideplayer.media import shipped_library
from guideplayer.rehearsal.events import read_events
from guideplayer.rehearsal.rehearse import rehearse_session
from tests.traces.renew import script_names, script_of

pytestmark = pytest.mark.bench
EVENTS = Path(__file__).parents[1] / "rehearsal" / "events" / "evening.yaml"


@pytest.mark.parametrize("name", script_names())
@pytest.mark.parametrize("eventful", [False, True], ids=["undisturbed", "eventful"])
def test_a_rehearsal_of_sixty_minutes(name, eventful, figure):
    script = script_of(f"{name}-60m")
    inputs, problems = read_events(EVENTS, shipped_library())
    assert inputs, problems
    times = []
    for _ in range(10):
        began = time.perf_counter()
        rehearse_session(script, 60 * MINUTE_MS, events=inputs if eventful else ())
        times.append((time.perf_counter() - began) * 1000)
    figure("rehearsal", sorted(times)[5], f"{name}, the median of 10")
    how = "with events" if eventful else "undisturbed"
    print(f"rehearsal of 60 minutes, {name}, {how}: median {sorted(times)[5]:.1f} ms, longest {max(times):.1f} ms")
    assert min(times) < 500
