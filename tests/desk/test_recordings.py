"""One's own voice over HTTP: recordings as a page sends them, kept, made into clips; nothing else is let in."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

from guideplayer.desk.access import Access
from guideplayer.desk.permissions import LARGEST_TAKE_BYTES
from guideplayer.desk.role import Role
from guideplayer.desk.server import Desk
from guideplayer.media import Library, media_folder
from guideplayer.room import recordings
from guideplayer.room.mastering import Mastering
from tests.desk.conftest import HandClock, Visitor
from tests.room.own_voices import LINES, VoiceRoom
from tests.voice.spoken import shipped_line, take_of

NO_LINE = (404, {"problem": "There is no such line in this script now."})
WITHIN_S = 60.0


@pytest.fixture
def room(tmp_path: Path) -> VoiceRoom:
    return VoiceRoom(tmp_path)


@pytest.fixture
async def therapist(room: VoiceRoom, access: Access, clock: HandClock) -> AsyncIterator[Visitor]:
    """A page that a therapist has paired, of a desk that keeps voices."""
    desk = Desk(room.rooms, access, clock, recordings=room.voices)
    await desk.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        visitor = Visitor(http, desk.address)
        assert (await visitor.pair(access.code, "Maria", Role.THERAPIST))[0] == 200
        yield visitor
    await desk.stop()


@pytest.fixture
async def mastering(room: VoiceRoom) -> AsyncIterator[Mastering]:
    work = asyncio.create_task(room.mastering.run())
    yield room.mastering
    work.cancel()
    await asyncio.wait([work])


async def state(visitor: Visitor, voice: str = "anna") -> list[dict[str, object]]:
    status, content = await visitor.get(f"/api/recordings/{voice}?script=three")
    assert status == 200
    assert isinstance(content, dict)
    return content["lines"]


async def send(
    visitor: Visitor,
    line: object,
    take: object,
    kind: str = "audio/webm;codecs=opus",
    voice: str = "anna",
    **headers: str,
) -> tuple[int, object]:
    sent = {"Origin": visitor.address, "Content-Type": kind} | headers
    path = f"{visitor.address}/api/recordings/{voice}/{line}?script=three"
    async with visitor.http.post(path, data=take, headers=sent) as answer:
        return answer.status, await answer.json()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.02)


async def test_takes_become_a_voice_that_can_be_chosen(
    therapist: Visitor, room: VoiceRoom, mastering: Mastering, tmp_path: Path
) -> None:
    stage = Library(media_folder(), room.media)
    lines = await state(therapist)
    assert [(line["text"], line["part"], line["state"]) for line in lines] == [
        (LINES[0], "arrival", "missing"),
        (LINES[1], "settling", "missing"),
        (LINES[2], "return", "missing"),
    ]
    kinds = {".webm": "audio/webm;codecs=opus", ".m4a": "audio/mp4", ".ogg": "audio/ogg;codecs=opus"}
    for line, (suffix, kind) in zip(lines, kinds.items(), strict=True):
        take = take_of(shipped_line(), tmp_path / f"take{suffix}").read_bytes()
        digest = hashlib.sha256(take).hexdigest()
        assert await send(therapist, line["line"], take, kind) == (200, {"line": line["line"], "take": digest})
    await until(lambda: room.scripts()[0]["voices"] == ("anna",))
    assert {line["state"] for line in await state(therapist)} == {"ready"}
    script = room.shelf.script("three", None)
    assert (script.voice, (room.media / script.hold.paused.clip.file).is_file()) == ("anna", True)
    # A stage that was started before there was such a voice finds its clips all the same.
    assert all(stage.path(say.clip.file).is_file() for say in (script.hold.paused, *script.resume))
    status, clip = await therapist.get(f"/api/recordings/anna/{lines[0]['line']}/clip")
    assert (status, clip) == (200, (room.media / script.hold.paused.clip.file).read_bytes())
    # Without the extra for voices nobody listens to what was said, and the desk says so.
    checked = find_spec("faster_whisper") is not None
    assert (await therapist.get("/api/recordings"))[1] == {"voices": ["anna"], "problem": "", "checked": checked}


async def test_during_a_session_takes_are_kept_and_made_afterwards(
    therapist: Visitor, room: VoiceRoom, mastering: Mastering, tmp_path: Path
) -> None:
    line = (await state(therapist))[0]["line"]
    mastering.allow(False)
    take = take_of(shipped_line(), tmp_path / "take.webm").read_bytes()
    assert (await send(therapist, line, take))[0] == 200
    assert (await state(therapist))[0]["state"] == "waiting"
    assert (await therapist.get(f"/api/recordings/anna/{line}/clip"))[0] == 404
    mastering.allow(True)
    await until(lambda: room.cards_made)
    assert (await state(therapist))[0]["state"] == "ready"


async def test_a_session_stops_the_making_at_once_and_it_is_taken_up_again(tmp_path: Path, room: VoiceRoom) -> None:
    """A maker that never ends stands for one that is at work when a session begins."""
    begun = tmp_path / "begun"
    endless = (sys.executable, "-c", f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)")
    mastering = Mastering(room.media / "voices", room.card_made, maker=endless)
    room.voices = recordings.OwnVoices(mastering.folder, room.shelf, mastering)
    mastering.allow(True)
    work = asyncio.create_task(mastering.run())
    lines = (await room.voices.state("anna", "three"))["lines"]  # type: ignore[index]
    await room.voices.keep("anna", "three", lines[0]["line"], b"a take", "audio/webm")
    await until(begun.exists)
    begun.unlink()
    mastering.allow(False)
    await asyncio.sleep(0.3)
    assert not begun.exists()
    assert mastering.trouble == ""
    mastering.allow(True)
    await until(begun.exists)
    work.cancel()
    await asyncio.wait([work])


async def test_a_take_that_is_no_sound_is_told_and_holds_up_nothing(
    therapist: Visitor, room: VoiceRoom, mastering: Mastering, tmp_path: Path
) -> None:
    lines = await state(therapist)
    mastering.allow(False)
    assert (await send(therapist, lines[0]["line"], b"no sound"))[0] == 200
    take = take_of(shipped_line(), tmp_path / "take.webm").read_bytes()
    assert (await send(therapist, lines[1]["line"], take))[0] == 200
    mastering.allow(True)
    await until(lambda: room.cards_made)
    told = await state(therapist)
    assert [(line["state"], line["problem"]) for line in told] == [
        ("unusable", "This take is no sound that can be read: record it again."),
        ("ready", ""),
        ("missing", ""),
    ]


async def test_the_same_take_twice_is_one(therapist: Visitor, room: VoiceRoom) -> None:
    line = (await state(therapist))[0]["line"]
    answers = await asyncio.gather(*(send(therapist, line, b"one take") for _ in range(5)))
    assert {status for status, _ in answers} == {200}
    kept = [path for path in (room.media / "voices" / "anna" / "takes").iterdir() if path.suffix != ".json"]
    assert [path.read_bytes() for path in kept] == [b"one take"]


async def test_what_is_no_page_of_this_desk_is_refused(therapist: Visitor, room: VoiceRoom) -> None:
    line = (await state(therapist))[0]["line"]
    refused = (403, {"problem": "Only the desk's own page may ask this."})
    assert await send(therapist, line, b"take", Origin="http://evil.example") == refused
    assert await send(therapist, line, b"take", **{"Sec-Fetch-Site": "cross-site"}) == refused
    for kind in ("application/json", "text/plain", "multipart/form-data", "audio/wav", "application/octet-stream"):
        assert (await send(therapist, line, b"take", kind))[0] == 415
    assert not room.media.exists()


async def test_too_much_is_refused_however_it_is_sent(therapist: Visitor, room: VoiceRoom) -> None:
    line = (await state(therapist))[0]["line"]

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_TAKE_BYTES // 65536 + 1):
            yield bytes(65536)

    assert await send(therapist, line, chunks()) == (
        413,
        {"problem": "This take is too large: a line is at most a few minutes long."},
    )
    assert await send(therapist, line, b"") == (400, {"problem": "This take is empty."})
    assert not room.media.exists()


@pytest.mark.parametrize("line", ["0123456789abcdef", "..%2findex", "%2e%2e%2findex", "0123456789ABCDEF", "x" * 400])
async def test_a_line_that_there_is_not_is_kept_nowhere(therapist: Visitor, room: VoiceRoom, line: str) -> None:
    answer = await send(therapist, line, b"take")
    assert answer[0] == 404
    assert not room.media.exists()


@pytest.mark.parametrize("voice", ["heart", "emma", "robot", "none", "Anna", "..%2f..%2fanna", "..%2f", "anna%00"])
async def test_a_name_that_is_not_ones_own_is_refused(therapist: Visitor, room: VoiceRoom, voice: str) -> None:
    line = (await state(therapist))[0]["line"]
    assert (await send(therapist, line, b"take", voice=voice))[0] in (404, 409)
    assert (await therapist.get(f"/api/recordings/{voice}?script=three"))[0] in (404, 409)
    assert not room.media.exists()


async def test_an_unknown_script_is_told(therapist: Visitor) -> None:
    assert await therapist.get("/api/recordings/anna?script=..%2fthree") == (
        409,
        {"problem": "There is no script “../three”."},
    )
    assert (await therapist.get("/api/recordings/anna"))[0] == 400


async def test_a_full_disk_keeps_nothing_and_says_so(
    therapist: Visitor, room: VoiceRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (await state(therapist))[0]["line"]
    monkeypatch.setattr(recordings, "FREE_BYTES", 10**18)
    sentence = "The disk of the room's computer is nearly full: make room there, then it goes on."
    assert await send(therapist, line, b"take") == (409, {"problem": sentence})
    assert (await state(therapist))[0]["state"] == "missing"


async def test_only_the_page_itself_may_ask_for_the_microphone(therapist: Visitor) -> None:
    for path, microphone in (("/", "microphone=(self)"), ("/api/recordings", "microphone=()")):
        async with therapist.http.get(therapist.address + path) as answer:
            assert microphone in answer.headers["Permissions-Policy"]


def test_the_room_needs_no_sound_library_to_keep_takes() -> None:
    heavy = "print([name for name in ('numpy', 'scipy', 'pydub', 'soundfile') if name in sys.modules])"
    code = f"import sys; import guideplayer.voice.kept_takes; {heavy}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
