"""Each thing that the doctor looks at, well and not."""

import shlex
import shutil
from collections import namedtuple
from pathlib import Path

import psutil
import pygame
import pytest

from guideplayer.authoring.listing import list_scripts
from guideplayer.authoring.reader import read_script
from guideplayer.doctor import content, control, machine, outputs
from guideplayer.doctor.finding import Verdict
from guideplayer.media import media_folder, scripts_folder, shipped_library
from guideplayer.own_scenes import OwnScenes
from guideplayer.stage import device
from tests.own_scenes import RIPPLE, plain, write

GOOD, DOUBTFUL, BAD, UNKNOWN = Verdict.GOOD, Verdict.DOUBTFUL, Verdict.BAD, Verdict.UNKNOWN
MB = 1 << 20
SEEN = {"screen": [1920, 1080], "pace_hz": 60, "undrawn": ""}
SEEN |= {"sound": "", "devices": ["Headphones"], "unheard": False}
KEYBOARD = """I: Bus=0003 Vendor=046d Product=c31c Version=0110
N: Name="A Keyboard"
H: Handlers=sysrq kbd event3 leds
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe

"""
SWITCH = """I: Bus=0003 Vendor=1209 Product=0001 Version=0110
N: Name="A Switch"
H: Handlers=kbd event4
B: EV=3
B: KEY=200000000000000

"""
TOUCH = """I: Bus=0003 Vendor=1209 Product=0002 Version=0110
N: Name="A Touch Screen"
H: Handlers=event5
B: PROP=2
B: EV=b
B: KEY=400 0 0 0 0 0

"""
MOUSE = """I: Bus=0003 Vendor=1209 Product=0003 Version=0110
N: Name="A Mouse"
H: Handlers=mouse0 event6
B: EV=17
B: KEY=ff0000 0 0 0 0

"""
POWER_BUTTON = """I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
H: Handlers=kbd event0
B: EV=3
B: KEY=10000000000000 0

"""
SENSOR = """I: Bus=0018 Vendor=0000 Product=0004 Version=0000
N: Name="A Sensor of Movement"
H: Handlers=js0 event7
B: PROP=40
B: EV=9

"""


def agrees(finding, verdict):
    """The verdict is this, and whoever reads what is not well reads also what to do."""
    assert finding.verdict is verdict, finding
    assert bool(finding.fix) == (verdict is not GOOD)
    assert finding.sentence.endswith((".", "-")) or finding.verdict is BAD
    return True


@pytest.mark.parametrize(("free_mb", "verdict"), [(100, BAD), (600, DOUBTFUL), (90_000, GOOD)])
def test_disk_space(monkeypatch, tmp_path, free_mb, verdict):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(1, 1, free_mb * MB))
    assert agrees(machine.disk_space(tmp_path / "not" / "there" / "yet"), verdict)


@pytest.mark.parametrize(("write_ms", "verdict"), [(3, GOOD), (900, DOUBTFUL)])
def test_disk_speed(monkeypatch, tmp_path, write_ms, verdict):
    times = iter(range(100))
    monkeypatch.setattr(machine.time, "perf_counter", lambda: next(times) * write_ms / 1000)
    assert agrees(machine.disk_speed(tmp_path), verdict)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to(monkeypatch, tmp_path):
    def refused(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.os, "open", refused)
    assert agrees(machine.disk_speed(tmp_path), BAD)


@pytest.mark.parametrize(("free_mb", "verdict"), [(200, DOUBTFUL), (8000, GOOD)])
def test_memory(monkeypatch, free_mb, verdict):
    free = namedtuple("free", "available")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free(free_mb * MB))
    assert agrees(machine.memory(), verdict)


@pytest.mark.parametrize(("answer", "verdict"), [("NTPSynchronized=yes", GOOD), ("NTPSynchronized=no", DOUBTFUL)])
def test_clock(answer, verdict):
    assert agrees(machine.clock(answer), verdict)


def test_a_clock_that_nobody_keeps_is_for_a_person_to_look_at(monkeypatch):
    monkeypatch.setattr(machine, "told", lambda *command: None)
    assert agrees(machine.clock(), UNKNOWN)


@pytest.mark.parametrize(
    ("percent", "plugged", "verdict"), [(30, True, GOOD), (90, False, DOUBTFUL), (30, False, BAD), (None, None, GOOD)]
)
def test_battery(monkeypatch, percent, plugged, verdict):
    battery = namedtuple("battery", "percent power_plugged")
    found = None if percent is None else battery(percent, plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: found, raising=False)
    assert agrees(machine.battery(), verdict)


