"""`guideplayer clinic init`: what the broker, the rooms and the stations of a clinic need to trust each other."""

from pathlib import Path
from typing import Annotated

import typer

from guideplayer.cli.app import CLINIC, app, examples, fail
from guideplayer.clinic.identity import BROKER_FOLDER

clinic = typer.Typer(help="Many rooms at one broker.", no_args_is_help=True)
app.add_typer(
    clinic,
    name="clinic",
    epilog=examples("guideplayer clinic init clinic --host broker.clinic.example --rooms 12"),
    rich_help_panel=CLINIC,
)

DONE = """\
Made in {folder}:
{made}
The broker: copy {folder}/broker to {broker_folder} on its machine, readable by Mosquitto alone, and include the
mosquitto.conf in it. Each room: copy its folder to `clinic` beside its journal, and set broker = "mqtts://{host}".
Each station: copy its folder, and start it with --files. Keep {folder}/ca.key where nobody else reads it."""
DONE_RELAYS = """\
Each relay: give it the broker's address with port 1883, and the user and the password in its file in
{folder}/relays."""
DONE_HOME_ASSISTANT = """\
Home Assistant: give its MQTT integration the broker with port 8883 and the three files of {folder}/home-assistant, and
set home_assistant = true in the rooms that it is to show."""


@clinic.callback()
def _clinic() -> None:
    """Many rooms at one broker."""


@clinic.command(
    "init",
    epilog=examples(
        'guideplayer clinic init clinic --host broker.clinic.example --rooms 12 --station "Station 1"',
        'guideplayer clinic init clinic --room "Room 13" --relay "Room 13=tasmota:lamp-13"',
    ),
)
def init(
    folder: Annotated[Path, typer.Argument(help="Where everything is kept.", metavar="DIR")],
    room: Annotated[list[str] | None, typer.Option("--room", help="A room's name. Repeat for more.")] = None,
    rooms: Annotated[int, typer.Option("--rooms", min=0, help="So many rooms: Room 1, Room 2, ...")] = 0,
    station: Annotated[list[str] | None, typer.Option("--station", help="A station's name. Repeat for more.")] = None,
    host: Annotated[
        list[str] | None, typer.Option("--host", help="The broker's name or address. Repeat for more.")
    ] = None,
    relay: Annotated[
        list[str] | None,
        typer.Option(
            "--relay",
            metavar="ROOM=KIND:TOPIC",
            help="A relay that a room's calls switch, like “Room 1=shelly:shellyplus1-abc”; kinds are shelly, shelly1 "
            "and tasmota; a channel may follow. Repeat for more.",
        ),
    ] = None,
    home_assistant: Annotated[
        bool, typer.Option("--home-assistant", help="Let a Home Assistant show the rooms, and pause them.")
    ] = False,
    broker_folder: Annotated[
        str, typer.Option("--broker-folder", metavar="DIR", help="Where its files will be on the broker's machine.")
    ] = BROKER_FOLDER,
) -> None:
    """Make the certificates, the configuration of Mosquitto and its list of who may do what.

    Run it again with more names for more rooms and stations: what is there already stays.
    """
    from guideplayer.clinic.credentials import Credentials
    from guideplayer.clinic.topics import TopicError
    from guideplayer.desk.certificates import utc_now
    from guideplayer.desk.signing import CertificateError

    names = [*(room or []), *(f"Room {number + 1}" for number in range(rooms))]
    stations = station if station is not None else ["Station 1"]
    try:
        made = Credentials(folder, utc_now()).make(
            host or [], names, stations, broker_folder, relays=relay or [], home_assistant=home_assistant
        )
    except (CertificateError, TopicError) as error:
        fail(str(error))
    listed = (
        "\n".join(f"  {path.relative_to(folder)}" for path in dict.fromkeys(made))
        or "  nothing that was not there already"
    )
    shown = (host or ["BROKER"])[0]
    print(DONE.format(folder=folder, made=listed, broker_folder=broker_folder, host=shown))
    if relay:
        print(DONE_RELAYS.format(folder=folder))
    if home_assistant:
        print(DONE_HOME_ASSISTANT.format(folder=folder))
