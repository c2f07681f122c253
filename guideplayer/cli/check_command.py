"""`guideplayer check`: what is wrong with a script, and what it might do to its listener."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from guideplayer.authoring.codes import codes
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.reader import read_script
from guideplayer.cli.app import CONTENT, app, fail
from guideplayer.cli.options import Infusion, Json, bar, fitting_ms, script_path, show_problems
from guideplayer.core.script import Script
from guideplayer.room.settings import read_settings

if TYPE_CHECKING:
    from guideplayer.verify.visuals import Visuals

ALL = "all"


@app.command()
def check(
    scripts: Annotated[list[str] | None, typer.Argument(help="Scripts, by name or file.")] = None,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as an error.")] = False,
    visuals: Annotated[
        bool, typer.Option("--visuals", help="Examine the whole film of each: flashes, light, motion, stripes.")
    ] = False,
    infusion: Infusion = None,
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
    readings = [read_script(script_path(name, settings), library, lint=True) for name in scripts]
    problems = [problem for _, found in readings for problem in found]
    seen = [examined(script, infusion) for script, _ in readings if script] if visuals else []
    if json:
        print(msgspec.json.encode({"problems": problems, "visuals": seen} if visuals else problems).decode())
    else:
        show(problems, seen, len(scripts))
    raise SystemExit(CONTENT if _refused(problems, strict) or any(one.fails for one in seen) else 0)


def show(problems: Sequence[Problem], seen: Sequence["Visuals"], scripts: int) -> None:
    """What was found, for people."""
    from guideplayer.verify.visuals import render

    if problems:
        show_problems(problems)
    elif not any(one.fails for one in seen):
        print(f"{scripts} {'script is' if scripts == 1 else 'scripts are'} good.")
    for one in seen:
        print(f"\n{render(one)}")


def examined(script: Script, infusion_ms: int | None) -> "Visuals":
    """What the film of a script shows, with a progress bar."""
    from guideplayer.verify.display import Display
    from guideplayer.verify.visuals import examine

    with bar(script.title) as progress:
        task = progress.add_task(f"{script.title}: pictures", total=None)
        return examine(
            script,
            fitting_ms(script, infusion_ms),
            Display(),
            lambda done, total: progress.update(task, completed=done, total=total),
        )


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
