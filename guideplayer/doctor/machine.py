"""The machine: its disk, memory, clock, battery, and what could send it to sleep or start it anew."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from guideplayer.doctor.finding import Finding, bad, doubtful, good, unknown

MB = 1 << 20
# A session writes less than 2 MB; what is left has to last for a day of everything else that writes.
LITTLE_FREE_MB, SCARCE_FREE_MB = 200, 1000
LITTLE_MEMORY_MB = 500
WRITES, WRITE_BYTES = 5, 4096
# An event is on the disk within 10 ms on an ordinary one (DESIGN); this slow, a queue of them builds up.
SLOW_WRITE_MS = 250
FIRST_YEAR = 2026
LOW_BATTERY_PERCENT = 50
ANSWERS_WITHIN_S = 4
# Asked with /b, apt itself says which words it takes for true: yes, on, with, enable and 1 as well.
AUTOMATIC_REBOOT = ("apt-config", "shell", "reboot", "Unattended-Upgrade::Automatic-Reboot/b")


def told(*command: str) -> str | None:
    """What a program prints; None where it is missing, fails or does not answer."""
    if not shutil.which(command[0]):
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWERS_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def disk_space(folder: Path) -> Finding:
    """Whether there is room for the journal."""
    free_mb = shutil.disk_usage(_existing(folder)).free // MB
    sentence = f"{free_mb:,} MB are free where sessions are recorded."
    fix = f"Delete what is not needed on the disk that holds {folder}."
    if free_mb < LITTLE_FREE_MB:
        return bad("disk space", sentence, fix)
    return doubtful("disk space", sentence, fix) if free_mb < SCARCE_FREE_MB else good("disk space", sentence)


def disk_speed(folder: Path) -> Finding:
    """How long a small write takes until it is really on the disk; the longest of five counts."""
    file = _existing(folder) / f".guideplayer-doctor-{os.getpid()}"
    longest_ms = 0.0
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            for _ in range(WRITES):
                began_s = time.perf_counter()
                os.write(descriptor, b"\0" * WRITE_BYTES)
                os.fsync(descriptor)
                longest_ms = max(longest_ms, (time.perf_counter() - began_s) * 1000)
        finally:
            os.close(descriptor)
            file.unlink()
    except OSError as error:
        fix = f"See that this user may write to {folder}, or name another folder in the settings: state = “…”."
        return bad("disk speed", f"Nothing can be written to {folder}: {error.strerror}.", fix)
    sentence = f"A write takes at most {longest_ms:.0f} ms until it is on the disk."
    if longest_ms > SLOW_WRITE_MS:
        return doubtful("disk speed", sentence, "Keep sessions on a faster disk, not on a stick or over the network.")
    return good("disk speed", sentence)


def memory() -> Finding:
    """Whether there is memory for room and stage."""
    free_mb = psutil.virtual_memory().available // MB
    sentence = f"{free_mb:,} MB of memory are free."
    if free_mb < LITTLE_MEMORY_MB:
        return doubtful("memory", sentence, "Close other programs on this machine; guideplayer takes some 300 MB.")
    return good("memory", sentence)


def clock(synchronised: str | None = None) -> Finding:
    """Whether the date is right, by which sessions are told afterwards. Nothing in a session goes by it."""
    now = datetime.now(UTC).astimezone()
    sentence = f"The clock shows {now:%Y-%m-%d %H:%M}."
    if now.year < FIRST_YEAR:
        return bad("clock", sentence, "Set the date and the time in the system's settings.")
    answer = synchronised if synchronised is not None else told("timedatectl", "show", "-p", "NTPSynchronized")
    if answer is None:
        return unknown("clock", sentence, "Compare it with a watch.")
    if not answer.endswith("=yes"):
        fix = "Switch “set time automatically” on, or set the clock by a watch: sessions are dated by it."
        return doubtful("clock", f"{sentence} It is not kept right over the network.", fix)
    return good("clock", f"{sentence} It is kept right over the network.")


def battery() -> Finding:
    """Whether the machine has power for a session."""
    found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if found is None:
        return good("power", "The machine has no battery, or does not tell of one.")
    sentence = f"The battery is at {found.percent:.0f} %, "
    if found.power_plugged:
        return good("power", sentence + "and plugged in.")
    if found.percent < LOW_BATTERY_PERCENT:
        return bad("power", sentence + "and not plugged in.", "Plug the power supply in.")
    return doubtful("power", sentence + "and not plugged in.", "Plug the power supply in.")


def updates(reboot: Path = Path("/run/reboot-required"), automatic: str | None = None) -> Finding:
    """Whether an update could start the machine anew by itself. `automatic` is apt's answer to `AUTOMATIC_REBOOT`."""
    waits = reboot.exists()
    answer = automatic if automatic is not None else told(*AUTOMATIC_REBOOT)
    if answer == "reboot='true'":
        sentence = "Updates may start this machine anew by themselves"
        sentence += ", and one waits for it: the next run of updates does." if waits else "."
        fix = "Set Unattended-Upgrade::Automatic-Reboot to “false”; `guideplayer kiosk install --system` does."
        return bad("updates", sentence, f"{fix} Then restart it, before the session." if waits else fix)
    if waits:
        fix = "Restart it now, before the session."
        return doubtful("updates", "An update waits for the machine to be started anew.", fix)
    return good("updates", "Nothing is known that would start this machine anew by itself.")


def sleep(lid: Sequence[str] | None = None) -> Finding:
    """What would send the machine to sleep, were guideplayer not there to hold it off."""
    setting = told("gsettings", "get", "org.gnome.settings-daemon.plugins.power", "sleep-inactive-ac-type")
    lines = lid if lid is not None else _logind()
    idle = [line for line in lines if line.startswith("IdleAction=") and not line.endswith("=ignore")]
    if (setting and "nothing" not in setting) or idle:
        return doubtful(
            "sleep",
            "This machine goes to sleep when nobody touches it. guideplayer holds that off while it runs, or "
            "its desk says that it cannot.",
            "Switch automatic sleep off in the system's settings all the same.",
        )
    return good("sleep", "Nothing is set that would send this machine to sleep.")


def _logind() -> list[str]:
    """The lines of logind's settings, those of its folders last."""
    folders = [Path("/etc/systemd/logind.conf"), *sorted(Path("/etc/systemd/logind.conf.d").glob("*.conf"))]
    lines = []
    for file in folders:
        try:
            lines += [line.strip() for line in file.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError):
            continue
    return lines


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that there is."""
    return next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
