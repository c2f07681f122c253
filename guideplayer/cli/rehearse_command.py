"""`guideplayer rehearse`: a session on a virtual clock."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import CONTENT, WRITING, app, examples
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Json, Voice, duration_ms, fitting_ms, playable, show_problems
from guideplayer.room.settings import read_settings


@app.command(
    epilog=examples(
        "guideplayer rehearse open-sky --infusion 50m --press 12m --resume 18m",
        "guideplayer rehearse open-sky --script events.yaml --json",
    ),
    rich_help_panel=WRITING,
)
def rehearse(
    script: Annotated[str, typer.Argument(help="A script's name or file.", autocompletion=scripts)],
    infusion: Infusion = None,
    press: Annotated[
        list[int] | None,
        typer.Option("--press", parser=duration_ms, metavar="TIME", help="The patient presses; may be repeated."),
    ] = None,
    resume: Annotated[
        list[int] | None,
        typer.Option("--resume", parser=duration_ms, metavar="TIME", help="Staff let it go on; may be repeated."),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option("--script", metavar="EVENTS.YAML", help="A file of all that people do: presses, answers, pump."),
    ] = None,
    voice: Voice = None,
    json: Json = False,
) -> None:
    """A whole session in a moment: what is seen, said and sent, and when."""
    from guideplayer.rehearsal.events import read_events
    from guideplayer.rehearsal.rehearse import document, rehearse_session, render_text

    settings = read_settings()
    library = settings.library()
    chosen = playable(script, settings, library, voice)
    inputs, problems = read_events(events, library) if events else ((), ())
    if inputs is None:
        show_problems(problems)
        raise SystemExit(CONTENT)
    trace = rehearse_session(chosen, fitting_ms(chosen, infusion), press or (), resume or (), inputs)
    print(msgspec.json.encode(document(trace)).decode() if json else render_text(trace))
