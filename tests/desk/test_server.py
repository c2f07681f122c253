import asyncio
import json
import logging
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from guideplayer.desk.access import SESSION_LIFE_MS, Access
from guideplayer.desk.server import Desk
from guideplayer.doctor import network
from guideplayer.doctor.finding import Verdict
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom

NOT_PAIRED = {"problem": "Pair this desk first: enter the code on the room's screen."}
WRONG_CODE = {"problem": "That is not the code on the room's screen. Read it there again: it changes."}
ROOM = "/api/rooms/Room%201"
GUARDED = ["/api/scripts", "/api/rooms", ROOM, "/api/events", f"{ROOM}/screen.jpg", "/api/rooms/Nowhere", "/api/other"]


@pytest.mark.parametrize("path", GUARDED)
async def test_nothing_is_told_before_pairing(stranger: Visitor, path: str) -> None:
    assert await stranger.get(path) == (401, NOT_PAIRED)


@pytest.mark.parametrize("path", [f"{ROOM}/commands", "/api/heartbeat"])
async def test_nothing_is_done_before_pairing(stranger: Visitor, room: FakeRoom, path: str) -> None:
    assert await stranger.post(path, {"command": "hold"}) == (401, NOT_PAIRED)
    assert room.commands == []


async def test_the_page_and_its_health_need_no_pairing(stranger: Visitor) -> None:
    status, page = await stranger.get("/")
    assert status == 200
    assert page.startswith(b"<!doctype html>")
    assert await stranger.get("/healthz") == (200, {"ok": True})


async def test_the_doctor_knows_a_desk_on_the_port_as_guideplayers_own(desk: Desk) -> None:
    found = await asyncio.to_thread(network.port, "127.0.0.1", urlsplit(desk.address).port or 0)
    assert found.verdict is Verdict.GOOD
    assert "guideplayer is running" in found.sentence


async def test_every_file_that_the_page_names_is_served_from_here(stranger: Visitor) -> None:
    folder = Path("guideplayer/desk/page").resolve()
    for path in folder.iterdir():
        async with stranger.http.get(f"{stranger.address}/page/{path.name}") as answer:
            content = await answer.read()
        assert (answer.status, content) == (200, path.read_bytes())
        for outside in (b"http://", b"https://", b"//cdn"):
            # A name of SVG's, and an address of this machine that the page shows in a sentence.
            told = content.replace(b"http://www.w3.org/", b"").replace(b"http://localhost:", b"")
            assert outside not in told


async def test_the_page_weighs_little(stranger: Visitor) -> None:
    weight = 0
    for path in Path("guideplayer/desk/page").iterdir():
        async with stranger.http.get(f"{stranger.address}/page/{path.name}") as answer:
            assert await answer.read() == path.read_bytes()
            weight += int(answer.headers["Content-Length"])
    assert weight < 150_000


async def test_a_browser_that_cannot_unpack_gets_the_file_as_it_is(stranger: Visitor) -> None:
    async with stranger.http.get(f"{stranger.address}/", headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert (await answer.read()).startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    "file", ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "/etc/passwd", "nothing.js", ""]
)
async def test_no_path_leads_out_of_the_page(stranger: Visitor, file: str) -> None:
    status, answer = await stranger.get(f"/page/{file}")
    assert (status, answer) == (404, {"problem": "There is nothing here."})


async def test_an_unchanged_file_is_not_sent_again(stranger: Visitor) -> None:
    async with stranger.http.get(f"{stranger.address}/") as answer:
        tag = answer.headers["ETag"]
    status, content = await stranger.get("/", **{"If-None-Match": tag})
    assert (status, content) == (304, b"")


async def test_pairing_gives_a_cookie_that_scripts_and_other_sites_cannot_use(
    stranger: Visitor, access: Access
) -> None:
    body = {"code": access.code, "name": "Maria"}
    async with stranger.http.post(
        f"{stranger.address}/api/pair", json=body, headers={"Origin": stranger.address}
    ) as answer:
        assert await answer.json() == {"name": "Maria", "desk": "Maria", "role": "nurse"}
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert f"Max-Age={SESSION_LIFE_MS // 1000}" in cookie
    assert len(cookie.partition("=")[2].partition(";")[0]) == 43


