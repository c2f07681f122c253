"""`guideplayer station`: the desk of many rooms."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import CLINIC, app, examples, fail
from guideplayer.room.settings import read_settings

Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        help="Where the clinic's figures are kept, like postgresql://user@host/clinic; by default a file.",
    ),
]

station = typer.Typer(
    invoke_without_command=True,
    epilog=examples(
        "guideplayer station --broker mqtts://broker.clinic.example", 'guideplayer station --name "Station 2"'
    ),
)
app.add_typer(station, name="station", rich_help_panel=CLINIC)


@station.callback()
def serve(
    context: typer.Context,
    broker: Annotated[
        str, typer.Option("--broker", metavar="URL", help="The clinic's broker, like mqtts://broker.clinic.example.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="This station's name, as in its certificate.")] = "Station 1",
    files: Annotated[
        Path | None,
        typer.Option("--files", metavar="DIR", help="What `guideplayer clinic init` made for it."),
    ] = None,
    desk: Annotated[str, typer.Option("--desk", metavar="HOST:PORT", help="Where its page listens.")] = "0.0.0.0:8766",
    state: Annotated[
        str | None, typer.Option("--state", metavar="DIR", help="Where its paired desks are kept.")
    ] = None,
    database: Database = "",
) -> None:
    """Serve the desk's page for all rooms of a clinic, with a board of them in front.

    Any number of stations may run at once: the rooms decide, and each station shows what they say. What rooms tell of
    past sessions, without names and notes, is kept for the board's response times.
    """
    if context.invoked_subcommand:
        return
    import asyncio

    from guideplayer.clinic.database import StoreError
    from guideplayer.clinic.identity import ConnectionFailedError, identity_in
    from guideplayer.clinic.station import Station, StationError, StationOrders
    from guideplayer.clinic.topics import TopicError, checked
    from guideplayer.desk.signing import CertificateError

    settings = read_settings()
    if state is not None:
        settings = msgspec.structs.replace(settings, state=state)
    settings = msgspec.structs.replace(settings, desk=desk, broker=broker or settings.broker)
    if not settings.broker:
        fail("Name the clinic's broker: guideplayer station --broker mqtts://broker.clinic.example.")
    folder = settings.state_folder / "station"
    host, port = settings.desk_address()

    async def run() -> None:
        identity = identity_in(files or folder / "clinic", settings.broker, checked(name))
        orders = StationOrders(name, identity, folder, host, port, database or settings.database)
        await Station(orders, lambda sentence: print(sentence, flush=True)).run()

    try:
        asyncio.run(run())
    except (ConnectionFailedError, StationError, StoreError, TopicError, CertificateError) as error:
        fail(str(error))
