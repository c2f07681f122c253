"""Real processes, killed and pressed: the session goes on, in place, and no call is lost."""

import contextlib
import json
import os
import signal
import sqlite3
import time

import pytest

from guideplayer.core.state import Play as State
from guideplayer.room.room import UNSURE
from tests.session.conftest import wait_for

pytestmark = [pytest.mark.screen, pytest.mark.alone]


def code_of_call(play):
    """The bedside code, which only the room's screen and its journal know."""
    with sqlite3.connect(play.folder / "journal.sqlite3") as database:
        rows = database.execute("SELECT event FROM events ORDER BY id DESC").fetchall()
    database.close()
    for (event,) in rows:
        read = json.loads(event)
        if read["type"] == "pressed":
            return read["code"]
    return None


def begun(play, desk):
    """A session whose pump runs, with an armed desk."""
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = desk(playing)
    client.arm()
    wait_for(lambda: client.room().get("play") == State.ARRIVING, 90, "the arrival")
    client.command("infusion", action="started")
    wait_for(lambda: client.room()["armed"], 40, "an armed desk")
    wait_for(lambda: client.room()["figures"]["position_error_ms"] is not None, 40, "the first picture")
    return playing, client


def test_a_press_calls_and_a_killed_stage_is_back_in_place(play, desk):
    playing, client = begun(play, desk)
    playing.press()
    wait_for(lambda: client.room()["call"]["state"] == "delivered", 20, "the call")
    before = client.room()
    first = playing.pid("guideplayer.stage")
    assert first == before["figures"]["stage_pid"]
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: client.room()["figures"]["stage_pid"] not in (0, first), 40, "another stage")
    back_s = time.monotonic() - killed
    after = client.room()
    assert back_s <= 2.0
    assert (after["play"], after["call"]["state"], after["call"]["id"]) == (
        "holding",
        "delivered",
        before["call"]["id"],
    )
    assert after["position_ms"] == before["position_ms"]
    wait_for(lambda: client.room()["figures"]["position_error_ms"] is not None, 20, "a frame")
    assert client.room()["figures"]["position_error_ms"] <= 250
    client.command("acknowledge")
    client.command("clear", code=wait_for(lambda: code_of_call(playing), 20, "the code"))
    client.command("resume")
    assert client.room()["play"] == "resuming"


def test_a_stage_killed_while_playing_goes_on_where_the_script_is(play, desk):
    playing, client = begun(play, desk)
    first = playing.pid("guideplayer.stage")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: client.room()["figures"]["stage_pid"] not in (0, first), 2.5, "another stage")
    wait_for(lambda: client.room()["figures"]["position_error_ms"] is not None, 20, "a frame")
    assert client.room()["play"] == "playing"
    assert client.room()["figures"]["position_error_ms"] <= 250


def test_a_frozen_stage_is_replaced(play, desk):
    playing, client = begun(play, desk)
    first = playing.pid("guideplayer.stage")
    os.kill(first, signal.SIGSTOP)
    wait_for(lambda: client.room()["figures"]["stage_pid"] not in (0, first), 20, "another stage")
    assert client.room()["play"] == "playing"


def test_a_killed_room_is_back_and_the_call_kept(play, desk):
    playing, client = begun(play, desk)
    playing.press()
    wait_for(lambda: client.room().get("call", {}).get("state") == "delivered", 20, "the call")
    call = client.room()["call"]
    stage = playing.pid("guideplayer.stage")
    # What was done is recorded a few milliseconds after it was done.
    wait_for(lambda: code_of_call(playing), 20, "the record")
    os.kill(playing.pid("guideplayer.room"), signal.SIGKILL)
    wait_for(lambda: client.room().get("call", {}).get("id") == call["id"], 40, "another room")
    assert playing.pid("guideplayer.stage") == stage
    after = client.room()
    assert after["play"] == "holding"
    # Two clocks are read for it, a moment apart.
    assert abs(after["call"]["raised_at"] - call["raised_at"]) <= 100
    client.command("acknowledge")
    client.command("clear", code=code_of_call(playing))
    client.command("resume")


def test_a_room_that_lost_its_record_shows_nothing_before_it_knows(play, desk):
    """The stage remembers the session: nobody may read at the desk, for however short, that there is none. Whether a
    press was lost nobody can tell, so staff are called.
    """
    playing, client = begun(play, desk)
    first = playing.pid("guideplayer.room")
    os.kill(first, signal.SIGSTOP)
    for part in ("", "-wal"):
        (playing.folder / f"journal.sqlite3{part}").write_bytes(b"no journal")
    os.kill(first, signal.SIGKILL)
    shown = []
    wait_for(lambda: shown.append(client.room()) or (len(shown) > 20 and all(shown[-20:])), 40, "another room")
    assert playing.pid("guideplayer.room") != first
    # A stage that is slow to be met leaves the room unsure, and it says so.
    seen = [room for room in shown if room and UNSURE not in room["faults"]]
    assert {(room["play"], room["call"]["source"]) for room in seen} == {("holding", "recovery")}
    assert {room["script"] for room in seen} == {"Open Sky"}
    assert max(room["figures"]["position_error_ms"] or 0 for room in seen) <= 250


def test_the_room_notes_several_times_a_second_that_it_lives(play, desk):
    """Where room and stage are gone for long, the script is held where that was noted last."""
    playing, _ = begun(play, desk)
    noted, until_s = set(), time.monotonic() + 3
    with contextlib.closing(sqlite3.connect(playing.folder / "journal.sqlite3")) as database:
        while time.monotonic() < until_s:
            noted.add(database.execute("SELECT at_ms FROM alive").fetchone())
            time.sleep(0.02)
    assert len(noted) > 5


def test_with_neither_screen_nor_display_it_says_so_and_plays(play, desk):
    playing = play("open-sky", "--infusion", "40m", "--begin", screen=False)
    client = desk(playing)
    wait_for(lambda: client.room().get("play") == "arriving", 90, "the arrival")
    assert "There is no screen here: playing off-screen. The picture can be seen at the desk." in playing.lines
    assert wait_for(client.picture, 40, "the picture at the desk")[:3] == b"\xff\xd8\xff"


def test_interrupting_ends_everything_at_once(play, desk):
    playing, _ = begun(play, desk)
    stage = playing.pid("guideplayer.stage")
    assert playing.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(stage, 0)
