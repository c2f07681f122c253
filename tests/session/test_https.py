"""A real room over https: a certificate of the command, trusted as a phone trusts it."""

import json
import re
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

from guideplayer.desk.certificates import Certificates
from tests.session.conftest import Play, wait_for

LINE = re.compile(r"(https://\S+).*code: (\d{3}) (\d{3})")


def test_a_room_with_a_certificate_speaks_https_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    made = [sys.executable, "-m", "guideplayer", "desk", "cert", "--state", str(state)]
    subprocess.run(made, check=True, capture_output=True, timeout=180)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=Certificates(state / "tls").download())
    play = Play(state, None)
    try:
        told = wait_for(lambda: next(filter(None, map(LINE.search, list(play.lines))), None), 90, "a pairing code")
        address, code = told[1], told[2] + told[3]
        request = urllib.request.Request(
            f"{address}api/pair",
            json.dumps({"code": code, "name": "Anna"}).encode(),
            {"Origin": address.rstrip("/"), "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:
            assert json.load(answer)["role"] == "nurse"
            assert "Secure" in answer.headers["Set-Cookie"]
    finally:
        assert play.stop() == 0
