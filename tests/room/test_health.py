"""What the desk shows of a room's parts."""

import pytest

from guideplayer.core.link import Health
from guideplayer.core.state import Readiness
from guideplayer.doctor import outputs
from guideplayer.room.health import NOT_PRESSED, OK, STARTING, UNREAD, display_notices, health_of

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


def of_display(width_px, height_px, refresh_hz):
    return Health(1, "window", "sound", width_px=width_px, height_px=height_px, refresh_hz=refresh_hz)


@pytest.mark.parametrize(
    ("display", "well"),
    [((1920, 1080, 60), True), ((1920, 1080, 0), True), ((3840, 2160, 30), False), ((800, 600, 60), False)],
)
def test_a_display_that_is_too_small_or_too_slow_is_told_as_the_doctor_tells_it(tmp_path, display, well):
    width_px, height_px, refresh_hz = display
    seen = {"screen": [width_px, height_px], "pace_hz": refresh_hz, "undrawn": ""}
    finding = outputs.screen(seen, tmp_path)
    notices = display_notices(of_display(*display))
    assert (finding.fix == "", notices == ()) == (well, well)
    for notice in notices:
        assert (notice.verdict, notice.sentence, notice.fix) == ("doubtful", finding.sentence, finding.fix)


def test_of_a_stage_without_a_screen_nothing_is_told_that_it_does_not_know():
    assert display_notices(Health(1, "off-screen", "sound")) == ()
