"""Whom a kiosk of the machine runs as: whether they are there, can run it, and reach screen, sound and control."""

import os
import subprocess
import sys
from pathlib import Path

# Without a desktop's session, what may be drawn on, heard and pressed goes by groups.
GROUPS = ("audio", "video", "render", "input")
ANSWERS_WITHIN_S = 60


def uid_of(user: str, root: Path = Path("/")) -> int | None:
    """The number of a user of this machine, or of an image below a folder; None where there is none of that name."""
    if root != Path("/"):
        return _uid_in(root / "etc" / "passwd", user)
    if sys.platform == "win32":
        return None
    import pwd

    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def _uid_in(passwords: Path, user: str) -> int | None:
    try:
        accounts = [line.split(":") for line in passwords.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return None
    numbers = [account[2] for account in accounts if account[0] == user and len(account) > 2]
    return next((int(number) for number in numbers if number.isdigit()), None)


def unable(user: str) -> str:
    """Why a user of this machine cannot run what the unit starts; empty where they can. Only root can try it."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return ""
    import pwd

    account = pwd.getpwnam(user)
    try:
        tried = subprocess.run(
            [sys.executable, "-m", "guideplayer", "play", "--help"],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=os.getgrouplist(user, account.pw_gid),
            cwd="/",
            env={"HOME": account.pw_dir, "PATH": os.defpath},
            capture_output=True,
            text=True,
            timeout=ANSWERS_WITHIN_S,
            check=False,
        )
    except OSError as error:
        return error.strerror or type(error).__name__
    except subprocess.TimeoutExpired:
        return f"nothing in {ANSWERS_WITHIN_S} s"
    return (tried.stderr.strip().splitlines() or ["it fails"])[-1] if tried.returncode else ""


def missing_groups(user: str) -> list[str]:
    """The groups of this machine that a user of it should be in, and is not."""
    if sys.platform == "win32":
        return []
    import grp
    import pwd

    account = pwd.getpwnam(user)
    numbers = {group.gr_name: group.gr_gid for group in grp.getgrall()}
    has = set(os.getgrouplist(user, account.pw_gid))
    return [name for name in GROUPS if name in numbers and numbers[name] not in has]
