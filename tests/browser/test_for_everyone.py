"""The desk for everyone: without barriers, at twice the size, by ear, and in Spanish."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Keys

from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, resize
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse, session_under_way
from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import CODE, MINUTE_MS, PHASES, SCRIPTS

pytestmark = pytest.mark.browser
# 1440 and 640 pixels at twice the size, and the narrowest that WCAG 2.2 asks for (1.4.10).
NARROW = [(720, 450), (320, 640)]
OWN = {"Room 1", "ROOM 1", "Maria", "Open Sky", "Slow Tide", "Unfinished", "Heart", "Onyx", "English", "Español"}
OWN |= {str(phase["name"]).capitalize() for phase in PHASES}
OWN |= {str(script["summary"]) for script in SCRIPTS}
OWN |= {text.capitalize() for script in SCRIPTS for text in [*script["themes"], ", ".join(script["themes"])]}
OWN |= {text.capitalize() for script in SCRIPTS for text in script["contains"]}


def views(nurse: Nurse) -> Iterator[str]:
    """Every view of the page, one after the other, as a session comes to them."""
    room = nurse.room
    nurse.page.get(nurse.served.desk.address)
    nurse.see("pair-code")
    yield "pair"
    nurse.pair()
    yield "arm"
    nurse.arm()
    nurse.until(lambda: nurse.page.execute_script("return document.querySelectorAll('.card').length") == len(SCRIPTS))
    yield "choose"
    nurse.page.execute_script("document.querySelector('.pick input').click()")
    nurse.tap("prepare-next")
    nurse.see("chosen-title")
    yield "ready"
    room.desks = []
    session_under_way(room)
    room.stops, room.called = [{"from_ms": 9 * MINUTE_MS, "until_ms": 14 * MINUTE_MS}], [9 * MINUTE_MS]
    nurse.room_does(rounds={"every_ms": 15 * MINUTE_MS, "due_at": room.clock() - MINUTE_MS})
    nurse.see("bar-round")
    yield "live, a round due"
    nurse.tap("bar-round")
    nurse.until(lambda: not nurse.shown("bar-round"))
    nurse.served.within(room.press)
    nurse.see("call-coming")
    yield "a call"
    nurse.tap("call-coming")
    nurse.see("call-code")
    yield "answered"
    nurse.element("call-code").send_keys(CODE, Keys.ENTER)
    nurse.until(lambda: not nurse.shown("call"))
    yield "paused after a call"
    nurse.page.execute_script("document.querySelector('#live-others .ends-it').click()")
    nurse.see("ask-yes")
    yield "a question"
    nurse.tap("ask-yes")
    nurse.until(lambda: room.play == "ended")
    nurse.until(lambda: not nurse.shown("ask"))
    yield "ended"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_view_has_a_barrier(served: ServedDesk, tmp_path: Path, size: tuple[int, int]) -> None:
    with chromium(tmp_path / "profile", size) as page:
        nurse = Nurse(page, served)
        assert {name: found for name in views(nurse) if (found := barriers(nurse))} == {}
        assert complaints(page) == []


def test_at_twice_the_size_and_on_the_narrowest_screen_nothing_runs_out_of_the_side(
    served: ServedDesk, tmp_path: Path
) -> None:
    with chromium(tmp_path / "profile", DESKTOP) as page:
        nurse, wide = Nurse(page, served), {}
        for name in views(nurse):
            for size in NARROW:
                resize(page, size)
                if found := too_wide(nurse):
                    wide[name, size] = found
            resize(page, DESKTOP)
        assert wide == {}


def test_in_spanish_nothing_stays_english(served: ServedDesk, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile", PHONE) as page:
        nurse = Nurse(page, served)
        page.get(served.desk.address)
        page.execute_script("localStorage.setItem('guideplayer-language', 'es')")
        assert {name: found for name in views(nurse) if (found := untranslated(nurse, OWN))} == {}
        assert page.execute_script("return document.documentElement.lang") == "es"
        assert complaints(page) == []


def test_the_language_is_chosen_on_the_page_and_kept(served: ServedDesk, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile", PHONE) as page:
        nurse = Nurse(page, served)
        page.get(served.desk.address)
        nurse.see("pair-title", "Pair this desk")
        page.execute_script(
            "const box = document.getElementById('language'); box.value = 'es'; box.dispatchEvent(new Event('change'))"
        )
        nurse.see("pair-title", "Vincular este puesto")
        page.refresh()
        nurse.see("pair-title", "Vincular este puesto")
