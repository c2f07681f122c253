"""What the launcher watches over, with real processes: whatever fails, somebody is called and the session goes on."""

import contextlib
import gc
import os
import signal
import socket
import stat
import subprocess
import threading
import time

import psutil
import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.error import BadDrawable

from guideplayer.core.state import Play
from guideplayer.journal.archive import Archive
from guideplayer.room.health import NO_SCREEN
from guideplayer.room.supervision import UNWATCHED
from guideplayer.stage.focus import COVERED
from guideplayer.stage.plain import PLAIN
from tests.session.conftest import SIZE, wait_for
from tests.xvfb import VirtualScreen, needed

pytestmark = pytest.mark.screen

# Longer than a stage may be silent, and shorter than a patient is taken to have been left alone.
STANDS_STILL_S = 2.0
# Run by Python before anything else in each process, so that only the stage's breaks.
STAGE_ONLY = "import sys\nif 'guideplayer.stage' in sys.orig_argv:\n"


def begun(playing, desk):
    client = desk(playing)
    wait_for(lambda: client.room().get("play") == "arriving", 90, "the arrival")
    wait_for(lambda: client.room()["figures"]["position_error_ms"] is not None, 40, "the first picture")
    return client


def faulty(folder, body):
    """An environment in which the stage is broken."""
    text = STAGE_ONLY + "".join(f"    {line}\n" for line in body.splitlines())
    (folder / "sitecustomize.py").write_text(text)
    return {"PYTHONPATH": str(folder)}


def player(folder):
    """An environment with a sound player of the test's own, and whether it has been asked to play."""
    file = folder / "aplay"
    file.write_text(f"#!/bin/sh\ntouch {folder}/rung\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:/usr/bin:/bin"}, (folder / "rung").exists


def recorded(playing):
    """The session under way, by the record."""
    with Archive(playing.folder / "journal.sqlite3") as archive:
        return archive.unfinished().replay()


def called(client):
    return client.room().get("call", {}).get("state") in ("raised", "delivered")


def test_a_frozen_room_is_replaced_and_staff_are_called(play, desk):
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = begun(playing, desk)
    first, stage = playing.pid("guideplayer.room"), playing.pid("guideplayer.stage")
    os.kill(first, signal.SIGSTOP)
    wait_for(lambda: playing.pid("guideplayer.room") not in (None, first), 40, "another room")
    wait_for(lambda: client.room().get("play") == "holding", 40, "the hold")
    assert called(client)
    assert playing.pid("guideplayer.stage") == stage
    assert not psutil.pid_exists(first)


def test_a_machine_that_stands_still_for_a_moment_replaces_nobody(play, desk):
    """Whoever wakes first must not take the others for dead, who have slept as long."""
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = begun(playing, desk)
    parts = [playing.pid("guideplayer.room"), playing.pid("guideplayer.stage")]
    launcher = psutil.Process(playing.process.pid)
    everything = [launcher, *launcher.children(recursive=True)]
    for process in everything:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
    time.sleep(STANDS_STILL_S)
    for process in everything:
        # One that was just ending is gone.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
    woken_ms = client.room()["position_ms"]
    wait_for(lambda: client.room().get("position_ms", 0) > woken_ms + 1500, 40, "that it goes on")
    assert [playing.pid("guideplayer.room"), playing.pid("guideplayer.stage")] == parts
    assert client.room()["play"] == "arriving"


def test_of_a_session_that_nothing_knows_any_more_staff_are_called(play, desk):
    """Room and stage die, and the record with them; the launcher remembers that somebody was there."""
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = begun(playing, desk)
    room, stage = playing.pid("guideplayer.room"), playing.pid("guideplayer.stage")
    os.kill(room, signal.SIGSTOP)
    for file in playing.folder.glob("journal.sqlite3*"):
        file.unlink()
    for pid in (stage, room):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: called(client), 40, "a call")
    found = client.room()
    assert (found["play"], found["call"]["source"], found["call"]["rehearsal"]) == ("waiting", "recovery", False)


