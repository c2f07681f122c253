"""`guideplayer check`: what is wrong with a script."""

from typing import Annotated

import msgspec
import typer

from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, app
from guideplayer.cli.options import Json, script_path, show_problems
from guideplayer.room.settings import read_settings


@app.command()
def check(scripts: Annotated[list[str], typer.Argument(help="Scripts, by name or file.")], json: Json = False) -> None:
    """Read scripts and show everything that is wrong with them."""
    settings = read_settings()
    library = settings.library()
    problems = [found for name in scripts for found in read_script(script_path(name, settings), library, lint=True)[1]]
    if json:
        print(msgspec.json.encode(problems).decode())
    elif problems:
        show_problems(problems)
    else:
        print(f"{len(scripts)} {'script is' if len(scripts) == 1 else 'scripts are'} good.")
    raise SystemExit(CONTENT if any(problem.severity is Severity.ERROR for problem in problems) else 0)
