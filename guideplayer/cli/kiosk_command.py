"""`guideplayer kiosk`: the room's machine starts into guideplayer, and keeps it running."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from guideplayer.cli.app import CARE, app, examples, fail

kiosk = typer.Typer(help="Start with the machine, watched over by systemd.", no_args_is_help=True)
app.add_typer(kiosk, name="kiosk", epilog=examples("guideplayer kiosk install"), rich_help_panel=CARE)

System = Annotated[bool, typer.Option("--system", help="For the machine, not for this user's desktop; as root.")]
User = Annotated[str, typer.Option("--user", metavar="NAME", help="Who it runs as, with --system.")]
Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="Write below this folder, for an image.")]
Options = Annotated[list[str] | None, typer.Argument(help="Options of `guideplayer play`, after --.")]
Updates = Annotated[
    bool, typer.Option("--updates", help="Only what keeps updates from a desktop's kiosk in a session; as root.")
]
LOGS = "Its log: journalctl {}-u guideplayer. It holds no names and turns over by itself."
BY_HAND = "Now type: {}"
BOTH = "--system keeps updates from a session by itself: leave --updates out."
MAY_UPDATE = "Debian's updates may still begin during a session. This keeps them from it: sudo {} -m {}"
NOBODY = (
    "There is no user “{user}” on this machine: make one (useradd --create-home --groups {groups} {user}), or name "
    "another."
)
UNABLE = (
    "“{user}” cannot run {python} ({reason}): install guideplayer where every user may read it, as in an environment "
    "below /opt or by pipx install --global, and install the kiosk from there."
)
LACKS = "“{user}” needs more groups to reach screen, sound and control: usermod --append --groups {groups} {user}"


@kiosk.command(
    "install",
    epilog=examples("guideplayer kiosk install", 'guideplayer kiosk install -- --room "Room 2" --desk 0.0.0.0:8765'),
)
def install(
    options: Options = None,
    system: System = False,
    user: User = "guideplayer",
    updates: Updates = False,
    root: Root = Path("/"),
    force: Annotated[bool, typer.Option("--force", help="Also over files that this did not write.")] = False,
) -> None:
    """Have guideplayer start by itself and be kept running. Twice is the same as once."""
    from guideplayer.launch import kiosk, surroundings

    if system and updates:
        fail(BOTH)
    real = root == Path("/")
    if system and real:
        _see_that_it_can_run(user)
    try:
        owner = user if system else ""
        wanted = surroundings.updates(root) if updates else kiosk.files(options or (), user=owner, root=root)
        kiosk.install(wanted, force=force)
    except kiosk.KioskError as error:
        fail(str(error))
    for path in wanted:
        print(f"Written: {path}")
    if real:
        words = (("daemon-reload",), *([] if updates else [("enable", kiosk.NAME)]))
        for left in filter(None, [kiosk.tell_systemd(*one, system=system or updates) for one in words]):
            print(BY_HAND.format(left))
    _say_what_is_left(user, system=system, updates=updates, real=real)


def _see_that_it_can_run(user: str) -> None:
    """End with a sentence unless there is such a user, who may run what the unit starts."""
    from guideplayer.launch import owner

    if owner.uid_of(user) is None:
        fail(NOBODY.format(user=user, groups=",".join(owner.GROUPS)))
    if reason := owner.unable(user):
        fail(UNABLE.format(user=user, python=sys.executable, reason=reason))


def _say_what_is_left(user: str, *, system: bool, updates: bool, real: bool) -> None:
    """When it begins, where its log is, and what it still lacks."""
    from guideplayer.launch import owner, surroundings

    if updates:
        print("Debian's updates do not begin during a session any more.")
        return
    print("It begins with the machine." if system else "It begins with this user's desktop.")
    print(LOGS.format("--namespace=guideplayer " if system else "--user "))
    if system and real and (lacking := owner.missing_groups(user)):
        print(LACKS.format(user=user, groups=",".join(lacking)))
    if not system and not all(map(surroundings.ours, surroundings.updates(Path("/")))):
        print(MAY_UPDATE.format(shlex.quote(sys.executable), "guideplayer kiosk install --updates"))


@kiosk.command("uninstall", epilog=examples("guideplayer kiosk uninstall"))
def uninstall(
    system: System = False, user: User = "guideplayer", updates: Updates = False, root: Root = Path("/")
) -> None:
    """Remove what `install` has written, and nothing else. Sessions and settings stay."""
    from guideplayer.launch import kiosk, surroundings

    if system and updates:
        fail(BOTH)
    wanted = [*(surroundings.updates(root) if updates else kiosk.files((), user=user if system else "", root=root))]
    wanted += kiosk.left_lingering(root) if system else []
    if root == Path("/") and any(path.name == kiosk.NAME and surroundings.ours(path) for path in wanted):
        kiosk.tell_systemd("disable", "--now", kiosk.NAME, system=system)
    try:
        removed = kiosk.uninstall(dict.fromkeys(wanted))
    except kiosk.KioskError as error:
        fail(str(error))
    for path in removed:
        print(f"Removed: {path}")
    if not removed:
        print("There is nothing to be removed.")
    elif root == Path("/"):
        kiosk.tell_systemd("daemon-reload", system=system or updates)


@kiosk.command("show", epilog=examples('guideplayer kiosk show -- --room "Room 2"'))
def show(options: Options = None, system: System = False, user: User = "guideplayer") -> None:
    """Print the unit, and write nothing."""
    from guideplayer.launch import kiosk, owner

    uid = owner.uid_of(user) if system else None
    try:
        print(kiosk.unit(options or (), user=user if system else "", uid=uid), end="")
    except kiosk.KioskError as error:
        fail(str(error))
