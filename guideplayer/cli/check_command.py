"""`guideplayer check`: what is wrong with a script, and what it might do to its listener."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from guideplayer.authoring.codes import codes
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, app, fail
from guideplayer.cli.options import Json, script_path, show_problems
from guideplayer.room.settings import read_settings

ALL = "all"


@app.command()
def check(
    scripts: Annotated[list[str] | None, typer.Argument(help="Scripts, by name or file.")] = None,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as an error.")] = False,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="What a problem's code means; `all` for every code.")
    ] = None,
) -> None:
    """Read scripts and show everything that is wrong with them, and what might harm their listener.

    Examples: guideplayer check my-script.yaml / guideplayer check --explain wordy-peak
    """
    if explain:
        print(explanation(explain))
        return
    if not scripts:
        fail("Name a script to check, such as `guideplayer check open-sky`, or a code with --explain.")
    settings = read_settings()
    library = settings.library()
    problems = [found for name in scripts for found in read_script(script_path(name, settings), library, lint=True)[1]]
    if json:
        print(msgspec.json.encode(problems).decode())
    elif problems:
        show_problems(problems)
    else:
        print(f"{len(scripts)} {'script is' if len(scripts) == 1 else 'scripts are'} good.")
    raise SystemExit(CONTENT if _refused(problems, strict) else 0)


def _refused(problems: Sequence[Problem], strict: bool) -> bool:
    return any(strict or problem.severity is Severity.ERROR for problem in problems)


def explanation(code: str) -> str:
    """What a code means, or every code."""
    if code == ALL:
        return "\n\n".join(one.render() for one in codes().values())
    if code not in codes():
        meant = nearest(code, codes())
        fail(f"There is no code “{code}”." + (f" Did you mean '{meant}'?" if meant else " See --explain all."))
    return codes()[code].render()
