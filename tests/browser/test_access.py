"""Who gets in at the page, and as what: the square, the roles, and the list of paired desks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from guideplayer.desk.role import Role
from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, resize
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse, session_under_way
from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import PHASES

pytestmark = pytest.mark.browser
OWN = {"Room 1", "ROOM 1", "Maria", "Tom", "Open Sky", "English", "Español"}
OWN |= {str(phase["name"]).capitalize() for phase in PHASES}


def scan(nurse: Nurse) -> str:
    """Open what the square says, as a phone's camera does; the token."""
    token = nurse.served.within(lambda: nurse.served.access.link_token)
    nurse.page.get(f"{nurse.served.desk.address}#pair={token}")
    nurse.see("pair-how", "This phone has read the room's screen.")
    return token


def as_role(nurse: Nurse, role: Role) -> None:
    nurse.page.find_element(By.CSS_SELECTOR, f"#pair-role input[value={role}]").find_element(By.XPATH, "..").click()


@contextmanager
def another(served: ServedDesk, profile: Path) -> Iterator[Nurse]:
    with chromium(profile, PHONE) as page:
        yield Nurse(page, served)


def test_a_phone_that_reads_the_square_is_asked_only_for_a_name(nurse: Nurse) -> None:
    token = scan(nurse)
    assert not nurse.shown("pair-code")
    assert nurse.page.switch_to.active_element == nurse.element("pair-name")
    assert nurse.page.current_url == nurse.served.desk.address
    assert token not in nurse.page.page_source
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    nurse.see("arm-button")
    nurse.page.back()
    nurse.until(lambda: token not in nurse.page.current_url)
    assert complaints(nurse.page) == []


def test_a_square_that_was_used_leads_to_the_digits(station: Nurse) -> None:
    scan(station)
    station.served.within(lambda: station.served.access.pair(station.served.access.link_token, "Tom", "10.0.0.9"))
    station.element("pair-name").send_keys("Maria", Keys.ENTER)
    station.see("pair-problem", "That is not the code on the room's screen.")
    station.see("pair-code").send_keys(station.served.within(lambda: station.served.access.code))
    station.element("pair-name").send_keys(Keys.ENTER)
    station.see("arm-button")


def test_a_desk_that_only_watches_offers_nothing_and_shows_everything(nurse: Nurse) -> None:
    room = nurse.room
    scan(nurse)
    as_role(nurse, Role.VIEWER)
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    nurse.see("live-title", "Preparing")
    session_under_way(room)
    nurse.room_does(desks=[])
    nurse.see("live-title", "Peak")
    watched = [button for button in nurse.page.find_elements(By.TAG_NAME, "button") if button.is_displayed()]
    assert [button.text for button in watched] == ["Unpair this desk"]
    nurse.served.within(room.press)
    nurse.see("call-words", "IS CALLING")
    note = nurse.page.find_element(By.CSS_SELECTOR, "#call .only-watching")
    assert note.text == "This desk only watches: a nurse or a therapist has to answer."
    assert not nurse.shown("call-coming")
    assert not nurse.shown("call-clear")
    nurse.tap("call-look")
    nurse.see("live-title", "Paused")
    assert (room.desks, room.receipts, room.commands) == ([], [], [])
    assert complaints(nurse.page) == []


def test_a_desk_is_taken_away_by_another_at_once(served: ServedDesk, tmp_path: Path) -> None:
    with ExitStack() as stack:
        maria = stack.enter_context(another(served, tmp_path / "maria"))
        tom = stack.enter_context(another(served, tmp_path / "tom"))
        maria.pair("Maria")
        tom.pair("Tom")
        tom.tap("arm-button")
        maria.until(lambda: served.room.desks == ["Tom"])
        maria.tap("foot-desks")
        maria.see("desks-list", "Tom")
        rows = [row.text.replace("\n", " ") for row in maria.page.find_elements(By.CSS_SELECTOR, "#desks-list li")]
        assert rows[0].startswith("Maria This desk Nurse, since ")
        assert rows[0].endswith("not armed")
        assert "Unpair" not in rows[0]
        assert rows[1].startswith("Tom Nurse, since ")
        maria.tap_text("Unpair")
        tom.see("pair-title", "Pair this desk")
        maria.until(lambda: served.room.desks == [])
        maria.until(lambda: len(maria.page.find_elements(By.CSS_SELECTOR, "#desks-list li")) == 1)
        served.within(served.room.press)
        maria.see("call-words", "IS CALLING")
        assert not maria.shown("paired")
        assert complaints(maria.page) == complaints(tom.page) == []


def test_a_desk_unpairs_itself(nurse: Nurse) -> None:
    nurse.pair()
    nurse.tap("foot-unpair")
    nurse.tap("ask-yes")
    nurse.see("pair-title", "Pair this desk")
    assert nurse.page.get_cookies() == []
    nurse.page.refresh()
    nurse.see("pair-code")
    assert nurse.served.within(nurse.served.access.sessions) == []


def views(nurse: Nurse) -> Iterator[str]:
    """The views of this file, one after the other."""
    token = nurse.served.within(lambda: nurse.served.access.link_token)
    nurse.page.get(f"{nurse.served.desk.address}#pair={token}")
    nurse.until(lambda: not nurse.shown("pair-code") and nurse.shown("pair-name"))
    nurse.page.execute_script("document.getElementById('pair-plain').hidden = false")
    yield "scanned"
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    nurse.tap("foot-desks")
    nurse.see("desks-list", "Maria")
    yield "desks"
    nurse.tap("desks-close")
    nurse.tap("foot-unpair")
    yield "unpair"
    nurse.tap("ask-yes")
    nurse.see("pair-code").send_keys(nurse.served.within(lambda: nurse.served.access.code))
    as_role(nurse, Role.VIEWER)
    nurse.element("pair-name").send_keys(Keys.ENTER)
    nurse.see("live-title")
    yield "watching"
    session_under_way(nurse.room)
    nurse.served.within(nurse.room.press)
    nurse.see("call-words")
    yield "watching a call"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_view_has_a_barrier(served: ServedDesk, tmp_path: Path, size: tuple[int, int]) -> None:
    with chromium(tmp_path / "profile", size) as page:
        nurse, found = Nurse(page, served), []
        for name in views(nurse):
            found += [(name, barrier) for barrier in barriers(nurse)]
            resize(page, (320, 640))
            found += [(name, "too wide")] if too_wide(nurse) else []
            resize(page, size)
        assert found == []


def test_in_spanish_nothing_stays_english(served: ServedDesk, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile", PHONE) as page:
        nurse = Nurse(page, served)
        page.get(served.desk.address)
        page.execute_script("localStorage.setItem('guideplayer-language', 'es')")
        page.get("about:blank")
        assert {name: found for name in views(nurse) if (found := untranslated(nurse, OWN))} == {}
