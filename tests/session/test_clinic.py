"""The commands as a clinic uses them: `clinic init`, a room that plays, a station, and a real Mosquitto over TLS."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from guideplayer.clinic.room_part import ALONE
from tests.clinic.mosquitto import executable, running
from tests.printed import Printed
from tests.report.conftest import Recording
from tests.session.conftest import DeskClient, Play, free_port, wait_for
from tests.xvfb import needed


def guideplayer(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "guideplayer", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)


class Station:
    """`guideplayer station`, and what it prints."""

    def __init__(self, folder: Path, files: Path, broker: str) -> None:
        command = [sys.executable, "-m", "guideplayer", "station", "--broker", broker, "--files", str(files)]
        command += ["--desk", f"127.0.0.1:{free_port()}", "--state", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._printed = Printed(self.process)
        self.lines = self._printed.lines

    def desk(self, name: str = "Maria") -> DeskClient:
        def found():
            return next(
                (m for line in self.lines if (m := re.search(r"(http://\S+).*code: (\d{3}) (\d{3})", line))), None
            )

        match = wait_for(found, 90, f"a pairing code in {self.lines}")
        return DeskClient(match[1], match[2] + match[3], name)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(15)
        self._printed.end()
        return code


@pytest.fixture
def clinic(tmp_path):
    if not executable():
        needed("mosquitto")
    folder = tmp_path / "clinic"
    made = guideplayer(
        "clinic", "init", str(folder), "--host", "127.0.0.1", "--rooms", "2", "--broker-folder", str(folder / "broker")
    )
    assert made.returncode == 0, made.stderr
    assert "rooms/Room 2" in made.stdout
    return folder


@pytest.fixture
def broker(tmp_path, clinic):
    with running(tmp_path, clinic) as started:
        yield started


def test_a_call_of_a_room_that_plays_is_answered_at_a_station(tmp_path, clinic, broker, play):
    address = f"mqtts://127.0.0.1:{broker.port}"
    environment = {"GUIDEPLAYER_BROKER": address, "GUIDEPLAYER_CLINIC": str(clinic / "rooms" / "Room 1")}
    playing: Play = play("open-sky", "--infusion", "40m", "--begin", environment=environment)
    station = Station(tmp_path / "station", clinic / "stations" / "Station 1", address)
    try:
        desk = station.desk()
        desk.arm()
        wait_for(lambda: desk.room().get("play") == "arriving", 90, f"the room in {station.lines} {playing.lines}")
        wait_for(lambda: desk.room()["armed"] == ["Maria"], 40, "an armed desk")

        def offered():
            # A room on a busy machine may be too slow to answer once; its desk then says so.
            with contextlib.suppress(urllib.error.HTTPError):
                return json.loads(desk._ask("/api/scripts?room=Room%201"))["scripts"]

        assert wait_for(offered, 40, "the scripts")[0]["name"]
        playing.press()
        wait_for(lambda: desk.room()["call"]["state"] == "delivered", 40, "the call")
        call = desk.room()["call"]["id"]
        assert desk.command("acknowledge", call=call)["call"]["name"] == "Maria"
        # The picture comes while somebody looks into the room.
        with desk._opener.open(f"{desk.address}/api/events?room=Room%201", timeout=5):
            wait_for(lambda: desk.picture()[:2] == b"\xff\xd8", 40, "the patient's screen")
        # The broker gone, the room says so at its own desk, and goes on as if alone.
        own = DeskClient(*playing.pairing(), "Ben")
        own.arm()
        broker.kill()
        wait_for(lambda: any(ALONE in fault for fault in own.room()["faults"]), 40, "the fault")
        wait_for(lambda: own.room()["armed"] == ["Ben"], 40, "its own desk alone")
        broker.start()
        wait_for(lambda: own.room()["armed"] == ["Ben", "Maria"], 60, "both desks")
        assert not [fault for fault in own.room()["faults"] if ALONE in fault]
        for client in (desk, own):
            client.close()
    finally:
        assert station.stop() == 0
    assert not [line for line in (*station.lines, *playing.lines) if "Traceback" in line]


def test_figures_of_the_past_come_to_a_station_that_was_killed_and_are_told_in_the_terminal(
    tmp_path, clinic, broker, play
):
    recording = Recording(tmp_path / "state")
    for number in range(3):
        recording.short(f"press {number}", 8 + 20 * number)
        recording.again()
    recording.close()
    recording.journal.close()
    address = f"mqtts://127.0.0.1:{broker.port}"
    environment = {"GUIDEPLAYER_BROKER": address, "GUIDEPLAYER_CLINIC": str(clinic / "rooms" / "Room 1"), "TZ": "UTC"}
    files = clinic / "stations" / "Station 1"
    station = Station(tmp_path / "station", files, address)
    station.desk().close()
    station.stop(signal.SIGKILL)
    play("open-sky", environment=environment, screen=False)
    station = Station(tmp_path / "station", files, address)
    report = ("station", "report", "--state", str(tmp_path / "station"))
    try:
        told = json.loads(
            wait_for(
                lambda: (
                    (done := guideplayer(*report, "--json")).returncode == 0
                    and '"sessions":3' in done.stdout
                    and done.stdout
                ),
                60,
                f"the figures in {station.lines}",
            )
        )
        assert (told["whole"]["calls"], told["whole"]["median_ms"], told["whole"]["longest_ms"]) == (3, 28_200, 48_200)
        assert [one["name"] for one in told["rooms"]] == ["Room 1"]
        desk = station.desk()
        over_http = json.loads(desk._ask("/api/responses?room=Room%201"))
        assert over_http["whole"] == told["whole"]
        assert desk._ask("/api/responses/month.csv").startswith(b"month,sessions,calls")
        desk.close()
    finally:
        assert station.stop() == 0
    assert "3 calls" not in guideplayer(*report).stderr
    assert guideplayer(*report, "--csv").stdout.splitlines()[1].endswith(",3,3,0,2,3,28.2,48.2,48.2")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--csv", "--json"), "Say either --csv or --json."),
        (("--from", "November"), "“November” (--from) is no month: write it like 2026-11."),
        (("--calls",), "say --csv as well"),
        ((), "There are no figures in"),
        (("--database", "mysql://x"), "“mysql” is not known"),
    ],
)
def test_a_report_that_cannot_be_is_said_in_one_sentence(tmp_path, words, sentence):
    told = guideplayer("station", "report", "--state", str(tmp_path), *words)
    assert told.returncode == 2
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_what_is_there_already_stays(clinic):
    before = {path: path.read_bytes() for path in clinic.rglob("*.key")}
    made = guideplayer("clinic", "init", str(clinic), "--room", "Room 3", "--station", "Station 2")
    assert made.returncode == 0, made.stderr
    assert "rooms/Room 3" in made.stdout
    assert {path: path.read_bytes() for path in before} == before
    assert "user Station 2" in (clinic / "broker" / "acl").read_text()
    assert {oct(path.stat().st_mode & 0o777) for path in clinic.rglob("*.key")} == {"0o600"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("clinic", "init", "{folder}", "--room", "a/b", "--host", "x"), "“a/b” cannot be a name at a clinic's broker"),
        (("clinic", "init", "{folder}"), "Give the name or the address of the machine that the broker runs on"),
        (("clinic", "init", "{folder}", "--host", "ümlaut"), "is neither a name of a machine nor an address"),
        (("station",), "Name the clinic's broker"),
        (("station", "--broker", "http://x"), "is not like mqtts://broker.clinic.example"),
        (("station", "--broker", "mqtt://x", "--desk", "nonsense"), "is not like 127.0.0.1:8765"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(tmp_path, words, sentence):
    told = guideplayer(*(word.format(folder=tmp_path / "clinic") for word in words))
    assert told.returncode == 2
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_a_room_with_certificates_that_cannot_be_used_begins_and_says_so(tmp_path, play, desk):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "ca.crt").write_text("none")
    environment = {"GUIDEPLAYER_BROKER": "mqtts://127.0.0.1:1", "GUIDEPLAYER_CLINIC": str(tmp_path / "files")}
    playing = play("open-sky", environment={**environment, "HOME": os.environ["HOME"]}, screen=False)
    client = desk(playing)
    faults = client.room()["faults"]
    assert any("cannot be used" in fault and ALONE in fault for fault in faults), faults
