"""The manifest: what is offered, file by file, with a serial that rises. What it names stays within its folders."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.sync import ContentError

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
SCRIPTS, MEDIA = "scripts", "media"
FOLDERS = (SCRIPTS, MEDIA)
MOST_FILES = 50_000
MOST_MANIFEST_BYTES = 20_000_000
LONGEST_PATH, LONGEST_NAME = 400, 150
# What some file system takes for something else, wherever the folder is copied on the way.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)


class Offered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file: its path within the folder, its size in bytes and its SHA-256 in lower case."""

    path: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All files. Of two manifests that with the later serial is newer."""

    guideplayer_sync: Literal[1]
    serial: Annotated[datetime, msgspec.Meta(tz=True)]
    files: Annotated[tuple[Offered, ...], msgspec.Meta(max_length=MOST_FILES)]

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)


def path_problem(path: str) -> str:
    """Why a path may not be in a manifest, as a clause; empty when it may."""
    parts = path.split("/")
    if _FORBIDDEN.search(path):
        return "it has a character that not every file system knows"
    if unicodedata.normalize("NFC", path) != path:
        return "its letters and their accents are written apart (it is not in the Unicode form NFC)"
    if any(part in ("", ".", "..") for part in parts):
        return "it is not a plain path within the folder"
    if len(parts) < 2 or parts[0] not in FOLDERS:
        return f"it is neither in {FOLDERS[0]} nor in {FOLDERS[1]}"
    if any(part.startswith(".") for part in parts):
        return "it is hidden"
    if any(part.endswith((".", " ")) or _RESERVED.fullmatch(part) for part in parts):
        return "Windows knows no file of such a name"
    if len(path.encode("utf-8", "surrogatepass")) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in parts):
        return "it is too long"
    return "" if path.isprintable() else "it has a character that cannot be shown"


def paths_problem(paths: Sequence[str]) -> str:
    """The first thing that is wrong with some paths, as a sentence without its end; empty when all are good."""
    for path in paths:
        if why := path_problem(path):
            return f"“{path[:LONGEST_PATH]!a}” cannot be offered: {why}".replace("“'", "“").replace("'”", "”")
    # Where names differ by their capitals alone, they are one file on some disks.
    names: dict[str, str] = {}
    for path in paths:
        folded = path.casefold()
        if folded in names:
            return f"“{path}” and “{names[folded]}” differ by nothing but capitals, or are the same"
        names[folded] = path
    for path in paths:
        for parent in PurePosixPath(path.casefold()).parents:
            if str(parent) in names:
                return f"“{names[str(parent)]}” is a file and the folder of “{path}” at once"
    return ""


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest. Raises ContentError."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except UNREADABLE as error:
        raise ContentError(
            f"The manifest is none that this guideplayer knows: {error}. Offer the folder anew with `guideplayer sync "
            "offer`; if it was offered by a newer guideplayer, update this one."
        ) from error
    if problem := paths_problem([file.path for file in manifest.files]):
        raise ContentError(f"The manifest is refused: {problem}. Mend it where it is offered.")
    return manifest


def written(manifest: Manifest) -> bytes:
    """A manifest as a file, a line for each file so that people can compare two."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
