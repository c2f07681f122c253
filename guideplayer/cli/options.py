"""What the commands share: durations, sizes, finding and reading a script, its problems, a progress bar."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from guideplayer.authoring.music import unheard_music
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, fail
from guideplayer.cli.completion import voices
from guideplayer.core.script import DEFAULT_INFUSION_MS, Script
from guideplayer.core.units import format_duration, parse_duration_ms
from guideplayer.media import Library
from guideplayer.music.folder import MusicError, hear
from guideplayer.music.readable import cache_folder
from guideplayer.room.settings import Settings


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
    for folder in settings.script_folders:
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path
    known = [path.stem for folder in settings.script_folders for path in folder.glob("*.yaml")]
    meant = nearest(name, known)
    fail(f"There is no script “{name}”." + (f" Did you mean '{meant}'?" if meant else " See `guideplayer list`."))


def show_problems(problems: Iterable[Problem]) -> None:
    """All problems on stderr, as a compiler shows them."""
    print("\n\n".join(problem.render() for problem in problems), file=sys.stderr)


def listen_to_music(scripts: Sequence[Path], library: Library) -> None:
    """Listen to the music of some scripts that nobody has listened to yet, with a progress bar."""
    folders = unheard_music(scripts, library)
    if not folders:
        return
    try:
        with bar("Music") as progress:
            task = progress.add_task("Listening", total=None)
            hear(
                folders,
                cache_folder(),
                lambda done, total, name: progress.update(
                    task, completed=done, total=total, description=f"Listening {name[:40]}".rstrip()
                ),
            )
    except MusicError as error:
        fail(str(error))


def playable(name: str, settings: Settings, library: Library, voice: str | None = None) -> Script:
    """A script that can be played; else its problems are shown and the command ends."""
    path = script_path(name, settings)
    listen_to_music([path], library)
    script, problems = read_script(path, library, voice)
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


def window_size(text: str) -> str:
    """A size like 1280x720, checked."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and 0 < int(width) <= 7680 and 0 < int(height) <= 4320):
        fail(f"“{text}” is no size: write it like 1280x720.")
    return text


def has_screen() -> bool:
    """Whether a browser has somewhere to open; without, a text browser would take the terminal."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def bar(title: str) -> Progress:
    """A progress bar on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=False)


Infusion = Annotated[
    int | None, typer.Option("--infusion", parser=duration_ms, metavar="LENGTH", help="The pump's length, like 45m.")
]
Voice = Annotated[
    str | None, typer.Option("--voice", help="Another narrator than the script's own.", autocompletion=voices)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")]
