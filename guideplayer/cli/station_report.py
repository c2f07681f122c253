"""`guideplayer station report`: how long a clinic's calls waited, by room, hour or month."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from guideplayer.cli.app import examples, fail
from guideplayer.cli.options import Json
from guideplayer.cli.report_command import give
from guideplayer.cli.station_command import Database, station
from guideplayer.report.response import Answered, month_named
from guideplayer.report.wording import length
from guideplayer.room.settings import read_settings

PICTURE = ".svg"


class By(StrEnum):
    """What the table has a row for."""

    ROOM = "room"
    HOUR = "hour"
    MONTH = "month"


@station.command(
    epilog=examples(
        "guideplayer station report",
        "guideplayer station report --by hour --csv",
        "guideplayer station report --by room --from 2026-07 -o rooms.svg",
    )
)
def report(
    by: Annotated[By, typer.Option("--by", help="A row for each of these.")] = By.MONTH,
    room: Annotated[str, typer.Option("--room", help="Only this room.")] = "",
    first: Annotated[str, typer.Option("--from", metavar="MONTH", help="From this month on, like 2026-01.")] = "",
    last: Annotated[str, typer.Option("--until", metavar="MONTH", help="Up to this month, like 2026-12.")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The file to write; an .svg is a picture.")
    ] = None,
    calls: Annotated[bool, typer.Option("--calls", help="With --csv: a row for each call, rehearsals too.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    json: Json = False,
    database: Database = "",
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="The station's state folder.")] = None,
) -> None:
    """How long the calls of a clinic waited for an answer, from what its stations have kept.

    Rehearsals are left out. Hours and months are those of the clinic's clocks.
    """
    from guideplayer.clinic.columns import Columns
    from guideplayer.clinic.database import StoreError
    from guideplayer.clinic.response_picture import response_picture
    from guideplayer.clinic.store import Store
    from guideplayer.clinic.tables import calls_table, responses_table, rows_of

    if csv and json:
        fail("Say either --csv or --json.")
    if calls and not csv:
        fail("A row for each call is a table for spreadsheets: say --csv as well.")
    since, until = _month(first, "--from"), _month(last, "--until")
    try:
        store = Store(_address(database, state))
        if calls:
            return give(calls_table(store.calls(room, since, until)), output)
        columns = Columns()
        columns.read(store)
        store.close()
    except StoreError as error:
        fail(str(error))
    if room and room not in columns.rooms:
        known = ", ".join(columns.rooms[:8]) or "none yet"
        fail(f"There are no figures of a room “{room}”: those that are known are {known}.")
    found = columns.responses(room, since, until)
    rows = rows_of(found, by) or ()
    if json:
        give(msgspec.json.encode(found).decode() + "\n", output)
    elif csv:
        give(responses_table(found, by) or "", output)
    elif output and output.suffix == PICTURE:
        give(response_picture(rows, by, found.whole), output)
    elif output:
        fail(f"Of which kind is {output}? Name a picture {output.stem}{PICTURE}, or say --csv or --json.")
    elif found.whole.calls or found.whole.sessions:
        Console().print(_listed(rows, by, found.whole))
    else:
        print("No session has been told of yet.")
    return None


def _month(given: str, option: str) -> int | None:
    if given and month_named(given) is None:
        fail(f"“{given}” ({option}) is no month: write it like 2026-11.")
    return month_named(given)


def _address(database: str, state: str | None) -> str:
    """Where the figures are."""
    from guideplayer.clinic.store import address_in, path_in

    settings = read_settings()
    if database or (settings.database and state is None):
        return database or settings.database
    folder = (Path(state) if state else settings.state_folder) / "station"
    if not path_in(folder).is_file():
        fail(f"There are no figures in {folder}: no station has been told of a session there. See --state, --database.")
    return address_in(folder)


def _listed(rows: Sequence[Answered], by: str, whole: Answered) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column(by)
    for heading in ("sessions", "calls", "unanswered", "in 30 s", "in 60 s", "median", "90 %", "longest"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for one in (*rows, whole):
        sessions = "" if by == By.HOUR and one is not whole else str(one.sessions)
        shares = (_share(one.within_30, one.calls), _share(one.within_60, one.calls))
        waits = ("" if wait is None else length(wait) for wait in (one.median_ms, one.ninety_ms, one.longest_ms))
        name = "all" if one is whole else one.name
        shown.add_row(escape(name), sessions, str(one.calls), str(one.unanswered or ""), *shares, *waits)
    return shown


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else ""
