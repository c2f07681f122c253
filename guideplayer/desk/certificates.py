"""The desk's certificate, and the authority of this machine that signs it: phones trust the authority, once.

The authority can vouch for private networks and for this machine's own names, and for nothing else: a phone that trusts
it is no worse off elsewhere, even if its key is stolen.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from guideplayer.desk import signing
from guideplayer.desk.signing import CertificateError, Signed, general

AUTHORITY_LIFE = timedelta(days=3650)
# Phones refuse certificates of more than 825 days, and some of more than 398.
LIFE = timedelta(days=397)
RENEWED_BEFORE_END = timedelta(days=60)
PRIVATE_4 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
PRIVATE_6 = ("fc00::/7", "fe80::/10", "::1/128")
_AUTHORITY, _DESK = "authority.pem", "desk.pem"


def own_names(desk_host: str = "") -> list[str]:
    """The names and addresses by which this machine can be reached, as far as it knows; the desk's own among them."""
    host = socket.gethostname().lower()
    names = ["localhost", host, host if "." in host else f"{host}.local", "127.0.0.1", "::1", desk_host]
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Nothing is sent: the system only tells from which address it would be.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            names.append(str(probe.getsockname()[0]).partition("%")[0])
    return list(dict.fromkeys(name for name in names if name not in ("", "0.0.0.0", "::")))


def made_authority(names: Iterable[str], now: datetime) -> Signed:
    """A new authority for private networks and these names. Raises CertificateError."""
    named = [general(name) for name in names]
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(net)) for net in (*PRIVATE_4, *PRIVATE_6)]
    permitted += [x509.DNSName(name) for name in ("local", "localhost")]
    permitted += [name for name in named if isinstance(name, x509.DNSName)]
    permitted += [
        x509.IPAddress(ipaddress.ip_network(name.value)) for name in named if isinstance(name, x509.IPAddress)
    ]
    words = f"guideplayer desk of {socket.gethostname()}"
    return signing.made_authority(words, now, AUTHORITY_LIFE, x509.NameConstraints(permitted, None))


def made_certificate(authority: Signed, names: Sequence[str], now: datetime) -> Signed:
    """A new certificate for these names, which must be the authority's to vouch for. Raises CertificateError."""
    named = [general(name) for name in names]
    for name, text in zip(named, names, strict=True):
        if not _permits(authority.certificate, name):
            raise CertificateError(
                f"The authority in use cannot vouch for {text}. Make another with `guideplayer desk cert --replace "
                f"--name {text}`; every phone then has to install it again."
            )
    return signing.signed(authority, "guideplayer desk", ExtendedKeyUsageOID.SERVER_AUTH, named, now=now, life=LIFE)


def _network(permitted: x509.GeneralName) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The addresses of a constraint; none for one of names."""
    return ipaddress.ip_network(str(permitted.value) if isinstance(permitted, x509.IPAddress) else "0.0.0.0/32")


def _permits(authority: x509.Certificate, name: x509.GeneralName) -> bool:
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    for permitted in constraints.permitted_subtrees or ():
        if isinstance(name, x509.DNSName) and isinstance(permitted, x509.DNSName):
            if f".{name.value}".endswith(f".{permitted.value}"):
                return True
        elif isinstance(name, x509.IPAddress) and ipaddress.ip_address(str(name.value)) in _network(permitted):
            return True
    return False


class Certificates:
    """What is kept in a folder: the authority with its key, and the desk's certificate with its own. `now` is UTC."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def there(self) -> bool:
        """Whether there is a certificate to serve with."""
        return (self.folder / _DESK).exists()

    def make(self, names: Sequence[str], now: datetime) -> None:
        """A new authority and a certificate of it. Raises CertificateError."""
        authority = made_authority(names, now)
        certificate = made_certificate(authority, names, now)
        signing.write_secret(self.folder / _AUTHORITY, authority.pem())
        signing.write_secret(self.folder / _DESK, certificate.pem())

    def renew(self, names: Sequence[str], now: datetime) -> None:
        """A new certificate of the same authority, for these names and those that it had. Raises CertificateError."""
        authority = self._read(_AUTHORITY)
        if authority.certificate.not_valid_after_utc - now < RENEWED_BEFORE_END:
            raise CertificateError(
                "The authority itself ends soon. Make another with `guideplayer desk cert --replace`; every phone then "
                "has to install it again."
            )
        known = [*self.names(), *names]
        signing.write_secret(self.folder / _DESK, made_certificate(authority, list(dict.fromkeys(known)), now).pem())

    def due(self, names: Iterable[str], now: datetime) -> bool:
        """Whether it has to be renewed: it ends soon, or this machine has another name than it says."""
        left = self._read(_DESK).certificate.not_valid_after_utc - now
        return left < RENEWED_BEFORE_END or not set(names) <= set(self.names())

    def names(self) -> list[str]:
        """The names and addresses that the certificate is for."""
        certificate = self._read(_DESK).certificate
        try:
            named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound as error:
            raise self._unreadable(_DESK, error) from None
        return [str(name.value) for name in named]

    def serving(self) -> x509.Certificate:
        """The desk's certificate."""
        return self._read(_DESK).certificate

    def authority(self) -> x509.Certificate:
        """What a phone has to trust."""
        return self._read(_AUTHORITY).certificate

    def download(self) -> bytes:
        """The authority as phones and computers install it."""
        return self.authority().public_bytes(serialization.Encoding.DER)

    def fingerprint(self) -> str:
        """The authority's SHA-256, as phones show it."""
        return self.authority().fingerprint(hashes.SHA256()).hex(":").upper()

    def load(self, context: ssl.SSLContext) -> None:
        """Serve with what is there now; connections that are open keep what they have. Raises CertificateError."""
        try:
            context.load_cert_chain(self.folder / _DESK)
        except (OSError, ssl.SSLError) as error:
            raise self._unreadable(_DESK, error) from None

    def keep(self, names: Sequence[str], context: ssl.SSLContext, now: datetime) -> None:
        """Renew it when that is due, and serve with what is there now. Raises CertificateError."""
        if self.due(names, now):
            self.renew(names, now)
        self.load(context)

    def context(self) -> ssl.SSLContext:
        """What to serve with. Raises CertificateError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load(context)
        return context

    def _read(self, name: str) -> Signed:
        try:
            content = (self.folder / name).read_bytes()
            key = serialization.load_pem_private_key(content, None)
            certificate = x509.load_pem_x509_certificate(content)
        except (OSError, ValueError, TypeError) as error:
            raise self._unreadable(name, error) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise self._unreadable(name, ValueError("it is of another kind"))
        return Signed(certificate, key)

    def _unreadable(self, name: str, error: Exception) -> CertificateError:
        return CertificateError(
            f"The desk's certificate in {self.folder / name} cannot be used ({error}). Make another with `guideplayer "
            'desk cert --replace`, or set desk_tls = "off" to serve without.'
        )


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)
