"""A folder that is offered, and a small one of plain files that are quick to fetch."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guideplayer.sync.manifest import Manifest
from guideplayer.sync.offering import offer
from guideplayer.sync.setting import Sync
from guideplayer.sync.signing import public_text

BEGUN = datetime(2026, 11, 28, 12, tzinfo=UTC)
FILES = {
    "scripts/quiet.yaml": b"guideplayer: 1\n",
    "scripts/lexicon.yaml": b"",
    "scripts/pictures/lake \xc3\xa9 #1.jpg".encode("latin-1").decode(): bytes(range(256)) * 40,
    "media/beds/index.json": b"{}",
    "media/beds/harp.ogg": b"harp" * 50_000,
}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


class Offering:
    """A folder that is offered anew, each time a minute later."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key, self.now = folder, Ed25519PrivateKey.generate(), BEGUN
        self.put(FILES)

    @property
    def public(self) -> str:
        return public_text(self.key)

    def put(self, files: dict[str, bytes], *gone: str) -> Manifest:
        """Write files, take others away, and offer the folder."""
        put(self.folder, files)
        for name in gone:
            (self.folder / name).unlink()
        self.now += timedelta(minutes=1)
        return offer(self.folder, self.key, self.now)[0]

    def setting(self, source: str = "", **more: object) -> Sync:
        return Sync(source=source or str(self.folder), **{"key": self.public, **more})

    def tamper(self, **changes: object) -> None:
        """Write another manifest than was signed."""
        manifest = json.loads((self.folder / "manifest.json").read_bytes())
        (self.folder / "manifest.json").write_text(json.dumps(manifest | changes))


def content_of(tree: Path) -> dict[str, bytes]:
    """All files of a tree, but for its manifest."""
    found = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("manifest.")}
