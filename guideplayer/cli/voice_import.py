"""`guideplayer voice --import`: a folder of takes becomes a voice of the clinic's own."""

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from guideplayer.authoring.names import NARRATORS
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, fail
from guideplayer.cli.options import bar, script_path, show_problems
from guideplayer.room.settings import Settings
from guideplayer.voice import VoiceError

if TYPE_CHECKING:
    from guideplayer.voice.importing import ImportReport


def import_takes(folder: Path, script: str | None, voice: str | None, settings: Settings, *, json: bool) -> NoReturn:
    """Import a folder of takes of a script's lines, and tell what became of each."""
    try:
        from guideplayer.voice.hearing import ear_if_installed
        from guideplayer.voice.importing import Importer
        from guideplayer.voice.kept_takes import check_voice_name
        from guideplayer.voice.lines import lines_of
    except ImportError:
        fail("Takes are made ready with the extra `voice`: pip install 'guideplayer[voice]'.")
    if script is None or voice is None:
        fail("Name the script and the voice, as in `guideplayer voice --import takes my-script.yaml --voice anna`.")
    try:
        check_voice_name(voice, {*NARRATORS, *settings.voices})
        chosen, problems = read_script(script_path(script, settings), settings.library(), voice)
        if chosen is None:
            show_problems(problems)
            raise SystemExit(CONTENT)
        english = chosen.language.replace("_", "-").partition("-")[0].casefold() == "en"
        ear = ear_if_installed() if english else None
        home = settings.media_folder / "voices" / voice
        importer = Importer(home, lines_of(chosen, voice), chosen.language, ear)
        with bar("Takes") as progress:
            task = progress.add_task("Takes", total=None)
            report = importer.bring_in(
                folder,
                lambda done, total, name: progress.update(
                    task, completed=done, total=total, description=f"Takes {name[:40]}".rstrip()
                ),
            )
    except VoiceError as error:
        fail(str(error))
    if json:
        print(msgspec.json.encode(report).decode())
    else:
        show(report)
    raise SystemExit(0 if report.settled else CONTENT)


def show(report: "ImportReport") -> None:
    """What became of each line and of each file, for people."""
    console = Console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("line", "take", "by", "state", "words"):
        table.add_column(heading, justify="right" if heading == "line" else "left")
    for line in report.lines:
        words = "\n".join((line.text, *line.notes))
        table.add_row(*map(escape, (str(line.number), line.file, line.how, line.fate, words)))
    console.print(table)
    for file in report.leftover:
        heard = f" Heard: “{file.heard}”" if file.heard else ""
        console.print(escape(f"{file.file} was not imported. {file.why}{heard}"), soft_wrap=True, highlight=False)
    missing = sum(line.fate == "missing" for line in report.lines)
    done = sum(line.fate in ("imported", "listen") for line in report.lines)
    print(f"{report.voice}: {done} takes imported, {missing} lines are missing.")
    if not report.checked:
        print("No machine has listened to the takes: listen to each in the preview.")
