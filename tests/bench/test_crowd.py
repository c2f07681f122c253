"""Whether the page answers while 5,000 connections say nothing, and come again as soon as they are hung up on."""

import http.client
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from guideplayer.room.process import raise_open_files
from tests.browser.served_desk import ServedDesk

pytestmark = pytest.mark.bench
CROWD = 5_000
SECONDS = 12
TRIED_AGAIN: list[str] = []


def answered_ms(served: ServedDesk, connection: http.client.HTTPConnection, path: str, cookie: str = "") -> float:
    """How long a whole answer takes; the connection is opened when it is not yet."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return (time.perf_counter() - began) * 1000


def newcomer_ms(served: ServedDesk, netloc: str) -> float:
    """How long the page takes on a fresh connection; as a browser does, it tries again when it is hung up on."""
    began = time.perf_counter()
    for _ in range(5):
        connection = http.client.HTTPConnection(netloc, timeout=10)
        try:
            answered_ms(served, connection, "/")
            return (time.perf_counter() - began) * 1000
        except ConnectionError:
            TRIED_AGAIN.append(netloc)
        finally:
            connection.close()
    raise ConnectionError("the page does not answer")


@pytest.mark.parametrize("addresses", [1, 200])
@pytest.mark.parametrize("says", ["", "GET / HTTP/1.1\\r\\nX-Slow: "], ids=["silent", "half a request"])
def test_the_page_answers_meanwhile(tmp_path: Path, says: str, addresses: int) -> None:
    raise_open_files()
    served = ServedDesk(tmp_path)
    try:
        at = urlsplit(served.desk.address)
        token, _ = served.within(lambda: served.access.pair(served.access.code, "Maria", "127.0.0.1"))
        cookie = f"guideplayer_desk_{at.port}={token}"
        nurse = http.client.HTTPConnection(at.netloc, timeout=10)
        answered_ms(served, nurse, "/api/rooms", cookie)
        command = [sys.executable, "-m", "tests.desk.crowd", str(at.hostname), str(at.port), str(CROWD), str(addresses)]
        with subprocess.Popen([*command, str(SECONDS), says], stdout=subprocess.PIPE, text=True) as crowd:
            assert crowd.stdout
            assert crowd.stdout.readline() == "here\n"
            paired, pages = [], []
            while crowd.poll() is None:
                paired.append(answered_ms(served, nurse, "/api/rooms", cookie))
                pages.append(newcomer_ms(served, at.netloc))
            opened = int(crowd.stdout.readline())
        nurse.close()
        while served.within(lambda: served.desk._door._guests):
            time.sleep(0.05)
    finally:
        served.close()
    print(f"\n{opened} connections, {CROWD} at a time, from {addresses} addresses, saying “{says}”")
    for who, times in (("a paired desk on its connection", paired), ("a newcomer, page and connection", pages)):
        times.sort()
        p50, p99, most = times[len(times) // 2], times[len(times) * 99 // 100], times[-1]
        print(f"{who}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms")
    print(f"hung up on and tried again: {len(TRIED_AGAIN)}")
    TRIED_AGAIN.clear()
    # A newcomer waits in the system's queue behind those who came before; what counts is that nobody is left out.
    assert paired[len(paired) * 99 // 100] <= 150
    assert pages[-1] <= 5_000
