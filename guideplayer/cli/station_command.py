"""`guideplayer station`: the desk of many rooms."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.cli.app import CLINIC, app, examples, fail
from guideplayer.room.settings import read_settings


@app.command(
    epilog=examples(
        "guideplayer station --broker mqtts://broker.clinic.example", 'guideplayer station --name "Station 2"'
    ),
    rich_help_panel=CLINIC,
)
def station(
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
) -> None:
    """Serve the desk's page for all rooms of a clinic, with a board of them in front.

    Any number of stations may run at once: the rooms decide, and each station shows what they say.
    """
    import asyncio

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
        orders = StationOrders(name, identity, folder, host, port)
        await Station(orders, lambda sentence: print(sentence, flush=True)).run()

    try:
        asyncio.run(run())
    except (ConnectionFailedError, StationError, TopicError, CertificateError) as error:
        fail(str(error))
