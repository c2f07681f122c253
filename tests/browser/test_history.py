"""What was, at the desk: the summary after a session, the list of all, one of them, deleting it."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, need_chromium, resize
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk
from tests.report.kept import MONTHS, Kept, months

pytestmark = pytest.mark.browser
NARROW = (320, 640)
OWN = {"Room 1", "Test", "Maria", "Tom", "staff in the room", "English", "Español"}
OWN |= {"Settling", "Widening", "Peak", "“five”"}
# As the browser itself writes months, and two entries of the catalogue in one line.
OWN |= {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic", "Imagen fija, luz 50%"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a room that has a past."""
    folder = tmp_path_factory.mktemp("recorded")
    months(folder)
    return folder


@pytest.fixture
def served(tmp_path: Path, recorded: Path) -> Iterator[ServedDesk]:
    """A desk with a record behind it."""
    need_chromium()
    shutil.copytree(recorded, tmp_path / "state")
    served = ServedDesk(tmp_path)
    served.stop()
    kept = served.within(lambda: Kept(tmp_path / "state"))
    served.past = kept.past
    served.start()
    yield served
    served.within(kept.writing.cancel)
    served.close()


def arrive(nurse: Nurse, role: str = "nurse") -> None:
    nurse.page.get(nurse.served.desk.address)
    nurse.see("pair-code").send_keys(nurse.served.within(lambda: nurse.served.access.code))
    nurse.page.execute_script(f"document.querySelector('#pair-role [value={role}]').click()")
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    nurse.arm()


def rows(nurse: Nurse) -> int:
    return len(nurse.page.find_elements(By.CSS_SELECTOR, "#history-list .past"))


def open_list(nurse: Nurse) -> None:
    nurse.tap("foot-history")
    nurse.until(lambda: rows(nurse) == MONTHS * 3 + 1)


def open_newest(nurse: Nurse) -> None:
    nurse.until(lambda: nurse.click(nurse.page.find_element(By.CSS_SELECTOR, "#history-list .past")))
    nurse.see("history-told", "Left out")


def test_after_a_session_the_page_tells_what_it_was(nurse: Nurse) -> None:
    arrive(nurse)
    nurse.room_does(script="Test", play="ended")
    told = nurse.see("summary-told", "Nausea").text
    for part in ("57 min", "planned 40 min", "longest wait 1 min 30 s", "Tom", "never" not in told and "8 s"):
        assert part in told
    assert nurse.page.find_elements(By.CSS_SELECTOR, "#summary-told svg.drawing .alone")
    assert complaints(nurse.page) == []


def test_the_list_tells_of_each_and_opens_it(nurse: Nurse) -> None:
    arrive(nurse)
    open_list(nurse)
    newest = nurse.page.find_element(By.CSS_SELECTOR, "#history-list .past").text
    assert "Test" in newest
    assert "2 calls, longest wait 1 min 30 s" in newest
    assert "usually" in nurse.see("history-told-waits").text
    assert len(nurse.page.find_elements(By.CSS_SELECTOR, "#history-months .there")) == 12
    open_newest(nurse)
    # Who is no therapist deletes nothing.
    assert not nurse.shown("history-delete")
    nurse.tap("history-close", "All sessions")
    nurse.see("history-list")
    nurse.tap("history-close", "Back")
    nurse.see("scripts")
    assert complaints(nurse.page) == []


def test_of_a_damaged_record_the_page_says_that_sessions_may_be_missing(
    served: ServedDesk, tmp_path: Path, nurse: Nurse
) -> None:
    """The newest that is left is not told as the one that has just ended."""
    with sqlite3.connect(tmp_path / "state" / "journal.sqlite3") as database:
        database.execute("UPDATE sessions SET words = x'22cf22' WHERE id = (SELECT max(id) FROM sessions)")
    database.close()
    arrive(nurse)
    nurse.room_does(script="Test", play="ended")
    nurse.see("summary-told", "There is no record of it.")
    # Whatever is done next with success takes the sentence away.
    told = nurse.element("problem-text")
    nurse.until(lambda: "sessions may be missing" in (told.get_attribute("textContent") or ""))
    nurse.page.execute_script("document.getElementById('problem-close').click()")
    nurse.tap("foot-history")
    nurse.see("history-trouble", "sessions may be missing")
    nurse.until(lambda: rows(nurse) == MONTHS * 3)
    assert complaints(nurse.page) == []


def test_what_happens_in_the_room_comes_before_the_past(station: Nurse) -> None:
    arrive(station)
    open_list(station)
    station.served.within(station.room.press)
    station.see("call-coming")
    station.room_does(call={**station.room.call, "state": "cleared"}, play="arriving", script="Test")
    station.see("live-title")
    assert not station.shown("history")
    assert not station.shown("foot-history")


def test_a_therapist_deletes_after_one_question(station: Nurse) -> None:
    arrive(station, "therapist")
    open_list(station)
    station.until(lambda: station.click(station.page.find_elements(By.CSS_SELECTOR, "#history-list .past")[1]))
    station.tap("history-delete")
    station.tap("ask-no")
    station.tap("history-delete")
    station.tap("ask-yes", "Delete it")
    station.until(lambda: rows(station) == MONTHS * 3)
    assert complaints(station.page) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_past_is_for_everyone(served: ServedDesk, tmp_path: Path, size: tuple[int, int]) -> None:
    """No barrier, nothing out of the side, and in Spanish nothing English."""
    found: dict[str, object] = {}

    def look(nurse: Nurse, name: str) -> None:
        found[name] = barriers(nurse), untranslated(nurse, OWN)
        resize(nurse.page, NARROW)
        found[f"{name}, narrow"] = too_wide(nurse) or ([], [])
        resize(nurse.page, size)

    with chromium(tmp_path / "profile", size) as page:
        nurse = Nurse(page, served)
        page.get(served.desk.address)
        page.execute_script("localStorage.setItem('guideplayer-language', 'es')")
        arrive(nurse)
        nurse.tap("foot-history")
        nurse.until(lambda: rows(nurse) == MONTHS * 3 + 1)
        look(nurse, "list")
        nurse.until(lambda: nurse.click(page.find_element(By.CSS_SELECTOR, "#history-list .past")))
        nurse.until(lambda: nurse.shown("history-told"))
        look(nurse, "one")
        nurse.room_does(script="Test", play="ended")
        nurse.tap("history-close")
        nurse.tap("history-close")
        nurse.see("summary-told", "Tom")
        look(nurse, "ended")
        assert {name: what for name, what in found.items() if what != ([], [])} == {}
