"""The kiosk's units: systemd itself reads them; what was installed goes again, and nothing else."""

import shlex
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.launch.kiosk import MARK, WATCHDOG_S, quoted, unit
from guideplayer.launch.launcher import ROOM_SILENT_S, ROOM_STARTS_WITHIN_S
from tests.xvfb import needed


def typed(environment_home, *words):
    command = [sys.executable, "-m", "guideplayer", "kiosk", *words]
    environment = {
        "HOME": str(environment_home),
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_HOME": f"{environment_home}/config",
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=environment)
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


@pytest.mark.parametrize("system", [False, True])
def test_what_is_installed_is_removed_and_nothing_else(tmp_path, system):
    home, root = tmp_path / "home", tmp_path / "root"
    home.mkdir()
    root.mkdir()
    (root / "other").write_text("kept")
    more = ("--system", "--user", "clinic", "--root", str(root)) if system else ()
    before = tree(tmp_path)
    code, told, problems = typed(home, "install", *more, "--", "--room", "Room 2")
    assert (code, problems) == (0, "")
    written = tree(tmp_path) - before
    assert len(written) == (4 if system else 1)
    assert all(f"Written: {tmp_path / path}" in told for path in written)
    first = {path: (tmp_path / path).read_text() for path in written}
    assert all(MARK in text for text in first.values())
    assert any('play --room "Room 2"' in text for text in first.values())
    assert typed(home, "install", *more, "--", "--room", "Room 2")[0] == 0
    assert {path: (tmp_path / path).read_text() for path in written} == first
    assert typed(home, "uninstall", *more)[0] == 0
    assert tree(tmp_path) == before
    assert "There is nothing to be removed." in typed(home, "uninstall", *more)[1]


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
