"""The machine's displays, as the kernel tells of them, and what staff hear of one that goes."""

import pytest

from guideplayer.launch.displays import ONE_GONE, UNPLUGGED, Displays

HDMI, PANEL = "card1-HDMI-A-1", "card1-eDP-1"


class Connectors:
    """A folder as the kernel's, in which displays are plugged in and pulled out."""

    def __init__(self, folder):
        self.folder = folder
        self._displays = Displays({}, folder)

    def plug(self, *names):
        """Just these are plugged in; whoever was once stays a connector."""
        for name in names:
            (self.folder / name).mkdir(exist_ok=True)
        for connector in self.folder.iterdir():
            state = "connected" if connector.name in names else "disconnected"
            (connector / "status").write_text(f"{state}\n")
        return self._displays.look()


@pytest.fixture
def connectors(tmp_path):
    return Connectors(tmp_path)


def test_a_display_that_is_pulled_out_is_told(connectors):
    plugged, pulled = connectors.plug(HDMI), connectors.plug()
    assert (plugged.faults(), plugged.usable) == ((), True)
    assert (pulled.faults(), pulled.usable) == ((UNPLUGGED,), False)
    # That there is none at all says more than which one has gone.
    assert pulled.faults(plugged.plugged) == (UNPLUGGED,)


def test_where_there_are_no_connectors_nothing_is_missed(tmp_path):
    assert Displays({}, tmp_path / "none").look().faults() == ()


def test_of_two_the_one_that_has_gone_is_told(connectors):
    both, one = connectors.plug(HDMI, PANEL), connectors.plug(PANEL)
    assert (one.usable, one.faults()) == (True, ())
    assert one.faults(both.plugged) == (ONE_GONE.format("HDMI-A-1"),)
    assert both.faults(both.plugged) == ()
