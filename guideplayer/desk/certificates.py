"""The desk's certificate, and the authority of this machine that signs it: phones trust the authority, once.

The authority can vouch for private networks and for this machine's own names, and for nothing else: a phone that trusts
it is no worse off elsewhere, even if its key is stolen.
"""

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=3650)
# Phones refuse certificates of more than 825 days, and some of more than 398.
LIFE = timedelta(days=397)
RENEWED_BEFORE_END = timedelta(days=60)
# A phone whose clock is behind must not find a certificate of tomorrow.
BEGUN_BEFORE = timedelta(days=1)
PRIVATE_4 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
PRIVATE_6 = ("fc00::/7", "fe80::/10", "::1/128")
_AUTHORITY, _DESK = "authority.pem", "desk.pem"


class CertificateError(Exception):
    """The certificate cannot be made or used; the text says why, and how to mend it."""


class Signed(msgspec.Struct, frozen=True):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        """Both, as one file: they are replaced together."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)


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


def _general(name: str) -> x509.GeneralName:
    """A name or an address as a certificate holds it. Raises CertificateError."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise CertificateError(f"“{name}” is neither a name of a machine nor an address.") from None


def _subject(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words[:64])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    """What both kinds of certificates have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEGUN_BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def made_authority(names: Iterable[str], now: datetime) -> Signed:
    """A new authority for private networks and these names. Raises CertificateError."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"guideplayer desk of {socket.gethostname()}")
    named = [_general(name) for name in names]
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(net)) for net in (*PRIVATE_4, *PRIVATE_6)]
    permitted += [x509.DNSName(name) for name in ("local", "localhost")]
    permitted += [name for name in named if isinstance(name, x509.DNSName)]
    permitted += [
        x509.IPAddress(ipaddress.ip_network(name.value)) for name in named if isinstance(name, x509.IPAddress)
    ]
    builder = (
        _builder(subject, subject, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return Signed(builder.sign(key, hashes.SHA256()), key)


def made_certificate(authority: Signed, names: Sequence[str], now: datetime) -> Signed:
    """A new certificate for these names, which must be the authority's to vouch for. Raises CertificateError."""
    named = [_general(name) for name in names]
    for name, text in zip(named, names, strict=True):
        if not _permits(authority.certificate, name):
            raise CertificateError(
                f"The authority in use cannot vouch for {text}. Make another with `guideplayer desk cert --replace "
                f"--name {text}`; every phone then has to install it again."
            )
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    life = min(LIFE, issuer.not_valid_after_utc - now)
    builder = (
        _builder(_subject("guideplayer desk"), issuer.subject, key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    return Signed(builder.sign(authority.key, hashes.SHA256()), key)


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
        self._write(_AUTHORITY, authority.pem())
        self._write(_DESK, certificate.pem())

    def renew(self, names: Sequence[str], now: datetime) -> None:
        """A new certificate of the same authority, for these names and those that it had. Raises CertificateError."""
        authority = self._read(_AUTHORITY)
        if authority.certificate.not_valid_after_utc - now < RENEWED_BEFORE_END:
            raise CertificateError(
                "The authority itself ends soon. Make another with `guideplayer desk cert --replace`; every phone then "
                "has to install it again."
            )
        known = [*self.names(), *names]
        self._write(_DESK, made_certificate(authority, list(dict.fromkeys(known)), now).pem())

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

    def _write(self, name: str, content: bytes) -> None:
        """Write a secret whole or not at all. Raises CertificateError."""
        fresh = self.folder / f"{name}.{os.getpid()}.new"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.folder / name)
        except OSError as error:
            raise CertificateError(f"{self.folder / name} cannot be written: {error.strerror or error}.") from error


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)
