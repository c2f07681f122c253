"""Lines between room and stage: what is torn or foreign is dropped and counted, and what follows is heard."""

import pytest

from guideplayer.core.link import Chosen, Lines, ToRoom, encode

MENU = Chosen("終了")


@pytest.mark.parametrize("cut", range(1, len(encode(MENU)) - 1))
def test_a_line_torn_anywhere_costs_itself_alone(cut):
    lines = Lines(ToRoom)
    assert lines.feed(encode(MENU)[:cut]) == []
    assert lines.feed(encode(MENU)) == [MENU]


@pytest.mark.parametrize("foreign", [b"{", b"5", b"\xcf", b'{"type": "chosen", "action": "\xcf"}', b'{"type": "none"}'])
def test_a_foreign_line_is_dropped(foreign):
    lines = Lines(ToRoom)
    assert lines.feed(foreign + encode(MENU)) == [MENU]
    assert lines.dropped == 1
