"""Making a folder ready to be served: its files are listed with their hashes, and somebody vouches for the list."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.fetching import hash_of
from guideplayer.sync.manifest import (
    FOLDERS,
    MANIFEST,
    MOST_FILES,
    SIGNATURE,
    Manifest,
    Offered,
    paths_problem,
    read_manifest,
    written,
)
from guideplayer.sync.signing import signature_of
from guideplayer.whole_file import write_whole

# What other programs leave behind.
_LEFT = frozenset({"thumbs.db", "desktop.ini"})


def offered_files(folder: Path) -> tuple[Offered, ...]:
    """All files of its scripts and media, but hidden ones. Raises ContentError, SyncError."""
    paths = [path for name in FOLDERS for path in _below(folder / name)]
    names = [path.relative_to(folder).as_posix() for path in paths]
    if problem := paths_problem(names):
        raise ContentError(f"{problem}: name it otherwise, or take it away.")
    if not names:
        raise ContentError(f"There is nothing to offer: put scripts into {folder / FOLDERS[0]}.")
    if len(names) > MOST_FILES:
        raise ContentError(f"{folder} holds {len(names)} files, and at most {MOST_FILES} can be offered.")
    try:
        return tuple(Offered(name, path.stat().st_size, hash_of(path)) for name, path in zip(names, paths, strict=True))
    except OSError as error:
        raise SyncError(f"{error.filename or folder} cannot be read: {error.strerror or error}.") from error


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *sorted(files)):
            path = Path(where) / name
            if path.is_symlink():
                raise ContentError(f"{path} is a link to elsewhere: put what it leads to in its place.")
            if name in folders or name.startswith(".") or name.casefold() in _LEFT or name.endswith("~"):
                continue
            if not path.is_file():
                raise ContentError(f"{path} is no plain file: take it away.")
            found.append(path)
    return found


def offer(folder: Path, key: Ed25519PrivateKey, now: datetime) -> tuple[Manifest, bool]:
    """Write manifest and signature into a folder; the manifest, and whether it is another than before.

    Its serial is later than that of the one before, whatever the clock says. Raises ContentError, SyncError.
    """
    files = offered_files(folder)
    before = _before(folder / MANIFEST)
    if before and before.files == files:
        manifest = before
    else:
        serial = now.replace(microsecond=0)
        manifest = Manifest(1, max(serial, before.serial + timedelta(seconds=1)) if before else serial, files)
    content = written(manifest)
    try:
        write_whole(folder / MANIFEST, content)
        write_whole(folder / SIGNATURE, signature_of(key, content))
    except OSError as error:
        raise SyncError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return manifest, manifest is not before


def _before(file: Path) -> Manifest | None:
    """The manifest that was offered before, if there is one that can be read."""
    try:
        return read_manifest(file.read_bytes())
    except (OSError, ContentError):
        return None
