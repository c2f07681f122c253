"""The faults: how each is done to a session, when it counts as noticed and as mended, and what heals it."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from guideplayer.core.units import HOUR_MS
from guideplayer.launch.part import LIVED_S
from tests.session.conftest import wait_for
from tests.xvfb import VirtualScreen

NOTICED_WITHIN_S, BACK_WITHIN_S = 30, 60
DESK_AWAY_S = 6.0
SPARE_READY_S = 1.5
KEY_READ_S = 0.09
JOURNAL_NOTICES_S = 6.0


@dataclass
class Fault:
    """Something that fails. `done` does it, and gives what tells that it was noticed; `heal` ends its cause."""

    name: str
    done: Callable
    heal: Callable | None = None
    # Whether there is a stage all the while, so that a press in the midst of it counts.
    stage_stays: bool = False
    # The processes that are replaced, and those that begin anew besides.
    replaced: tuple[str, ...] = ()
    begins_anew: tuple[str, ...] = ()


def _kill(part, number):
    def done(soaked, chance):
        first = soaked.pid(part)
        os.kill(first, number)
        return lambda: soaked.pid(part) not in (None, first)

    return done


def _both(soaked, chance):
    parts = {part: soaked.pid(part) for part in ("room", "stage")}
    for pid in parts.values():
        os.kill(pid, signal.SIGKILL)
    return lambda: all(soaked.pid(part) not in (None, pid) for part, pid in parts.items())


def _pulse(soaked, chance):
    soaked.pulse.kill()
    return lambda: soaked.view and soaked.view["health"]["sound"] != "ok"


def _screen(soaked, chance):
    # A key that the stage has not read yet dies with the server; on a machine that is full that may take longer.
    time.sleep(KEY_READ_S)
    soaked.screen.kill()
    return lambda: soaked.view and soaked.view["health"]["screen"] != "ok"


def _screen_again(soaked):
    soaked.screen = VirtualScreen("1280x720", soaked.screen.name.lstrip(":"))


def _full(soaked, chance):
    filler = soaked.state / "filler"

    def noticed():
        # The ballast that the journal gives up is taken as well.
        with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * 4096):
                pass
        return soaked.view and soaked.view["health"]["journal"] != "ok"

    noticed()
    # A journal whose log has room left in itself need not notice.
    over_s = time.monotonic() + JOURNAL_NOTICES_S
    return lambda: noticed() or time.monotonic() > over_s


def _emptied(soaked):
    (soaked.state / "filler").unlink()


def _truncated(soaked, chance):
    """The journal loses its end, or is filled with rubbish, and the room dies at the same time."""
    first = soaked.pid("room")
    os.kill(first, signal.SIGSTOP)
    path = soaked.state / "journal.sqlite3"
    wal = path.with_name(path.name + "-wal")
    if chance.random() < 0.5:
        # Else all is in the log for the first quarter of an hour, and of a damaged log what is whole can be read.
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    victim = chance.choice([one for one in (path, wal) if one.exists() and one.stat().st_size])
    size = victim.stat().st_size
    if chance.random() < 0.5:
        os.truncate(victim, chance.randrange(size))
    else:
        with victim.open("r+b") as file:
            file.seek(chance.randrange(size))
            file.write(chance.randbytes(256))
    os.kill(first, signal.SIGKILL)
    return lambda: soaked.pid("room") not in (None, first)


def _cut(soaked, chance):
    soaked.desk.connected = False
    over_s = time.monotonic() + DESK_AWAY_S
    # Nobody else can look; the desk's own absence is what is to be noticed.
    return lambda: time.monotonic() > over_s


def _reconnected(soaked):
    soaked.desk.connected = True


def _wall(soaked, chance):
    hours = chance.choice([-30, -1, 1, 10_000])
    soaked.set_wall(hours * HOUR_MS)
    return lambda: True


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("stage killed", _kill("stage", signal.SIGKILL), replaced=("stage",)),
        Fault("stage frozen", _kill("stage", signal.SIGSTOP), replaced=("stage",)),
        Fault("room killed", _kill("room", signal.SIGKILL), stage_stays=True, replaced=("room",)),
        Fault("room frozen", _kill("room", signal.SIGSTOP), stage_stays=True, replaced=("room",)),
        Fault("both killed", _both, replaced=("room", "stage")),
        Fault("sound server killed", _pulse, lambda soaked: soaked.pulse.start("room"), stage_stays=True),
        Fault("X server killed", _screen, _screen_again, begins_anew=("stage",)),
        Fault("disk full", _full, _emptied, stage_stays=True),
        Fault("journal damaged, room killed", _truncated, stage_stays=True, replaced=("room",)),
        Fault("desk cut off", _cut, _reconnected, stage_stays=True),
        Fault("wall clock set", _wall, stage_stays=True),
    )
}


def _position_error_ms(before, after, passed_ms):
    """How far the script stands from where it must, between two looks: on by the time that passed, or where it was
    held, or anywhere in between when it was held meanwhile; None where that says nothing.
    """
    moved_ms = after["position_ms"] - before["position_ms"]
    match before["play"], after["play"]:
        case ("playing" | "resuming", "playing" | "resuming"):
            off_ms = abs(moved_ms - passed_ms)
        case ("holding", "holding"):
            off_ms = abs(moved_ms)
        case ("playing" | "resuming", "holding"):
            off_ms = max(0, -moved_ms, moved_ms - passed_ms)
        case _:
            return None
    return off_ms + after["figures"]["position_error_ms"]


@dataclass
class Outcome:
    """What became of one fault; times in seconds, the error in ms, None where there was nothing to measure it by."""

    noticed_s: float
    back_s: float
    error_ms: float | None


def suffer(soaked, fault, chance: random.Random) -> Outcome:
    """Let a fault happen at a random moment, mostly with a press about it; then let staff put everything right."""
    # Who dies soon waits longer and longer, and a stage then makes way for a plain one: that is another matter.
    since_s = max((soaked.replaced_s.get(part, 0.0) for part in fault.replaced), default=0.0)
    time.sleep(max(0.0, since_s + LIVED_S + SPARE_READY_S - time.monotonic()) + chance.uniform(0.0, 1.5))
    presses = chance.choice(["before", "in its midst" if fault.stage_stays else "after", "none"])
    if presses == "before":
        soaked.press()
        time.sleep(chance.uniform(0.0, 0.4))
    before, set_ms = soaked.view, soaked.set_ms
    began_s = time.monotonic()
    noticed = fault.done(soaked, chance)
    if presses == "in its midst":
        time.sleep(chance.uniform(0.0, 0.5))
        soaked.press()
    wait_for(noticed, NOTICED_WITHIN_S, f"notice of “{fault.name}”")
    noticed_s = time.monotonic() - began_s
    healed_s = began_s
    if fault.heal:
        fault.heal(soaked)
        healed_s = time.monotonic()
    # What is there then is new, and nothing that was seen before it counts.
    since_s = time.monotonic()

    def back():
        view = soaked.view
        if not view or soaked.view_s < since_s:
            return False
        if not fault.replaced:
            return soaked.well()
        # A picture in its place, of the stage that is there now.
        figures = view["figures"]
        told = "stage" not in fault.replaced or figures["stage_pid"] == soaked.pid("stage")
        return told and figures["position_error_ms"] is not None

    try:
        wait_for(back, BACK_WITHIN_S, f"the end of “{fault.name}”")
    except AssertionError as error:
        free = shutil.disk_usage(soaked.state).free
        raise AssertionError(
            f"{error}: {soaked.view}, {soaked.pid('stage')}, {free} bytes free, {soaked.play.lines[-8:]}"
        ) from None
    back_s, after = soaked.view_s - healed_s, soaked.view
    wait_for(soaked.well, BACK_WITHIN_S, f"all being well after “{fault.name}”")
    # From here on it lives: with a screen or a sound server that came late, this is the stage that is there now.
    soaked.replaced_s |= dict.fromkeys(fault.begins_anew or fault.replaced, time.monotonic())
    # By the date that both tell, less what it was set by: when a look was asked for and answered is known less well.
    passed_ms = after["at"] - before["at"] - (soaked.set_ms - set_ms) if before else 0
    error_ms = _position_error_ms(before, after, passed_ms) if before else None
    if presses == "after":
        soaked.press()
    soaked.attend()
    return Outcome(noticed_s, back_s, error_ms)
