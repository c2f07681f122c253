"""`guideplayer desk cert`, as a person types it."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from guideplayer.desk.certificates import Certificates
from guideplayer.room.process import certificates
from guideplayer.room.settings import Settings


def typed(folder: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "guideplayer", "desk", "cert", "--state", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_certificate_is_made_shown_renewed_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    assert typed(folder, "--show") == (2, "", "There is no certificate yet: make one with `guideplayer desk cert`.\n")
    code, told, problems = typed(folder, "--name", "Room-1.clinic.example")
    assert (code, problems) == (0, "")
    assert told.startswith("A certificate was made; the desk is served over https from the next start on.\n")
    assert "room-1.clinic.example" in told
    assert f"{socket.gethostname().lower()}" in told
    found = Certificates(folder / "tls")
    assert found.fingerprint() in re.sub(r"\s", "", told)
    desk, authority = (folder / "tls" / "desk.pem").read_bytes(), found.authority()
    assert typed(folder)[1].startswith("There is a certificate.\n")
    assert (folder / "tls" / "desk.pem").read_bytes() == desk
    assert typed(folder, "--renew")[1].startswith("The certificate was renewed; a room that runs takes it up within an")
    assert (folder / "tls" / "desk.pem").read_bytes() != desk
    assert "room-1.clinic.example" in found.names()
    assert found.authority() == authority
    assert typed(folder, "--replace")[0] == 0
    assert found.authority() != authority


def test_a_name_that_the_authority_cannot_vouch_for_is_said(tmp_path: Path) -> None:
    assert typed(tmp_path)[0] == 0
    assert typed(tmp_path, "--name", "other.example") == (
        2,
        "",
        "The authority in use cannot vouch for other.example. Make another with `guideplayer desk cert --replace "
        "--name other.example`; every phone then has to install it again.\n",
    )


@pytest.mark.parametrize(("setting", "used"), [("auto", True), ("off", False)])
def test_the_room_serves_with_it_unless_told_otherwise(tmp_path: Path, setting: str, used: bool) -> None:
    settings = Settings(state=str(tmp_path), desk_tls=setting)
    assert certificates(settings) is None
    assert typed(tmp_path)[0] == 0
    assert (certificates(settings) is not None) == used
