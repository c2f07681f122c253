"""`guideplayer desk cert`: the certificate that the desk is served with over https."""

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from guideplayer.cli.app import CLINIC, app, examples, fail
from guideplayer.room.settings import Settings, read_settings

if TYPE_CHECKING:
    from guideplayer.desk.certificates import Certificates

desk = typer.Typer(help="The staff page: its certificate.", no_args_is_help=True)
app.add_typer(desk, name="desk", epilog=examples("guideplayer desk cert"), rich_help_panel=CLINIC)

TOLD = """{did}
  for         {names}
  until       {ends}, renewed by itself before that
  kept in     {folder}

Every phone and computer has to trust this machine's authority, once:
  1. Start the room: guideplayer play
  2. Open {download} on it, go past the warning this one time, and install the file.
     Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate.
     iPhone: Settings, Profile Downloaded; then General, About, Certificate Trust Settings, switch it on.
     Windows, macOS, Linux: open the file, and trust it for web sites.
  3. Compare the SHA-256 that it shows with this one:
{fingerprint}
The authority can vouch for private networks and the names above, and for no other site.
"""


@desk.callback()
def _desk() -> None:
    """The staff page: its certificate."""


@desk.command(
    "cert",
    epilog=examples(
        "guideplayer desk cert", "guideplayer desk cert --name room-1.clinic.example", "guideplayer desk cert --renew"
    ),
)
def certificate(
    renew: Annotated[bool, typer.Option("--renew", help="A new certificate now; phones need nothing new.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="A new authority too; every phone has to install it again.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Only tell what there is.")] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="One more name or address that people type. Repeat for more.")
    ] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="DIR", help="Where the journal is kept.")] = None,
) -> None:
    """Make the certificate with which the desk is served over https, and tell how phones come to trust it."""
    from guideplayer.desk.certificates import Certificates, own_names, utc_now
    from guideplayer.desk.signing import CertificateError

    settings = read_settings()
    if state is not None:
        settings = msgspec.structs.replace(settings, state=state)
    found = Certificates(settings.certificate_folder)
    if show and not found.there:
        fail("There is no certificate yet: make one with `guideplayer desk cert`.")
    names = [*own_names(settings.desk_address()[0]), *(one.lower() for one in name or ())]
    try:
        if replace or not found.there:
            found.make(list(dict.fromkeys(names)), utc_now())
            did = "A certificate was made; the desk is served over https from the next start on."
        elif renew or (not show and found.due(names, utc_now())):
            found.renew(names, utc_now())
            did = "The certificate was renewed; a room that runs takes it up within an hour."
        else:
            did = "There is a certificate."
        _tell(found, did, settings)
    except CertificateError as error:
        fail(str(error))


def _tell(found: "Certificates", did: str, settings: Settings) -> None:
    """What there is, and what to do with it."""
    import segno

    from guideplayer.desk.server import reachable_address

    host, port = settings.desk_address()
    download = f"https://{reachable_address(host)}:{port}/ca.crt"
    digits = found.fingerprint()
    fingerprint = "\n".join(f"     {digits[start : start + 48]}" for start in (0, 48))
    print(
        TOLD.format(
            did=did,
            names=", ".join(found.names()),
            ends=found.serving().not_valid_after_utc.date(),
            folder=found.folder,
            download=download,
            fingerprint=fingerprint,
        )
    )
    if host in ("localhost", "127.0.0.1", "::1"):
        print(f"The desk listens on {settings.desk}, where only this machine reaches it: for phones, 0.0.0.0:{port}.")
    elif sys.stdout.isatty():
        segno.make_qr(download).terminal(compact=True)
