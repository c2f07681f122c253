"""What a clinic's broker, rooms and stations need to trust each other: an authority, a certificate for each, the
broker's configuration and its list of who may do what. All of it lies in one folder, ready to be copied.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from guideplayer.clinic.access_list import access_list
from guideplayer.clinic.home_assistant import BY
from guideplayer.clinic.identity import BROKER_FOLDER, PART_FILES
from guideplayer.clinic.relay_logins import RelayLogins
from guideplayer.clinic.topics import TopicError, checked
from guideplayer.desk.signing import CertificateError, Signed, general, made_authority, signed, write_secret

LIFE = timedelta(days=3650)
AUTHORITY = "guideplayer clinic"
HOME_ASSISTANT = "home-assistant"
_CONFIGURATION = """\
# Made by `guideplayer clinic init`. Copy this folder to {folder}, and include this file from Mosquitto's own
# configuration: ln -s {folder}/mosquitto.conf /etc/mosquitto/conf.d/guideplayer.conf
listener 8883
cafile {folder}/ca.crt
certfile {folder}/own.crt
keyfile {folder}/own.key
tls_version tlsv1.2
# Who comes without a certificate of this clinic stays outside; the name in it is who they are.
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {folder}/acl
set_tcp_nodelay true
max_packet_size 4194304
max_inflight_messages 100
# A call that is open outlives the broker. Beyond some hundred rooms let it be: each room tells everything anew when the
# broker is back, and so much writing takes longer than that.
persistence true
autosave_on_changes true
autosave_interval 1
"""
_FOR_RELAYS = """\
# Relays know no certificates, and what they say can be read along: keep them and this port in a network of their own.
listener 1883
password_file {folder}/passwords
"""


class Credentials:
    """A folder of them. `now` is UTC. Every method raises CertificateError."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self._now = folder, now

    def make(
        self,
        hosts: Sequence[str],
        rooms: Iterable[str],
        stations: Iterable[str],
        broker_folder: str = BROKER_FOLDER,
        *,
        relays: Iterable[str] = (),
        home_assistant: bool = False,
    ) -> list[Path]:
        """Make what is not there yet, and the broker's configuration anew; gives the folders that are new.

        `hosts` are the names and addresses of the broker, `relays` are like `Room 1=shelly:shellyplus1-abc`. Raises
        TopicError for a name that none can bear, and for what is not like that.
        """
        new: list[Path] = []
        authority = self._authority()
        broker = self.folder / "broker"
        if not broker.exists() and not hosts:
            raise CertificateError("Give the name or the address of the machine that the broker runs on, with --host.")
        names = [general(host) for host in hosts]
        for kind, name in [("rooms", room) for room in rooms] + [("stations", station) for station in stations]:
            folder = self.folder / kind / checked(name)
            if name == BY:
                raise TopicError(f"“{BY}” is the name of another at a clinic's broker: name it otherwise.")
            if not folder.exists():
                self._write_all(folder, authority, _signed(authority, name, [], self._now))
                new.append(folder)
        if hosts:
            self._write_all(broker, authority, _signed(authority, hosts[0], names, self._now))
            new.append(broker)
        if home_assistant and not (folder := self.folder / HOME_ASSISTANT).exists():
            self._write_all(folder, authority, _signed(authority, BY, [], self._now))
            new.append(folder)
        logins = RelayLogins(self.folder)
        new += [made for words in relays if (made := logins.add(words, self.names("rooms")))]
        self._write_access(broker, logins, broker_folder)
        return new

    def _write_access(self, broker: Path, logins: RelayLogins, broker_folder: str) -> None:
        """Mosquitto's configuration, and who may do what there."""
        relays = logins.all()
        configuration = _CONFIGURATION + (_FOR_RELAYS if relays else "")
        write_secret(broker / "mosquitto.conf", configuration.format(folder=broker_folder).encode())
        if relays:
            write_secret(broker / "passwords", "".join(f"{relay.password_line()}\n" for relay in relays).encode())
        shown = self.names("rooms") if (self.folder / HOME_ASSISTANT).exists() else []
        write_secret(broker / "acl", access_list(self.names("stations"), relays, shown).encode())

    def names(self, kind: str) -> list[str]:
        """The `rooms` or the `stations` that there are certificates for."""
        folder = self.folder / kind
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def _authority(self) -> Signed:
        """That of the clinic; a new one if there is none."""
        certificate, key = self.folder / "ca.crt", self.folder / "ca.key"
        if certificate.exists():
            return _read(certificate, key)
        made = made_authority(AUTHORITY, self._now, LIFE)
        write_secret(key, made.secret_pem())
        write_secret(certificate, made.public_pem())
        return made

    def _write_all(self, folder: Path, authority: Signed, own: Signed) -> None:
        write_secret(folder / PART_FILES["authority"], authority.public_pem())
        write_secret(folder / PART_FILES["certificate"], own.public_pem())
        write_secret(folder / PART_FILES["key"], own.secret_pem())


def _read(certificate: Path, key: Path) -> Signed:
    try:
        secret = serialization.load_pem_private_key(key.read_bytes(), None)
        public = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise CertificateError(f"The clinic's authority in {certificate.parent} cannot be read: {error}.") from error
    if not isinstance(secret, ec.EllipticCurvePrivateKey):
        raise CertificateError(f"The key {key} is of another kind than `guideplayer clinic init` makes.")
    return Signed(public, secret)


def _signed(authority: Signed, name: str, hosts: Sequence[x509.GeneralName], now: datetime) -> Signed:
    """The certificate of a broker, which has hosts, or of who connects to it."""
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
    return signed(authority, name, purpose, hosts, now=now, life=LIFE)
