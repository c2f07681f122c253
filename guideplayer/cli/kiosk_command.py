"""`guideplayer kiosk`: the room's machine starts into guideplayer, and keeps it running."""

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
LOGS = "Its log: journalctl {}-u guideplayer. It holds no names and turns over by itself."
BY_HAND = "Now type: {}"


@kiosk.command(
    "install",
    epilog=examples("guideplayer kiosk install", 'guideplayer kiosk install -- --room "Room 2" --desk 0.0.0.0:8765'),
)
def install(
    options: Options = None,
    system: System = False,
    user: User = "guideplayer",
    root: Root = Path("/"),
    force: Annotated[bool, typer.Option("--force", help="Also over files that this did not write.")] = False,
) -> None:
    """Have guideplayer start by itself and be kept running. Twice is the same as once."""
    from guideplayer.launch import kiosk

    owner = user if system else ""
    if owner and root == Path("/") and kiosk.uid_of(owner) is None:
        fail(f"There is no user “{owner}” on this machine: make one (useradd --create-home {owner}), or name another.")
    try:
        wanted = kiosk.files(options or (), user=owner, root=root)
        kiosk.install(wanted, force=force)
    except kiosk.KioskError as error:
        fail(str(error))
    for path in wanted:
        print(f"Written: {path}")
    if root == Path("/"):
        words = (("daemon-reload",), ("enable", kiosk.NAME))
        for left in filter(None, [kiosk.tell_systemd(*one, user=owner) for one in words]):
            print(BY_HAND.format(left))
    print("It begins with the machine." if system else "It begins with this user's desktop.")
    print(LOGS.format("--namespace=guideplayer " if system else "--user "))


@kiosk.command("uninstall", epilog=examples("guideplayer kiosk uninstall"))
def uninstall(system: System = False, user: User = "guideplayer", root: Root = Path("/")) -> None:
    """Remove what `install` has written, and nothing else. Sessions and settings stay."""
    from guideplayer.launch import kiosk

    owner = user if system else ""
    wanted = kiosk.files((), user=owner, root=root)
    if root == Path("/") and any(path.name == kiosk.NAME and kiosk.ours(path) for path in wanted):
        kiosk.tell_systemd("disable", "--now", kiosk.NAME, user=owner)
    try:
        removed = kiosk.uninstall(wanted)
    except kiosk.KioskError as error:
        fail(str(error))
    for path in removed:
        print(f"Removed: {path}")
    if not removed:
        print("There is nothing to be removed.")
    elif root == Path("/"):
        kiosk.tell_systemd("daemon-reload", user=owner)


@kiosk.command("show", epilog=examples('guideplayer kiosk show -- --room "Room 2"'))
def show(options: Options = None, system: System = False, user: User = "guideplayer") -> None:
    """Print the unit, and write nothing."""
    from guideplayer.launch import kiosk

    owner = user if system else ""
    try:
        print(kiosk.unit(options or (), user=owner, uid=kiosk.uid_of(owner)), end="")
    except kiosk.KioskError as error:
        fail(str(error))
