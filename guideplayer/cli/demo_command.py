"""`guideplayer demo`: a tour of three minutes, in the real room and on the real stage."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import SESSIONS, app, examples, fail
from guideplayer.cli.options import Infusion, has_screen, show_problems, window_size
from guideplayer.room.settings import Settings, read_settings

ROOM = "Demo"


@app.command(
    epilog=examples("guideplayer demo", "guideplayer demo --window 1280x720 --no-browser"), rich_help_panel=SESSIONS
)
def demo(
    window: Annotated[str, typer.Option("--window", metavar="WxH", help="How large the room's screen is.")] = "960x540",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the desk beside it, paired already.")
    ] = True,
    infusion: Infusion = None,
) -> None:
    """See in three minutes what a session is: arrival, peak, a press, the call at the desk, the return.

    Press any key in the room's window, or answer at the desk, whenever you like: what nobody does, the tour does after
    a while. Nothing of it is kept, nobody is paged, and nothing that it does by itself can be done to a real session.
    """
    import tempfile

    from guideplayer.demo.guide import TOUR, Guide, free_port
    from guideplayer.room.orders import Orders

    settings = read_settings()
    size = window_size(window)
    with tempfile.TemporaryDirectory(prefix="guideplayer-demo-") as folder:
        own = own_settings(settings, Path(folder), free_port())
        library = own.library()
        script, problems = read_script(TOUR, library)
        if script is None:
            show_problems(problems)
            fail("The tour cannot be played: install guideplayer anew.")
        wanted_ms = infusion or script.infusion_length.maximum_ms
        if not script.shortest_ms <= wanted_ms <= script.longest_ms:
            fail("The tour's infusion is 40s to 130s.")
        options = ["--window", "--size", size, "--state", folder]
        options += [option for media in library.folders for option in ("--media", str(media))]
        options += ["--sound", own.sound] if own.sound else []
        orders = Orders(own, script, wanted_ms, begin=True)
        unopened = "" if browser else "No browser is opened."
        if not unopened and not has_screen():
            unopened = "There is no screen here for a browser."
        raise SystemExit(Guide(orders, options, unopened=unopened, pace=wanted_ms / script.longest_ms).launch())


def own_settings(settings: Settings, folder: Path, port: int) -> Settings:
    """Those of the demo: nothing leads out of it, to no pager, no broker, no other desk and no journal but its own."""
    return msgspec.structs.replace(
        settings,
        room=ROOM,
        state=str(folder),
        desk=f"127.0.0.1:{port}",
        desk_tls="off",
        pagers=(),
        broker="",
        clinic="",
        scripts=(),
    )
