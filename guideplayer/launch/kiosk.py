"""A room's machine as a kiosk: systemd starts guideplayer, watches it and starts it again, and keeps its logs small.

Units of a user begin with that user's desktop; one of the system with the machine, on a screen without a desktop.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import platformdirs

from guideplayer.launch.owner import GROUPS, uid_of
from guideplayer.launch.service import FOLDER
from guideplayer.launch.surroundings import MARK, lingering_in, of_the_desktop, of_the_machine, ours
from guideplayer.whole_file import write_whole

NAME = "guideplayer.service"
# The launcher passes the room's own sign of life on, and speaks for itself during a session. It ends a room that stands
# still, and gives the next one its time to start: systemd ends everything only when that has not helped (a test holds
# the two together).
WATCHDOG_S, START_S, STOP_S = 30, 60, 10
# What begins or leaves a session must be done by a person, each time.
REFUSED = ("--begin", "--fresh")

UNIT = """{mark}
[Unit]
Description=guideplayer, the room of an infusion
Documentation=man:guideplayer(1)
{order}
# It never gives up, however often it has had to be started.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
{environment}
# What there says that a session is under way goes with the service.
RuntimeDirectory={folder}
Restart=always
RestartSec=1
WatchdogSec={watchdog_s}
WatchdogSignal=SIGKILL
TimeoutStartSec={start_s}
TimeoutStopSec={stop_s}
# The launcher ends room and stage in their order; whatever ends it, nothing of them stays.
KillMode=mixed
# What is in memory may hold names.
LimitCORE=0
LimitNOFILE=16384
SyslogIdentifier=guideplayer
# No more than 2,000 lines in half a minute.
LogRateLimitIntervalSec=30s
LogRateLimitBurst=2000
{more}
[Install]
WantedBy={wanted_by}
"""
USER_ORDER = "PartOf=graphical-session.target\nAfter=graphical-session.target"
SYSTEM_ORDER = (
    "After=systemd-user-sessions.service sound.target\nConflicts=getty@tty1.service\nAfter=getty@tty1.service"
)
# The user's own manager has the sound server.
SESSION_ORDER = "Wants=user@{uid}.service\nAfter=user@{uid}.service"
SYSTEM_MORE = """User={user}
SupplementaryGroups={groups}
{session}# Short of memory or time, the machine takes them from all others first.
OOMScoreAdjust=-500
Nice=-5
LimitRTPRIO=10
# Logs of its own, which turn over by themselves.
LogNamespace=guideplayer
"""
SESSION = "Environment=XDG_RUNTIME_DIR=/run/user/{uid}\n"


class KioskError(Exception):
    """It cannot be installed or removed; the text says why, and what to do."""


def quoted(word: str) -> str:
    """A word of a command line as systemd reads it back (systemd.service(5), COMMAND LINES): % and $ are its own."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    escaped = escaped.replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"' if not word or any(letter in word for letter in " \t\n\"'\\;$%") else escaped


def unit(
    options: Sequence[str], *, user: str = "", uid: int | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """The unit's text: of the system, running as `user`, or without one of whoever installs it. Raises KioskError."""
    if refused := [option for option in options if option in REFUSED]:
        raise KioskError(
            f"{refused[0]} has no place in a kiosk: it would be done at every start, without anybody there."
        )
    order, session = SYSTEM_ORDER if user else USER_ORDER, ""
    if user and uid is not None:
        order, session = f"{order}\n{SESSION_ORDER.format(uid=uid)}", SESSION.format(uid=uid)
    command = " ".join(map(quoted, (sys.executable, "-m", "guideplayer", "play", *options)))
    given = [f"Environment={quoted(f'{name}={value}')}" for name, value in (environment or {}).items()]
    return UNIT.format(
        mark=MARK,
        folder=FOLDER,
        order=order,
        command=command,
        environment="\n".join(["Environment=PYTHONUNBUFFERED=1", *given]),
        watchdog_s=WATCHDOG_S,
        start_s=START_S,
        stop_s=STOP_S,
        more=SYSTEM_MORE.format(user=user, groups=" ".join(GROUPS), session=session) if user else "",
        wanted_by="graphical.target" if user else "graphical-session.target",
    )


def files(options: Sequence[str], *, user: str = "", root: Path = Path("/")) -> dict[Path, str]:
    """What an installation consists of. Raises KioskError."""
    if not user:
        return {platformdirs.user_config_path("systemd") / "user" / NAME: unit(options), **of_the_desktop(NAME)}
    uid = uid_of(user, root)
    return {
        root / "etc" / "systemd" / "system" / NAME: unit(options, user=user, uid=uid),
        **of_the_machine(user, root, sound_server=uid is not None),
    }


def install(wanted: Mapping[Path, str], *, force: bool = False) -> None:
    """Write all of it, each file whole or not at all. Raises KioskError, with nothing written."""
    try:
        # Into polkit's folder root alone may look.
        foreign = [] if force else [path for path in wanted if path.exists() and not ours(path)]
        if foreign:
            raise KioskError(f"{foreign[0]} is there and was not written by this: look at it, or add --force.")
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text.encode())
            # They hold no secrets, and polkit, which is not root, reads its own.
            path.chmod(0o644)
    except OSError as error:
        raise KioskError(
            f"{error.filename} cannot be written: {error.strerror}. Is this to be done as root?"
        ) from error


def uninstall(wanted: Iterable[Path]) -> list[Path]:
    """Remove what was installed; the files that were. Raises KioskError."""
    there = list(filter(ours, wanted))
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise KioskError(
            f"{error.filename} cannot be removed: {error.strerror}. Is this to be done as root?"
        ) from error
    return there


def left_lingering(root: Path) -> list[Path]:
    """What was written so that somebody's services run without a login, whoever that was."""
    folder = lingering_in(root)
    return sorted(path for path in folder.iterdir() if ours(path)) if folder.is_dir() else []


def tell_systemd(*words: str, system: bool) -> str:
    """Have systemctl do something. Gives the command for a person where it could not be done."""
    command = ["systemctl", *([] if system else ["--user"]), *words]
    if not shutil.which("systemctl") or not Path("/run/systemd/system").is_dir():
        return " ".join(command)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return " ".join(command) if done.returncode else ""