async def test_the_room_shows_the_code_and_then_the_next_one(
    room: FakeRoom, desk: Desk, stranger: Visitor, access: Access, clock: HandClock
) -> None:
    first = access.code
    assert room.codes == [first]
    await stranger.pair(first)
    assert room.codes == [first, access.code]
    clock.pass_ms(120_000)
    desk.tick()
    assert len(room.codes) == 3
    assert room.codes[-1] == access.code


async def test_a_stopped_desk_takes_its_code_from_the_screen(room: FakeRoom, access: Access, clock: HandClock) -> None:
    desk = Desk(room.rooms, access, clock)
    await desk.start("127.0.0.1", 0)
    await desk.stop()
    assert room.codes == [access.code, None]


async def test_wrong_codes_are_refused_then_slowed(stranger: Visitor, nurse: Visitor, access: Access) -> None:
    for _ in range(10):
        wrong = f"{(int(access.code) + 1) % 10**6:06d}"
        assert await stranger.pair(wrong) == (403, WRONG_CODE)
    status, answer = await stranger.pair(access.code)
    assert (status, answer) == (429, {"problem": "Too many wrong codes. Wait 60 s, then try again."})
    assert (await nurse.get("/api/rooms"))[0] == 200
    assert (await nurse.command("choose", script="open-sky", infusion_ms=2_400_000))[0] == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"code": "123456"}, "The request is not understood: Object missing required field `name`."),
        (
            {"code": 123456, "name": "Maria"},
            "The request is not understood: Expected `str`, got `int` - at `$.code`.",
        ),
        ({"code": "123456", "name": " "}, "Enter your name: the room is told who is coming."),
        ([], "The request is not understood: Expected `object`, got `array`."),
    ],
)
async def test_a_pairing_that_makes_no_sense(stranger: Visitor, body: object, sentence: str) -> None:
    status, answer = await stranger.post("/api/pair", body)
    assert status in (400, 403)
    assert answer == {"problem": sentence}


async def test_what_a_paired_desk_sees(nurse: Visitor, room: FakeRoom) -> None:
    status, answer = await nurse.get("/api/rooms")
    assert status == 200
    assert (answer["name"], answer["desk"]) == ("Maria", "Maria")
    view = answer["rooms"][0]
    assert {key: view[key] for key in room.view()} == room.view()
    assert await nurse.get(ROOM) == (200, view)
    assert await nurse.get("/api/scripts") == (200, {"scripts": room.scripts()})
    assert await nurse.get("/api/rooms/Room%202") == (404, {"problem": "There is no room of that name here."})


async def test_the_picture_of_the_screen(nurse: Visitor, room: FakeRoom) -> None:
    assert await nurse.get(f"{ROOM}/screen.jpg") == (404, {"problem": "There is no picture of the room's screen now."})
    room.jpeg = b"\xff\xd8picture"
    async with nurse.http.get(f"{nurse.address}{ROOM}/screen.jpg") as answer:
        assert (answer.content_type, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
        assert await answer.read() == room.jpeg


async def test_a_command_reaches_the_room_with_who_asked(nurse: Visitor, room: FakeRoom) -> None:
    status, view = await nurse.command("choose", script="open-sky", infusion_ms=2_400_000)
    assert (status, view["script"]) == (200, "Open Sky")
    assert room.commands == [("choose", {"script": "open-sky", "infusion_ms": 2_400_000}, "Maria", "Maria")]


async def test_only_what_was_asked_is_passed_on(nurse: Visitor, room: FakeRoom) -> None:
    room.play = "playing"
    await nurse.command("comfort", light=0.2, captions=False)
    assert room.commands[-1][1] == {"light": 0.2, "captions": False}


async def test_a_refusal_is_a_sentence(nurse: Visitor) -> None:
    assert await nurse.command("resume") == (409, {"problem": "“resume” makes no sense now."})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"command": "explode"}, "Invalid value 'explode' - at `$.command`"),
        ({"command": "choose", "script": "open-sky"}, "Object missing required field `infusion_ms`"),
        ({"command": "hold", "now": True}, "Object contains unknown field `now`"),
        ({"command": "comfort", "light": 2}, "Expected `float` <= 1.0 - at `$.light`"),
        ({"command": "clear", "code": "4"}, "Expected `str` matching regex '^[0-9]{2}$' - at `$.code`"),
        ({"command": "infusion", "action": "doubled"}, "Invalid enum value 'doubled' - at `$.action`"),
    ],
)
async def test_a_command_of_the_wrong_shape(nurse: Visitor, room: FakeRoom, body: object, sentence: str) -> None:
    answer = await nurse.post(f"{ROOM}/commands", body)
    assert answer == (400, {"problem": f"The request is not understood: {sentence}."})
    assert room.commands == []


