"""`guideplayer call test`: every path that a call can take out of the room, tried for real."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from guideplayer.cli.app import CLINIC, CONTENT, app, examples, fail
from guideplayer.cli.completion import pagers, relays
from guideplayer.cli.options import Json
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.clinic.topics import TopicError
from guideplayer.clinic.trial import CallOpenError, Tried, try_clinic
from guideplayer.pager.services import Page, Service
from guideplayer.room.settings import Settings, read_settings

NO_BROKER = "The settings name no broker, and it is a broker that switches relays."
ALARM = "Only a person can hear it: `guideplayer doctor --sound` plays in the room."
NOT_RUNNING = "The room does not run: start it, and arm a desk."
ROOM_RUNS = "The room answers. Whether a desk is armed at it, its page says."
FILE_COLUMNS = 240

call = typer.Typer(help="The paths of a call.", no_args_is_help=True)
app.add_typer(call, name="call", epilog=examples("guideplayer call test"), rich_help_panel=CLINIC)


@call.callback()
def _call() -> None:
    """The paths of a call."""


@call.command("test", epilog=examples("guideplayer call test", 'guideplayer call test --pager "night phone"'))
def try_every_path(
    pager: Annotated[str | None, typer.Option("--pager", help="Only this pager.", autocompletion=pagers)] = None,
    relay: Annotated[
        str | None, typer.Option("--relay", help="Only this relay, and the broker.", autocompletion=relays)
    ] = None,
    as_json: Json = False,
) -> None:
    """Try every path of a call, and show what was reached and how fast: each pager is told that this is a test, each
    relay is switched on and off again by its own word, and it is heard which desks are armed at stations.

    Exit 0: everything that can be tried was reached; 1: something was not; 2: a call is open, or the call was wrong.
    Whether a page was read, only its reader knows: ask.
    """
    settings = read_settings()
    whole = pager is None and relay is None
    services = [one for one in settings.pagers if whole or one.name == pager]
    switched = [one for one in settings.relays if whole or one.name == relay]
    if pager is not None and not services:
        fail(f"There is no pager “{pager}” in the settings.")
    if relay is not None and not switched:
        fail(f"There is no relay “{relay}” in the settings.")
    try:
        tried = asyncio.run(_tried(settings, services, switched, whole=whole))
    except (CallOpenError, TopicError) as error:
        fail(str(error))
    if as_json:
        sys.stdout.write(msgspec.json.encode(tried).decode() + "\n")
    else:
        # In a file every path has a line of its own.
        Console(width=None if sys.stdout.isatty() else FILE_COLUMNS).print(_table(tried))
    reached = [one.reached for one in tried if one.reached is not None]
    raise SystemExit(0 if reached and all(reached) else CONTENT)


async def _tried(
    settings: Settings, services: Sequence[Service], switched: Sequence[Relay], *, whole: bool
) -> list[Tried]:
    """What came of each path. The clinic first: in a call that is open nobody is to be told that this is a test. Raises
    CallOpenError and TopicError.
    """
    from guideplayer.clock import now_ms

    found: list[Tried] = []
    identity = settings.identity()
    if identity and (whole or switched):
        found += await try_clinic(identity, switched, now_ms)
    elif switched:
        found += [Tried(relay.name, "relay", False, says=NO_BROKER) for relay in switched]
    found = [*await asyncio.gather(*(_paged(settings.room, service) for service in services)), *found]
    if whole:
        found += [
            await asyncio.to_thread(_own_desk, settings),
            Tried("the room's own alarm", "sound", None, says=ALARM),
        ]
    return found


async def _paged(room: str, service: Service) -> Tried:
    from guideplayer.clock import now_ms
    from guideplayer.pager.pager import tell

    page = Page(f"Test from {room}", "This is a test of the call. Nobody needs help.")
    result = await tell(service, page, now_ms)
    says = "It has taken the words." if result.reached else result.says
    return Tried(service.name, "pager", result.reached, result.took_ms, says)


def _own_desk(settings: Settings) -> Tried:
    """The desk that the room itself serves."""
    from guideplayer.clock import now_ms
    from guideplayer.doctor.network import guideplayer_answers

    begun_ms = now_ms()
    if guideplayer_answers(*settings.desk_address()):
        return Tried("the room's own desk", "desk", True, now_ms() - begun_ms, ROOM_RUNS)
    return Tried("the room's own desk", "desk", None, says=NOT_RUNNING)


def _table(tried: Sequence[Tried]) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("path", "kind", "reached", "how fast", "what it says"):
        shown.add_column(heading, justify="right" if heading == "how fast" else "left", overflow="fold")
    words = {True: "yes", False: "NO", None: "not tried"}
    for one in tried:
        took = "" if one.took_ms is None else f"{one.took_ms / 1000:.2f} s"
        shown.add_row(escape(one.path), one.kind, words[one.reached], took, escape(one.says))
    return shown
