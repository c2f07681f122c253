"""Pagers, told for real: services on loopback that take, refuse, fail and hang, and commands of a clinic's own."""

import asyncio
import gc
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from guideplayer.clock import now_ms
from guideplayer.core.state import Call, CallState
from guideplayer.pager.pager import WITHIN_S, Pager, tell
from guideplayer.pager.services import Page, Result, Service
from guideplayer.room.settings import SettingsError, read_settings
from tests.session.conftest import free_port

# A service has four seconds, of which reading its code takes one or more on a machine that does other things.
pytestmark = pytest.mark.alone
PAGE = Page("Room 4 is calling", "Nobody has answered.")


class Web(ThreadingHTTPServer):
    """A service on loopback; what is posted to it is kept."""

    daemon_threads = True

    def __init__(self) -> None:
        self.posted: list[dict] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    def url(self, way: str) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/{way}"


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(json.loads(body))
        if "hangs" in self.path:
            self.server.over.wait(30)
        self.send_response({"takes": 200, "refuses": 403, "fails": 500}.get(self.path.strip("/"), 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def web():
    served = Web()
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield served
    served.over.set()
    served.shutdown()
    thread.join(5)
    served.server_close()


async def test_a_service_that_takes_it_has_it(web):
    result = await tell(Service("night phone", web.url("takes")), PAGE, now_ms)
    assert (result.service, result.reached, result.says) == ("night phone", True, "")
    assert [(one["title"], one["message"]) for one in web.posted] == [(PAGE.title, PAGE.body)]


@pytest.mark.parametrize("way", ["refuses", "fails"])
async def test_one_that_does_not_is_said_to(web, way):
    result = await tell(Service("night phone", web.url(way)), PAGE, now_ms)
    assert not result.reached
    assert result.says
    assert "Traceback" not in result.says


async def test_one_that_hangs_keeps_nobody_waiting(web):
    begun_s = time.monotonic()
    both = await asyncio.gather(
        tell(Service("hangs", web.url("hangs")), PAGE, now_ms), tell(Service("takes", web.url("takes")), PAGE, now_ms)
    )
    assert [result.reached for result in both] == [False, True]
    assert both[0].says == "It has not answered within 4 s."
    assert time.monotonic() - begun_s < WITHIN_S + 3


async def test_one_that_is_not_there_and_one_that_apprise_does_not_know():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gone = await tell(Service("gone", f"json://127.0.0.1:{port}/"), PAGE, now_ms)
    unknown = await tell(Service("unknown", "nonsense://x"), PAGE, now_ms)
    assert (gone.reached, unknown.reached) == (False, False)
    assert unknown.says == "Apprise does not know a service of that address."


@pytest.mark.parametrize(
    ("script", "reached", "says"),
    [
        ("cat > {path}", True, ""),
        ("echo no; exit 3", False, "no"),
        ("sleep 60", False, "It has not answered within 4 s."),
        # What holds the output open is another process, which has left its parent's group.
        ("setsid sleep 60 & wait", False, "It has not answered within 4 s."),
    ],
)
async def test_a_command_of_the_clinics_own(tmp_path, script, reached, says):
    path = tmp_path / "heard"
    begun_ms = now_ms()
    result = await tell(Service("lamp", command=("sh", "-c", script.format(path=path))), PAGE, now_ms)
    assert (result.reached, result.says) == (reached, says)
    assert now_ms() - begun_ms < 20_000
    # Were a pipe still open, its end would be found here, and warned of.
    gc.collect()
    if reached:
        assert path.read_text() == f"{PAGE.title}\n{PAGE.body}\n"


async def test_a_command_that_is_not_there():
    result = await tell(Service("lamp", command=("/nowhere/at-all",)), PAGE, now_ms)
    assert result.says == "It cannot be run: No such file or directory."


class Told:
    """A pager whose services are commands, and what came of each."""

    def __init__(self, folder) -> None:
        self.results: list[tuple[str, str]] = []
        services = [Service(f"level {level}", command=("true",), level=level) for level in (1, 2, 3)]
        self.pager = Pager("Room 4", services, now_ms, self._told)

    def _told(self, call: str, result: Result) -> None:
        self.results.append((call, result.service))

    async def all(self) -> list[tuple[str, str]]:
        while self.pager._running:
            await asyncio.sleep(0.01)
        found, self.results = sorted(self.results), []
        return found


def call(level: int, **more: object) -> Call:
    return msgspec.structs.replace(Call(CallState.RAISED, id="7", raised_ms=1000, level=level), **more)


async def test_each_level_is_told_once_and_all_of_them_at_last(tmp_path):
    told = Told(tmp_path)
    told.pager.look(call(0))
    assert await told.all() == []
    told.pager.look(call(1))
    told.pager.look(call(1, presses=5))
    assert await told.all() == [("7", "level 1")]
    told.pager.look(call(2))
    assert await told.all() == [("7", "level 2")]
    told.pager.look(call(3))
    assert await told.all() == [("7", "level 1"), ("7", "level 2"), ("7", "level 3")]
    told.pager.look(call(3))
    assert await told.all() == []
    # Whoever answered did not come: it asks anew, and so goes through all levels anew.
    told.pager.look(call(2, lapses_ms=(500_000,)))
    assert await told.all() == [("7", "level 1"), ("7", "level 2")]


async def test_a_rehearsed_call_and_one_that_is_over_reach_nobodys_pocket(tmp_path):
    told = Told(tmp_path)
    told.pager.look(call(3, rehearsal=True))
    told.pager.look(call(3, state=CallState.CLEARED))
    assert await told.all() == []


@pytest.mark.parametrize(
    ("pagers", "sentence"),
    [
        ('[[pagers]]\nname = "a"\n', "needs either a url or a command or a plugin"),
        ('[[pagers]]\nname = "a"\nurl = "json://x"\ncommand = ["x"]\n', "needs either a url or a command or a plugin"),
        ('[[pagers]]\nname = "a"\nurl = "json://x"\nlevel = 4\n', "<= 3"),
        ('[[pagers]]\nname = "a"\nurl = "json://x"\nlevle = 1\n', "levle"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said(tmp_path, pagers, sentence):
    (tmp_path / "settings.toml").write_text(pagers)
    with pytest.raises(SettingsError, match=sentence):
        read_settings({}, tmp_path / "settings.toml")


def test_call_test_tries_every_path_and_says_how_fast(web, tmp_path):
    folder = tmp_path / "guideplayer"
    folder.mkdir()
    (folder / "settings.toml").write_text(
        f'[[pagers]]\nname = "night phone"\nurl = "{web.url("takes")}"\n'
        f'[[pagers]]\nname = "lamp"\ncommand = ["false"]\nlevel = 1\n'
    )
    command = [sys.executable, "-m", "guideplayer", "call", "test"]
    nobody = f"127.0.0.1:{free_port()}"
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "GUIDEPLAYER_DESK": nobody}
    told = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=180)
    assert told.returncode == 1
    heading, first, second, desk, alarm = told.stdout.splitlines()
    assert heading.split() == ["path", "kind", "reached", "how", "fast", "what", "it", "says"]
    assert re.match(r"night phone +pager +yes +\d\.\d\d s +It has taken the words\.", first)
    assert re.match(r"lamp +pager +NO ", second)
    # What nobody can try from here is not said to be reached.
    assert re.match(r"the room's own desk +desk +not tried ", desk)
    assert re.match(r"the room's own alarm +sound +not tried ", alarm)
    assert web.posted[0]["title"] == "Test from Room 1"
    command += ["--json", "--pager", "night phone"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=180)
    assert told.returncode == 0
    assert [(one["path"], one["reached"]) for one in json.loads(told.stdout)] == [("night phone", True)]
