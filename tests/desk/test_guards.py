import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.door import Limits
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom

ROOM = "/api/rooms/Room%201"
ELSEWHERE = (421, {"problem": "This desk does not answer under that address. Use the address on the room's screen."})
OTHER_PAGE = (403, {"problem": "Only the desk's own page may ask this."})


async def raw(desk: Desk, request: str) -> tuple[int, dict[str, str], bytes]:
    """What a raw socket is answered."""
    parts = urlsplit(desk.address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request.replace("\n", "\r\n").encode())
    async with asyncio.timeout(40):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body


@pytest.mark.parametrize("path", ["/", "/healthz", "/page/page.js", ROOM, "/api/events"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
async def test_only_the_own_address_is_answered(nurse: Visitor, desk: Desk, host: str, path: str) -> None:
    assert await nurse.get(path, Host=host.format(port=urlsplit(desk.address).port)) == ELSEWHERE


async def test_localhost_and_a_known_name_are_own_addresses(room: FakeRoom, access: Access, clock: HandClock) -> None:
    desk = Desk(room.rooms, access, clock, names=["Room-1.clinic.example"])
    await desk.start("127.0.0.1", 0)
    try:
        for name, status in (("localhost", 200), ("room-1.clinic.example", 200), ("room-2.clinic.example", 421)):
            host = f"{name}:{urlsplit(desk.address).port}"
            assert (await raw(desk, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n\n"))[0] == status
    finally:
        await desk.stop()


async def test_two_hosts_are_none(desk: Desk) -> None:
    host = urlsplit(desk.address).netloc
    status, _, _ = await raw(desk, f"GET / HTTP/1.1\nHost: {host}\nHost: {host}\nConnection: close\n\n")
    assert status in (400, 421)


async def test_forwarded_headers_change_nothing(nurse: Visitor) -> None:
    answer = await nurse.get("/", Host="evil.example", **{"X-Forwarded-Host": nurse.address.partition("//")[2]})
    assert answer == ELSEWHERE


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1:{port}", ""]
)
@pytest.mark.parametrize("path", ["/api/pair", f"{ROOM}/commands", "/api/heartbeat"])
async def test_only_the_own_page_may_post(nurse: Visitor, room: FakeRoom, desk: Desk, path: str, origin: str) -> None:
    port = urlsplit(desk.address).port
    assert await nurse.post(path, {"command": "hold"}, Origin=origin.format(port=port)) == OTHER_PAGE
    assert room.commands == []


async def test_a_post_without_an_origin_is_refused(nurse: Visitor) -> None:
    async with nurse.http.post(f"{nurse.address}{ROOM}/commands", json={"command": "hold"}) as answer:
        assert (answer.status, await answer.json()) == OTHER_PAGE


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_page_may_not_even_look(nurse: Visitor, room: FakeRoom, site: str) -> None:
    room.jpeg = b"\xff\xd8"
    assert await nurse.get(f"{ROOM}/screen.jpg", **{"Sec-Fetch-Site": site}) == OTHER_PAGE


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
async def test_only_json_is_understood(nurse: Visitor, kind: str) -> None:
    answer = await nurse.post(f"{ROOM}/commands", {"command": "hold"}, Content_Type=kind)
    assert answer == (415, {"problem": "Only JSON is understood here."})


async def test_what_is_no_json(nurse: Visitor) -> None:
    headers = {"Origin": nurse.address, "Content-Type": "application/json"}
    async with nurse.http.post(f"{nurse.address}{ROOM}/commands", data=b"{", headers=headers) as answer:
        assert (answer.status, await answer.json()) == (400, {"problem": "The request is not JSON."})


async def chunks(number: int):
    for _ in range(number):
        yield b" " * 1024


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_is_refused(nurse: Visitor, chunked: bool) -> None:
    headers = {"Origin": nurse.address, "Content-Type": "application/json"}
    data = chunks(17) if chunked else b" " * (16 * 1024 + 1)
    async with nurse.http.post(f"{nurse.address}{ROOM}/commands", data=data, headers=headers) as answer:
        assert (answer.status, await answer.json()) == (413, {"problem": "The request is too large."})


@pytest.mark.parametrize("path", ["/", "/healthz", "/page/nothing", ROOM, "/api/events", "/nowhere"])
async def test_every_answer_carries_the_headers(nurse: Visitor, path: str) -> None:
    async with nurse.http.get(nurse.address + path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Server"] == "guideplayer"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(nurse: Visitor, method: str) -> None:
    headers = {"Origin": nurse.address, "Content-Type": "application/json"}
    async with nurse.http.request(method, f"{nurse.address}/api/rooms", headers=headers) as answer:
        assert (answer.status, await answer.json()) == (405, {"problem": "That cannot be done here."})


@pytest.mark.parametrize(
    "request_text",
    ["NONSENSE\n\n", "GET / HTTP/9.9\n\n", "GET / HTTP/1.1\nHost: x\nContent-Length: -1\n\n", "GET /\x00 HTTP/1.1\n\n"],
)
async def test_what_is_no_http_is_told_so_in_the_same_form(desk: Desk, request_text: str) -> None:
    status, headers, body = await raw(desk, request_text)
    assert (status, json.loads(body)) == (400, {"problem": "The request cannot be read."})
    assert headers["Server"] == "guideplayer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_one_address_cannot_take_every_stream(room: FakeRoom, access: Access, clock: HandClock) -> None:
    desk = Desk(room.rooms, access, clock, limits=Limits(streams_of_an_address=2))
    await desk.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            visitor = Visitor(http, desk.address)
            await visitor.pair(access.code)
            streams = [await http.get(f"{visitor.address}/api/events") for _ in range(2)]
            for stream in streams:
                await stream.content.readline()
            assert await visitor.get("/api/events") == (
                503,
                {"problem": "Too many desks are open. Close one, and this one opens by itself."},
            )
            for stream in streams:
                stream.close()
            room.changed()
            async with asyncio.timeout(10):
                while (await stream_status(http, visitor)) != 200:
                    room.changed()
    finally:
        await desk.stop()


async def stream_status(http: aiohttp.ClientSession, visitor: Visitor) -> int:
    async with http.get(f"{visitor.address}/api/events") as answer:
        return answer.status


async def test_a_body_that_dawdles_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guideplayer.desk.guards.BODY_WITHIN_S", 0.1)
    monkeypatch.setattr("guideplayer.desk.door.LINGER_S", 0.1)
    parts = urlsplit(desk.address)
    head = (
        f"POST /api/pair HTTP/1.1\nHost: {parts.netloc}\nOrigin: http://{parts.netloc}\n"
        "Content-Type: application/json\nContent-Length: 100\n\n{"
    )
    status, _, body = await raw(desk, head)
    assert (status, json.loads(body)) == (408, {"problem": "The request took too long to arrive."})
