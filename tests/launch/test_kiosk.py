"""The kiosk's units: systemd itself reads them; what was installed goes again, and nothing else."""

import configparser
import json
import re
import shlex
import shutil
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.launch.awake import STAY_UP, WAKE
from guideplayer.launch.kiosk import WATCHDOG_S, KioskError, install, quoted, uninstall, unit
from guideplayer.launch.launcher import ROOM_SILENT_S, ROOM_STARTS_WITHIN_S
from guideplayer.launch.service import Service
from guideplayer.launch.surroundings import MARK, UPDATERS, of_the_desktop, of_the_machine, updates
from tests.xvfb import needed


def typed(environment_home, *words, mask=0o022):
    command = [sys.executable, "-m", "guideplayer", "kiosk", *words]
    environment = {
        "HOME": str(environment_home),
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_HOME": f"{environment_home}/config",
    }
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, check=False, env=environment, umask=mask
    )
    return done.returncode, done.stdout, done.stderr


def tree(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("user", ["", "root"])
def test_systemd_finds_nothing_to_complain_about(tmp_path, user):
    needed("systemd-analyze")
    file = tmp_path / "guideplayer.service"
    file.write_text(
        unit(("--room", 'Room "7" $5 100 % blue', "open-sky"), user=user, uid=0, environment={"DISPLAY": ":0"})
    )
    command = ["systemd-analyze", "verify", "--man=no", *([] if user else ["--user"]), str(file)]
    environment = {"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=environment)
    complaints = [line for line in done.stderr.splitlines() if "guideplayer.service" in line]
    assert complaints == []


def read_back(command):
    """What systemd makes of a command line: its own quotes and escapes, then % and $."""
    words = shlex.split(command)
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


@given(st.lists(st.text(alphabet="ab \"'\\$%;=é", max_size=12), max_size=4))
def test_every_word_comes_back_as_it_was(words):
    assert read_back(" ".join(map(quoted, words))) == words


USER_FILES = {"config/systemd/user/guideplayer.service", "config/autostart/guideplayer.desktop"}
UPDATE_FILES = {
    "etc/systemd/system/apt-daily.service.d/guideplayer.conf",
    "etc/systemd/system/apt-daily-upgrade.service.d/guideplayer.conf",
    "etc/needrestart/conf.d/guideplayer.conf",
    "etc/apt/apt.conf.d/52guideplayer",
}
SYSTEM_FILES = UPDATE_FILES | {
    "etc/systemd/system/guideplayer.service",
    "etc/systemd/journald@guideplayer.conf",
    "etc/polkit-1/rules.d/52-guideplayer.rules",
    "var/lib/systemd/linger/clinic",
}


@pytest.fixture
def image(tmp_path):
    """An image of a machine with a user of its own."""
    root = tmp_path / "image"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\nclinic:x:4711:4711::/home/clinic:/bin/sh\n")
    return root


@pytest.mark.parametrize(
    ("option", "files"), [("", USER_FILES), ("--system", SYSTEM_FILES), ("--updates", UPDATE_FILES)]
)
def test_what_is_installed_is_removed_and_nothing_else(tmp_path, image, option, files):
    home = tmp_path / "home"
    home.mkdir()
    # Whoever runs polkit is not who installs.
    more = (option, "--user", "clinic", "--root", str(image)) if option else ()
    before = tree(tmp_path)
    code, told, problems = typed(home, "install", *more, "--", "--room", "Room 2", mask=0o077)
    assert (code, problems) == (0, "")
    written = tree(tmp_path) - before
    assert {str(path.relative_to(image.name if option else home.name)) for path in written} == files
    assert all(f"Written: {tmp_path / path}" in told for path in written)
    assert {stat.S_IMODE((tmp_path / path).stat().st_mode) for path in written} == {0o644}
    first = {path: (tmp_path / path).read_text() for path in written}
    assert all(MARK in text for text in first.values())
    started = ['play --room "Room 2"' in text for path, text in first.items() if path.name == "guideplayer.service"]
    assert started == ([] if option == "--updates" else [True])
    assert typed(home, "install", *more, "--", "--room", "Room 2")[0] == 0
    assert {path: (tmp_path / path).read_text() for path in written} == first
    # Nobody need remember whom it ran as.
    more = (option, "--root", str(image)) if option else ()
    assert typed(home, "uninstall", *more)[0] == 0
    assert tree(tmp_path) == before
    assert "There is nothing to be removed." in typed(home, "uninstall", *more)[1]


def test_a_user_who_lingers_already_goes_on_to(tmp_path, image):
    linger = image / "var/lib/systemd/linger/clinic"
    linger.parent.mkdir(parents=True)
    linger.touch()
    assert linger not in of_the_machine("clinic", image, sound_server=True)
    more = ("--system", "--user", "clinic", "--root", str(image))
    assert typed(tmp_path, "install", *more)[0] == 0
    assert typed(tmp_path, "uninstall", *more)[0] == 0
    assert linger.read_text() == ""


def test_the_sound_server_of_the_images_own_user_is_used(tmp_path, image):
    assert typed(tmp_path, "install", "--system", "--user", "clinic", "--root", str(image))[0] == 0
    text = (image / "etc/systemd/system/guideplayer.service").read_text()
    assert "Environment=XDG_RUNTIME_DIR=/run/user/4711\n" in text
    assert "Wants=user@4711.service\n" in text


# What logind may be asked for, and whether the room does.
ACTIONS = {
    "inhibit-block-shutdown": True,
    "inhibit-block-sleep": True,
    "inhibit-block-idle": True,
    "inhibit-handle-lid-switch": True,
    "inhibit-handle-power-key": False,
    "power-off-ignore-inhibit": False,
    "reboot": False,
}


def rules(root, user):
    (text,) = [text for path, text in of_the_machine(user, root, sound_server=False).items() if path.suffix == ".rules"]
    return text


def test_each_lock_that_the_room_asks_for_is_allowed_and_nothing_else(tmp_path):
    (allowed,) = re.findall(r"held = (\[.*\]);", rules(tmp_path, "clinic"))
    given = [action for action, is_held in ACTIONS.items() if is_held]
    assert sorted(json.loads(allowed)) == sorted(f"org.freedesktop.login1.{action}" for action in given)
    held = {action.removeprefix("inhibit-").removeprefix("block-") for action in given}
    assert held == {*WAKE.split(":"), *STAY_UP.split(":")}


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_polkit_gives_the_locks_to_that_user_alone(tmp_path):
    """A rule is JavaScript: it is asked as polkit asks it."""
    asked = [(user, f"org.freedesktop.login1.{action}") for user in ('cl"inic', "other") for action in ACTIONS]
    program = (
        "let rule; const polkit = {addRule: one => { rule = one; }, Result: {YES: 'yes'}};\n"
        f"{rules(tmp_path, 'cl' + chr(34) + 'inic')}\n"
        f"console.log(JSON.stringify({json.dumps(asked)}.map(([user, id]) => rule({{id}}, {{user}}) === 'yes')));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [user == 'cl"inic' and ACTIONS[name.rpartition(".")[2]] for user, name in asked]


def conditions(text):
    return [line for line in text.splitlines() if line.startswith("Condition")]


def holds(condition):
    done = subprocess.run(["systemd-analyze", "condition", condition], capture_output=True, timeout=60, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("folder", ["run/guideplayer", "run/user/4711/guideplayer"])
def test_updates_wait_while_a_session_is_under_way_in_either_kind_of_kiosk(tmp_path, folder):
    needed("systemd-analyze")
    found = [text for path, text in updates(tmp_path).items() if path.parent.name.removesuffix(".d") in UPDATERS]
    asked = [[one.replace("/run/", f"{tmp_path}/run/") for one in conditions(text)] for text in found]
    service = Service({"RUNTIME_DIRECTORY": str(tmp_path / folder)})
    begins = [[all(map(holds, each)) for each in asked]]
    (tmp_path / folder).mkdir(parents=True)
    for under_way in (True, False):
        service.session(under_way)
        begins.append([all(map(holds, each)) for each in asked])
    assert begins == [[True, True], [False, False], [True, True]]


@pytest.mark.parametrize("name", UPDATERS)
def test_systemd_understands_what_updates_wait_for(tmp_path, name):
    needed("systemd-analyze")
    for path, text in updates(tmp_path).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    file = tmp_path / "etc/systemd/system" / name
    file.write_text("[Service]\nType=oneshot\nExecStart=/bin/true\n")
    command = ["systemd-analyze", "verify", "--man=no", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert [line for line in done.stderr.splitlines() if name in line or "guideplayer" in line] == []


def test_a_kiosk_of_a_desktop_says_that_updates_need_root(tmp_path):
    told = typed(tmp_path, "install")[1]
    assert f"sudo {sys.executable} -m guideplayer kiosk install --updates\n" in told


def test_any_desktop_starts_it_and_tells_where_its_display_is(tmp_path):
    """What a desktop runs: the words of the Exec line, with a systemctl that writes down what it is asked for."""
    (text,) = of_the_desktop("guideplayer.service").values()
    entry = configparser.RawConfigParser()
    entry.optionxform = str
    entry.read_string(text)
    assert entry["Desktop Entry"]["Type"] == "Application"
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit 1\n')
    systemctl.chmod(0o755)
    words = shlex.split(entry["Desktop Entry"]["Exec"])
    subprocess.run(words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, timeout=60, check=False)
    assert (tmp_path / "asked").read_text().splitlines() == [
        "--user import-environment DISPLAY XAUTHORITY WAYLAND_DISPLAY",
        "--user start guideplayer.service",
    ]
    if shutil.which("desktop-file-validate"):
        file = tmp_path / "guideplayer.desktop"
        file.write_text(text)
        done = subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_file_of_somebody_else_is_kept(tmp_path):
    file = tmp_path / "config" / "systemd" / "user" / "guideplayer.service"
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\nExecStart=/bin/true\n")
    code, _, problem = typed(tmp_path, "install")
    assert code == 2
    assert problem == f"{file} is there and was not written by this: look at it, or add --force.\n"
    assert typed(tmp_path, "uninstall")[1] == "There is nothing to be removed.\n"
    assert file.read_text().startswith("[Service]")
    assert typed(tmp_path, "install", "--force")[0] == 0
    assert MARK in file.read_text()


def test_a_place_that_cannot_be_looked_at_is_told(tmp_path):
    place = tmp_path / ("a" * 300)
    with pytest.raises(KioskError, match=f"{place} cannot be written: File name too long. Is this to be done as root?"):
        install({place: ""})
    assert uninstall([place]) == []


def test_the_unit_can_be_looked_at(tmp_path):
    code, told, _ = typed(tmp_path, "show", "--", "--room", "Room 3")
    assert code == 0
    assert "WatchdogSec=30" in told
    assert 'play --room "Room 3"' in told
    assert tree(tmp_path) == set()


@pytest.mark.parametrize("option", ["--begin", "--fresh"])
def test_what_a_person_has_to_do_each_time_is_refused(tmp_path, option):
    code, _, problem = typed(tmp_path, "install", "--", option)
    assert code == 2
    assert problem.startswith(f"{option} has no place in a kiosk")
    assert tree(tmp_path) == set()


def test_systemd_waits_longer_than_the_launcher_needs_to_put_a_room_right():
    assert WATCHDOG_S > ROOM_SILENT_S + ROOM_STARTS_WITHIN_S


def test_an_unknown_user_is_told(tmp_path):
    code, _, problem = typed(tmp_path, "install", "--system", "--user", "nobody-of-that-name")
    assert code == 2
    assert problem.startswith("There is no user “nobody-of-that-name” on this machine")
