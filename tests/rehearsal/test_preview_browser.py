"""The page of a preview in a real Chromium, from disk and without a network: it is right, quiet and can be heard."""

import numpy as np
import pytest
import soundfile
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from guideplayer.authoring.reader import read_script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.preview_page import render_page, view_of
from guideplayer.rehearsal.strip import StripPainter
from tests.browser.chromium import DESKTOP, PHONE, chromium, resize

pytestmark = pytest.mark.browser

WAIT_S = 60
# Each recording as the page itself plays it, in turn; answers with the lengths in seconds.
HEAR_ALL = """
const done = arguments[arguments.length - 1];
const player = document.getElementById("player");
const lengths = [];
(async () => {
  for (const button of document.querySelectorAll("button.play")) {
    const known = new Promise((heard, failed) => {
      player.onloadedmetadata = () => heard(player.duration);
      player.onerror = () => failed(player.error.message);
    });
    button.click();
    lengths.push(await known);
    button.click();
  }
  done(lengths);
})().catch((error) => done(String(error)));
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("preview")
    text = (scripts_folder() / "open-sky.yaml").read_text("utf-8")
    for number, kind in enumerate(("wav", "flac", "mp3")):
        soundfile.write(folder / f"own.{kind}", np.zeros(48_000), 48_000)
        line = text.splitlines()[[at for at, one in enumerate(text.splitlines()) if "- say: " in one][number]]
        text = text.replace(line, f"{line}\n      audio: own.{kind}", 1)
    own = folder / "own.yaml"
    own.write_text(text, "utf-8")
    script, problems = read_script(own, shipped_library())
    assert script
    assert [problem for problem in problems if problem.severity == "error"] == []
    view = view_of(script, problems, 50 * MINUTE_MS, shipped_library(), StripPainter())
    file = folder / "page.html"
    file.write_text(render_page(view, shipped_library()), "utf-8")
    with chromium(folder / "profile", DESKTOP) as browser:
        browser.execute_cdp_cmd("Network.enable", {})
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
        calm = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": calm})
        browser.get(file.as_uri())
        yield browser


def until(page, condition):
    return WebDriverWait(page, WAIT_S).until(condition)


def test_it_opens_without_a_word_from_the_console_or_the_network(page):
    assert page.find_element(By.TAG_NAME, "h1").text == "Open Sky"
    asked = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in asked if not name.startswith("data:")] == []
    assert page.get_log("browser") == []


def test_every_line_can_be_heard(page):
    buttons = page.find_elements(By.CSS_SELECTOR, "button.play")
    page.set_script_timeout(60)
    # A browser lets a page sound once a person has touched it.
    buttons[0].click()
    until(page, lambda _: page.execute_script("return player.currentTime > 0"))
    buttons[0].click()
    lengths = page.execute_async_script(HEAR_ALL)
    assert isinstance(lengths, list), lengths
    assert len(lengths) == len(buttons) > 70
    assert all(0.5 < length_s < 20 for length_s in lengths)


def test_one_clip_at_a_time_by_keyboard(page):
    first, second = page.find_elements(By.CSS_SELECTOR, "button.play")[:2]
    first.send_keys(Keys.ENTER)
    until(page, lambda _: page.execute_script("return !player.paused && player.currentTime > 0"))
    assert first.get_attribute("aria-pressed") == "true"
    second.send_keys(Keys.SPACE)
    until(page, lambda _: second.get_attribute("aria-pressed") == "true")
    assert first.get_attribute("aria-pressed") == "false"
    assert len(page.find_elements(By.TAG_NAME, "audio")) == 1
    second.send_keys(Keys.SPACE)
    until(page, lambda _: page.execute_script("return player.paused"))


def test_a_frame_is_shown_large_and_leaves_by_escape(page):
    frame = page.find_elements(By.CSS_SELECTOR, "a.frame")[3]
    page.execute_script("arguments[0].focus()", frame)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    until(page, lambda _: page.execute_script("return large.open && large.querySelector('img').naturalWidth === 640"))
    page.find_element(By.TAG_NAME, "dialog").send_keys(Keys.ESCAPE)
    until(page, lambda _: not page.execute_script("return large.open"))


def test_a_mark_leads_to_its_line(page):
    mark = page.find_elements(By.CSS_SELECTOR, "a.word.say")[5]
    number = page.execute_script("return arguments[0].href.baseVal", mark).removeprefix("#")
    page.execute_script("arguments[0].focus()", mark)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    until(page, lambda _: page.execute_script("return location.hash").endswith(number))
    until(page, lambda _: page.find_element(By.ID, number).is_displayed())


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_stands_out_at_the_side(page, size):
    resize(page, size)
    until(page, lambda _: page.execute_script("return innerWidth") == size[0])
    widths = page.execute_script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] == widths[1]
    small = page.execute_script(
        "return [...document.querySelectorAll('main p, main small, main time')]"
        ".filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12).length"
    )
    assert small == 0
    assert page.get_log("browser") == []