async def test_a_fault_in_the_room_tells_nothing_of_the_inside(
    nurse: Visitor, room: FakeRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.fault = ZeroDivisionError("secret detail")
    with caplog.at_level(logging.ERROR):
        answer = await nurse.command("hold")
    assert answer == (
        500,
        {"problem": "Something went wrong in the room's own programme. Look at the room, then try again."},
    )
    assert "secret detail" in caplog.text


async def test_a_session_survives_a_restart_of_the_room(
    nurse: Visitor, desk: Desk, room: FakeRoom, clock: HandClock, tmp_path: Path
) -> None:
    port = urlsplit(desk.address).port
    await desk.stop()
    again = Desk(room.rooms, Access(tmp_path / "desks.json", clock), clock)
    await again.start("127.0.0.1", port)
    try:
        status, answer = await nurse.get("/api/rooms")
        assert (status, answer["name"]) == (200, "Maria")
    finally:
        await again.stop()


async def test_a_session_that_is_over_is_no_session(nurse: Visitor, clock: HandClock) -> None:
    clock.pass_ms(SESSION_LIFE_MS)
    assert await nurse.get("/api/rooms") == (401, NOT_PAIRED)


async def test_two_rooms_on_one_machine_do_not_unpair_each_other(
    nurse: Visitor, room: FakeRoom, clock: HandClock, tmp_path: Path
) -> None:
    other_access = Access(tmp_path / "other.json", clock)
    other = Desk(FakeRoom("Room 2").rooms, other_access, clock)
    await other.start("127.0.0.1", 0)
    try:
        visitor = Visitor(nurse.http, other.address)
        assert (await visitor.pair(other_access.code))[0] == 200
        assert (await visitor.get("/api/rooms/Room%202"))[0] == 200
        assert (await nurse.get(ROOM))[0] == 200
    finally:
        await other.stop()


async def test_a_taken_port_is_said(desk: Desk, room: FakeRoom, access: Access, clock: HandClock) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await Desk(room.rooms, access, clock).start("127.0.0.1", urlsplit(desk.address).port)


async def events(answer: aiohttp.ClientResponse, number: int) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    name = ""
    while len(found) < number:
        async with asyncio.timeout(40):
            line = (await answer.content.readline()).decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            found.append((name, json.loads(line.removeprefix("data: "))))
    return found


async def test_the_stream_gives_a_snapshot_then_changes(nurse: Visitor, room: FakeRoom) -> None:
    async with nurse.http.get(f"{nurse.address}/api/events") as answer:
        assert answer.content_type == "text/event-stream"
        [(name, snapshot)] = await events(answer, 1)
        assert (name, snapshot["call"]["state"]) == ("snapshot", "none")
        room.press()
        [(name, change)] = await events(answer, 1)
        assert (name, change["call"]["state"]) == ("change", "raised")
        assert change["serial"] > snapshot["serial"]


async def test_changes_of_one_moment_are_told_together(nurse: Visitor, room: FakeRoom) -> None:
    async with nurse.http.get(f"{nurse.address}/api/events") as answer:
        await events(answer, 1)
        for number in range(100):
            room.infusion_ms = number
            room.changed()
        [(_, first)] = await events(answer, 1)
        room.infusion_ms = 1000
        room.changed()
        [(_, second)] = await events(answer, 1)
    assert [first["infusion_ms"], second["infusion_ms"]] == [99, 1000]
    assert second["serial"] == first["serial"] + 1


async def test_a_stream_ends_with_its_pairing(nurse: Visitor, room: FakeRoom, clock: HandClock) -> None:
    async with nurse.http.get(f"{nurse.address}/api/events") as answer:
        await events(answer, 1)
        clock.pass_ms(SESSION_LIFE_MS)
        room.changed()
        async with asyncio.timeout(40):
            remaining = await answer.content.read()
    assert b"event: " not in remaining


async def test_a_stopping_desk_ends_its_streams(nurse: Visitor, desk: Desk) -> None:
    async with nurse.http.get(f"{nurse.address}/api/events") as answer:
        await events(answer, 1)
        await desk.stop()
        async with asyncio.timeout(40):
            assert (await answer.content.read()).strip() == b""
