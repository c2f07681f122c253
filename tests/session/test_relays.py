"""A room that plays, with a relay and a Home Assistant at a real Mosquitto: paused from afar, called, killed, back."""

import os
import signal
import subprocess
import sys
import time

import pytest

from guideplayer.clinic.topics import PAUSE, of_room
from guideplayer.core.messages import Paged
from guideplayer.journal.archive import Archive
from tests.clinic.devices import AtBroker, FakeTasmota, logins
from tests.clinic.mosquitto import executable, running
from tests.clinic.rogue import Rogue
from tests.session.conftest import Play, wait_for
from tests.xvfb import needed


@pytest.fixture
def clinic(tmp_path):
    if not executable():
        needed("mosquitto")
    folder = tmp_path / "clinic"
    command = [
        sys.executable,
        "-m",
        "guideplayer",
        "clinic",
        "init",
        str(folder),
        "--host",
        "127.0.0.1",
        "--rooms",
        "1",
    ]
    command += ["--relay", "Room 1=tasmota:lamp", "--home-assistant", "--broker-folder", str(folder / "broker")]
    made = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    assert "with port 1883" in made.stdout
    assert "home_assistant = true" in made.stdout
    return folder


@pytest.fixture
def broker(tmp_path, clinic):
    with running(tmp_path, clinic) as started:
        yield started


@pytest.fixture
def lamp(clinic, broker):
    part = AtBroker(FakeTasmota("lamp"), broker.relay_port, logins(clinic)["lamp"])
    yield part.device
    part.close()


@pytest.fixture
def home(clinic, broker):
    found = Rogue(clinic / "home-assistant", broker.port)
    yield found
    found.close()


def recorded(playing: Play) -> list[bool]:
    """Whether the lamp was reached, each time that this was recorded."""
    with Archive(playing.folder / "journal.sqlite3") as archive:
        entries = [entry for record in archive.records([1, 2]) for entry in record.entries]
    paged = [entry.event for entry in entries if isinstance(entry.event, Paged)]
    assert {(one.service, one.kind) for one in paged} <= {("corridor lamp", "relay")}
    return [one.reached for one in paged]


@pytest.fixture
def environment(tmp_path, clinic, broker) -> dict[str, str]:
    settings = tmp_path / "config" / "guideplayer" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'broker = "mqtts://127.0.0.1:{broker.port}"\nclinic = "{clinic / "rooms" / "Room 1"}"\nhome_assistant = true\n'
        '[[relays]]\nname = "corridor lamp"\nkind = "tasmota"\ntopic = "lamp"\n'
    )
    return {"XDG_CONFIG_HOME": str(settings.parents[1]), "HOME": os.environ["HOME"]}


def test_a_call_lights_the_lamp_and_a_room_that_is_killed_does_so_again(environment, lamp, home, play, desk):
    playing: Play = play("open-sky", "--infusion", "40m", "--begin", environment=environment)
    client = desk(playing)
    client.arm()
    wait_for(lambda: client.room().get("play") == "arriving", 30, f"the session in {playing.lines}")
    wait_for(lambda: lamp.orders, 10, "the lamp, made sure to be off")

    def paused():
        # On a busy machine the room may just be away from its broker, and whoever sees nothing happen presses again.
        home.says(of_room("Room 1", PAUSE), PAUSE.encode(), retain=False)
        time.sleep(0.5)
        return client.room().get("play") == "holding"

    wait_for(paused, 20, "the pause from Home Assistant")
    assert client.room()["call"]["state"] == "none"
    assert not lamp.on
    playing.press()
    wait_for(lambda: lamp.on, 10, "the lamp")
    # The room dies, and somebody switches the lamp off meanwhile.
    room = playing.pid("guideplayer.room")
    os.kill(room, signal.SIGKILL)
    lamp.switch(False)
    wait_for(lambda: lamp.on, 20, "the lamp, set again by the next room")
    wait_for(lambda: client.room().get("call", {}).get("state") in ("raised", "delivered"), 10, "the call")
    assert playing.pid("guideplayer.room") != room
    # One that fails is told of at the desk, and the call goes on.
    lamp.deaf = True
    lamp.switch(False)
    wait_for(lambda: any("“corridor lamp”" in fault for fault in client.room().get("faults", ())), 20, "the fault")
    call = client.room()["call"]["id"]
    assert client.command("acknowledge", call=call)["call"]["name"] == "Anna"
    wait_for(lambda: {True, False} <= set(recorded(playing)), 10, "what came of it, in the record")
    assert not [line for line in playing.lines if "Traceback" in line]
