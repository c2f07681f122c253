"""`guideplayer voice`: the clips of a script."""

from typing import Annotated

import typer
from rich.progress import TaskID

from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, app, fail
from guideplayer.cli.options import Voice, bar, script_path, show_problems
from guideplayer.media import Library
from guideplayer.room.settings import read_settings


@app.command("voice")
def voice_command(script: Annotated[str, typer.Argument(help="A script's name or file.")], voice: Voice = None) -> None:
    """Make every clip of a script that is missing, and listen to each by machine."""
    from guideplayer.voice import VoiceError
    from guideplayer.voice.clips import lines_by_voice, make_clips

    settings, library = read_settings(), Library()
    chosen, problems = read_script(script_path(script, settings), library, voice)
    if chosen is None:
        show_problems(problems)
        raise SystemExit(CONTENT)
    reports = []
    with bar("Clips") as progress:
        for name, lines in lines_by_voice(chosen).items():
            task = progress.add_task(name, total=None)

            def tell(done: int, total: int, text: str, task: TaskID = task, name: str = name) -> None:
                progress.update(task, completed=done, total=total, description=f"{name}: {text[:40]}")

            try:
                reports.append(make_clips(lines, name, library.folder / "voices", tell))
            except VoiceError as error:
                fail(str(error))
    print(f"{sum(len(report.made) for report in reports)} clips made, ", end="")
    print(f"{sum(len(report.kept) for report in reports)} were there.")
    doubts = [doubt for report in reports for doubt in report.doubtful]
    for text, heard in doubts:
        print(f"Listen to “{text}”: it was heard as “{heard}”.")
    raise SystemExit(CONTENT if doubts else 0)
