"""Scripts for all rooms, and a real session: nothing changes under it, whatever dies."""

import os
import signal
import subprocess
import sys

import pytest

from guideplayer.media import scripts_folder
from guideplayer.sync.signing import public_text
from guideplayer.sync.trees import CURRENT, SyncFolder
from tests.session.conftest import wait_for
from tests.sync.offered import Offering

pytestmark = pytest.mark.alone
SCRIPT = "scripts/evening.yaml"


class Clinic:
    """What is offered, and the state folder of a room that plays."""

    def __init__(self, folder):
        self.offering = Offering(folder / "offered")
        self.text = (scripts_folder() / "long-quiet.yaml").read_bytes()
        self.offering.put({SCRIPT: self.text}, "scripts/quiet.yaml", "scripts/lexicon.yaml")
        self.folder = SyncFolder(folder / "state" / "sync")
        self.environment = {
            "GUIDEPLAYER_SYNC_SOURCE": str(self.offering.folder),
            "GUIDEPLAYER_SYNC_KEY": public_text(self.offering.key),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self.state = folder / "state"

    def sync(self):
        command = [sys.executable, "-m", "guideplayer", "sync", "--state", str(self.state)]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    def script(self):
        tree = self.folder.tree(CURRENT)
        return tree.file(next(file for file in tree.manifest().files if file.path == SCRIPT)).read_bytes()


def chosen(nurse):
    """Whether the room has taken a choice; as long as the disk is at the new scripts it asks for patience."""
    try:
        nurse.command("choose", script="evening", infusion_ms=40 * 60_000)
    except AssertionError as refused:
        if "New scripts are being taken over" in str(refused):
            return False
        raise
    return True


def test_a_session_keeps_its_scripts_until_it_is_over(play, tmp_path):
    clinic = Clinic(tmp_path)
    assert clinic.sync()[0] == 0
    playing = play("evening", "--infusion", "40m", "--begin", screen=False, environment=clinic.environment)
    playing.pairing()

    def refused():
        code, _, wrong = clinic.sync()
        return code == 2 and "A session is under way" in wrong

    clinic.offering.put({SCRIPT: clinic.text + b"# changed\n"})
    wait_for(refused, 30, "the refusal")
    os.kill(playing.pid("guideplayer.room"), signal.SIGKILL)
    assert refused()
    assert clinic.script() == clinic.text
    # With nobody left who could take it up, it counts as under way all the same.
    for part in (playing.process.pid, *playing.pids("guideplayer.room"), *playing.pids("guideplayer.stage")):
        os.kill(part, signal.SIGKILL)
    playing.process.wait(10)
    assert refused()
    again = play(screen=False, environment=clinic.environment)
    wait_for(lambda: any("taken up again" in line for line in again.lines), 30, "the session")
    assert refused()
    assert clinic.script() == clinic.text
    again.stop()
    code, told, wrong = clinic.sync()
    assert (code, told.split(":")[0]) == (0, "Taken over"), wrong
    assert clinic.script() == clinic.text + b"# changed\n"


def test_a_room_that_waits_takes_them_over_and_one_with_a_script_does_not(play, desk, tmp_path):
    clinic = Clinic(tmp_path)
    assert clinic.sync()[0] == 0
    playing = play(screen=False, environment=clinic.environment)
    nurse = desk(playing)
    clinic.offering.put({SCRIPT: clinic.text + b"# changed\n"})
    assert "The room that runs takes them over" in clinic.sync()[1]
    wait_for(lambda: clinic.script() != clinic.text, 30, "the taking over")
    wait_for(lambda: chosen(nurse), 30, "the choice")
    clinic.offering.put({SCRIPT: clinic.text + b"# changed again\n"})
    assert "The room that runs takes them over" in clinic.sync()[1]
    assert playing.stop() == 0
    assert clinic.script() == clinic.text + b"# changed\n"
    assert clinic.sync()[0] == 0
    assert clinic.script() == clinic.text + b"# changed again\n"
