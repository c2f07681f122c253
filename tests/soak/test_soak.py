"""Every fault ten times, mixed, on real processes: no call is lost, no lie is told, and everything is mended.

`make soak` does each two hundred times and prints how long it takes; times are measured there, on a machine that does
nothing else.
"""

import pytest

from tests.soak.__main__ import table
from tests.soak.faults import FAULTS
from tests.xvfb import needed

# Eleven faults, ten times each: eight minutes where there are two cores.
pytestmark = [pytest.mark.screen, pytest.mark.timeout(1200)]

TIMES, SEED, AT_ONCE = 10, 7, 2


def test_nothing_that_fails_loses_a_call_or_tells_a_lie():
    needed("Xvfb", "xdotool", "pulseaudio", "pactl")
    lines, bad = table(list(FAULTS), TIMES, SEED, AT_ONCE)
    print("\n".join(lines))
    assert bad == []
