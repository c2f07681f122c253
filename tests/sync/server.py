"""A web server that serves a folder over https or plain http, and can be made to misbehave as real ones do."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from cryptography.x509 import DNSName, IPAddress
from cryptography.x509.oid import ExtendedKeyUsageOID

from guideplayer.desk.signing import general, made_authority, signed

Mischief = Callable[["Handler", bytes], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves one file, unless there is some mischief for it."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        name = unquote(self.path).lstrip("/")
        self.server.asked.append((name, self.headers.get("Range", "")))
        file = self.server.folder / name
        if not file.is_file():
            self.answer(404, b"")
            return
        content = file.read_bytes()
        if mischief := self.server.mischief.get(name):
            mischief(self, content)
        else:
            self.whole(content)

    def whole(self, content: bytes) -> None:
        """A part if one is asked for, as a good server does."""
        asked = self.headers.get("Range", "")
        if not asked:
            self.answer(200, content)
            return
        begun = int(asked.removeprefix("bytes=").removesuffix("-"))
        if begun >= len(content):
            self.answer(416, b"")
        else:
            self.answer(206, content[begun:], {"Content-Range": f"bytes {begun}-{len(content) - 1}/{len(content)}"})

    def answer(self, status: int, content: bytes, headers: dict[str, str] | None = None, length: int = -1) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length < 0 else length))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)


class Server(http.server.ThreadingHTTPServer):
    """What was asked for is in `asked`, as a name and a range; `mischief` is by name."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.asked: list[tuple[str, str]] = []
        self.mischief: dict[str, Mischief] = {}
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        return

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


@contextlib.contextmanager
def served(folder: Path, authority: Path | None = None) -> Iterator[Server]:
    """Serve a folder; over https if there is a file to write the authority of its certificate to."""
    server = Server(folder)
    if authority:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(authority))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(authority: Path) -> Path:
    """A certificate for this machine, and its authority in a file."""
    now, life = datetime.now(UTC), timedelta(days=2)
    made = made_authority("clinic", now, life)
    names: list[DNSName | IPAddress] = [general("127.0.0.1"), general("localhost")]
    own = signed(made, "127.0.0.1", ExtendedKeyUsageOID.SERVER_AUTH, names, now=now, life=life)
    authority.write_bytes(made.public_pem())
    file = authority.with_suffix(".both")
    file.write_bytes(own.pem())
    return file


def cut_after(count: int, times: int = 1) -> Mischief:
    """Break off after so many bytes, so many times; then behave."""
    left = [times]

    def mischief(handler: Handler, content: bytes) -> None:
        if not left[0]:
            handler.whole(content)
            return
        left[0] -= 1
        begun = int(handler.headers.get("Range", "bytes=0-")[6:-1])
        rest = content[begun:]
        headers = {"Content-Range": f"bytes {begun}-{len(content) - 1}/{len(content)}"} if begun else {}
        handler.answer(206 if begun else 200, rest[:count], headers, length=len(rest))
        handler.close_connection = True

    return mischief


def hang(handler: Handler, content: bytes) -> None:
    """Say that something comes, and then nothing until all is over."""
    handler.answer(200, b"", length=len(content))
    handler.server.over.wait(30)
    handler.close_connection = True


def drip(handler: Handler, content: bytes) -> None:
    """One byte at a time, for ever."""
    handler.answer(200, b"", length=len(content))
    with contextlib.suppress(OSError):
        for byte in content:
            handler.wfile.write(bytes([byte]))
            if handler.server.over.wait(0.05):
                return


def without_length(content: bytes) -> Mischief:
    """Other content, whose length is not told."""

    def mischief(handler: Handler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(content)
            handler.connection.shutdown(socket.SHUT_WR)
        handler.close_connection = True

    return mischief


def elsewhere(handler: Handler, _: bytes) -> None:
    """Send on to another server."""
    handler.answer(302, b"", {"Location": "https://elsewhere.example/manifest.json"})
