"""Takes the README's pictures from the real programme: `python docs/pictures.py` (needs Xvfb and Chromium).

The stage's pictures come from its own painter at moments of Open Sky; the desk's from a session that really runs.
"""

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
sys.path.insert(0, str(Path(__file__).parent.parent))

import pygame
from PIL import Image
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from guideplayer.authoring.reader import read_script
from guideplayer.core.direction import moment_at
from guideplayer.core.messages import Acknowledged, Began, Chose, Delivered, Pressed
from guideplayer.core.scenes import PALETTES
from guideplayer.core.session import opened, step
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.preview_page import render_page, render_picture, view_of
from guideplayer.rehearsal.strip import StripPainter
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.painter import Painter
from guideplayer.stage.picture import PicturePainter
from tests.browser.chromium import DESKTOP, PHONE, chromium, resize
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk
from tests.browser.test_recording import Studio, arrive, enter, record, speaker
from tests.report.kept import Kept, months
from tests.session.conftest import Play, wait_for
from tests.stage.moments import moment

HERE = Path(__file__).parent
SIZE = (1280, 720)
WIDE = (1280, 800)
CARDS_WITHIN_S = 60.0


def save(surface: pygame.Surface, name: str) -> None:
    """A picture, small enough for a repository."""
    pygame.image.save(surface, HERE / f"{name}.jpg")


