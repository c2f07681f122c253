"""Whom a kiosk of the machine runs as, tried with real users; what would be written is looked at, and not written."""

import os
import pwd
import sys

import pytest
from typer.testing import CliRunner

from guideplayer.cli.app import app
from guideplayer.launch import kiosk, owner
from guideplayer.launch.owner import GROUPS, missing_groups, unable

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
# There are such everywhere, and files of a test are none of theirs.
OTHER = "nobody"


@pytest.fixture
def installing(monkeypatch):
    """`kiosk install --system` that writes nothing; what it says, and whether it would have written."""
    installed = []
    monkeypatch.setattr(kiosk, "install", lambda wanted, **_: installed.append(wanted))
    monkeypatch.setattr(kiosk, "tell_systemd", lambda *_words, **_more: "")

    def install(user):
        done = CliRunner().invoke(app, ["kiosk", "install", "--system", "--user", user])
        return done.exit_code, done.stdout, done.stderr, bool(installed)

    return install


@ROOT_ONLY
def test_a_user_who_may_not_run_the_interpreter_is_told_and_nothing_is_written(installing, tmp_path, monkeypatch):
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    (folder / "python").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    code, _, problem, written = installing(OTHER)
    assert (code, written) == (2, False)
    assert problem == (
        f"“{OTHER}” cannot run {folder / 'python'} (Permission denied): install guideplayer where every user may read "
        "it, as in an environment below /opt or by pipx install --global, and install the kiosk from there.\n"
    )


@ROOT_ONLY
def test_one_who_finds_no_guideplayer_there_is_told_why(monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho Traceback >&2\necho No module named guideplayer >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert unable("root") == "No module named guideplayer"


@ROOT_ONLY
def test_one_who_can_run_it_is_installed_and_told_of_groups_that_lack(installing, monkeypatch):
    monkeypatch.setattr(owner, "missing_groups", lambda user: ["audio", "input"])
    code, told, problem, written = installing("root")
    assert (code, problem, written) == (0, "", True)
    assert "usermod --append --groups audio,input root\n" in told


def test_who_is_not_root_is_left_to_be_told_by_what_cannot_be_written(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert unable("root") == ""


def test_groups_that_this_machine_has_and_a_user_has_not_are_missed(monkeypatch):
    import grp

    known = [grp.struct_group((name, "x", number, [])) for name, number in (("audio", 29), ("video", 44), ("input", 9))]
    monkeypatch.setattr(grp, "getgrall", lambda: known)
    monkeypatch.setattr(os, "getgrouplist", lambda _user, _group: [44, 100])
    assert missing_groups(pwd.getpwuid(os.getuid()).pw_name) == ["audio", "input"]
    assert {"audio", "input", "render"} <= set(GROUPS)