@pytest.mark.parametrize(
    ("waiting", "automatic", "verdict"),
    [
        (False, "", GOOD),
        (False, "reboot='false'", GOOD),
        (False, "reboot='true'", BAD),
        (True, "", DOUBTFUL),
        (True, "reboot='false'", DOUBTFUL),
        (True, "reboot='true'", BAD),
    ],
)
def test_updates(tmp_path, waiting, automatic, verdict):
    flag = tmp_path / "reboot-required"
    if waiting:
        flag.touch()
    finding = machine.updates(flag, automatic)
    assert agrees(finding, verdict)
    assert ("waits" in finding.sentence) == waiting


@pytest.mark.skipif(not shutil.which("apt-config"), reason="there is no apt")
@pytest.mark.parametrize(
    ("word", "verdict"),
    [*((word, BAD) for word in ("true", "Yes", "on", "with", "enable", "1")), ("false", GOOD), ("0", GOOD)],
)
def test_whatever_apt_takes_for_true_starts_the_machine_anew(tmp_path, monkeypatch, word, verdict):
    lines = ['Dir::Etc::main "none";', 'Dir::Etc::parts "none";', f'Unattended-Upgrade::Automatic-Reboot "{word}";']
    (tmp_path / "apt.conf").write_text("\n".join(lines))
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    assert agrees(machine.updates(tmp_path / "reboot-required"), verdict)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [(["IdleAction=suspend"], DOUBTFUL), (["IdleAction=ignore"], GOOD), (["#IdleAction=suspend"], GOOD)],
)
def test_sleep(monkeypatch, lines, verdict):
    monkeypatch.setattr(machine, "told", lambda *command: None)
    assert agrees(machine.sleep(lines), verdict)


def test_a_desktop_that_goes_to_sleep(monkeypatch):
    monkeypatch.setattr(machine, "told", lambda *command: "'suspend'")
    assert agrees(machine.sleep([]), DOUBTFUL)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (SEEN, GOOD),
        (None, BAD),
        (SEEN | {"screen": None}, BAD),
        (SEEN | {"undrawn": "Window framebuffer support not available"}, BAD),
        (SEEN | {"pace_hz": 30}, DOUBTFUL),
        (SEEN | {"pace_hz": 0}, GOOD),
        (SEEN | {"screen": [800, 600]}, DOUBTFUL),
    ],
)
def test_screen(tmp_path, found, verdict):
    assert agrees(outputs.screen(found, tmp_path), verdict)


def test_a_display_that_takes_no_picture_is_found(tmp_path, monkeypatch):
    """As SDL's KMSDRM without a renderer, which tells of the display all the same."""

    def refused(*_arguments):
        raise pygame.error("Window framebuffer support not available")

    def silent(_name):
        raise device.DeviceError("The default sound device cannot be opened")

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "KMSDRM")
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(1920, 1080)])
    monkeypatch.setattr(pygame.display, "get_desktop_refresh_rates", lambda: [60])
    monkeypatch.setattr(pygame.display, "set_mode", refused)
    monkeypatch.setattr(device, "open_device", silent)
    finding = outputs.screen(outputs.look(""), tmp_path)
    assert agrees(finding, BAD)
    assert "cannot draw on it: Window framebuffer support not available." in finding.sentence
    assert not pygame.display.get_init()


def test_a_screen_that_is_not_plugged_in(tmp_path):
    (tmp_path / "card0-DP-1").mkdir()
    (tmp_path / "card0-DP-1" / "status").write_text("disconnected\n")
    assert agrees(outputs.screen(SEEN, tmp_path), BAD)


@pytest.mark.parametrize(
    ("found", "device", "verdict"),
    [
        (SEEN, "", GOOD),
        (SEEN, "Headphones", GOOD),
        (SEEN, "Loudspeaker", BAD),
        (SEEN | {"sound": "It cannot be opened"}, "", BAD),
        (SEEN | {"unheard": True}, "", BAD),
        (None, "", BAD),
    ],
)
def test_sound(found, device, verdict):
    assert agrees(outputs.sound(found, device), verdict)


@pytest.mark.parametrize("text", [KEYBOARD, SWITCH, TOUCH, MOUSE])
def test_what_can_be_pressed_is_named(tmp_path, text):
    file = tmp_path / "devices"
    file.write_text(POWER_BUTTON + SENSOR + text)
    finding = control.control(file)
    assert agrees(finding, GOOD)
    name = text.split('"')[1]
    assert finding.sentence.count("(") == 1
    assert f"{name} (" in finding.sentence


