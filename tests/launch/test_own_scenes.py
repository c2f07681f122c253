"""A scene of a clinic's own in a real session: it is shown; when it fails, a still picture is, and the desk is told."""

import os
import signal

import psutil
import pytest

from guideplayer.launch.part import LIVED_S
from guideplayer.media import scripts_folder
from tests.own_scenes import plain
from tests.session.conftest import wait_for

pytestmark = [pytest.mark.screen, pytest.mark.alone]

PAINTER = "guideplayer.stage.scenes.own_painter"


def painters(stage):
    """The processes that paint for a stage."""
    return [child for child in psutil.Process(stage).children() if PAINTER in child.cmdline()]


def test_a_scene_that_fails_in_a_session_is_told_at_the_desk_and_the_stage_lives_on(play, desk, tmp_path):
    flag = tmp_path / "fails"
    fails = f"if os.path.exists({str(flag)!r}): os._exit(9)\n            return self.grey(0.3)"
    plain(tmp_path / "scenes", "grey", fails)
    script = tmp_path / "grey.yaml"
    text = (scripts_folder() / "open-sky.yaml").read_text("utf-8")
    script.write_text(text.replace("scene: {name: dusk", "scene: {name: grey"), "utf-8")
    environment = {"GUIDEPLAYER_SCENES": str(tmp_path / "scenes")}
    playing = play(str(script), "--infusion", "40m", "--begin", environment=environment)
    client = desk(playing)
    wait_for(lambda: client.room().get("play") in ("arriving", "playing"), 90, "the session")
    stage = client.room()["figures"]["stage_pid"]
    wait_for(lambda: painters(stage), 90, "the scene's painter")
    assert client.room().get("faults", []) == []
    # Another stage is in place as soon as without it, and paints the scene again.
    wait_for(lambda: playing.pids("guideplayer.stage")[1:], LIVED_S + 90, "a spare stage")
    os.kill(stage, signal.SIGKILL)
    wait_for(lambda: client.room().get("figures", {}).get("stage_pid") not in (None, 0, stage), 40, "another stage")
    stage = client.room()["figures"]["stage_pid"]
    wait_for(lambda: painters(stage), 90, "another painter")
    flag.touch()
    told = "The scene “grey” cannot be shown: it ends the process that it is painted by."
    wait_for(lambda: any(told in fault for fault in client.room().get("faults", ())), 90, "the fault")
    assert not painters(stage)
    playing.press()
    wait_for(lambda: client.room()["call"]["state"] in ("raised", "delivered"), 20, "the call")
    assert client.room()["figures"]["stage_pid"] == stage
    assert not any("Traceback" in line for line in playing.lines)
