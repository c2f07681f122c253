"""A person at the page: sees, taps, types, and waits for what comes."""

from collections.abc import Callable

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.served_desk import ServedDesk
from tests.desk.fake_room import MINUTE_MS, FakeRoom

WITHIN_S = 60
# What a person waits for without a thought: a thing that is not drawn yet, is drawn anew, or is still covered.
NOT_YET = (
    NoSuchElementException,
    StaleElementReferenceException,
    ElementNotInteractableException,
    ElementClickInterceptedException,
)


class Nurse:
    """A person at the page: sees, taps, types, and waits for what comes."""

    def __init__(self, page: Chrome, served: ServedDesk) -> None:
        self.page, self.served, self.room = page, served, served.room

    def until(self, condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
        wait = WebDriverWait(self.page, within_s, poll_frequency=0.05, ignored_exceptions=NOT_YET)
        wait.until(lambda _page: condition())

    def element(self, name: str) -> WebElement:
        return self.page.find_element(By.ID, name)

    def shown(self, name: str) -> bool:
        return self.element(name).is_displayed()

    def see(self, name: str, text: str = "") -> WebElement:
        self.until(lambda: self.shown(name) and text in self.element(name).text)
        return self.element(name)

    def tap(self, name: str, text: str = "") -> None:
        self.see(name, text)
        self.until(lambda: self.click(self.element(name)))

    def tap_text(self, text: str) -> None:
        labelled = f"//*[text()='{text}']/ancestor-or-self::*[self::button or self::label]"
        self.until(lambda: self.click(self.page.find_element(By.XPATH, labelled)))

    def click(self, element: WebElement) -> bool:
        element.click()
        return True

    def pair(self, name: str = "Maria") -> None:
        self.page.get(self.served.desk.address)
        self.see("pair-code").send_keys(self.served.within(lambda: self.served.access.code))
        self.element("pair-name").send_keys(name, Keys.ENTER)
        self.see("arm-button")

    def arm(self) -> None:
        self.tap("arm-button")
        self.until(lambda: self.room.desks == ["Maria"])

    def room_does(self, **values: object) -> None:
        """Something happens in the room."""

        def act() -> None:
            for name, value in values.items():
                setattr(self.room, name, value)
            self.room.changed()

        self.served.within(act)


def session_under_way(room: FakeRoom) -> None:
    room.script, room.infusion_ms, room.play = "Open Sky", 40 * MINUTE_MS, "playing"
    room.infusion_since_ms = room.clock() - 33 * MINUTE_MS
    room.next_line_at_ms = room.clock() + 42_000
