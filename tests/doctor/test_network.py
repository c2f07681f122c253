"""Whether the desk can listen, and whether a phone could reach it."""

import contextlib
import socket
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from guideplayer.desk.certificates import Certificates, utc_now
from guideplayer.doctor import network
from guideplayer.doctor.finding import Verdict
from tests.doctor.test_checks import agrees

GOOD, DOUBTFUL, BAD = Verdict.GOOD, Verdict.DOUBTFUL, Verdict.BAD


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert agrees(network.port("127.0.0.1", taken.getsockname()[1]), BAD)
    assert agrees(network.port("127.0.0.1", 0), GOOD)


class Other(BaseHTTPRequestHandler):
    """A web server that is not guideplayer's, and says to everything that it is well."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"ok": true}')

    def log_message(self, *_arguments):
        pass


class Banner(socketserver.BaseRequestHandler):
    """Like ssh: it speaks first, and no HTTP."""

    def handle(self):
        self.request.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")


@contextlib.contextmanager
def other_program(handler, context=None):
    """Another program on a port of this machine; over TLS with a certificate that nobody here knows."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        # A client that takes it for something else leaves in the midst.
        server.handle_error = lambda *_: None
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            serving.join()


def unknown_certificate(folder):
    made = Certificates(folder)
    made.make(["localhost", "127.0.0.1"], utc_now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "desk.pem")
    return context


@pytest.mark.parametrize("kind", ["banner", "web", "web over TLS"])
def test_a_port_that_another_program_has(tmp_path, kind):
    context = unknown_certificate(tmp_path / "tls") if kind == "web over TLS" else None
    with other_program(Banner if kind == "banner" else Other, context) as port:
        finding = network.port("127.0.0.1", port)
    assert agrees(finding, BAD)
    assert f"The desk cannot listen on 127.0.0.1:{port}" in finding.sentence


@pytest.mark.parametrize(
    ("host", "addresses", "verdict"),
    [("127.0.0.1", ["10.0.0.7"], DOUBTFUL), ("0.0.0.0", ["10.0.0.7"], GOOD), ("0.0.0.0", [], BAD)],
)
def test_reach(host, addresses, verdict):
    assert agrees(network.reach(host, addresses), verdict)
