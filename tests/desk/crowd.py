"""A crowd that knocks and says nothing: connections from as many addresses of this machine as are wanted."""

import selectors
import socket
import sys
import time
from collections.abc import Sequence


def knock(host: str, port: int, source: str, says: bytes = b"") -> socket.socket:
    """A connection from one address, that says this and no more."""
    sock = socket.create_connection((host, port), timeout=10, source_address=(source, 0))
    sock.setblocking(False)
    if says:
        sock.send(says)
    return sock


def sources(number: int) -> list[str]:
    """So many addresses of this machine, none of them the one that others use."""
    return [f"127.0.{1 + one // 200}.{1 + one % 200}" for one in range(number)]


def crowd(host: str, port: int, number: int, addresses: Sequence[str], says: bytes = b"") -> list[socket.socket]:
    """So many connections, spread over addresses."""
    return [knock(host, port, addresses[one % len(addresses)], says) for one in range(number)]


def main() -> None:
    """Keep so many connections open for so many seconds, opening again each that is closed; then tell how many."""
    host, port, number, many, seconds, says = sys.argv[1:]
    addresses = sources(int(many)) if int(many) > 1 else ["127.0.0.1"]
    until_s = time.monotonic() + float(seconds)
    watched, opened = selectors.DefaultSelector(), 0
    while time.monotonic() < until_s:
        while len(watched.get_map()) < int(number) and time.monotonic() < until_s:
            try:
                one = knock(
                    host, int(port), addresses[opened % len(addresses)], says.encode().decode("unicode_escape").encode()
                )
            except OSError:
                continue
            watched.register(one, selectors.EVENT_READ)
            opened += 1
            if opened == int(number):
                print("here", flush=True)
        for key, _ in watched.select(0.01):
            watched.unregister(key.fileobj)
            key.fileobj.close()
    print(opened, flush=True)


if __name__ == "__main__":
    main()
