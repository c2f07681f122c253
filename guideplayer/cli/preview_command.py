"""`guideplayer preview`: a script as one page, or as one picture."""

from pathlib import Path
from typing import Annotated

import typer

from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, WRITING, app, examples, fail
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Voice, bar, fitting_ms, listen_to_music, script_path, show_problems
from guideplayer.core.fitting import UnfitError
from guideplayer.core.units import format_duration
from guideplayer.room.settings import read_settings


@app.command(
    epilog=examples(
        "guideplayer preview open-sky --infusion 50m -o page.html", "guideplayer preview open-sky --png picture.png"
    ),
    rich_help_panel=WRITING,
)
def preview(
    script: Annotated[str, typer.Argument(help="A script's name or file.", autocompletion=scripts)],
    infusion: Infusion = None,
    page: Annotated[Path | None, typer.Option("-o", "--page", metavar="PAGE.html", help="The page to write.")] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="PICTURE.png", help="The picture alone.")] = None,
    voice: Voice = None,
) -> None:
    """A script to look at and to hear before anyone lies down: one page that opens anywhere."""
    from guideplayer.rehearsal.preview_page import render_page, render_picture, view_of
    from guideplayer.rehearsal.strip import StripPainter

    settings = read_settings()
    library = settings.library()
    path = script_path(script, settings)
    if page is None and png is None:
        page = Path(f"{path.stem}.html")
    listen_to_music([path], library)
    chosen, problems = read_script(path, library, voice, lint=True)
    if problems:
        show_problems(problems)
    if chosen is None:
        raise SystemExit(CONTENT)
    infusion_ms = fitting_ms(chosen, infusion)
    try:
        with bar("Preview") as progress:
            task = progress.add_task("Preview", total=None)

            def tell(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            view = view_of(chosen, problems, infusion_ms, library, StripPainter(), progress=tell)
        content = render_page(view, library)
    except UnfitError as error:
        fail(misfit(chosen.title, error), CONTENT)
    except OSError as error:
        fail(f"{error.filename} cannot be read: {error.strerror or error}.")
    if page:
        write(page, content.encode())
    if png:
        write(png, render_picture(view))


def misfit(title: str, error: UnfitError) -> str:
    """Why a script with estimated lines has no timeline at this length."""
    least, most = format_duration(round(error.least_ms, -3)), format_duration(round(error.most_ms, -3))
    wanted = format_duration(error.target_ms)
    return (
        f"“{title}” takes {least} to {most} as it stands, not {wanted}: change its rests, or choose another --infusion."
    )


def write(path: Path, content: bytes) -> None:
    """Write a file and say where it is; one sentence when it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror or error}.")
    print(path)
