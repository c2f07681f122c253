"""Certificates and their keys: what the desk's and those of a clinic's broker have in common."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guideplayer.whole_file import OWNER, write_whole

# A phone whose clock is behind must not find a certificate of tomorrow.
BEGUN_BEFORE = timedelta(days=1)


class CertificateError(Exception):
    """The certificate cannot be made or used; the text says why, and how to mend it."""


class Signed(msgspec.Struct, frozen=True):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def public_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def secret_pem(self) -> bytes:
        """The key alone."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def pem(self) -> bytes:
        """Both, as one file: they are replaced together."""
        return self.secret_pem() + self.public_pem()


def general(name: str) -> x509.GeneralName:
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
    """Whose certificate it is."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words[:64])])


def _builder(
    whose: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    """What both kinds of certificates have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEGUN_BEFORE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """What its key is for: other certificates, or connections."""
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


def made_authority(words: str, now: datetime, life: timedelta, only: x509.NameConstraints | None = None) -> Signed:
    """A new authority, which can vouch for whatever its constraints let it."""
    key, whose = ec.generate_private_key(ec.SECP256R1()), _subject(words)
    unsigned = (
        _builder(whose, whose, key, now, life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    if only:
        unsigned = unsigned.add_extension(only, critical=True)
    return Signed(unsigned.sign(key, hashes.SHA256()), key)


def signed(
    authority: Signed,
    words: str,
    purpose: x509.ObjectIdentifier,
    names: Sequence[x509.GeneralName],
    *,
    now: datetime,
    life: timedelta,
) -> Signed:
    """A new certificate of an authority, which ends with it at the latest; with no names it vouches for the words."""
    key, issuer = ec.generate_private_key(ec.SECP256R1()), authority.certificate
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    unsigned = (
        _builder(_subject(words), issuer.subject, key, now, min(life, issuer.not_valid_after_utc - now))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    if names:
        unsigned = unsigned.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Signed(unsigned.sign(authority.key, hashes.SHA256()), key)


def write_secret(path: Path, content: bytes) -> None:
    """Write what only its owner reads, whole or not at all. Raises CertificateError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, content, OWNER)
    except OSError as error:
        raise CertificateError(f"{path} cannot be written: {error.strerror or error}.") from error
