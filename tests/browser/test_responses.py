"""Response times at a station's page: pictures, the same in numbers, chosen rooms and periods, and files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.store import Store, address_in
from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, need_chromium, resize
from tests.browser.clinic import Clinic
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk
from tests.browser.test_board import beats
from tests.clinic.years import sessions

pytestmark = pytest.mark.browser
NARROW = (320, 640)
ROOMS, DAYS = 14, 40
NUMBERS = """
return [...document.querySelectorAll(`#responses-${arguments[0]}-table tbody tr`)]
  .map((row) => [...row.children].map((cell) => cell.textContent));
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a clinic's figures."""
    address = address_in(tmp_path_factory.mktemp("kept"))
    store = Store(address)
    for number in range(ROOMS):
        store.keep(f"Room {number + 1}", list(sessions(DAYS, number)))
    store.close()
    return address


@pytest.fixture
def served(kept: str, tmp_path: Path) -> Iterator[ServedDesk]:
    need_chromium()
    clinic = Clinic(3)
    served = ServedDesk(tmp_path, clinic)
    served.stop()
    ledger = served.figures = Ledger(Store(kept))
    ledger.told = lambda: clinic.rooms.failing([ledger.trouble] if ledger.trouble else [])
    served.start()
    beats(served, clinic)
    yield served
    ledger.close()
    served.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def nurse(request: pytest.FixtureRequest, served: ServedDesk, tmp_path: Path) -> Iterator[Nurse]:
    with chromium(tmp_path / "profile", request.param) as page:
        yield Nurse(page, served)


def arrive(nurse: Nurse, role: str = "nurse") -> None:
    nurse.page.get(nurse.served.desk.address)
    nurse.see("pair-code").send_keys(nurse.served.within(lambda: nurse.served.access.code))
    nurse.page.execute_script(f"document.querySelector('#pair-role [value={role}]').click()")
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    if role != "viewer":
        nurse.tap("arm-button")
        nurse.see("board")


def open_all(nurse: Nurse) -> None:
    nurse.tap("foot-responses")
    Select(nurse.see("responses-period")).select_by_value("0")
    nurse.until(lambda: len(nurse.page.execute_script(NUMBERS, "rooms")) == ROOMS)


def told(clinic_seed: int) -> tuple[int, int]:
    """Of a room: how many sessions and calls it has told of."""
    all_of_it = list(sessions(DAYS, clinic_seed))
    return len(all_of_it), sum(len(one.calls) for one in all_of_it)


def test_how_long_calls_waited_is_seen_and_read(nurse: Nurse) -> None:
    arrive(nurse)
    open_all(nurse)
    rooms = nurse.page.execute_script(NUMBERS, "rooms")
    assert [row[0] for row in rooms] == [f"Room {number + 1}" for number in range(ROOMS)]
    assert [(int(row[1]), int(row[2])) for row in rooms] == [told(number) for number in range(ROOMS)]
    assert [row[0] for row in nurse.page.execute_script(NUMBERS, "months")] == ["January 2026", "February 2026"]
    assert sum(int(row[1]) for row in nurse.page.execute_script(NUMBERS, "hours")) == sum(
        told(number)[1] for number in range(ROOMS)
    )
    for name in ("months", "hours"):
        assert nurse.page.find_elements(By.CSS_SELECTOR, f"#responses-{name} svg.drawing .there")
    drawn = nurse.page.find_elements(By.CSS_SELECTOR, "#responses-rooms li")
    assert len(drawn) == 12
    nurse.tap("responses-more")
    nurse.until(lambda: len(nurse.page.find_elements(By.CSS_SELECTOR, "#responses-rooms li")) == ROOMS)
    assert complaints(nurse.page) == []


def test_a_room_and_a_period_can_be_chosen(nurse: Nurse) -> None:
    arrive(nurse)
    open_all(nurse)
    Select(nurse.element("responses-room")).select_by_value("Room 3")
    nurse.until(
        lambda: str(told(2)[1]) in nurse.element("responses-facts").text and not nurse.shown("responses-by-room")
    )
    assert nurse.element("responses-room").get_property("value") == "Room 3"
    links = [link.get_attribute("href") for link in nurse.element("responses-files").find_elements(By.TAG_NAME, "a")]
    assert [link.rpartition("/")[2] for link in links] == [
        f"{kind}.csv?room=Room+3&first=" for kind in ("month", "hour", "room", "calls")
    ]
    written = nurse.page.execute_async_script("fetch(arguments[0]).then((a) => a.text()).then(arguments[1])", links[3])
    assert written.count("\n") == told(2)[1] + 1
    nurse.tap("responses-close")
    nurse.see("board-list")


def test_a_call_covers_it(nurse: Nurse) -> None:
    arrive(nurse)
    open_all(nurse)
    room = nurse.served.room.all[0]
    nurse.served.within(room.press)
    nurse.see("call-room", "ROOM 1")
    nurse.until(lambda: room.receipts == [("1", "Maria")])


def test_who_only_watches_is_shown_no_way_in(nurse: Nurse) -> None:
    arrive(nurse, "viewer")
    nurse.see("board-list")
    assert not nurse.shown("foot-responses")
    status = nurse.page.execute_async_script("fetch('/api/responses').then((answer) => arguments[0](answer.status))")
    assert status == 403


def test_a_database_that_fails_is_told_on_the_board_and_what_was_read_is_still_shown(
    nurse: Nurse, tmp_path: Path
) -> None:
    arrive(nurse)
    open_all(nurse)
    ledger = nurse.served.figures
    assert isinstance(ledger, Ledger)
    # Where its file should be is a folder.
    working, ledger._store = ledger._store, Store(f"sqlite:///{tmp_path}")
    Select(nurse.element("responses-period")).select_by_value("12")
    nurse.see("responses-trouble", "Nothing is lost")
    assert nurse.shown("responses-facts")
    nurse.tap("responses-close")
    nurse.see("board-faults", "cannot be used")
    ledger._store = working
    nurse.tap("foot-responses")
    nurse.until(lambda: not nurse.element("responses-trouble").text)
    nurse.tap("responses-close")
    nurse.until(lambda: not nurse.shown("board-faults"))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_is_for_everyone(served: ServedDesk, tmp_path: Path, size: tuple[int, int]) -> None:
    """No barrier, nothing out of the side, and in Spanish nothing English."""
    with chromium(tmp_path / "profile", size) as page:
        nurse = Nurse(page, served)
        page.get(served.desk.address)
        page.execute_script("localStorage.setItem('guideplayer-language', 'es')")
        arrive(nurse)
        open_all(nurse)
        page.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
        nurse.until(lambda: nurse.element("responses-told").get_attribute("aria-busy") == "false")
        assert barriers(nurse) == []
        own = {f"Room {number + 1}" for number in range(ROOMS)} | {"Maria", "English", "Español"}
        assert untranslated(nurse, own | {"ene", "feb", "enero de 2026", "febrero de 2026"}) == []
        resize(page, NARROW)
        assert too_wide(nurse) <= 0
