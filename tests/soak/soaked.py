"""A session to be broken: real processes with a screen, a sound server and a disk of their own, and somebody who looks.

Whoever looks has a desk without a browser. It knows what it has shown and answered, so that it can tell a lie when the
room says more than that.
"""

import contextlib
import itertools
import os
import subprocess
import threading
import time

import psutil

from guideplayer.core.state import BEFORE, RUNNING
from guideplayer.stage.plain import PLAIN
from guideplayer.whole_file import write_whole
from tests.session.conftest import NOT_ANSWERED, SIZE, DeskClient, Play, wait_for
from tests.stage.pulse import Pulse
from tests.xvfb import VirtualScreen

CODE = "42"
LOOK_EVERY_S = 0.02
ARMED_WITHIN_S = 15
# A press that the stage has had this long has been read: a frame is 17 ms.
READ_WITHIN_S = 0.06
# What a person sees when a call was pressed a moment ago, and the room is only just back.
SETTLES_WITHIN_S = 1.5
HEARD = {"audio": "running", "visible": True, "page": "p"}
# Journals that were set aside stay, each with a log of up to 4 MB: smaller, they alone fill it in half an hour.
DISK_BYTES = 96 << 20
FIRST_SCREEN = 100
_NUMBERS = itertools.count()
# The room's wall clock is moved, and the code by the bed is known: nothing else of it is changed.
ROOM = """
import sys
if "guideplayer.room" in sys.orig_argv:
    import time
    right_ns = time.time_ns
    def time_ns():
        with open({moved!r}) as file:
            return right_ns() + int(file.read() or 0)
    time.time_ns = time_ns
    time.time = lambda: time_ns() / 1e9
    import guideplayer.room.room as room
    room.bedside_code = lambda: {code!r}
"""


class Desk(DeskClient):
    """Shows and answers calls, and remembers which."""

    def __init__(self, *arguments):
        self.shown, self.answered = set(), set()
        self.connected = True
        super().__init__(*arguments)

    def beat(self, room):
        """Say that this desk is seen and heard, and which call it shows."""
        call = room["call"]["id"] if room["call"]["state"] not in ("none", "cleared") else None
        if call:
            self.shown.add(call)
        with contextlib.suppress(AssertionError, TimeoutError, *NOT_ANSWERED):
            self.post("/api/heartbeat", HEARD | {"calls": {"Room 1": call} if call else {}})


