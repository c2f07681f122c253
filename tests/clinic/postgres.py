"""A real PostgreSQL, on a port of its own, that can be stopped and started again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.session.conftest import free_port

ANYBODY = "nobody"


def folder_of_tools() -> Path | None:
    """Debian puts them where no user's path leads, in a folder for each version."""
    found = shutil.which("initdb")
    candidates = [Path(found).resolve()] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return next((one.parent for one in candidates if (one.parent / "pg_ctl").exists()), None)


class Postgres:
    """Started at once. It refuses to be run by root, so root lets somebody else run it."""

    def __init__(self, folder: Path) -> None:
        tools = folder_of_tools()
        assert tools
        self._tools, self._data, self.port = tools, folder / "data", free_port()
        self._user = ANYBODY if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-A", "trust", "-U", "clinic", "-N", "-E", "UTF8", "--no-locale", "-D", str(self._data))
        self.address = f"postgresql://clinic@127.0.0.1:{self.port}/postgres"
        self.start()

    def _run(self, tool: str, *words: str) -> None:
        command = [str(self._tools / tool), *words]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=60, user=self._user, cwd="/"
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._data} -c fsync=off"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", str(self._data / "log"), "start")

    def stop(self) -> None:
        """End it as a power cut does."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """One in a folder of its own: those of pytest are open to nobody else, and so not to whoever runs it for root."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            server.stop()
