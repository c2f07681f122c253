"""`guideplayer check`: what is wrong with a script, and what it might do to its listener."""

import functools
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from guideplayer.authoring.codes import codes
from guideplayer.authoring.lexicon import LEXICON
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.reader import Reading, read_script
from guideplayer.cli.app import CONTENT, WRITING, app, examples, fail
from guideplayer.cli.completion import scripts
from guideplayer.cli.options import Infusion, Json, bar, fitting_ms, listen_to_music, script_path, show_problems
from guideplayer.core.script import Script
from guideplayer.media import Library
from guideplayer.room.settings import Settings, read_settings

if TYPE_CHECKING:
    from guideplayer.verify.soundtrack import Soundtrack
    from guideplayer.verify.visuals import Visuals

ALL = "all"
MANY = 100


@app.command(
    epilog=examples(
        "guideplayer check my-script.yaml",
        "guideplayer check open-sky --visuals --sound",
        "guideplayer check --explain wordy-peak",
    ),
    rich_help_panel=WRITING,
)
def check(
    scripts: Annotated[
        list[str] | None, typer.Argument(help="Scripts, by name or file.", autocompletion=scripts)
    ] = None,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as an error.")] = False,
    visuals: Annotated[
        bool, typer.Option("--visuals", help="Examine the whole film of each: flashes, light, motion, stripes.")
    ] = False,
    sound: Annotated[
        bool, typer.Option("--sound", help="Listen to the whole sound of each: loudness, steps, clicks.")
    ] = False,
    infusion: Infusion = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="What a problem's code means; `all` for every code.")
    ] = None,
) -> None:
    """Read scripts and show everything that is wrong with them, and what might harm their listener."""
    if explain:
        print(explanation(explain))
        return
    if not scripts:
        fail("Name a script to check, such as `guideplayer check open-sky`, or a code with --explain.")
    settings = read_settings()
    library = settings.library()
    # A lexicon is read with each script beside it.
    paths = [path for name in scripts if (path := script_path(name, settings)).name != LEXICON]
    listen_to_music(paths, library)
    readings = readings_of(paths, library)
    problems = list(dict.fromkeys(problem for _, found in readings for problem in found))
    seen = [examined(script, infusion, settings) for script, _ in readings if script] if visuals else []
    heard = [listened(script, infusion, library) for script, _ in readings if script] if sound else []
    if json:
        parts = {"problems": problems} | ({"visuals": seen} if visuals else {}) | ({"sound": heard} if sound else {})
        print(msgspec.json.encode(parts if visuals or sound else problems).decode())
    else:
        show(problems, seen, heard, len(paths))
    raise SystemExit(CONTENT if _refused(problems, strict) or _fail(seen, heard) else 0)


def readings_of(paths: Sequence[Path], library: Library) -> list[Reading]:
    """The scripts of some files with all that is wrong with them; many are read by several processes at a time."""
    read = functools.partial(read_script, library=library, lint=True)
    if len(paths) < MANY:
        return [read(path) for path in paths]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(read, paths, chunksize=MANY // 4))


def show(problems: Sequence[Problem], seen: Sequence["Visuals"], heard: Sequence["Soundtrack"], scripts: int) -> None:
    """What was found, for people."""
    from guideplayer.verify.soundtrack import render_table
    from guideplayer.verify.visuals import render

    if problems:
        show_problems(problems)
    elif not _fail(seen, heard):
        print(f"{scripts} {'script is' if scripts == 1 else 'scripts are'} good.")
    for one in seen:
        print(f"\n{render(one)}")
    for track in heard:
        print(f"\n{render_table(track)}")


def examined(script: Script, infusion_ms: int | None, settings: Settings) -> "Visuals":
    """What the film of a script shows, with a progress bar."""
    from guideplayer.stage.captions import CaptionStyle, Place
    from guideplayer.verify.outsiders import installed
    from guideplayer.verify.visuals import Viewing, examine

    captions = CaptionStyle(settings.caption_size, Place(settings.caption_place))
    with bar(script.title) as progress:
        task = progress.add_task(f"{script.title}: pictures", total=None)
        return examine(
            script,
            fitting_ms(script, infusion_ms),
            Viewing(captions=captions, ask_others=installed()),
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def listened(script: Script, infusion_ms: int | None, library: Library) -> "Soundtrack":
    """What is heard of a script, with a progress bar."""
    from guideplayer.verify.soundtrack import listen

    with bar(script.title) as progress:
        task = progress.add_task(f"{script.title}: sound", total=None)
        return listen(
            script,
            fitting_ms(script, infusion_ms),
            library,
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def _fail(seen: Sequence["Visuals"], heard: Sequence["Soundtrack"]) -> bool:
    return any(one.fails for one in seen) or any(one.fails for one in heard)


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
