"""A real Mosquitto, on a port of its own, that can be killed and started again."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.session.conftest import free_port
from tests.xvfb import needed

UP_WITHIN_S = 40


def executable() -> str | None:
    """Debian puts it where no user's path leads."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """Started at once. `configuration` is that of `guideplayer clinic init`; without one, anybody may come in."""

    def __init__(self, folder: Path, configuration: str = "") -> None:
        self.port = free_port()
        self._path = folder / "mosquitto.conf"
        listener = f"listener {self.port} 127.0.0.1"
        plain = f"{listener}\nallow_anonymous true\nset_tcp_nodelay true\n"
        own = configuration.replace("listener 8883", listener) if configuration else plain
        # Where relays come in, which have no certificates.
        self.relay_port = free_port()
        self._ports = [self.port, *([self.relay_port] if "listener 1883" in own else [])]
        own = own.replace("listener 1883", f"listener {self.relay_port} 127.0.0.1")
        # Started by root it would become somebody who may not read the test's files.
        self._path.write_text(f"{own}\nuser root\npersistence_location {folder}/\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "mosquitto.log"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        found = executable()
        assert found
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([found, "-c", str(self._path)], stdout=log, stderr=log)
        until_s = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until_s:
            try:
                for port in self._ports:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"no broker: {self.log.read_text()}")

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(folder: Path, clinic: Path | None = None) -> Iterator[Mosquitto]:
    """One for as long as a test lasts, in a folder; with what `guideplayer clinic init` made for it in another."""
    if not executable():
        needed("mosquitto")
    broker = Mosquitto(folder, (clinic / "broker" / "mosquitto.conf").read_text() if clinic else "")
    try:
        yield broker
    finally:
        broker.kill()
