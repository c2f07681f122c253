"""`guideplayer voice`: the clips of a script."""

from typing import Annotated

import typer
from rich.progress import TaskID

from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, app, fail
from guideplayer.cli.options import Voice, bar, script_path, show_problems
from guideplayer.media import media_folder, scripts_folder, shipped_library
from guideplayer.room.settings import read_settings


@app.command("voice")
def voice_command(script: Annotated[str, typer.Argument(help="A script's name or file.")], voice: Voice = None) -> None:
    """Make every clip of a script that is missing, and listen to each by machine."""
    from guideplayer.voice import VoiceError
    from guideplayer.voice.clips import Doubt, lines_by_voice, make_clips

    settings = read_settings()
    path = script_path(script, settings)
    chosen, problems = read_script(path, settings.library(), voice)
    if chosen is None:
        show_problems(problems)
        raise SystemExit(CONTENT)
    # What ships is made where it ships. A clinic's own clips never mix with it, and survive an update.
    shipped = path.resolve().is_relative_to(scripts_folder().resolve())
    folder = media_folder() if shipped else settings.media_folder
    made = there = 0
    doubts: list[Doubt] = []
    with bar("Clips") as progress:
        for name, lines in lines_by_voice(chosen).items():
            wanted = lines if shipped else [line for line in lines if not shipped_library().find_clip(name, line)]
            task = progress.add_task(name, total=None)

            def tell(done: int, total: int, text: str, task: TaskID = task, name: str = name) -> None:
                progress.update(task, completed=done, total=total, description=f"{name}: {text[:40]}")

            try:
                report = make_clips(wanted, name, folder / "voices", tell)
            except VoiceError as error:
                fail(str(error))
            made, there = made + len(report.made), there + len(lines) - len(report.made)
            doubts += report.doubtful
    print(f"{made} clips made, {there} were there.")
    for text, heard in doubts:
        print(f"Listen to “{text}”: it was heard as “{heard}”.")
    raise SystemExit(CONTENT if doubts else 0)
