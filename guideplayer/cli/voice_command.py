"""`guideplayer voice`: the clips of a script, and one line to try."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.progress import Progress, TaskID

from guideplayer.authoring.names import DEFAULT_VOICE
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, WRITING, app, examples, fail
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Json, Voice, bar, listen_to_music, script_path, show_problems
from guideplayer.cli.voice_engines import ear_for, engine_for
from guideplayer.cli.voice_import import import_takes
from guideplayer.cli.voice_try import try_line
from guideplayer.core.script import Script
from guideplayer.media import media_folder, scripts_folder, shipped_library
from guideplayer.room.settings import Settings, read_settings
from guideplayer.voice import VoiceError


@app.command(
    "voice",
    epilog=examples(
        "guideplayer voice my-script.yaml --voice onyx",
        'guideplayer voice --try "You are here." --voice emma',
        "guideplayer voice --import takes my-script.yaml --voice anna",
    ),
    rich_help_panel=WRITING,
)
def voice_command(
    script: Annotated[str | None, typer.Argument(help="A script's name or file.", autocompletion=scripts)] = None,
    voice: Voice = None,
    line: Annotated[
        str | None, typer.Option("--try", metavar="TEXT", help="Say one line at once, on the sound output.")
    ] = None,
    takes: Annotated[
        Path | None,
        typer.Option("--import", metavar="FOLDER", help="Make a voice of your own from recordings of the lines."),
    ] = None,
    json: Json = False,
) -> None:
    """Make every clip of a script that is missing, and listen to each by machine."""
    settings = read_settings()
    if takes is not None:
        import_takes(takes, script, voice, settings, json=json)
    if line is not None:
        try_line(line, voice or DEFAULT_VOICE, settings, json=json)
        return
    if script is None:
        fail('Name a script, such as `guideplayer voice my-script.yaml`, or a line: `guideplayer voice --try "Rest."`.')
    path = script_path(script, settings)
    listen_to_music([path], settings.library())
    chosen, problems = read_script(path, settings.library(), voice)
    if chosen is None:
        show_problems(problems)
        raise SystemExit(CONTENT)
    try:
        with bar("Clips") as progress:
            made = make_all(chosen, path, settings, progress)
    except VoiceError as error:
        fail(str(error))
    if json:
        print(msgspec.json.encode({"voices": made}).decode())
    else:
        for one in made:
            print(rendered(one))
    raise SystemExit(CONTENT if any(one.doubtful for one in made) else 0)


class Made(msgspec.Struct, frozen=True):
    """What was done for a voice. `checked` says whether the made ones were listened to; `pace` is in words a minute."""

    voice: str
    made: int
    kept: int
    checked: bool
    doubtful: tuple[Any, ...]
    pace: Any
    clips: tuple[Any, ...]


def make_all(script: Script, path: Path, settings: Settings, progress: Progress) -> list[Made]:
    """Make the missing clips of every voice of a script. Raises VoiceError."""
    from guideplayer.voice.clips import Report, make_clips
    from guideplayer.voice.lines import lines_by_voice
    from guideplayer.voice.pace import clip_pace, pace_of

    # What ships is made where it ships. A clinic's own clips never mix with it, and survive an update.
    shipped = path.resolve().is_relative_to(scripts_folder().resolve())
    folder = media_folder() if shipped else settings.media_folder
    reports: list[tuple[str, list[str], Report]] = []
    for name, lines in lines_by_voice(script).items():
        wanted = lines if shipped else [line for line in lines if not shipped_library().find_clip(name, line)]
        task = progress.add_task(name, total=None)

        def tell(done: int, total: int, text: str, task: TaskID = task, name: str = name) -> None:
            progress.update(task, completed=done, total=total, description=f"{name}: {text[:40]}")

        engine = engine_for(name, settings, script)
        report = make_clips(wanted, name, folder / "voices", tell, engine=engine, open_ear=ear_for(engine))
        reports.append((name, lines, report))
    library = settings.library()
    made = []
    for name, lines, report in reports:
        clips = [(line, clip) for line in lines if (clip := library.find_clip(name, line))]
        paces = tuple(clip_pace(line, clip) for line, clip in clips)
        doubtful = tuple(msgspec.to_builtins(doubt._asdict()) for doubt in report.doubtful)
        kept = len(lines) - len(report.made)
        made.append(Made(name, len(report.made), kept, report.checked, doubtful, pace_of(clips), paces))
    return made


def rendered(made: Made) -> str:
    """What was done for a voice, for people."""
    from guideplayer.voice.pace import QUICKEST, SLOWEST

    rows = [f"{made.voice}: {made.made} clips made, {made.kept} were there."]
    if made.pace:
        pace = made.pace
        rows[0] += f" {pace.words_per_minute} words a minute (clips: median {pace.median}, "
        rows[0] += f"{pace.slowest} to {pace.quickest})."
        if not pace.is_calm:
            than = "Quicker" if pace.words_per_minute > QUICKEST else "Slower"
            rows.append(f"  {than} than the {SLOWEST} to {QUICKEST} words a minute that are easily followed.")
    if made.made and not made.checked:
        rows.append("  No machine has listened to what was made: listen to each in the preview.")
    rows += [f"  Listen to “{doubt['text']}”: it was heard as “{doubt['heard']}”." for doubt in made.doubtful]
    return "\n".join(rows)
