"""The network: whether the desk can listen, and whether a phone could reach it."""

import contextlib
import http.client
import ipaddress
import socket
import ssl

import psutil

from guideplayer.desk.guards import SERVER
from guideplayer.doctor.finding import Finding, bad, doubtful, good

ANSWERS_WITHIN_S = 2
# Where a desk is asked that listens at every address.
HERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


def port(host: str, number: int) -> Finding:
    """Whether the desk's port is free, or guideplayer's already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except OSError as error:
        if guideplayer_answers(host, number):
            return good("desk port", f"guideplayer is running, and its desk listens on port {number}.")
        fix = "End the other program, or give the desk another port in the settings: desk = “0.0.0.0:8766”."
        return bad("desk port", f"The desk cannot listen on {host}:{number}: {error.strerror or error}.", fix)
    return good("desk port", f"Port {number} is free for the desk.")


def guideplayer_answers(host: str, number: int) -> bool:
    """Whether a desk of guideplayer listens there, with or without TLS: it puts its name to every answer."""
    # Nothing is told to it, so nobody has to vouch for it: its certificate is one that this machine need not know.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = HERE.get(host, host)
    for connection in (
        http.client.HTTPConnection(address, number, timeout=ANSWERS_WITHIN_S),
        http.client.HTTPSConnection(address, number, timeout=ANSWERS_WITHIN_S, context=context),
    ):
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().getheader("Server") == SERVER:
                return True
    return False


def reach(host: str, addresses: list[str] | None = None) -> Finding:
    """Whether a phone could open the desk's page."""
    found = addresses if addresses is not None else _addresses()
    if host in ("127.0.0.1", "::1", "localhost"):
        return doubtful(
            "network",
            "The desk can be opened on this machine only.",
            "For phones and other computers put desk = “0.0.0.0:8765” into the settings.",
        )
    if not found:
        return bad("network", "This machine is in no network.", "Plug the cable in, or join the clinic's WLAN.")
    return good("network", f"This machine is {', '.join(found)} in the network.")


def _addresses() -> list[str]:
    """The addresses by which others may reach this machine."""
    found = []
    for one in (address for addresses in psutil.net_if_addrs().values() for address in addresses):
        if one.family == socket.AF_INET and not ipaddress.ip_address(one.address).is_loopback:
            found.append(one.address)
    return found
