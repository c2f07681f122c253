"""100, 1,000 and 10,000 rooms at a real broker: how fast a call is shown, and what station and broker take."""

import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.clinic.mosquitto import Mosquitto, executable
from tests.session.conftest import DeskClient, free_port, wait_for
from tests.xvfb import needed

pytestmark = pytest.mark.bench
CALLS, MEASURED_S = 100, 10
CALL_P99_MS, STATION_SHARE, BACK_S = 50, 0.5, 10


class Shows(threading.Thread):
    """A page that shows every call: it reads the board's stream, and beats at once with what is new."""

    def __init__(self, desk: DeskClient) -> None:
        super().__init__(daemon=True)
        self._desk = desk
        self.alive: set[str] = set()
        self._calls: dict[str, str] = {}
        self.start()

    def beat(self) -> None:
        shown = {"audio": "running", "visible": True, "page": "p", "calls": dict(self._calls)}
        self._desk.post("/api/heartbeat", shown)

    def run(self) -> None:
        with self._desk._opener.open(f"{self._desk.address}/api/events", timeout=180) as stream:
            for line in stream:
                if not line.startswith(b"data: "):
                    continue
                rows = json.loads(line[6:])["rows"]
                self.alive |= {row["room"] for row in rows if not row["dead"]}
                self.alive -= {row["room"] for row in rows if row["dead"]}
                calling = {row["room"]: row["call"]["id"] for row in rows if row["call"]["state"] == "raised"}
                for row in rows:
                    if row["call"]["state"] == "none":
                        self._calls.pop(row["room"], None)
                if calling:
                    self._calls |= calling
                    self.beat()


@pytest.fixture
def running():
    begun: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *words]
        begun.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            pipe.close()


def asked(rooms: subprocess.Popen[str], words: str) -> object:
    assert rooms.stdin
    assert rooms.stdout
    rooms.stdin.write(f"{words}\n")
    rooms.stdin.flush()
    return json.loads(rooms.stdout.readline())


@pytest.mark.parametrize("many", [100, 1_000, 10_000])
def test_rooms_at_a_broker(tmp_path: Path, running, many: int, figure) -> None:
    if not executable():
        needed("mosquitto")
    broker = Mosquitto(tmp_path)
    address = f"mqtt://127.0.0.1:{broker.port}"
    rooms = running("tests.bench.clinic_rooms", str(broker.port), str(many))
    assert rooms.stdout
    assert rooms.stdout.readline() == "there\n"
    words = ("--broker", address, "--desk", f"127.0.0.1:{free_port()}", "--state", str(tmp_path / "station"))
    station = running("guideplayer", "station", *words)
    found = None
    while found is None:
        assert station.stdout
        found = re.search(r"(http://\S+).*code: (\d{3}) (\d{3})", station.stdout.readline())
    # Nobody reads on, and a pipe that is full would stop it.
    threading.Thread(target=station.stdout.read, daemon=True).start()
    desk = DeskClient(found[1], found[2] + found[3])
    page = Shows(desk)
    page.beat()
    wait_for(lambda: len(page.alive) == many, 30, "all rooms alive on the board")
    time.sleep(3)
    processes = {"station": psutil.Process(station.pid), "broker": psutil.Process(broker.process.pid)}
    before = {name: sum(process.cpu_times()[:2]) for name, process in processes.items()}
    time.sleep(MEASURED_S)
    shares = {name: (sum(process.cpu_times()[:2]) - before[name]) / MEASURED_S for name, process in processes.items()}
    # Who has not beaten for three seconds would be dead by now.
    assert len(page.alive) == many
    memory = {name: process.memory_info().rss >> 20 for name, process in processes.items()}
    took_ms = sorted(asked(rooms, f"call {min(CALLS, many)}"))
    broker.kill()
    broker.start()
    back_s = asked(rooms, "back")
    broker.kill()
    p50, p99 = statistics.median(took_ms), took_ms[int(len(took_ms) * 0.99) - 1]
    print(
        f"\n{many:6} rooms: call p50 {p50:.1f} ms, p99 {p99:.1f} ms ({len(took_ms)} calls); "
        f"station {shares['station']:.0%} of a core, {memory['station']} MB; "
        f"broker {shares['broker']:.0%}, {memory['broker']} MB; all back after {back_s:.1f} s; {os.cpu_count()} cores"
    )
    if many == 10_000:
        figure("clinic call", p99, f"{len(took_ms)} calls")
        figure("clinic station", shares["station"] * 100)
        figure("clinic back", back_s)
    assert len(took_ms) == min(CALLS, many)
    assert p99 <= CALL_P99_MS
    assert shares["station"] <= STATION_SHARE
    assert back_s <= BACK_S
