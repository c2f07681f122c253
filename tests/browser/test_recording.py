"""Recording one's own voice at the desk, in a real browser with a microphone that plays a file."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from guideplayer.media import Library, media_folder
from tests.browser.chromium import DESKTOP, PHONE, chromium, complaints, need_chromium, resize
from tests.browser.everyone import barriers, too_wide, untranslated
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk
from tests.room.own_voices import LINES, VoiceRoom
from tests.voice.spoken import shipped_line

pytestmark = pytest.mark.browser
NARROW = (320, 640)
QUIET_S = 3.0
RATE_HZ = 48_000
OWN = {"Room 1", "Maria", "English", "Español", "Three lines", "anna · Three lines", *LINES}


class Studio:
    """A desk with a room that keeps voices."""

    def __init__(self, folder: Path) -> None:
        self.room = VoiceRoom(folder)
        self.served = ServedDesk(folder, self.room)
        self.served.stop()
        self.served.recordings = self.room.voices
        self.served.start()
        self.work = self.served.within(lambda: asyncio.create_task(self.room.mastering.run()))

    def close(self) -> None:
        self.served.within(self.work.cancel)
        self.served.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    need_chromium()
    studio = Studio(tmp_path)
    yield studio
    studio.close()


def spoken(path: Path, gain: float) -> Path:
    """What the microphone hears: a quiet room for a while, then somebody who speaks on and on."""
    clip = Library().find_clip("heart", shipped_line())
    assert clip is not None
    voice, rate_hz = soundfile.read(media_folder() / clip.file, dtype="float32")
    assert rate_hz == RATE_HZ
    noise = np.random.default_rng(1).normal(0, 0.0004, round(QUIET_S * RATE_HZ))
    soundfile.write(path, np.clip(np.concatenate([noise, *[voice * gain] * 20]), -1, 1), RATE_HZ, subtype="PCM_16")
    return path


@contextmanager
def speaker(studio: Studio, folder: Path, size: tuple[int, int] = DESKTOP, gain: float = 0.5) -> Iterator[Nurse]:
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    hears = f"--use-file-for-fake-audio-capture={spoken(folder / 'voice.wav', gain)}"
    with chromium(folder / "profile", size, (*flags, hears)) as page:
        yield Nurse(page, studio.served)


def arrive(nurse: Nurse, role: str = "therapist") -> None:
    nurse.page.get(nurse.served.desk.address)
    nurse.see("pair-code").send_keys(nurse.served.within(lambda: nurse.served.access.code))
    nurse.page.execute_script(f"document.querySelector('#pair-role [value={role}]').click()")
    nurse.element("pair-name").send_keys("Maria", Keys.ENTER)
    nurse.arm()


def enter(nurse: Nurse) -> None:
    """To the first line that is missing, without counting down: the seconds of a test are short."""
    nurse.tap("foot-record")
    nurse.until(lambda: nurse.element("record-script").get_attribute("value") == "three")
    field = nurse.see("record-voice")
    field.clear()
    field.send_keys("Anna", Keys.ENTER)
    nurse.see("record-prompt")
    if nurse.element("record-counts").is_selected():
        nurse.page.execute_script("document.getElementById('record-counts').click()")
    nurse.until(lambda: nurse.element("record-main").is_enabled())


def press(nurse: Nurse, key: str) -> None:
    ActionChains(nurse.page).send_keys(key).perform()


def record(nurse: Nurse, seconds: float = 1.5) -> None:
    """One take, with the keyboard alone; a real second or two, for a real recorder."""
    press(nurse, Keys.SPACE)
    nurse.see("record-main", "Stop")
    ActionChains(nurse.page).pause(seconds).perform()
    press(nurse, Keys.SPACE)
    nurse.see("record-main", "Record it again")


def states(nurse: Nurse) -> list[str]:
    chips = "return [...document.querySelectorAll('#record-lines .chip')].map((chip) => chip.textContent)"
    return nurse.page.execute_script(chips)


def test_nothing_recorded_is_lost_and_the_script_is_played_with_it(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path) as nurse:
        arrive(nurse)
        enter(nurse)
        assert nurse.element("record-voice").get_attribute("value") == "anna"
        nurse.see("record-said", "This room is quiet.")
        for text in LINES[:2]:
            nurse.see("record-prompt", text)
            record(nurse)
            nurse.see("record-said", "Well recorded.")
            press(nurse, Keys.ARROW_RIGHT)
        nurse.until(lambda: states(nurse) == ["ready", "ready", "to record"], 60)
        studio.served.stop()
        nurse.see("record-prompt", LINES[2])
        record(nurse)
        nurse.until(lambda: states(nurse)[2] == "on this device")
        nurse.see("record-trouble", "stays on this device")
        # The page itself comes from the room: it is loaded anew as soon as there is one.
        studio.served.start()
        nurse.page.refresh()
        home = studio.room.media / "voices" / "anna"
        nurse.until(lambda: len(list((home / "takes").glob("*.webm"))) == 3)
        nurse.arm()
        nurse.until(lambda: studio.room.scripts()[0]["voices"] == ("anna",), 60)
        enter(nurse)
        nurse.until(lambda: states(nurse) == ["ready"] * 3)
        nurse.see("record-progress", "All lines are ready")
        for _ in range(2):
            nurse.tap("record-close")
        nurse.until(lambda: "It cannot be played" not in nurse.see("scripts", "Three lines").text)
        nurse.tap_text("Three lines")
        nurse.see("prepare-next", "Take Three lines")
        script = studio.served.within(lambda: studio.room.shelf.script("three", "anna"))
        assert all((studio.room.media / say.clip.file).is_file() for say in (script.hold.paused, *script.resume))
        assert complaints(nurse.page) == []


def test_takes_are_heard_and_one_is_picked(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path, PHONE) as nurse:
        arrive(nurse)
        enter(nurse)
        record(nurse, 1.0)
        nurse.until(lambda: states(nurse)[0] in ("with the room", "ready"))
        first = taken(studio)
        record(nurse, 2.0)
        nurse.until(lambda: taken(studio) != first)
        picks = nurse.page.find_elements(By.CSS_SELECTOR, "#record-takes input")
        assert [pick.is_selected() for pick in picks] == [False, True]
        nurse.click(picks[0])
        nurse.until(lambda: taken(studio) == first)
        # What is picked is played.
        nurse.see("record-play", "Play")
        assert len(list((studio.room.media / "voices" / "anna" / "takes").glob("*.webm"))) == 2
        assert complaints(nurse.page) == []


def taken(studio: Studio) -> str:
    state = asyncio.run(studio.room.voices.state("anna", "three"))
    return state["lines"][0]["take"]  # type: ignore[index,no-any-return]


@pytest.mark.parametrize(
    ("gain", "sentence"), [(8.0, "Too loud: it is distorted."), (0.004, "Nobody was heard."), (0.025, "Too quiet")]
)
def test_what_is_wrong_with_a_take_is_said_at_once(studio: Studio, tmp_path: Path, gain: float, sentence: str) -> None:
    with speaker(studio, tmp_path, gain=gain) as nurse:
        arrive(nurse)
        enter(nurse)
        record(nurse, 2.0)
        nurse.see("record-said", sentence)


def test_a_call_ends_a_recording_and_keeps_it(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path) as nurse:
        arrive(nurse)
        enter(nurse)
        press(nurse, Keys.SPACE)
        nurse.see("record-main", "Stop")
        ActionChains(nurse.page).pause(1.5).perform()
        nurse.served.within(studio.room.press)
        nurse.see("call-coming")
        home = studio.room.media / "voices" / "anna"
        nurse.until(lambda: len(list((home / "takes").glob("*.webm"))) == 1)
        nurse.until(lambda: nurse.page.execute_script("return document.getElementById('record-booth').hidden"))


def test_a_crash_in_the_middle_of_a_take_loses_a_second_of_it_at_most(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path) as nurse:
        arrive(nurse)
        enter(nurse)
        press(nurse, Keys.SPACE)
        nurse.see("record-main", "Stop")
        ActionChains(nurse.page).pause(2.6).perform()
        # No event tells a page of a crash: this one ends as if the process were gone.
        nurse.page.get("about:blank")
        nurse.page.get(nurse.served.desk.address)
        home = studio.room.media / "voices" / "anna"
        nurse.until(lambda: list((home / "takes").glob("*.webm")))


def test_only_a_therapist_records(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path) as nurse:
        arrive(nurse, "nurse")
        nurse.see("foot-desks")
        assert not nurse.shown("foot-record")


def test_over_plain_http_the_page_says_what_to_do(studio: Studio, tmp_path: Path) -> None:
    with speaker(studio, tmp_path) as nurse:
        arrive(nurse)
        # A test cannot be reached over plain http but on the machine itself, which browsers trust.
        nurse.page.execute_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
        nurse.tap("foot-record")
        nurse.see("record-problem", "only to a page that came over https")
        assert not nurse.page.find_element(By.CSS_SELECTOR, "#record-setup .primary").is_enabled()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_recording_is_for_everyone(studio: Studio, tmp_path: Path, size: tuple[int, int]) -> None:
    """No barrier, nothing out of the side, and in Spanish nothing English."""
    found: dict[str, object] = {}

    def look(nurse: Nurse, name: str) -> None:
        found[name] = barriers(nurse), untranslated(nurse, OWN)
        resize(nurse.page, NARROW)
        found[f"{name}, narrow"] = too_wide(nurse) or ([], [])
        resize(nurse.page, size)

    with speaker(studio, tmp_path, size) as nurse:
        nurse.page.get(nurse.served.desk.address)
        nurse.page.execute_script("localStorage.setItem('guideplayer-language', 'es')")
        arrive(nurse)
        nurse.tap("foot-record")
        nurse.until(lambda: nurse.element("record-script").get_attribute("value") == "three")
        look(nurse, "setup")
        nurse.see("record-voice").send_keys("anna", Keys.ENTER)
        nurse.see("record-prompt")
        nurse.until(lambda: nurse.element("record-main").is_enabled())
        nurse.page.execute_script("document.getElementById('record-counts').click()")
        nurse.page.execute_script("document.querySelector('#record details').open = true")
        for _ in range(2):
            press(nurse, Keys.SPACE)
            nurse.see("record-main", "Parar")
            ActionChains(nurse.page).pause(1.2).perform()
            press(nurse, Keys.SPACE)
            nurse.see("record-main", "Grabarla de nuevo")
        nurse.until(lambda: nurse.shown("record-takes"))
        look(nurse, "booth")
        assert {name: what for name, what in found.items() if what != ([], [])} == {}
        assert complaints(nurse.page) == []
