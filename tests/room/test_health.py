"""What the desk shows of a room's parts."""

import pytest

from guideplayer.core.link import Health
from guideplayer.core.state import Readiness
from guideplayer.room.health import NOT_PRESSED, OK, STARTING, UNREAD, health_of

WINDOW, OFF_SCREEN = Health(1, "window", "sound"), Health(1, "off-screen", "sound")


@pytest.mark.parametrize(
    ("stage", "pressed", "control"),
    [
        (WINDOW, True, OK),
        (WINDOW, False, NOT_PRESSED),
        # The screen was lost after the control was shown to work, or there never was one.
        (OFF_SCREEN, True, UNREAD),
        (OFF_SCREEN, False, UNREAD),
        (None, True, STARTING),
    ],
)
def test_the_control_is_well_only_while_something_reads_it(stage, pressed, control):
    assert health_of(Readiness(control=pressed), stage, "")["control"] == control
