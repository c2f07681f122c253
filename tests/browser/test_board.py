"""The page of a station: all rooms by what they need, calls of several at once, and each room a tap away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, need_chromium, resize
from tests.browser.clinic import Clinic
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse, session_under_way
from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import CODE, MINUTE_MS, PHASES

pytestmark = pytest.mark.browser
ROWS = """
const rows = [...document.querySelectorAll("#board-list .room")];
const name = (row) => row.querySelector(".name").textContent;
"""
NAMES = (
    ROWS
    + """
const top = (row) => row.getBoundingClientRect().top;
return rows.sort((one, other) => top(one) - top(other)).map(name);
"""
)
KIND = ROWS + "return rows.find((row) => name(row) === arguments[0])?.dataset.kind;"


@pytest.fixture
def clinic() -> Clinic:
    need_chromium()
    made = Clinic(12)
    for room in made.all[:6]:
        session_under_way(room)
        room.rounds["due_at"] = room.clock() + 10 * MINUTE_MS
    made.all[2].rounds["due_at"] = made.all[2].clock() - MINUTE_MS
    made.all[4].faults = ("There is no sound in the room.",)
    return made


@pytest.fixture
def served(clinic: Clinic, tmp_path: Path) -> Iterator[ServedDesk]:
    served = ServedDesk(tmp_path, clinic)
    beats(served, clinic)
    yield served
    served.close()


def beats(served: ServedDesk, clinic: Clinic) -> None:
    """Twice a second, on the desk's loop."""

    def beat() -> None:
        clinic.beat()
        served._loop.call_later(0.5, beat)

    served.within(beat)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def nurse(request: pytest.FixtureRequest, served: ServedDesk, tmp_path: Path) -> Iterator[Nurse]:
    with chromium(tmp_path / "profile", request.param) as page:
        yield Nurse(page, served)


def arrive(nurse: Nurse, clinic: Clinic, name: str = "Maria") -> None:
    nurse.pair(name)
    nurse.tap("arm-button")
    nurse.until(lambda: all(name in room.desks for room in clinic.all))
    nurse.see("board")


def names(nurse: Nurse) -> list[str]:
    return nurse.page.execute_script(NAMES)


def kind(nurse: Nurse, room: str) -> str:
    return nurse.page.execute_script(KIND, room)


