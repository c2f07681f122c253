"""`guideplayer new`: a script to begin with."""

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.authoring.defaults import shipped_words
from guideplayer.authoring.reader import SCRIPT_SUFFIX
from guideplayer.authoring.schema import json_schema
from guideplayer.authoring.template import SCHEMA_FILE, new_script
from guideplayer.authoring.words import holds_control
from guideplayer.cli.app import WRITING, app, examples, fail
from guideplayer.core.density import Density
from guideplayer.room.settings import read_settings

LONGEST_TITLE = 80
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")


@app.command(
    epilog=examples('guideplayer new my-script.yaml --title "The quiet shore" --density sparse'),
    rich_help_panel=WRITING,
)
def new(
    script: Annotated[Path, typer.Argument(help="The file to write, such as my-script.yaml.")],
    title: Annotated[str | None, typer.Option("--title", help="What it is called.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="The language of its words, such as en.")] = None,
    density: Annotated[
        Density | None, typer.Option("--density", help="How many words it has; music: hardly any.")
    ] = None,
) -> None:
    """Write a new script to begin with, with notes on every part. What is not given is asked."""
    check_path(script)
    usual = re.sub(r"[-_\s]+", " ", script.stem).strip()
    usual = usual[:1].upper() + usual[1:] or "New script"
    title = " ".join((title if title is not None else _asked("What is it called?", usual)).split())
    if not 0 < len(title) <= LONGEST_TITLE or holds_control(title):
        fail(f"A title has 1 to {LONGEST_TITLE} letters.")
    language = (language if language is not None else _asked("Which language is it in?", "en")).strip()
    if not _LANGUAGE.fullmatch(language):
        fail(f"“{language}” is no language: write it like en, es or pt-BR.")
    density = density or _asked_density()
    translated = shipped_words(language) is not None
    schema = script.with_name(SCHEMA_FILE)
    try:
        with script.open("x", encoding="utf-8") as file:
            file.write(new_script(shlex.quote(script.name), title, language, density, translated=translated))
        if not schema.exists():
            content = msgspec.json.encode(json_schema(read_settings().library()))
            schema.write_bytes(msgspec.json.format(content) + b"\n")
    except FileExistsError:
        fail(f"{script} exists already, and nothing is ever overwritten: choose another name.")
    except OSError as error:
        fail(f"{script} cannot be written: {error.strerror or error}.")
    print(_next_steps(script, language, translated=translated))


def check_path(script: Path) -> None:
    """End with a sentence when no script can be written there."""
    if script.is_dir():
        fail(f"{script} is a folder: name a file in it, such as {script / 'my-script.yaml'}.")
    if script.suffix != SCRIPT_SUFFIX:
        fail(f"A script's name ends in {SCRIPT_SUFFIX}: write {script.with_suffix(SCRIPT_SUFFIX)}.")
    if script.exists():
        fail(f"{script} exists already, and nothing is ever overwritten: choose another name.")
    if not script.parent.is_dir():
        fail(f"There is no folder {script.parent}: make it first, or choose another.")


def _asked(question: str, usual: str) -> str:
    """The answer, or the usual one where nobody can be asked."""
    return str(typer.prompt(question, default=usual)) if sys.stdin.isatty() else usual


def _asked_density() -> Density:
    choice = ", ".join(Density)
    while True:
        answer = _asked(f"How many words ({choice})?", Density.FULL.value)
        if answer in set(Density):
            return Density(answer)
        print(f"“{answer}” is none of {choice}.", file=sys.stderr)


def _next_steps(script: Path, language: str, *, translated: bool) -> str:
    """What to do now."""
    rows = [f"{script} is written. Open it in any editor: it explains itself."]
    if not translated:
        rows += [
            "",
            f"No words and no recordings are shipped in “{language}”, so its lines are still English. Translate each,",
            "write the words of the pause (at the end of the file), and record them: a recording is named under its",
            "line, as in `audio: recordings/line-01.wav`. `guideplayer check` tells what is left to do.",
        ]
    name = shlex.quote(str(script))
    steps = {
        "check": "everything that is wrong with it",
        "preview": "one page, to see and to hear it",
        "play": "a session in this room",
    }
    rows += ["", "Next:"]
    width = max(len(f"guideplayer {step} {name}") for step in steps)
    rows += [f"  {f'guideplayer {step} {name}':<{width}}   {what}" for step, what in steps.items()]
    return "\n".join(rows)