@pytest.mark.parametrize(("text", "verdict"), [(POWER_BUTTON + SENSOR, BAD), ("", BAD), (None, UNKNOWN)])
def test_nothing_to_press(tmp_path, text, verdict):
    file = tmp_path / "devices"
    if text is not None:
        file.write_text(text)
    assert agrees(control.control(file), verdict)


def test_media_that_is_missing_or_damaged_is_named(tmp_path):
    for name in ("beds/pad.opus", "voices/heart/a.opus"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(name.encode() * 50)
    content.write_hashes(tmp_path)
    assert agrees(content.media(tmp_path), GOOD)
    (tmp_path / "beds" / "pad.opus").write_bytes(b"other")
    (tmp_path / "voices" / "heart" / "a.opus").unlink()
    finding = content.media(tmp_path)
    assert agrees(finding, BAD)
    assert "beds/pad.opus, voices/heart/a.opus" in finding.sentence
    assert agrees(content.media(tmp_path / "none"), BAD)


def test_the_hashes_are_those_of_what_ships():
    """After media were added: python -m guideplayer.doctor.content"""
    lines = (media_folder() / content.HASHES).read_text("utf-8").splitlines()
    wanted = {name: value for value, name in (line.split("  ", 1) for line in lines)}
    assert wanted == content.hashes_of(media_folder())


def test_scripts(tmp_path, monkeypatch):
    assert agrees(content.scripts([scripts_folder()], shipped_library()), GOOD)
    own = tmp_path / "my own"
    own.mkdir()
    (own / "mine.yaml").write_text("guideplayer: 1\ntitle: Mine\n")
    monkeypatch.chdir(tmp_path)
    finding = content.scripts([Path("my own"), scripts_folder()], shipped_library())
    assert agrees(finding, DOUBTFUL)
    assert "1 of 7 scripts cannot be played: mine.yaml." in finding.sentence
    # What it says to type works wherever somebody types it.
    command = shlex.split(finding.fix.split("`")[1])
    assert command == ["guideplayer", "check", str(own / "mine.yaml")]


def own_script(folder, name, text="Someone will come to you."):
    script = (scripts_folder() / "template.yaml").read_text("utf-8")
    (folder / name).write_text(script.replace("Someone will come to you.", text))


def test_a_script_that_the_desk_refuses_for_its_clips_is_told(tmp_path):
    """Its clips are missing in every voice: it can be read, and the desk refuses it all the same."""
    own_script(tmp_path, "whole.yaml")
    own_script(tmp_path, "unsaid.yaml", "Nobody has recorded this.")
    library = shipped_library()
    assert read_script(tmp_path / "unsaid.yaml", library)[0]
    refused = [one.name for one in list_scripts([tmp_path], library) if one.problems]
    assert refused == ["unsaid"]
    finding = content.scripts([tmp_path], library)
    assert agrees(finding, DOUBTFUL)
    assert "1 of 2 scripts cannot be played: unsaid.yaml." in finding.sentence


def test_the_scripts_are_those_that_the_desk_lists(tmp_path):
    """A lexicon and the template are none; one whose name has that word in it is."""
    (tmp_path / "lexicon.yaml").write_text("esketamine: /ɛsˈkɛtəmiːn/\n", "utf-8")
    own_script(tmp_path, "template.yaml")
    assert content.scripts([tmp_path], shipped_library()).sentence == "All 0 scripts can be played."
    own_script(tmp_path, "my-template.yaml", "Nobody has recorded this.")
    assert "my-template.yaml" in content.scripts([tmp_path], shipped_library()).sentence
    own_script(tmp_path, "my-template.yaml", "A letter \U00012000.")
    assert agrees(content.fonts([tmp_path], shipped_library(), "Room 1"), BAD)


def test_scenes_of_ones_own(tmp_path):
    assert agrees(content.scenes(OwnScenes(tmp_path)), GOOD)
    write(tmp_path, "ripple", RIPPLE)
    assert agrees(content.scenes(OwnScenes(tmp_path)), GOOD)
    plain(tmp_path, "lava", "return 1 / 0")
    found = content.scenes(OwnScenes(tmp_path))
    assert agrees(found, DOUBTFUL)
    assert found.sentence == (
        "1 of 2 scenes of your own cannot be shown. “lava”: it fails with ZeroDivisionError (division by zero), "
        "line 14 of lava.py."
    )


@pytest.mark.parametrize(("name", "verdict"), [("Room 1", GOOD), ("Room \U00012000", BAD)])
def test_fonts(name, verdict):
    assert agrees(content.fonts([scripts_folder()], shipped_library(), name), verdict)
