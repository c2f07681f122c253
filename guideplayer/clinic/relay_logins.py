"""How a clinic's relays come in at its broker: they know no certificates, so each has a user and a password, and the
topics of its own; and each room may switch the outputs that are its own.

A relay's user begins with `relay+`: to a name with a plus Mosquitto gives nothing of what it gives to every room.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec import Meta

from guideplayer.clinic.relay_kinds import KINDS, Device, Kind, device_of
from guideplayer.clinic.topics import TopicError, checked
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.signing import CertificateError, write_secret

FOLDER = "relays"
# Mosquitto's own way to keep a password (`mosquitto_passwd`): PBKDF2 with SHA-512.
_ROUNDS = 10_000


class Output(msgspec.Struct, frozen=True):
    """An output of a relay, and the room whose it is. `channel` as in the room's settings."""

    room: str
    channel: Annotated[int, Meta(ge=0)] | None = None


class RelayLogin(msgspec.Struct, frozen=True):
    """One device, as it is kept in the clinic's folder: what to type into its own settings, and whom it serves."""

    kind: Kind
    topic: str
    user: str
    password: str
    outputs: tuple[Output, ...] = ()

    def device(self, channel: int | None) -> Device:
        """How an output of it is spoken to."""
        return device_of(self.kind, self.topic, channel)

    def password_line(self) -> str:
        """A line of Mosquitto's file of passwords, from which nobody can read the password."""
        salt = secrets.token_bytes(12)
        known = hashlib.pbkdf2_hmac("sha512", self.password.encode(), salt, _ROUNDS)
        return f"{self.user}:$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(known).decode()}"


def asked(words: str) -> tuple[Kind, str, Output]:
    """What `--relay "Room 1=shelly:shellyplus1-abc"` means; a channel may follow. Raises TopicError."""
    room, _, where = words.rpartition("=")
    named, _, rest = where.partition(":")
    kind = next((known for known in KINDS if known == named), None)
    topic, colon, number = rest.partition(":")
    if not kind or not room or not topic or (colon and not number.isdecimal()):
        raise TopicError(
            f"The relay “{words}” is not like “Room 1=shelly:shellyplus1-abc”: the room, then one of "
            f"{', '.join(KINDS)}, then the device's own MQTT prefix or topic, and its channel unless it is the first."
        )
    channel = int(number) if number else None
    try:
        device_of(kind, topic, channel)
    except ValueError as error:
        raise TopicError(f"The relay “{words}” {error}.") from error
    return kind, topic, Output(checked(room), channel)


class RelayLogins:
    """Those of a clinic, in its folder. Every method raises CertificateError for files that cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def all(self) -> list[RelayLogin]:
        """Every device that has one."""
        return [self._read(path) for path in sorted(self._folder.glob("*.json"))]

    def add(self, words: str, rooms: Sequence[str]) -> Path | None:
        """Give an output to a room; gives the file, unless all of it was there already. Raises TopicError."""
        kind, topic, output = asked(words)
        if output.room not in rooms:
            raise TopicError(f"There is no room “{output.room}” here for the relay “{words}”: name it with --room.")
        path = self._folder / f"{quote(topic, safe='')}.json"
        login = self._read(path) if path.exists() else None
        login = login or RelayLogin(kind, topic, f"relay+{topic}", secrets.token_urlsafe(12))
        if login.kind != kind:
            raise TopicError(f"The relay “{topic}” is a {login.kind} already: take its file {path} away first.")
        if output in login.outputs:
            return None
        orders = set(login.device(output.channel).orders[:1])
        for other in login.outputs:
            if orders & set(login.device(other.channel).orders):
                raise TopicError(f"The relay “{words}” serves the room “{other.room}” already, and can serve but one.")
        login = msgspec.structs.replace(login, outputs=(*login.outputs, output))
        write_secret(path, msgspec.json.format(msgspec.json.encode(login), indent=2) + b"\n")
        return path

    @staticmethod
    def _read(path: Path) -> RelayLogin:
        try:
            return msgspec.json.decode(path.read_bytes(), type=RelayLogin)
        except (OSError, *UNREADABLE) as error:
            raise CertificateError(f"The relay in {path} cannot be read: {error}.") from error
