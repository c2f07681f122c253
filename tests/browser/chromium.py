"""A real Chromium, driven; with sizes as people hold them."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

PHONE = (390, 844)
DESKTOP = (1440, 900)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=user-gesture-required",
)


def need_chromium() -> tuple[str, str]:
    """The browser and its driver; without them the test is skipped, and in continuous integration it fails."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser and driver:
        return browser, driver
    reason = "Chromium and chromedriver are not installed: apt-get install chromium chromium-driver"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium(profile: Path, size: tuple[int, int] = DESKTOP, flags: Sequence[str] = ()) -> Iterator[Chrome]:
    """A browser with a fresh profile, its page as large as a phone's or a desktop's."""
    browser, driver = need_chromium()
    options = ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    page = Chrome(options=options, service=Service(driver))
    try:
        resize(page, size)
        yield page
    finally:
        page.quit()


def resize(page: Chrome, size: tuple[int, int]) -> None:
    """Give the page a size, and a phone's touch to a narrow one."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def complaints(page: Chrome) -> list[str]:
    """What the browser found wrong with the page itself: a broken module, a policy that was broken, an error."""
    wrong = [entry["message"] for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    return [message for message in wrong if "Failed to load resource" not in message]
