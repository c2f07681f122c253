"""`guideplayer call test` with a clinic: a real Mosquitto, relays, and stations, and what is said of each path."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
import pytest

from guideplayer.clinic.messages import OpenCall, StationBeat
from guideplayer.clinic.topics import of_room, of_station
from guideplayer.core.state import CallState
from tests.clinic.devices import KINDS, AtBroker, FakeDevice
from tests.clinic.mosquitto import Mosquitto, running
from tests.session.conftest import free_port, wait_for


@pytest.fixture
def broker(tmp_path):
    with running(tmp_path) as started:
        yield started


class Setting:
    """A room's settings, its relays, and whoever else is at the broker."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self._folder, self._broker = folder, broker
        self._parts: list[AtBroker] = []
        self._over, self._beating = threading.Event(), list[threading.Thread]()
        self._lines = [f'broker = "mqtt://127.0.0.1:{broker.port}"']
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def relay(self, kind: str, *, there: bool = True) -> FakeDevice:
        device = KINDS[kind](f"{kind}-1")
        if there:
            self._parts.append(AtBroker(device, self._broker.port))
            wait_for(self._parts[-1].client.is_connected)
        self._lines += ["[[relays]]", f'name = "the {kind}"', f'kind = "{kind}"', f'topic = "{kind}-1"', "level = 2"]
        return device

    def station(self, name: str, *desks: str) -> None:
        """One that lives, as far as its heartbeat tells."""
        beat = msgspec.json.encode(StationBeat("first", 1, desks=desks))

        def beats() -> None:
            while not self._over.wait(0.5):
                self.client.publish(of_station(name, "beat"), beat)

        self._beating.append(threading.Thread(target=beats, daemon=True))
        self._beating[-1].start()

    def says(self, topic: str, payload: bytes) -> None:
        self.client.publish(topic, payload, qos=1, retain=True).wait_for_publish(5)

    def tries(self, *words: str) -> subprocess.CompletedProcess[str]:
        folder = self._folder / "guideplayer"
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text("\n".join(self._lines))
        given = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        given |= {"XDG_CONFIG_HOME": str(self._folder), "GUIDEPLAYER_DESK": f"127.0.0.1:{free_port()}"}
        command = [sys.executable, "-m", "guideplayer", "call", "test", *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=given, timeout=60)

    def paths(self, *words: str) -> tuple[int, dict[str, dict]]:
        told = self.tries("--json", *words)
        assert told.stderr == ""
        return told.returncode, {one["path"]: one for one in json.loads(told.stdout)}

    def close(self) -> None:
        self._over.set()
        for thread in self._beating:
            thread.join(5)
        for part in self._parts:
            part.close()
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def setting(tmp_path, broker):
    made = Setting(tmp_path, broker)
    yield made
    made.close()


def test_every_path_that_is_there_is_reached(setting):
    devices = [setting.relay(kind) for kind in KINDS]
    setting.station("Station 1", "Maria", "Ben")
    code, paths = setting.paths()
    assert code == 0
    assert {path: (one["kind"], one["reached"]) for path, one in paths.items()} == {
        next(path for path in paths if path.startswith("mqtt://")): ("broker", True),
        "the shelly": ("relay", True),
        "the shelly1": ("relay", True),
        "the tasmota": ("relay", True),
        "Maria at Station 1": ("desk", True),
        "Ben at Station 1": ("desk", True),
        "the room's own desk": ("desk", None),
        "the room's own alarm": ("sound", None),
    }
    assert all(0 <= paths[f"the {kind}"]["took_ms"] < 4000 for kind in KINDS)
    # Each was really on, and is off again.
    words = [[payload.lower() for _, payload in device.orders] for device in devices]
    assert all(b"on" in said and said.index(b"on") < len(said) - 1 - said[::-1].index(b"off") for said in words)
    assert not any(device.on for device in devices)


def test_what_is_not_reached_is_said_and_why(setting):
    setting.relay("shelly").deaf = True
    setting.relay("tasmota", there=False)
    setting.station("Station 1")
    code, paths = setting.paths()
    assert code == 1
    unreached = {path: one["says"] for path, one in paths.items() if one["reached"] is False}
    assert set(unreached) == {"the shelly", "the tasmota", "Station 1"}
    assert unreached["the shelly"].startswith("It has not confirmed within 4 s: ")
    assert unreached["Station 1"] == "It is there, but no desk is armed at it."


def test_a_table_has_a_line_for_each(setting):
    setting.relay("shelly1")
    told = setting.tries("--relay", "the shelly1")
    assert told.returncode == 1, "no station was heard"
    lines = told.stdout.splitlines()
    assert lines[0].split()[:3] == ["path", "kind", "reached"]
    assert any(line.startswith("the shelly1") and " yes " in line and " s " in line for line in lines)
    assert any("No station was heard" in line for line in lines)


def test_nothing_is_tried_while_somebody_calls(setting):
    device = setting.relay("tasmota")
    call = OpenCall("boot", 1, 1000, "7", CallState.RAISED, 1000, 0)
    setting.says(of_room("Room 1", "call"), msgspec.json.encode(call))
    told = setting.tries()
    assert told.returncode == 2
    assert told.stderr == "A call is open in Room 1: answer and clear it, then try again.\n"
    assert device.orders == []


def test_a_broker_that_is_away_is_said_once_and_every_path_through_it(setting, broker):
    setting.relay("shelly1")
    broker.kill()
    code, paths = setting.paths()
    assert code == 1
    assert [path for path, one in paths.items() if one["reached"] is False] == [
        "the clinic's broker",
        "the shelly1",
        "stations",
    ]
    assert "cannot be reached" in paths["the clinic's broker"]["says"]


@pytest.mark.parametrize("option", ["--relay", "--pager"])
def test_one_that_is_not_in_the_settings_is_named(setting, option):
    told = setting.tries(option, "none")
    assert told.returncode == 2
    assert "“none” in the settings" in told.stderr