def test_a_call_outlives_the_end_of_the_session_and_that_of_the_machine(play, desk):
    """Staff may end a session from afar while the patient calls; a machine that goes down then answers nobody."""
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = begun(playing, desk)
    playing.press()
    wait_for(lambda: called(client), 20, "the call")
    client.command("end")
    wait_for(lambda: client.room().get("play") == "ended", 20, "the end")
    assert called(client)
    playing.process.send_signal(signal.SIGTERM)
    assert playing.process.wait(30) == 0
    again = play()
    wait_for(lambda: any("taken up again" in line for line in again.lines), 60, "the call")
    state = recorded(again)
    assert (state.play, state.call.open) == (Play.ENDED, True)


def test_systemd_hears_that_the_room_lives_and_when_it_ends(play, desk, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        playing = play("open-sky", "--infusion", "40m", environment={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert [manager.recv(100) for _ in range(4)] == [b"READY=1", *[b"WATCHDOG=1"] * 3]
        os.kill(playing.pid("guideplayer.room"), signal.SIGSTOP)
        # What was on its way may still come; then nothing does, until another room is there.
        silent_s = []
        for _ in range(4):
            asked_s = time.monotonic()
            assert manager.recv(100) == b"WATCHDOG=1"
            silent_s.append(time.monotonic() - asked_s)
        assert max(silent_s) > 3
        assert playing.stop() == 0
        while (told := manager.recv(100)) == b"WATCHDOG=1":
            pass
        assert told == b"STOPPING=1"


def test_a_scene_that_breaks_gives_way_to_a_plain_picture(play, desk, tmp_path):
    broken = (
        "import guideplayer.stage.picture as picture\nright = picture.make_scene\n"
        "def make(name, *size, **more):\n    if name != 'hold':\n        raise ValueError('this scene is broken')\n"
        "    return right(name, *size, **more)\npicture.make_scene = make"
    )
    playing = play("open-sky", "--infusion", "40m", "--begin", environment=faulty(tmp_path, broken))
    client = desk(playing)
    wait_for(lambda: PLAIN in client.room().get("faults", ()), 90, "a plain picture")
    stage = client.room()["figures"]["stage_pid"]
    client.picture()
    wait_for(client.picture, 20, "the picture at the desk")
    playing.press()
    wait_for(lambda: called(client), 20, "the call")
    assert client.room()["figures"]["stage_pid"] == stage
    assert "this scene is broken" in (playing.folder / "failures.log").read_text()
    told = [line for line in playing.lines if "this scene is broken" in line]
    assert told[0].startswith("The stage has failed (ValueError: this scene is broken). The details are in ")
    assert not any("Traceback" in line for line in playing.lines)


def test_a_stage_that_cannot_begin_with_a_screen_begins_without(play, desk, tmp_path):
    """Sound, alarm and the control's way to the desk come before a picture, which is tried again after a while."""
    flag = tmp_path / "hangs"
    flag.touch()
    hangs = (
        f"import os, time\nif '--unseen' not in sys.orig_argv and os.path.exists({str(flag)!r}):\n    time.sleep(3600)"
    )
    playing = play("open-sky", "--infusion", "40m", "--begin", environment=faulty(tmp_path, hangs))
    client = desk(playing)
    wait_for(lambda: client.room().get("health", {}).get("screen") == NO_SCREEN, 120, "a stage without a screen")
    wait_for(lambda: client.room()["health"]["sound"] == "ok", 40, "sound")
    flag.unlink()
    wait_for(lambda: client.room()["health"]["screen"] == "ok", 120, "a screen")


def test_without_any_stage_the_room_itself_rings(play, desk, tmp_path):
    flag = tmp_path / "broken"
    dies = f"import os\nif os.path.exists({str(flag)!r}):\n    os._exit(9)"
    environment, rung = player(tmp_path)
    playing = play("open-sky", "--infusion", "40m", "--begin", environment=environment | faulty(tmp_path, dies))
    client = begun(playing, desk)
    assert not rung()
    flag.touch()

    def rung_without_any():
        # One that began before is spare, and would do the work of the others.
        for pid in playing.pids("guideplayer.stage"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return rung()

    wait_for(rung_without_any, 90, "the room's own alarm")
    flag.unlink()
    wait_for(lambda: client.room()["health"]["stage"] == "ok", 60, "a stage")


def test_without_sound_the_alarm_goes_past_the_mixer(play, desk, tmp_path):
    environment, rung = player(tmp_path)
    playing = play("open-sky", "--infusion", "40m", "--begin", environment=environment | {"SDL_AUDIODRIVER": "nothing"})
    client = begun(playing, desk)
    wait_for(lambda: client.room()["health"]["sound"] not in ("ok", ""), 60, "no sound")
    pressed = time.monotonic()
    playing.press()
    wait_for(rung, 40, "the alarm")
    assert 2.5 < time.monotonic() - pressed < 6


def test_a_screen_that_dies_and_comes_back_is_drawn_on_again(play, desk):
    """Meanwhile nobody reads the patient's keys: they may have pressed, and staff are called."""
    screen = VirtualScreen(SIZE)
    playing = play("open-sky", "--infusion", "40m", "--begin", environment={"DISPLAY": screen.name})
    client = begun(playing, desk)
    assert client.room()["health"]["screen"] == "ok"
    screen.kill()
    wait_for(lambda: client.room()["health"]["screen"] == NO_SCREEN, 60, "the loss of the screen")
    wait_for(lambda: called(client), 30, "the call")
    again = VirtualScreen(SIZE, screen.name.lstrip(":"))
    try:
        wait_for(lambda: client.room()["health"]["screen"] == "ok", 60, "the screen")
        assert client.room()["play"] == "holding"
    finally:
        playing.stop()
        again.close()


def set_small(display):
    """1024 x 640 pixels from now on."""
    mode = "60.00 1024 1048 1184 1344 640 643 649 670"
    environment = {**os.environ, "DISPLAY": display}
    for words in (f"--newmode small {mode}", "--addmode screen small", "--output screen --mode small"):
        subprocess.run(["xrandr", *words.split()], env=environment, check=True, capture_output=True)


def test_a_resolution_that_is_too_small_is_told_before_a_session(play, desk, display):
    needed("xrandr")

    def told():
        return [one["sentence"] for one in client.room().get("notices", ()) if one["name"] == "screen"]

    # The server begins anew when its last client has gone: this one stays.
    with contextlib.closing(Display(display)):
        playing = play("open-sky", "--infusion", "40m", fullscreen=True)
        client = desk(playing)
        wait_for(lambda: client.room()["health"]["screen"] == "ok", 90, "the screen")
        assert told() == []
        set_small(display)
        (sentence,) = wait_for(told, 40, "the small screen")
        assert sentence.startswith("The screen has 1024 x 640 pixels")
        playing.stop()


def test_another_resolution_is_filled(play, desk, display):
    needed("xrandr")
    # The server begins anew when its last client has gone: this one stays.
    with contextlib.closing(Display(display)) as looking:

        def sizes():
            try:
                geometries = [window.get_geometry() for window in looking.screen().root.query_tree().children]
            except BadDrawable:
                # A window has gone between the two questions.
                return []
            return [(one.width, one.height) for one in geometries]

        playing = play("open-sky", "--infusion", "40m", "--begin", fullscreen=True)
        client = begun(playing, desk)
        wait_for(lambda: (1280, 720) in sizes(), 40, "a picture that fills the screen")
        set_small(display)
        wait_for(lambda: (1024, 640) in sizes(), 40, "a picture of another size")
        wait_for(lambda: client.room()["health"]["screen"] == "ok", 40, "the screen")
        playing.stop()


class Popup:
    """A window that takes the keyboard, as an update's notice does."""

    def __init__(self, display):
        self._display = Display(display)
        screen = self._display.screen()
        self._window = screen.root.create_window(0, 0, 200, 100, 0, screen.root_depth, event_mask=X.KeyPressMask)
        self._window.map()
        self._display.sync()

    def take(self):
        self._window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()

    def has_it(self):
        return self._display.get_input_focus().focus == self._window

    def close(self):
        self._display.close()


def test_a_window_that_comes_up_does_not_keep_the_keyboard(play, desk, display):
    playing = play("open-sky", "--infusion", "40m", "--begin", fullscreen=True)
    client = begun(playing, desk)
    popup = Popup(display)
    popup.take()
    assert popup.has_it()
    wait_for(lambda: not popup.has_it(), 20, "the keyboard")
    playing.press()
    wait_for(lambda: called(client), 20, "the call")
    playing.stop()
    popup.close()


def test_one_that_takes_it_again_and_again_is_told_to_staff(play, desk, display):
    playing = play("open-sky", "--infusion", "40m", "--begin", fullscreen=True)
    client = begun(playing, desk)
    popup, over = Popup(display), threading.Event()

    def insist():
        while not over.wait(0.02):
            popup.take()

    insisting = threading.Thread(target=insist)
    insisting.start()
    try:
        wait_for(lambda: COVERED in client.room()["faults"], 40, "the warning")
    finally:
        over.set()
        insisting.join()
    wait_for(lambda: COVERED not in client.room()["faults"], 40, "the end of the warning")
    playing.stop()
    popup.close()


def test_without_its_launcher_the_session_goes_on_and_leaves_nothing_behind(play, desk):
    playing = play("open-sky", "--infusion", "40m", "--begin")
    client = begun(playing, desk)
    room, stage = (psutil.Process(playing.pid(part)) for part in ("guideplayer.room", "guideplayer.stage"))
    playing.process.kill()
    wait_for(lambda: UNWATCHED in client.room()["faults"], 40, "the warning")
    assert client.room()["play"] == "arriving"
    playing.press()
    wait_for(lambda: called(client), 20, "the call")
    client.command("acknowledge")
    client.command("end")
    # Whoever ends a session from afar has not been with the patient who calls.
    client.command("clear", code=wait_for(lambda: recorded(playing).call.code, 20, "the record"))
    psutil.wait_procs([room, stage], timeout=20)
    assert not room.is_running()
    assert not stage.is_running()


def test_a_terminal_that_is_closed_ends_no_session_and_nothing_that_watches_over_it(play, desk):
    # Whoever runs the tests may have set it aside for all that they begin (nohup).
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    playing = play("open-sky", "--infusion", "40m", "--begin")
    signal.signal(signal.SIGHUP, before)
    client = begun(playing, desk)
    playing.process.send_signal(signal.SIGHUP)
    stage = playing.pid("guideplayer.stage")
    os.kill(stage, signal.SIGKILL)
    wait_for(lambda: client.room().get("figures", {}).get("stage_pid") not in (None, 0, stage), 40, "another stage")
    assert client.room()["play"] == "arriving"
    client.command("end")

    def ended():
        # The launcher hears a moment later that nobody is in the room's care any more.
        playing.process.send_signal(signal.SIGHUP)
        return playing.process.poll() is not None

    wait_for(ended, 40, "the end")
    assert playing.process.returncode == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_display_whose_number_can_be_no_port_is_one_that_is_not_there():
    from guideplayer.launch.displays import Displays

    assert Displays({"DISPLAY": ":72180"}).look().size_px is None
    # python-xlib does not close the socket with which it has tried first.
    gc.collect()


def test_the_screen_saver_is_off_meanwhile_and_given_back(display):
    from guideplayer.launch.displays import Displays

    looking = Display(display)
    before = looking.get_screen_saver()
    assert before.timeout > 0
    displays = Displays({"DISPLAY": display})
    assert displays.look().size_px == (1280, 720)
    assert looking.get_screen_saver().timeout == 0
    displays.close()
    assert looking.get_screen_saver().timeout == before.timeout
    looking.close()
