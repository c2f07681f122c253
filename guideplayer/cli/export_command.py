"""`guideplayer export`: a session as a film."""

from pathlib import Path
from typing import Annotated

import typer

from guideplayer.cli.app import WRITING, app, examples, fail
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Voice, bar, duration_ms, fitting_ms, playable, window_size
from guideplayer.room.settings import read_settings


@app.command(epilog=examples("guideplayer export open-sky film.mkv --from 12m --to 13m"), rich_help_panel=WRITING)
def export(
    script: Annotated[str, typer.Argument(help="A script's name or file.", autocompletion=scripts)],
    film: Annotated[Path, typer.Argument(help="The film: .mkv or .mp4.")],
    infusion: Infusion = None,
    start: Annotated[
        int | None, typer.Option("--from", parser=duration_ms, metavar="TIME", help="From this time of the infusion.")
    ] = None,
    end: Annotated[
        int | None, typer.Option("--to", parser=duration_ms, metavar="TIME", help="Up to this time of the infusion.")
    ] = None,
    size: Annotated[str, typer.Option("--size", metavar="WxH")] = "1920x1080",
    fps: Annotated[int, typer.Option("--fps", min=1, max=120)] = 30,
    lossless: Annotated[bool, typer.Option("--lossless", help="FFV1 and FLAC in .mkv.")] = False,
    captions: Annotated[bool, typer.Option("--captions/--no-captions")] = True,
    voice: Voice = None,
) -> None:
    """A film of a session, with its sound."""
    from guideplayer.rehearsal.export import ExportError, Film, export_film

    settings = read_settings()
    library = settings.library()
    chosen = playable(script, settings, library, voice)
    width, height = map(int, window_size(size).split("x"))
    wanted = Film(film, (width, height), fps, lossless=lossless, captions=captions, start_ms=start, end_ms=end)
    with bar("Film") as progress:
        task = progress.add_task("Film", total=None)
        try:
            export_film(
                chosen,
                fitting_ms(chosen, infusion),
                wanted,
                library,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        except ExportError as error:
            fail(str(error))