def test_what_needs_somebody_comes_first(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    nurse.until(lambda: names(nurse)[:2] == ["Room 3", "Room 5"])
    assert (kind(nurse, "Room 3"), kind(nurse, "Room 5"), kind(nurse, "Room 1")) == ("due", "fault", "running")
    assert names(nurse)[2:6] == ["Room 1", "Room 2", "Room 4", "Room 6"]
    nurse.served.within(lambda: clinic.die("Room 6"))
    nurse.until(lambda: names(nurse)[0] == "Room 6" and kind(nurse, "Room 6") == "dead")
    nurse.tap_text("Not answering")
    nurse.until(lambda: names(nurse) == ["Room 6"])
    nurse.click(nurse.page.find_element(By.CSS_SELECTOR, ".filter[data-kind=all]"))
    nurse.element("board-search").send_keys("room 1")
    nurse.until(lambda: names(nurse) == ["Room 1", "Room 10", "Room 11", "Room 12"])
    assert complaints(nurse.page) == []


def test_rooms_that_call_at_once_are_all_delivered_and_answered_one_by_one(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    first, second = clinic.all[0], clinic.all[3]
    nurse.served.within(first.press)
    nurse.see("call-room", "ROOM 1")
    nurse.served.within(second.press)
    nurse.see("call-others", "Room 4")
    nurse.until(lambda: first.call["state"] == second.call["state"] == "delivered")
    assert (first.receipts, second.receipts) == ([("1", "Maria")], [("1", "Maria")])
    nurse.tap("call-coming")
    nurse.see("call-room", "ROOM 4")
    assert first.call["name"] == "Maria"
    nurse.tap("call-coming")
    # Both are hers now: the older one is cleared at its bedside, and the other is there still.
    nurse.see("call-words", "MARIA IS COMING")
    nurse.see("call-room", "ROOM 1")
    nurse.see("call-code").send_keys(CODE, Keys.ENTER)
    nurse.see("call-room", "ROOM 4")
    nurse.see("call-code").send_keys(CODE, Keys.ENTER)
    nurse.see("board-list")
    assert [room.call["state"] for room in (first, second)] == ["cleared", "cleared"]
    assert complaints(nurse.page) == []


def test_a_call_that_a_colleague_has_answered_leaves_the_page_to_others(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    room = clinic.all[0]
    nurse.served.within(room.press)
    nurse.see("call-coming")
    nurse.served.within(lambda: room.command("acknowledge", {"name": "Ben"}, "Ben", "Ben"))
    nurse.until(lambda: not nurse.shown("call"))
    nurse.until(lambda: kind(nurse, "Room 1") == "coming")
    # Nobody came: it is everybody's again.
    nurse.served.within(lambda: (room.call.update(silenced_until=room.clock() - 1), room.changed()))
    nurse.see("call-words", "IS STILL WAITING")


def test_a_room_is_a_tap_away_and_does_what_is_asked(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    room = clinic.all[1]
    nurse.tap_text("Room 2")
    nurse.see("live-title")
    assert nurse.element("bar-room").text == "Room 2"
    nurse.tap("live-next", "Pause")
    nurse.until(lambda: room.play == "holding")
    nurse.see("live-title", "Paused")
    assert room.commands == [("hold", {}, "Maria", "Maria")]
    nurse.served.within(lambda: clinic.die("Room 2"))
    nurse.see("room-dead", "does not answer")
    nurse.tap("bar-back")
    nurse.see("board-list")
    nurse.tap_text("Room 9")
    nurse.see("prepare-title", "Choose a script")
    nurse.see("scripts", "Open Sky")
    assert complaints(nurse.page) == []


def test_another_room_that_calls_is_not_put_under_a_hand_that_types(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    first, second = clinic.all[0], clinic.all[3]
    nurse.served.within(first.press)
    nurse.tap("call-coming")
    nurse.see("call-code").send_keys(CODE[0])
    nurse.served.within(second.press)
    nurse.see("call-others", "Room 4")
    assert nurse.element("call-room").text.upper() == "ROOM 1"
    nurse.element("call-code").send_keys(CODE[1], Keys.ENTER)
    nurse.see("call-room", "ROOM 4")
    assert (first.call["state"], second.receipts) == ("cleared", [("1", "Maria")])


def test_another_room_that_calls_takes_the_page_from_who_looks_at_one(nurse: Nurse, clinic: Clinic) -> None:
    arrive(nurse, clinic)
    first, second = clinic.all[0], clinic.all[3]
    nurse.served.within(first.press)
    nurse.tap("call-coming")
    nurse.tap("call-look")
    nurse.see("live-title")
    nurse.served.within(second.press)
    nurse.see("call-room", "ROOM 4")
    nurse.until(lambda: second.receipts == [("1", "Maria")])
    nurse.tap("call-coming")
    nurse.see("call-room", "ROOM 1")
    assert second.call["name"] == "Maria"


@pytest.mark.parametrize("size", [PHONE, DESKTOP, (320, 640)], ids=["phone", "desktop", "narrow"])
def test_the_board_is_for_everyone(served: ServedDesk, clinic: Clinic, tmp_path: Path, size: tuple[int, int]) -> None:
    with chromium(tmp_path / "spanish", PHONE, ["--lang=es", "--accept-lang=es"]) as page:
        nurse = Nurse(page, served)
        arrive(nurse, clinic)
        resize(page, size)
        served.within(lambda: clinic.die("Room 6"))
        nurse.until(lambda: kind(nurse, "Room 6") == "dead")
        assert barriers(nurse) == []
        assert too_wide(nurse) <= 0
        own = {room.name for room in clinic.all} | {"Maria", "Open Sky", "English", "Español"}
        own |= {str(phase["name"]) for phase in PHASES} | {"There is no sound in the room."}
        assert untranslated(nurse, own) == []


def test_ten_thousand_rooms_are_one_list(tmp_path: Path) -> None:
    need_chromium()
    clinic = Clinic(10_000)
    served = ServedDesk(tmp_path, clinic)
    try:
        with chromium(tmp_path / "profile", DESKTOP) as page:
            nurse = Nurse(page, served)
            nurse.pair()
            nurse.tap("arm-button")
            served.within(clinic.beat)
            nurse.until(lambda: names(nurse)[:2] == ["Room 1", "Room 2"])
            assert len(names(nurse)) < 60
            nurse.element("board-search").send_keys("Room 9999")
            nurse.until(lambda: names(nurse) == ["Room 9999"])
            nurse.element("board-search").send_keys(Keys.BACKSPACE * 9)
            nurse.until(lambda: len(names(nurse)) > 5)
            page.execute_script("scrollTo(0, document.body.scrollHeight)")
            nurse.until(lambda: names(nurse)[-1] == "Room 10000" and len(names(nurse)) < 60)
            session_under_way(clinic.all[7776])
            served.within(clinic.all[7776].press)
            nurse.see("call-room", "ROOM 7777")
            nurse.until(lambda: clinic.all[7776].receipts == [("1", "Maria")])
    finally:
        served.close()
