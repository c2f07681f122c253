"""Real processes: a room and a stage under Xvfb, a browser, and a desk without a browser."""

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.printed import Printed
from tests.xvfb import needed, virtual_screen

SIZE = "1280x720"
START_WITHIN_S = 120
POLL_S = 0.02
# A room may be killed in the midst of an answer.
NOT_ANSWERED = (urllib.error.URLError, ConnectionError, http.client.HTTPException)


def wait_for(condition, within_s=40.0, what="it"):
    """The first true value of a condition."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(POLL_S)
    raise AssertionError(f"{what} did not come within {within_s} s")


def free_port() -> int:
    """A port that nobody listens on; fixed for a session, since a restarted room must be found where it was."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def display():
    """A virtual screen of its own."""
    with virtual_screen(SIZE) as screen:
        yield screen.name


class Play:
    """`guideplayer play`, and what it prints."""

    def __init__(
        self,
        folder: Path,
        display: str | None,
        *options: str,
        environment: Mapping[str, str] | None = None,
        fullscreen: bool = False,
    ) -> None:
        given = environment or {}
        surroundings = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GUIDEPLAYER_", "SDL_"))},
            # What would be heard goes to a file, through the whole of the mixer.
            "SDL_AUDIODRIVER": "disk",
            "SDL_DISKAUDIOFILE": str(folder.with_name("sound.raw")),
        }
        surroundings.pop("DISPLAY", None)
        surroundings.pop("WAYLAND_DISPLAY", None)
        if display:
            surroundings["DISPLAY"] = display
        surroundings |= given
        command = [sys.executable, "-m", "guideplayer", "play", *options]
        command += [] if fullscreen else ["--window", SIZE]
        command += ["--state", str(folder), "--desk", f"127.0.0.1:{free_port()}", "--room", "Room 1"]
        self.display = display
        self.folder = folder
        self.process = subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._printed = Printed(self.process)
        self.lines = self._printed.lines

    def pairing(self, known: int = 0) -> tuple[str, str]:
        """The desk's address, and the newest pairing code."""

        def found():
            matches = [re.search(r"(http://\S+).*code: (\d{3}) (\d{3})", line) for line in list(self.lines)]
            matches = [match for match in matches if match]
            return matches[-1] if len(matches) > known else None

        match = wait_for(found, START_WITHIN_S, f"a pairing code in {self.lines}")
        return match[1], match[2] + match[3]

    def pids(self, part: str) -> list[int]:
        """The processes of a part, `guideplayer.room` or `guideplayer.stage`, the oldest first; others are spare."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if part in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                    found.append((child.create_time(), child.pid))
        return [pid for _, pid in sorted(found)]

    def pid(self, part: str) -> int | None:
        """The process of a part that is in use."""
        return next(iter(self.pids(part)), None)

    def press(self, key: str = "space") -> None:
        """A real key, on the virtual screen."""
        needed("xdotool")
        subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": self.display or ""}, check=True)

    def stop(self) -> int:
        """End it as a person at the keyboard does."""
        children = psutil.Process(self.process.pid).children() if self.process.poll() is None else []
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        for child in children:
            if child.is_running():
                child.kill()
        self._printed.end()
        return code


class DeskClient:
    """A desk without a browser: pairs, keeps itself armed, and sends commands."""

    def __init__(self, address: str, code: str, name: str = "Anna") -> None:
        self.address = address.rstrip("/")
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.post("/api/pair", {"code": code, "name": name})
        self._armed = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def _ask(self, path: str, body: object | None = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Origin": self.address, "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers if data else {})
        with self._opener.open(request, timeout=20) as answer:
            return answer.read()

    def post(self, path: str, body: object) -> dict:
        try:
            return json.loads(self._ask(path, body))
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{path} {body}: {error.code} {error.read().decode()}") from None

    def room(self) -> dict:
        """The room's JSON; empty while the room is being restarted."""
        try:
            return json.loads(self._ask("/api/rooms/Room%201"))
        except urllib.error.HTTPError as error:
            error.close()
            return {}
        except NOT_ANSWERED:
            return {}

    def picture(self) -> bytes:
        try:
            return self._ask("/api/rooms/Room%201/screen.jpg")
        except urllib.error.HTTPError as error:
            error.close()
            return b""

    def command(self, command: str, **body: object) -> dict:
        return self.post("/api/rooms/Room%201/commands", {"command": command, **body})

    def arm(self) -> None:
        """Echo heartbeats, with the call that the room has, as an armed page does."""

        def beat() -> None:
            while not self._over.wait(0.2):
                room = self.room()
                if not room:
                    continue
                call = room["call"]["id"] if room["call"]["state"] not in ("none", "cleared") else None
                try:
                    calls = {"Room 1": call} if call else {}
                    self.post("/api/heartbeat", {"audio": "running", "visible": True, "calls": calls, "page": "p"})
                except NOT_ANSWERED:
                    continue

        self._thread = threading.Thread(target=beat, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join(10)


@pytest.fixture
def play(tmp_path, display):
    """Starts sessions under the virtual screen and ends them."""
    begun: list[Play] = []

    def start(*options: str, screen: bool = True, **more: Any) -> Play:
        begun.append(Play(tmp_path / "state", display if screen else None, *options, **more))
        return begun[-1]

    yield start
    for one in begun:
        one.stop()


@pytest.fixture
def desk():
    """Pairs desks without a browser."""
    clients: list[DeskClient] = []

    def paired(play: Play, name: str = "Anna") -> DeskClient:
        clients.append(DeskClient(*play.pairing(), name))
        return clients[-1]

    yield paired
    for client in clients:
        client.close()