def scene_pictures() -> None:
    """Every scene, and the second palettes, on one picture."""
    size, columns = (400, 225), 4
    shown = [(name, palette) for name, palettes in PALETTES.items() for palette in palettes]
    painter = PicturePainter(size)
    sheet = pygame.Surface((size[0] * columns, size[1] * -(-len(shown) // columns)), depth=32)
    for number, (name, palette) in enumerate(shown):
        target = pygame.Surface(size, depth=32)
        painter.paint(moment((name, 1.0), palette=palette, time_s=700, light=0.6), target)
        sheet.blit(target, (number % columns * size[0], number // columns * size[1]))
    save(sheet, "scenes")


def stage_pictures() -> None:
    """The stage at moments of a session."""
    pygame.font.init()
    painter = Painter(SIZE)
    script, _ = read_script(scripts_folder() / "open-sky.yaml", shipped_library())
    assert script
    state = opened("Room 1", script.hold, 0)
    state, _ = step(state, Chose(script, 40 * 60_000), 0)
    address = "http://192.168.1.20:8765/"
    lines, link = ("Open Sky", f"Desk: {address}", "Armed: Anna"), f"{address}#pair=Zk3vX0m1Qy7cB9nT2wR5Lg"
    painter.paint(moment_at(state, 60_000), Overlay("Room 1", lines, None, "428613", link))
    save(painter.surface, "stage-waiting")
    state, _ = step(state, Began(unready=True, pump_follows=True), 0)
    assert state.plan
    begins_ms = state.plan.arrival.length_ms
    line = "Perhaps there is a wide evening sky"
    cue = next(cue for cue in state.plan.infusion.cues if getattr(cue.item, "text", "").startswith(line))
    reached, _ = step(state, Began(), begins_ms + cue.start_ms + 1500)
    painter.paint(moment_at(reached, begins_ms + cue.start_ms + 1500))
    save(painter.surface, "stage-dusk")
    at_ms = begins_ms + 12 * 60_000
    held, _ = step(state, Pressed("1", "key", "42"), at_ms)
    painter.paint(moment_at(held, at_ms + 2500))
    save(painter.surface, "stage-hold")
    held, _ = step(held, Delivered("1"), at_ms + 2600)
    held, _ = step(held, Acknowledged("Anna"), at_ms + 9000)
    painter.paint(moment_at(held, at_ms + 11_000))
    save(painter.surface, "stage-coming")


def preview_pictures(folder: Path) -> None:
    """The picture of a preview, and its page."""
    library = shipped_library()
    script, problems = read_script(scripts_folder() / "open-sky.yaml", library)
    assert script
    view = view_of(script, problems, 50 * 60_000, library, StripPainter())
    picture = Image.open(io.BytesIO(render_picture(view, 1280))).convert("RGB")
    picture.save(HERE / "preview.png", optimize=True)
    page_file = folder / "page.html"
    page_file.write_text(render_page(view, library), "utf-8")
    with chromium(folder / "preview", (1200, 1500)) as page:
        page.get(page_file.as_uri())
        page.save_screenshot(str(HERE / "preview-page.png"))


def choosing_pictures(folder: Path, display: str) -> None:
    """Choosing among the shipped scripts, once the waiting room has had all their cards made."""
    waiting = played(folder / "waiting", display)
    with waiting as playing, chromium(folder / "choosing", PHONE) as page:
        pair(page, *playing.pairing())
        wait_for(lambda: all_shown(page), CARDS_WITHIN_S, "every card's picture")
        page.execute_script("document.querySelectorAll('.pick input')[1].click()")
        time.sleep(1)
        page.save_screenshot(str(HERE / "desk-phone-prepare.png"))
        resize(page, WIDE)
        time.sleep(1)
        page.save_screenshot(str(HERE / "desk-desktop-prepare.png"))


def all_shown(page: Chrome) -> bool:
    """Whether every script that can be played shows its picture."""
    return bool(
        page.execute_script(
            "const cards = [...document.querySelectorAll('.card:not(.broken)')];"
            "return cards.length && cards.every((card) => card.querySelector('img')?.naturalWidth)"
        )
    )


def pair(page: Chrome, address: str, code: str) -> None:
    """Pair and arm a desk, as Anna."""
    page.get(address)
    time.sleep(1)
    page.find_element(By.ID, "pair-code").send_keys(code)
    page.find_element(By.ID, "pair-name").send_keys("Anna", Keys.ENTER)
    wait_for(lambda: page.find_element(By.ID, "arm-button").is_displayed(), what="the arming of the desk")
    page.find_element(By.ID, "arm-button").click()


@contextmanager
def virtual_screen() -> Iterator[str]:
    """A screen that nobody sees; its name."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24"], pass_fds=(write,))
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def played(folder: Path, display: str, *options: str) -> Iterator[Play]:
    """A room that runs, and is ended whatever happens."""
    playing = Play(folder, display, *options)
    try:
        yield playing
    finally:
        playing.stop()


def desk_pictures(folder: Path, display: str) -> None:
    """The desk of a session that runs, on a phone and on a desktop."""
    begun = ("open-sky", "--infusion", "40m", "--begin")
    with played(folder / "state", display, *begun) as playing, chromium(folder / "profile", PHONE) as page:
        # Once the session has begun no other code is told in the terminal: this is the only desk.
        pair(page, *playing.pairing())
        started = page.find_element(By.ID, "live-next")
        wait_for(lambda: started.text == "The pump has started", 20.0, "the arrival")
        started.click()
        time.sleep(20)
        page.save_screenshot(str(HERE / "desk-phone-live.png"))
        resize(page, DESKTOP)
        time.sleep(2)
        page.save_screenshot(str(HERE / "desk-desktop-live.png"))
        playing.press()
        time.sleep(2)
        page.save_screenshot(str(HERE / "desk-desktop-call.png"))
        resize(page, PHONE)
        time.sleep(1)
        page.save_screenshot(str(HERE / "desk-phone-call.png"))
        page.find_element(By.ID, "call-coming").click()
        time.sleep(1)
        page.save_screenshot(str(HERE / "desk-phone-coming.png"))


def past_pictures(folder: Path) -> None:
    """What a session was, on a phone, and a year of sessions on a desktop."""
    folder.mkdir()
    months(folder / "state")
    served = ServedDesk(folder)
    served.stop()
    kept = served.within(lambda: Kept(folder / "state"))
    served.past = kept.past
    served.start()
    try:
        with chromium(folder / "profile", PHONE) as page:
            nurse = Nurse(page, served)
            nurse.pair()
            nurse.arm()
            nurse.room_does(script="Open Sky", play="ended")
            nurse.see("summary-told", "Tom")
            time.sleep(1)
            page.save_screenshot(str(HERE / "desk-phone-summary.png"))
            nurse.room_does(play="waiting")
            resize(page, WIDE)
            nurse.tap("foot-history")
            nurse.until(lambda: page.find_elements(By.CSS_SELECTOR, "#history-list .past"))
            time.sleep(1)
            page.save_screenshot(str(HERE / "desk-desktop-history.png"))
    finally:
        served.within(kept.writing.cancel)
        served.close()


def recording_picture(folder: Path) -> None:
    """A line that is read aloud, after its first take."""
    folder.mkdir()
    studio = Studio(folder)
    try:
        with speaker(studio, folder, WIDE) as nurse:
            arrive(nurse)
            enter(nurse)
            record(nurse)
            time.sleep(1)
            nurse.page.save_screenshot(str(HERE / "desk-desktop-record.png"))
    finally:
        studio.close()


if __name__ == "__main__":
    scene_pictures()
    stage_pictures()
    with tempfile.TemporaryDirectory() as scratch, virtual_screen() as screen:
        choosing_pictures(Path(scratch), screen)
        desk_pictures(Path(scratch), screen)
        past_pictures(Path(scratch) / "past")
        recording_picture(Path(scratch) / "studio")
