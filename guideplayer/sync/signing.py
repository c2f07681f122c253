"""Who vouches for a manifest: an Ed25519 key that stays where scripts are offered; rooms know its public part.

The signature is of the manifest's very bytes, so that other tools (`openssl pkeyutl -verify -rawin`) can check it too.
"""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guideplayer.sync import ContentError, SyncError
from guideplayer.whole_file import OWNER, write_whole

PUBLIC_KEY = "^[A-Za-z0-9+/]{43}=$"
MOST_SIGNATURE_BYTES = 1000


def signing_key(file: Path) -> tuple[Ed25519PrivateKey, bool]:
    """The key of a file, and whether it was made just now because there was none. Raises SyncError."""
    try:
        if not file.exists():
            key = Ed25519PrivateKey.generate()
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(file, _pem(key), OWNER)
            return key, True
        found = serialization.load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise SyncError(f"The key {file} cannot be read or made: {error.strerror or error}.") from error
    except (ValueError, TypeError) as error:
        raise SyncError(f"{file} is no key that `guideplayer sync offer` has made: name another with --key.") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise SyncError(f"{file} is no key of the kind that `guideplayer sync offer` makes: name another with --key.")
    return found, False


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_text(key: Ed25519PrivateKey) -> str:
    """The public part of a key, as it is written into the rooms' settings."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def signature_of(key: Ed25519PrivateKey, manifest: bytes) -> bytes:
    """The signature as a file."""
    return base64.b64encode(key.sign(manifest)) + b"\n"


def verify(public: str, manifest: bytes, signature: bytes) -> None:
    """Hold a manifest to its signature. Raises ContentError when the key's owner has not vouched for it."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)).verify(raw, manifest)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise ContentError(
            "The manifest is not signed with the key of the settings: it was changed on its way, or offered with "
            "another key. If that was meant, copy the new key into the settings."
        ) from error
