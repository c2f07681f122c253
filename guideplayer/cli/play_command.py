"""`guideplayer play`: a session in this room."""

import contextlib
import time
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import SESSIONS, app, examples, fail
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Voice, fitting_ms, playable, window_size
from guideplayer.room.settings import Settings, read_settings

SYNC_WITHIN_S = 3.0


@app.command(
    epilog=examples("guideplayer play open-sky --infusion 45m", "guideplayer play open-sky --begin --window 1280x720"),
    rich_help_panel=SESSIONS,
)
def play(
    script: Annotated[
        str | None, typer.Argument(help="A script's name or file; without one it is chosen.", autocompletion=scripts)
    ] = None,
    infusion: Infusion = None,
    begin: Annotated[
        bool, typer.Option("--begin", help="Begin at once, past readiness; the infusion follows the arrival.")
    ] = False,
    voice: Voice = None,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Where the journal is kept.")] = None,
    desk: Annotated[str | None, typer.Option("--desk", metavar="HOST:PORT", help="Where the desk listens.")] = None,
    room: Annotated[str | None, typer.Option("--room", help="The room's name.")] = None,
    window: Annotated[
        str | None, typer.Option("--window", metavar="WxH", help="A window, not the full screen.")
    ] = None,
    sound: Annotated[
        str | None,
        typer.Option("--sound", metavar="NAME", help="The sound device; a wrong name tells which there are."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Leave alone a session that was under way.")] = False,
) -> None:
    """Play a session in this room."""
    from guideplayer.launch.launcher import launch
    from guideplayer.room.orders import Orders

    settings = read_settings()
    given = {"state": state, "desk": desk, "room": room}
    settings = msgspec.structs.replace(settings, **{name: value for name, value in given.items() if value is not None})
    if sound is not None:
        settings = msgspec.structs.replace(settings, sound=_sound_device(sound))
    _keep_scripts(settings)
    library = settings.library()
    chosen = playable(script, settings, library, voice) if script else None
    if begin and chosen is None:
        fail("--begin needs a script to begin with.")
    infusion_ms = fitting_ms(chosen, infusion) if chosen else 0
    size = window_size(window) if window else None
    options = ["--window", "--size", size] if size else [] if settings.fullscreen else ["--window"]
    options += [option for folder in library.folders for option in ("--media", str(folder))]
    options += ["--state", str(settings.state_folder)]
    options += ["--sound", settings.sound] if settings.sound else []
    options += ["--caption-size", str(settings.caption_size), "--caption-place", settings.caption_place]
    orders = Orders(settings, chosen, infusion_ms, begin, fresh=fresh, scenes=library.own_scenes.all())
    raise SystemExit(launch(orders, options))


def _keep_scripts(settings: Settings) -> None:
    """From before the script is read until all is over, no sync changes it; one that does at this moment is awaited."""
    from guideplayer.sync.locks import hold_for_good

    until_s = time.monotonic() + SYNC_WITHIN_S
    with contextlib.suppress(OSError):
        while settings.sync.source and hold_for_good(settings.synced.room_lock) is None and time.monotonic() < until_s:
            time.sleep(0.05)


def _sound_device(name: str) -> str:
    """The device of this name; another name ends it with those that there are."""
    from guideplayer.authoring.problems import nearest
    from guideplayer.stage.device import found_devices

    devices = found_devices()
    if name in devices or not name:
        return name
    if not devices:
        fail("No sound device can be found here: play without --sound, and look whether one is plugged in.")
    meant = nearest(name, devices)
    known = "\n".join(f"  {device}" for device in devices)
    fail(
        f"There is no sound device “{name}”." + (f" Did you mean “{meant}”?" if meant else "") + f" There are:\n{known}"
    )
