"""Who a room or a station is at the broker: its name, the broker's address, and the files that prove both."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

PORTS = {"mqtt": 1883, "mqtts": 8883}
# Where the broker's files are copied to, unless another place is given.
BROKER_FOLDER = "/etc/mosquitto/guideplayer"
PART_FILES: Mapping[str, str] = {"authority": "ca.crt", "certificate": "own.crt", "key": "own.key"}


class ConnectionFailedError(Exception):
    """It cannot be connected like this; the text says why and how to mend it."""


class Identity(msgspec.Struct, frozen=True):
    """Who connects to which broker: `mqtts://host` with files for TLS, or `mqtt://host` without."""

    broker: str
    client: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def address(self) -> tuple[str, int]:
        """Host and port. Raises ConnectionFailedError."""
        try:
            parts = urlsplit(self.broker)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in PORTS or not host:
            raise ConnectionFailedError(f"The broker “{self.broker}” is not like mqtts://broker.clinic.example.")
        return host, port or PORTS[parts.scheme]

    @property
    def secret(self) -> bool:
        """Whether it goes over TLS."""
        return self.broker.startswith("mqtts:")


def identity_in(folder: Path, broker: str, client: str) -> Identity:
    """Who a room or a station is, with the files that `guideplayer clinic init` made for it."""
    files = {part: folder / name for part, name in PART_FILES.items()}
    return Identity(broker, client, **{part: path for part, path in files.items() if path.exists()})