class Soaked:
    """One session; `folder` is a new one."""

    def __init__(self, folder):
        self.folder, self.state = folder, folder / "state"
        self.state.mkdir(parents=True)
        self.small_disk = _mounted(self.state)
        (folder / "pulse").mkdir()
        self.pulse = Pulse(folder / "pulse")
        self.pulse.start("room")
        # A number of its own: one that is free while this one's server is dead would be taken by another session.
        self.screen = VirtualScreen(SIZE, str(FIRST_SCREEN + os.getpid() % 5_000 * 10 + next(_NUMBERS)))
        self.set_ms, self._moved = 0, folder / "moved"
        self.set_wall(0)
        (folder / "sitecustomize.py").write_text(ROOM.format(moved=str(self._moved), code=CODE))
        environment = {name: self.pulse.environment[name] for name in ("XDG_RUNTIME_DIR", "PULSE_SERVER")}
        environment |= {"SDL_AUDIODRIVER": "pulseaudio", "PYTHONPATH": str(folder)}
        options = ("open-sky", "--infusion", "60m", "--begin")
        self.play = Play(self.state, self.screen.name, *options, environment=environment)
        self.desk = Desk(*self.play.pairing())
        self.view, self.view_s = {}, 0.0
        self.lies, self.lost = [], []
        self.pressed_s = None
        self.replaced_s = {}
        self._begun = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        wait_for(lambda: self.view.get("play") == "arriving", 90, "the arrival")
        self.desk.command("infusion", action="started")
        wait_for(self.well, ARMED_WITHIN_S, f"a session that is well: {self.view}")
        self._begun = True

    # Who looks.

    def _look(self):
        beat_s = 0.0
        while not self._over.wait(LOOK_EVERY_S):
            if not self.desk.connected:
                continue
            asked_s = time.monotonic()
            try:
                view = self.desk.room()
            except (TimeoutError, OSError):
                view = {}
            self.view, self.view_s = view, (asked_s + time.monotonic()) / 2
            if view:
                self._judge(view)
            if view and time.monotonic() - beat_s > 0.2:
                beat_s = time.monotonic()
                self.desk.beat(view)

    def _judge(self, view):
        """Whether it is told more than is true, or plays on although somebody has pressed."""
        call = view["call"]
        if self._begun and view["play"] in BEFORE:
            self.lies.append(f"{view['play']} is shown, and a session is under way")
        if call["state"] == "delivered" and call["id"] not in self.desk.shown:
            self.lies.append(f"call {call['id']} is called delivered, and was not shown")
        if call["state"] == "acknowledged" and call["id"] not in self.desk.answered:
            self.lies.append(f"call {call['id']} is called answered, and was not")
        if self.pressed_s and view["play"] in RUNNING and self.view_s - self.pressed_s > SETTLES_WITHIN_S:
            self.lies.append(f"{view['play']} {self.view_s - self.pressed_s:.1f} s after a press")
            self.pressed_s = None

    def set_wall(self, by_ms):
        """Set the room's wall clock forward, or back."""
        self.set_ms += by_ms
        # Whole: a file that is just being written would be the right time for a moment.
        write_whole(self._moved, str(self.set_ms * 1_000_000).encode())

    def well(self):
        """Whether everything that can be well is."""
        view = self.view
        if not view:
            return False
        fine = all(view["health"][part] == "ok" for part in ("screen", "sound", "journal", "stage"))
        # Nothing that is done to a session here makes its picture give way to a plain one.
        fine = fine and PLAIN not in view["faults"]
        return fine and view["armed"] and view["figures"]["position_error_ms"] is not None

    # The patient.

    def press(self):
        """A real key; what was pressed before this returns has been read."""
        self.play.press()
        time.sleep(READ_WITHIN_S)
        self.pressed_s = self.pressed_s or time.monotonic()

    @property
    def calling(self):
        """Whether somebody is being called."""
        return self.view and self.view["call"]["state"] in ("raised", "delivered", "acknowledged", "attended")

    # Staff.

    def attend(self):
        """Answer what call there is, clear it at the bed, and let it go on. A press that came to nothing is kept."""
        if self.pressed_s:
            try:
                wait_for(lambda: self.calling and self.view["play"] == "holding", 40, "the call")
            except AssertionError:
                self.lost.append(f"pressed, and 10 s later {self.view and (self.view['play'], self.view['call'])}")
        for _ in range(20):
            view = self.view
            if self.calling:
                self._command("acknowledge")
                self._command("clear", code=CODE)
            elif view and view["play"] == "holding":
                self.pressed_s = None
                self._command("resume")
            elif view:
                self.pressed_s = None
                return
            time.sleep(0.1)

    def _command(self, name, **body):
        with contextlib.suppress(AssertionError, TimeoutError, *NOT_ANSWERED):
            if name == "acknowledge":
                # The call that is open now, which may be a newer one than what was last seen.
                body["call"] = self.desk.room()["call"]["id"]
                self.desk.answered.add(body["call"])
            self.desk.command(name, **body)
        seen_s = self.view_s
        with contextlib.suppress(AssertionError):
            wait_for(lambda: self.view_s > seen_s + LOOK_EVERY_S, 2)

    # The processes.

    def pid(self, part):
        """That of the room or of the stage; None while there is none."""
        return self.play.pid(f"guideplayer.{part}")

    def close(self):
        """End all of it."""
        self._over.set()
        self._thread.join(10)
        children = psutil.Process(self.play.process.pid).children(recursive=True) if self.play.process else []
        self.play.stop()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        self.screen.close()
        self.pulse.close()
        if self.small_disk:
            subprocess.run(["umount", str(self.state)], check=False)


def _mounted(folder):
    """A small disk of its own, for root; else the folder stays what it is."""
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
