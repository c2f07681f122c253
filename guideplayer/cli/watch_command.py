"""`guideplayer watch`: the preview of a script while it is written."""

import asyncio
import contextlib
import signal
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, WRITING, app, examples
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Voice, has_screen, listen_to_music, script_path, show_problems
from guideplayer.media import Library
from guideplayer.room.settings import read_settings

if TYPE_CHECKING:
    from guideplayer.rehearsal.preview_watch import Watched


@app.command(epilog=examples("guideplayer watch my-script.yaml"), rich_help_panel=WRITING)
def watch(
    script: Annotated[str, typer.Argument(help="A script's name or file.", autocompletion=scripts)],
    infusion: Infusion = None,
    page: Annotated[
        Path | None, typer.Option("-o", "--page", metavar="PAGE.html", help="Keep the page on disk, too.")
    ] = None,
    voice: Voice = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Check a script and refresh its preview at every save, until Ctrl+C."""
    from guideplayer.rehearsal.preview_watch import Watched

    settings = read_settings()
    path = script_path(script, settings)
    if not path.is_file():
        show_problems(read_script(path, settings.library())[1])
        raise SystemExit(CONTENT)
    listen_to_music([path], settings.library())
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(Watched(path, infusion, voice, page), settings.library, open_page=open_page))


async def _watch(watched: "Watched", library: Callable[[], Library], *, open_page: bool) -> None:
    from guideplayer.rehearsal.preview_server import PreviewServer
    from guideplayer.rehearsal.preview_watch import Watch, saves_of

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl+C ends the loop.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = PreviewServer()
    refresher = Watch(watched, library, server)
    address = await server.open()
    try:
        told = False
        async for _ in saves_of(watched.script, stop):
            _tell(await refresher.refresh())
            if not told:
                told = True
                _tell(f"Watching {watched.script}. The page: {address}   Ctrl+C ends it.")
                if open_page and has_screen():
                    webbrowser.open(address)
    finally:
        await server.close()


def _tell(text: str) -> None:
    print(text, flush=True)
