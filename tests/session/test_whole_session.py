"""Everything real at once: a window, a browser, two processes; from pairing to a resumed session."""

import json
import sqlite3

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.chromium import PHONE, chromium, complaints, need_chromium

pytestmark = [pytest.mark.browser, pytest.mark.screen, pytest.mark.alone]
WITHIN_S = 60


class Nurse:
    """A person with the desk's page on a phone."""

    def __init__(self, page, play):
        self.page, self.play = page, play

    def until(self, condition, what):
        WebDriverWait(self.page, WITHIN_S, poll_frequency=0.05).until(lambda _: condition(), what)

    def see(self, name, text=""):
        element = self.page.find_element(By.ID, name)
        self.until(lambda: element.is_displayed() and text in element.text, f"{name} with “{text}”")
        return element

    def tap(self, name, text=""):
        self.see(name, text).click()

    def code(self, call):
        """The bedside code, as the nurse at the bedside reads it: it is nowhere but in the room."""

        def newest():
            with sqlite3.connect(self.play.folder / "journal.sqlite3") as database:
                rows = database.execute("SELECT event FROM events ORDER BY id DESC").fetchall()
            database.close()
            codes = [event["code"] for (row,) in rows if (event := json.loads(row))["type"] == "pressed"]
            # It is recorded a moment after it was shown.
            return codes[0] if len(codes) == call else None

        self.until(newest, "the bedside code")
        return newest()

    def answer(self, call):
        self.tap("call-coming")
        self.see("call-words", "ANNA IS COMING")
        self.see("call-code").send_keys(self.code(call), Keys.ENTER)
        self.until(lambda: not self.page.find_element(By.ID, "call").is_displayed(), "the end of the call")


def test_pair_arm_choose_begin_press_answer_clear_resume(play, tmp_path):
    need_chromium()
    playing = play()
    address, code = playing.pairing()
    with chromium(tmp_path / "profile", PHONE) as page:
        nurse = Nurse(page, playing)
        page.get(address)
        nurse.see("pair-code").send_keys(code)
        page.find_element(By.ID, "pair-name").send_keys("Anna", Keys.ENTER)
        nurse.tap("arm-button")
        nurse.see("scripts", "Open Sky")
        page.find_element(By.XPATH, "//fieldset[@id='scripts']//label[contains(., 'Open Sky')]").click()
        nurse.tap("prepare-next", "Take Open Sky")
        nurse.tap("prepare-next", "I heard the chime")

        playing.press()
        nurse.see("call-words", "CALL")
        nurse.answer(1)
        nurse.tap("prepare-next", "Begin")
        nurse.tap("live-next", "The pump has started")
        nurse.see("live-title", "settling".capitalize())

        playing.press("Return")
        nurse.see("call-room", "ROOM 1")
        nurse.see("call-words", "IS CALLING")
        nurse.answer(2)
        nurse.see("live-title", "Paused")
        nurse.tap("live-next", "Resume softly")
        nurse.see("live-title", "Going on softly")
        assert complaints(page) == []
