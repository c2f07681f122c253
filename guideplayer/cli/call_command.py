"""`guideplayer call test`: every path that a call can take out of the room, tried for real."""

import asyncio
import sys
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import CLINIC, CONTENT, app, examples
from guideplayer.cli.completion import pagers
from guideplayer.cli.options import Json
from guideplayer.room.settings import read_settings

call = typer.Typer(help="The paths of a call.", no_args_is_help=True)
app.add_typer(call, name="call", epilog=examples("guideplayer call test"), rich_help_panel=CLINIC)


@call.callback()
def _call() -> None:
    """The paths of a call."""


@call.command("test", epilog=examples("guideplayer call test", 'guideplayer call test --pager "night phone"'))
def try_every_path(
    name: Annotated[str | None, typer.Option("--pager", help="Only this one.", autocompletion=pagers)] = None,
    as_json: Json = False,
) -> None:
    """Tell every pager of the settings that this is a test, and show which have taken it and how fast.

    Exit 0: all have; 1: one has not, or there is none. Whether it was read, only its reader knows: ask.
    """
    from guideplayer.clock import now_ms
    from guideplayer.pager.pager import tell
    from guideplayer.pager.services import Page, Result

    settings = read_settings()
    services = [service for service in settings.pagers if name in (None, service.name)]
    page = Page(f"Test from {settings.room}", "This is a test of the call. Nobody needs help.")

    async def told() -> list[Result]:
        return list(await asyncio.gather(*(tell(service, page, now_ms) for service in services)))

    results = asyncio.run(told())
    if as_json:
        sys.stdout.write(msgspec.json.encode(results).decode() + "\n")
    elif not results:
        print("There is no pager of that name in the settings." if name else "The settings name no pagers.")
    else:
        wide = max(len(result.service) for result in results)
        for result in results:
            says = "taken" if result.reached else f"not reached: {result.says}"
            print(f"{result.service:<{wide}}  {result.took_ms / 1000:5.2f} s  {says}")
    raise SystemExit(0 if results and all(result.reached for result in results) else CONTENT)
