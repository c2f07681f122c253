"""Choosing a script at the desk in a real browser: cards, filters, samples; on a phone and on a desktop."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.card import make_card
from guideplayer.room.card_files import PICTURE, SAMPLE, card_file
from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, need_chromium
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import MINUTE_MS, SCRIPTS, FakeRoom

pytestmark = pytest.mark.browser
# Chromium keeps a page's audio element to itself: the page's own is caught as it is made.
CATCH_AUDIO = """
const Plain = window.Audio;
window.made = [];
window.Audio = function (...words) { const one = new Plain(...words); window.made.push(one); return one; };
"""
HEARD = "return window.made.map((one) => [!one.paused, one.currentTime])"


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Path:
    """A real card, under the names that the room by hand uses."""
    need_chromium()
    folder = tmp_path_factory.mktemp("cards")
    card = make_card(scripts_folder() / "open-sky.yaml", folder, shipped_library())
    for name in ("open-sky", "slow-tide"):
        for part in (PICTURE, SAMPLE):
            shutil.copy(card_file(folder, card.key, part), folder / f"{name}-{part}")
    return folder


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def nurse(request: pytest.FixtureRequest, media: Path, tmp_path: Path) -> Iterator[Nurse]:
    room = FakeRoom()
    room.cards = media
    served = ServedDesk(tmp_path, room)
    try:
        with chromium(tmp_path / "profile", request.param) as page:
            page.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CATCH_AUDIO})
            nurse = Nurse(page, served)
            nurse.pair()
            nurse.arm()
            nurse.see("prepare-title", "Choose a script")
            nurse.until(lambda: nurse.page.find_elements(By.CSS_SELECTOR, ".card"))
            yield nurse
            assert complaints(page) == []
    finally:
        served.close()


def shown(nurse: Nurse) -> list[str]:
    """The titles of the cards that show."""
    titles = nurse.page.find_elements(By.CSS_SELECTOR, ".card strong")
    return [title.text for title in titles if title.is_displayed()]


def open_filters(nurse: Nurse) -> None:
    if not nurse.shown("filter-groups"):
        nurse.page.find_element(By.CSS_SELECTOR, "#filters summary").click()
    nurse.see("filter-groups")


def tick(nurse: Nurse, group: str, text: str) -> None:
    chips = nurse.page.find_elements(By.CSS_SELECTOR, f"#filter-groups .{group} label")
    tap_in_sight(nurse, next(chip for chip in chips if chip.text == text))


def tap_in_sight(nurse: Nurse, part: WebElement) -> None:
    """Scroll to something, as a person does, so that neither the bar nor the footer covers it; and tap it."""
    nurse.page.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
    part.click()


def heard(nurse: Nurse) -> list[list[float]]:
    return nurse.page.execute_script(HEARD)


def playing(nurse: Nurse, number: int = 0) -> Callable[[], bool]:
    """Whether the sample of a card goes on: its button says so, and its time moves."""

    def check() -> bool:
        button = nurse.page.find_elements(By.CSS_SELECTOR, ".hear")[number]
        return button.get_attribute("data-playing") == "yes" and any(on and at > 0.3 for on, at in heard(nurse))

    return check


def silent(nurse: Nurse) -> bool:
    return not any(on for on, _ in heard(nurse))


def test_cards_show_what_scripts_are_like(nurse: Nurse) -> None:
    assert shown(nurse) == ["Open Sky", "Slow Tide", "Unfinished"]
    images = nurse.page.find_elements(By.CSS_SELECTOR, ".frame img")
    assert len(images) == 1
    nurse.until(lambda: images[0].get_property("naturalWidth") == 640)
    sky, tide, broken = nurse.page.find_elements(By.CSS_SELECTOR, ".card")
    assert "40–60 min" in sky.text
    assert "Guided" in sky.text
    assert "Mostly music" in tide.text
    assert tide.find_elements(By.CSS_SELECTOR, ".hear, .arc, img") == []
    assert "It cannot be played. No clip for" in broken.text
    assert "To see all: guideplayer check unfinished" in broken.text
    assert not broken.find_element(By.TAG_NAME, "input").is_enabled()
    assert nurse.page.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_choosing_opens_a_card_and_offers_its_lengths_and_voices(nurse: Nurse) -> None:
    assert not nurse.shown("prepare-next")
    nurse.tap_text("Open Sky")
    nurse.see("prepare-next", "Take Open Sky, 40 min")
    card = nurse.page.find_element(By.CSS_SELECTOR, ".card:has(.pick :checked)")
    for part in (".summary", ".arc svg", ".voices"):
        assert card.find_element(By.CSS_SELECTOR, part).is_displayed()
    assert "Contains breath, body" in card.text
    nurse.tap("length-more")
    nurse.tap_text("Onyx")
    nurse.tap("prepare-next", "Take Open Sky, 41 min")
    nurse.see("chosen-title", "Open Sky")
    assert [(name, body) for name, body, _, _ in nurse.room.commands] == [
        ("choose", {"script": "open-sky", "infusion_ms": 41 * MINUTE_MS, "voice": "onyx"})
    ]


def test_another_script_is_told_by_its_own_voice(nurse: Nurse) -> None:
    nurse.page.execute_script("document.querySelector('.voices [value=onyx]').click()")
    nurse.see("prepare-next", "Take Open Sky")
    tap_in_sight(nurse, nurse.page.find_element(By.XPATH, "//strong[text()='Slow Tide']/ancestor::label"))
    nurse.tap("prepare-next", "Take Slow Tide, 45 min")
    nurse.see("chosen-title", "Slow Tide")
    assert nurse.room.commands[0][1] == {"script": "slow-tide", "infusion_ms": 45 * MINUTE_MS}


def test_filters_leave_what_suits(nurse: Nurse) -> None:
    open_filters(nurse)
    tick(nurse, "without", "Body")
    assert shown(nurse) == ["Slow Tide", "Unfinished"]
    tick(nurse, "themes", "Sea")
    assert shown(nurse) == ["Slow Tide"]
    tick(nurse, "density", "Guided")
    assert shown(nurse) == []
    assert nurse.shown("none-left")
    tick(nurse, "density", "Mostly music")
    assert shown(nurse) == ["Slow Tide"]
    nurse.tap("filters-clear", "Show all")
    assert shown(nurse) == ["Open Sky", "Slow Tide", "Unfinished"]


def test_the_length_that_is_wished_for_is_taken_and_what_is_hidden_is_not(nurse: Nurse) -> None:
    open_filters(nurse)
    tick(nurse, "infusion", "50 min")
    assert shown(nurse) == ["Open Sky", "Slow Tide"]
    nurse.tap_text("Open Sky")
    nurse.see("prepare-next", "Take Open Sky, 50 min")
    tick(nurse, "infusion", "55 min")
    nurse.see("prepare-next", "Take Open Sky, 55 min")
    tick(nurse, "without", "Breath")
    nurse.until(lambda: not nurse.shown("prepare-next"))
    assert nurse.page.find_elements(By.CSS_SELECTOR, ".pick :checked") == []


def test_a_sample_plays_and_stops_and_never_over_something_else(nurse: Nurse) -> None:
    hear = nurse.page.find_element(By.CSS_SELECTOR, ".hear")
    assert hear.get_attribute("textContent") == "Hear 20 seconds of Open Sky"
    hear.click()
    nurse.until(playing(nurse))
    assert nurse.page.find_elements(By.CSS_SELECTOR, ".pick :checked") == []
    hear.click()
    nurse.until(lambda: silent(nurse))
    assert hear.get_attribute("data-playing") == "no"

    hear.click()
    nurse.until(playing(nurse))
    nurse.tap_text("Open Sky")
    assert playing(nurse)()
    nurse.tap("prepare-next", "Take Open Sky")
    nurse.see("chosen-title", "Open Sky")
    nurse.until(lambda: silent(nurse))


def test_a_call_silences_a_sample(nurse: Nurse) -> None:
    nurse.page.find_element(By.CSS_SELECTOR, ".hear").click()
    nurse.until(playing(nurse))
    nurse.served.within(nurse.room.press)
    nurse.see("call-coming")
    nurse.until(lambda: silent(nurse))


def test_cards_that_are_made_later_appear_and_what_plays_goes_on(nurse: Nurse, monkeypatch: pytest.MonkeyPatch) -> None:
    nurse.page.find_element(By.CSS_SELECTOR, ".hear").click()
    nurse.until(playing(nurse))
    monkeypatch.setitem(SCRIPTS[1], "card", SCRIPTS[0]["card"])
    nurse.room_does(cards_made=1)
    nurse.until(lambda: len(nurse.page.find_elements(By.CSS_SELECTOR, ".frame img")) == 2)
    assert playing(nurse)()
    nurse.page.find_elements(By.CSS_SELECTOR, ".hear")[1].click()
    nurse.until(playing(nurse, 1))
    assert sum(on for on, _ in heard(nurse)) == 1
    assert nurse.page.find_elements(By.CSS_SELECTOR, ".hear")[0].get_attribute("data-playing") == "no"


def test_a_picture_that_does_not_come_leaves_a_quiet_place(nurse: Nurse) -> None:
    nurse.room.cards = None
    nurse.page.refresh()
    nurse.arm()
    nurse.until(lambda: nurse.page.find_elements(By.CSS_SELECTOR, ".card"))
    # The browser may have kept it; then it is there, and otherwise the frame is empty and stays as large.
    frame = nurse.page.find_element(By.CSS_SELECTOR, ".frame")
    assert frame.size["height"] > 50
    assert shown(nurse)[0] == "Open Sky"


def test_the_keyboard_alone_chooses(nurse: Nurse) -> None:
    def press(*keys: str) -> None:
        ActionChains(nurse.page).send_keys(*keys).perform()

    def focus() -> str:
        script = "const at = document.activeElement; return at.name || at.className || at.id"
        return nurse.page.execute_script(script)

    for wanted, key in (("script", Keys.SPACE), ("hear", Keys.ENTER)):
        for _ in range(40):
            if focus() == wanted:
                break
            press(Keys.TAB)
        assert focus() == wanted
        press(key)
    nurse.see("prepare-next", "Take Open Sky")
    nurse.until(playing(nurse))
    press(Keys.ENTER)
    nurse.until(lambda: silent(nurse))
