"""`guideplayer demo` for real: a room, a stage under Xvfb, and a browser that follows the link."""

import contextlib
import http.cookiejar
import io
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from tests.printed import Printed
from tests.session.conftest import wait_for

pytestmark = pytest.mark.alone

IN_ORDER = [
    "The arrival:",
    "The infusion runs.",
    "The tour now presses as a patient would.",
    "A call.",
    "Nobody has answered at the desk, so the tour does.",
    "The tour has answered:",
    "The tour goes to the bedside,",
    "The call is cleared.",
    "The tour lets it go on:",
    "It goes on softly;",
    "The pump has stopped: the return.",
    "The session has ended.",
    "The tour leaves.",
]


@pytest.fixture
def demo(display, tmp_path):
    """The shortest demo there is; `BROWSER` is what Python opens pages with, and keeps the link here."""
    link = tmp_path / "link"
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("GUIDEPLAYER_", "SDL_"))}
    surroundings |= {
        "DISPLAY": display,
        "BROWSER": f"{sys.executable} {write_browser(tmp_path, link)} %s",
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(tmp_path / "sound.raw"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TMPDIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "guideplayer", "demo", "--infusion", "40s", "--window", "640x360"]
    process = subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    printed = Printed(process)
    yield process, printed.lines, link
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
    process.wait()
    printed.end()


def write_browser(folder: Path, link: Path) -> Path:
    program = folder / "browser.py"
    program.write_text(f"import sys\nopen({str(link)!r}, 'w').write(sys.argv[1])\n")
    return program


class Browser:
    """Follows links and keeps cookies."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, address: str) -> str:
        """Open a page; where that has led to."""
        with self._opener.open(address, timeout=10) as answer:
            self.address = answer.url
        return self.address

    def ask(self, path: str) -> bytes:
        with self._opener.open(self.address + path, timeout=10) as answer:
            return answer.read()

    def picture(self) -> bytes:
        """The room's screen; nothing until it has been asked for a moment."""
        try:
            return self.ask("api/rooms/Demo/screen.jpg")
        except urllib.error.HTTPError as error:
            error.close()
            return b""

    def room(self):
        return json.loads(self.ask("api/rooms/Demo"))


def test_the_tour_from_beginning_to_end(demo, tmp_path):
    process, lines, link = demo
    wait_for(lambda: link.exists() and link.read_text(), 60, f"the browser, in {lines}")
    browser = Browser()
    # It leads to the desk, paired, once: whoever comes later has to pair as everywhere.
    assert browser.open(link.read_text()).startswith("http://127.0.0.1:")
    assert browser.room()["room"] == "Demo"
    late = Browser()
    late.open(link.read_text())
    with pytest.raises(urllib.error.HTTPError) as refused:
        late.room()
    refused.value.close()
    wait_for(lambda: browser.room()["call"]["state"] == "acknowledged", 90, f"an answer, in {lines}")
    assert browser.room()["call"]["name"] == "The tour"
    held = browser.room()
    assert held["play"] == "holding"
    # Nobody has armed a desk: the patient has not been told that one shows the call.
    assert not any("now the patient is told so" in line for line in lines)
    picture = Image.open(io.BytesIO(wait_for(browser.picture, 10, "the picture")))
    assert picture.size == (640, 360)
    wait_for(lambda: process.poll() is not None, 120, f"the end, in {lines}")
    assert process.returncode == 0
    told = [
        next((number for number, line in enumerate(lines) if line.strip().startswith(one)), None) for one in IN_ORDER
    ]
    assert None not in told, lines
    assert told == sorted(told)
    assert not any("Traceback" in line or "is not the code" in line for line in lines)
    # Nothing of it is kept.
    assert not list(tmp_path.glob("guideplayer-demo-*"))
    assert not (tmp_path / "state/guideplayer").exists()
