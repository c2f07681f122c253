"""Two nurses at two desks of one room: what one sees the other sees, and what both do at once is done once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Keys

from tests.browser.chromium import DESKTOP, PHONE, chromium
from tests.browser.nurse import Nurse, session_under_way
from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import CODE

pytestmark = pytest.mark.browser
# The moment at which a page says another thing of the call.
WATCH = """
window.seen = {};
new MutationObserver(() => {
  const words = document.getElementById("call-words").textContent;
  const hidden = document.getElementById("call").hidden;
  window.seen[hidden ? "none" : words] ??= Date.now();
}).observe(document.getElementById("call"), { subtree: true, childList: true, characterData: true, attributes: true });
"""


@pytest.fixture
def desks(served: ServedDesk, tmp_path: Path) -> Iterator[tuple[Nurse, Nurse]]:
    session_under_way(served.room)
    with chromium(tmp_path / "one", PHONE) as one, chromium(tmp_path / "two", DESKTOP) as two:
        nurses = Nurse(one, served), Nurse(two, served)
        for nurse, name in zip(nurses, ("Maria", "Tom"), strict=True):
            nurse.pair(name)
            nurse.tap("arm-button")
            nurse.see("live-title")
            nurse.page.execute_script(WATCH)
        nurses[0].until(lambda: sorted(served.room.desks) == ["Maria", "Tom"])
        yield nurses


def apart_ms(desks: tuple[Nurse, Nurse], what: str) -> int:
    """How long after the one page the other showed something."""
    times = []
    for nurse in desks:
        nurse.until(lambda: nurse.page.execute_script("return window.seen[arguments[0]]", what))  # noqa: B023
        times.append(nurse.page.execute_script("return window.seen[arguments[0]]", what))
    return abs(times[0] - times[1])


def test_both_show_a_call_its_answer_and_its_end_at_once(desks: tuple[Nurse, Nurse]) -> None:
    maria, tom = desks
    maria.served.within(maria.room.press)
    apart = [apart_ms(desks, "is calling")]
    maria.tap("call-coming")
    apart.append(apart_ms(desks, "Maria is coming"))
    tom.see("call-code").send_keys(CODE, Keys.ENTER)
    apart.append(apart_ms(desks, "none"))
    print(f"\ntwo desks show a call, its answer and its end {apart} ms apart")
    # 200 ms is the aim (tests/bench measures it); here two browsers share two busy cores.
    assert max(apart) < 2000


def test_two_who_answer_at_once_learn_who_goes(desks: tuple[Nurse, Nurse]) -> None:
    maria, _tom = desks
    maria.served.within(maria.room.press)
    for nurse in desks:
        nurse.see("call-coming")
    # Both taps leave before either page can hear of the other.
    for nurse in desks:
        nurse.page.execute_script("setTimeout(() => document.getElementById('call-coming').click(), 0)")
    for nurse in desks:
        nurse.see("call-words", "IS COMING")
    said = {nurse.element("call-words").text for nurse in desks}
    assert said in ({"MARIA IS COMING"}, {"TOM IS COMING"})


def test_rounds_are_one_for_all(desks: tuple[Nurse, Nurse]) -> None:
    maria, tom = desks
    room = maria.room
    maria.room_does(rounds={"every_ms": 900_000, "due_at": room.clock() - 60_000})
    for nurse in desks:
        nurse.see("bar-round", "Look at the patient: due for 1:0")
    tom.tap("bar-round")
    for nurse in desks:
        nurse.until(lambda: not nurse.shown("bar-round"))  # noqa: B023
        nurse.see("rounds-in", "Look at the patient in 1")
    assert [(name, by) for name, _, by, _ in room.commands] == [("looked", "Tom")]
