"""The commands. Exit 0: good; 1: the content has problems; 2: the call was wrong, or it could not run."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from guideplayer.authoring.listing import list_scripts
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.reader import read_script
from guideplayer.authoring.schema import json_schema
from guideplayer.core.script import DEFAULT_INFUSION_MS, Script
from guideplayer.core.units import format_duration, parse_duration_ms
from guideplayer.media import Library, scripts_folder
from guideplayer.room.settings import Settings, SettingsError, read_settings

CONTENT, CALL = 1, 2

app = typer.Typer(
    help="Calm narration and soft pictures over an infusion, with a pause that calls staff.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The command line's entry."""
    try:
        app(prog_name="guideplayer")
    except SettingsError as error:
        fail(str(error))


def fail(sentence: str, code: int = CALL) -> NoReturn:
    """End with one sentence on stderr."""
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


def duration_ms(text: str) -> int:
    """A duration of the command line, in ms."""
    try:
        return parse_duration_ms(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def script_path(name: str, settings: Settings) -> Path:
    """The file of a script given by path, or by its name in the clinic's folders or the shipped one."""
    given = Path(name)
    if given.suffix or given.exists():
        return given
    folders = [*map(Path, settings.scripts), scripts_folder()]
    for folder in folders:
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path
    known = [path.stem for folder in folders for path in folder.glob("*.yaml")]
    meant = nearest(name, known)
    fail(f"There is no script “{name}”." + (f" Did you mean '{meant}'?" if meant else " See `guideplayer list`."))


def show_problems(problems: Iterable[Problem]) -> None:
    """All problems on stderr, as a compiler shows them."""
    print("\n\n".join(problem.render() for problem in problems), file=sys.stderr)


def playable(name: str, settings: Settings, library: Library, voice: str | None = None) -> Script:
    """A script that can be played; else its problems are shown and the command ends."""
    script, problems = read_script(script_path(name, settings), library, voice)
    if problems:
        show_problems(problems)
    if script is None or any(problem.severity is Severity.ERROR for problem in problems):
        raise SystemExit(CONTENT)
    return script


def fitting_ms(script: Script, wanted_ms: int | None) -> int:
    """The infusion's length: the wanted one if the script can be fitted to it, else what is near to the usual."""
    if wanted_ms is None:
        return min(max(DEFAULT_INFUSION_MS, script.shortest_ms), script.longest_ms)
    if not script.shortest_ms <= wanted_ms <= script.longest_ms:
        fail(
            f"“{script.title}” is for infusions of {format_duration(script.shortest_ms)} to "
            f"{format_duration(script.longest_ms)}, not {format_duration(wanted_ms)}.",
            CONTENT,
        )
    return wanted_ms


Infusion = Annotated[
    int | None, typer.Option("--infusion", parser=duration_ms, metavar="LENGTH", help="The pump's length, like 45m.")
]
Voice = Annotated[str | None, typer.Option("--voice", help="Another narrator than the script's own.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")]


@app.command()
def play(
    script: Annotated[str | None, typer.Argument(help="A script's name or file; without one it is chosen.")] = None,
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
    fresh: Annotated[bool, typer.Option("--fresh", help="Leave alone a session that was under way.")] = False,
) -> None:
    """Play a session in this room.

    Examples: guideplayer play open-sky --infusion 45m / guideplayer play open-sky --begin --window 1280x720
    """
    from guideplayer.launch import launch
    from guideplayer.room.process import Orders

    settings = read_settings()
    given = {"state": state, "desk": desk, "room": room}
    settings = msgspec.structs.replace(settings, **{name: value for name, value in given.items() if value is not None})
    chosen = playable(script, settings, Library(), voice) if script else None
    if begin and chosen is None:
        fail("--begin needs a script to begin with.")
    infusion_ms = fitting_ms(chosen, infusion) if chosen else 0
    size = window_size(window) if window else None
    options = ["--window", "--size", size] if size else [] if settings.fullscreen else ["--window"]
    raise SystemExit(launch(Orders(settings, chosen, infusion_ms, begin, fresh=fresh), options))


def window_size(text: str) -> str:
    """A size like 1280x720, checked."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and 0 < int(width) <= 7680 and 0 < int(height) <= 4320):
        fail(f"“{text}” is no size: write it like 1280x720.")
    return text


@app.command("list")
def list_command(json: Json = False) -> None:
    """The scripts that can be played."""
    listings = list_scripts([*map(Path, read_settings().scripts), scripts_folder()], Library())
    if json:
        print(msgspec.json.encode(listings).decode())
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "title", "infusion", "lines", "words/min", "themes", "contains"):
        table.add_column(heading)
    for entry in listings:
        lengths = f"{format_duration(entry.shortest_ms)} to {format_duration(entry.longest_ms)}"
        themes, contains = ", ".join(entry.themes), ", ".join(entry.contains)
        row = (entry.title, lengths, str(entry.lines), f"{entry.words_per_minute:.0f}", themes, contains)
        broken = (f"has {entry.problems} problems: guideplayer check {entry.name}", "", "", "", "", "")
        table.add_row(entry.name, *(broken if entry.problems else row))
    Console().print(table)


@app.command()
def check(scripts: Annotated[list[str], typer.Argument(help="Scripts, by name or file.")], json: Json = False) -> None:
    """Read scripts and show everything that is wrong with them."""
    settings, library = read_settings(), Library()
    problems = [found for name in scripts for found in read_script(script_path(name, settings), library)[1]]
    if json:
        print(msgspec.json.encode(problems).decode())
    elif problems:
        show_problems(problems)
    else:
        print(f"{len(scripts)} {'script is' if len(scripts) == 1 else 'scripts are'} good.")
    raise SystemExit(CONTENT if any(problem.severity is Severity.ERROR for problem in problems) else 0)


@app.command()
def schema() -> None:
    """The JSON Schema of the script format, for editors."""
    print(msgspec.json.format(msgspec.json.encode(json_schema(Library()))).decode())


@app.command()
def rehearse(
    script: Annotated[str, typer.Argument(help="A script's name or file.")],
    infusion: Infusion = None,
    press: Annotated[
        list[int] | None,
        typer.Option("--press", parser=duration_ms, metavar="TIME", help="The patient presses; may be repeated."),
    ] = None,
    resume: Annotated[
        list[int] | None,
        typer.Option("--resume", parser=duration_ms, metavar="TIME", help="Staff let it go on; may be repeated."),
    ] = None,
    voice: Voice = None,
    json: Json = False,
) -> None:
    """A whole session in a moment: what is seen, said and sent, and when."""
    from guideplayer.rehearsal.rehearse import document, rehearse_session, render_text

    settings, library = read_settings(), Library()
    chosen = playable(script, settings, library, voice)
    trace = rehearse_session(chosen, fitting_ms(chosen, infusion), press or (), resume or ())
    print(msgspec.json.encode(document(trace)).decode() if json else render_text(trace))


@app.command()
def export(
    script: Annotated[str, typer.Argument(help="A script's name or file.")],
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

    settings, library = read_settings(), Library()
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


@app.command("voice")
def voice_command(script: Annotated[str, typer.Argument(help="A script's name or file.")], voice: Voice = None) -> None:
    """Make every clip of a script that is missing, and listen to each by machine."""
    from guideplayer.voice import VoiceError
    from guideplayer.voice.clips import make_clips, spoken_lines

    settings, library = read_settings(), Library()
    chosen, problems = read_script(script_path(script, settings), library, voice)
    if chosen is None:
        show_problems(problems)
        raise SystemExit(CONTENT)
    name = voice or chosen.voice
    with bar("Clips") as progress:
        task = progress.add_task("Clips", total=None)

        def tell(done: int, total: int, text: str) -> None:
            progress.update(task, completed=done, total=total, description=text[:40])

        try:
            report = make_clips(spoken_lines(chosen), name, library.folder / "voices", tell)
        except VoiceError as error:
            fail(str(error))
    print(f"{len(report.made)} clips made, {len(report.kept)} were there.")
    for text, heard in report.doubtful:
        print(f"Listen to “{text}”: it was heard as “{heard}”.")
    raise SystemExit(CONTENT if report.doubtful else 0)


def bar(title: str) -> Progress:
    """A progress bar on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=False)
