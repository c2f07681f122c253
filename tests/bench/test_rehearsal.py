"""How long a whole session takes when nobody waits for it."""

import time

import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.rehearse import rehearse_session

pytestmark = pytest.mark.bench


def test_a_rehearsal_of_sixty_minutes():
    script, _ = read_script(scripts_folder() / "open-sky.yaml", shipped_library())
    assert script
    times = []
    for _ in range(20):
        began = time.perf_counter()
        rehearse_session(script, 3_600_000, [720_000], [1_080_000])
        times.append((time.perf_counter() - began) * 1000)
    print(f"rehearsal of 60 minutes with a pause: median {sorted(times)[10]:.1f} ms, longest {max(times):.1f} ms")
    assert min(times) < 500
