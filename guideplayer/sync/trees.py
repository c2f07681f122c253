"""The trees of a room: each is all that was offered at one time, whole, in a folder of its own that never changes.

Three links lead to them: `current` is what is played, `waiting` what is to be played next, `previous` what was played
before. A tree is finished before anything leads to it, and one rename makes it the current one: whenever a process is
killed or the power goes, `current` leads to the old tree or to the new one, and either is whole.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.locks import held
from guideplayer.sync.manifest import MANIFEST, MEDIA, SCRIPTS, SIGNATURE, Manifest, Offered, read_manifest
from guideplayer.whole_file import onto_disk, write_whole

CURRENT, WAITING, PREVIOUS = "current", "waiting", "previous"
LINKS = (CURRENT, WAITING, PREVIOUS)
TREES, UNFINISHED = "trees", ".new-"


class Tree:
    """One of them; `path` is its own, not that of a link."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest_bytes(self) -> bytes:
        """Its manifest as it was offered; nothing when it cannot be read."""
        try:
            return (self.path / MANIFEST).read_bytes()
        except OSError:
            return b""

    def manifest(self) -> Manifest | None:
        """Its manifest; None when it cannot be read."""
        try:
            return read_manifest(self.manifest_bytes())
        except ContentError:
            return None

    def file(self, file: Offered) -> Path:
        """Where a file of its manifest is."""
        return self.path / file.path


class SyncFolder:
    """All that a room keeps of it: the trees, the links to them, and locks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sync_lock, self.links_lock = folder / "sync.lock", folder / "links.lock"
        self.room_lock = folder / "room.lock"

    @property
    def scripts(self) -> Path:
        """Where the scripts are, through the link: it leads elsewhere once another tree is current."""
        return self.folder / CURRENT / SCRIPTS

    @property
    def media(self) -> Path:
        """Where the media are, through the link."""
        return self.folder / CURRENT / MEDIA

    def tree(self, link: str) -> Tree | None:
        """The tree that a link leads to; None when there is none."""
        try:
            path = self.folder / (self.folder / link).readlink()
        except OSError:
            return None
        return Tree(path.resolve()) if path.is_dir() else None

    @property
    def waits(self) -> bool:
        """Whether a tree is to be taken over."""
        waiting, current = self.tree(WAITING), self.tree(CURRENT)
        return waiting is not None and (current is None or waiting.path != current.path)

    def build(self, manifest: Manifest, content: bytes, signature: bytes, found: Mapping[str, Path]) -> Tree:
        """Make a tree of files that are found by their hashes; nothing leads to it yet. Raises OSError.

        What did not change is the same file as in the tree before: it takes no room on the disk.
        """
        trees = self.folder / TREES
        name = f"{manifest.serial:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        unfinished = trees / f"{UNFINISHED}{name}"
        for folder in (SCRIPTS, MEDIA):
            (unfinished / folder).mkdir(parents=True)
        for file in manifest.files:
            path = unfinished / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            _link(found[file.sha256], path)
        write_whole(unfinished / MANIFEST, content)
        write_whole(unfinished / SIGNATURE, signature)
        for folder, _, _ in os.walk(unfinished, topdown=False):
            onto_disk(Path(folder))
        unfinished.rename(trees / name)
        onto_disk(trees)
        return Tree((trees / name).resolve())

    def wait(self, tree: Tree) -> None:
        """Let a finished tree be the next one. Raises OSError, SyncError."""
        with self._links():
            self._lead(WAITING, tree.path.name)

    def take_over(self, may: Callable[[], bool] = lambda: True) -> bool:
        """Make the tree that waits the current one, if it `may` at the last moment; whether that was done.

        Raises OSError; SyncError when another process is at the links just now.
        """
        with self._links():
            waiting, current = self.tree(WAITING), self.tree(CURRENT)
            if waiting is None:
                return False
            taken = current is None or waiting.path != current.path
            if taken:
                if current:
                    self._lead(PREVIOUS, current.path.name)
                if not may():
                    return False
                self._lead(CURRENT, waiting.path.name)
            # It may lead to the current one already, when it was just then that the power went.
            (self.folder / WAITING).unlink(missing_ok=True)
            return taken

    def clean(self) -> None:
        """Remove the trees that nothing leads to. Only for whoever holds the lock of syncs. Raises SyncError."""
        with self._links():
            kept = {tree.path.name for tree in map(self.tree, LINKS) if tree}
            for path in (self.folder / TREES).glob("*"):
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def _links(self) -> Iterator[None]:
        with held(self.links_lock) as mine:
            if not mine:
                raise SyncError("Another process is taking scripts over at this moment: try again.")
            yield

    def _lead(self, link: str, name: str) -> None:
        """Let a link lead to a tree, at one stroke. Raises OSError."""
        fresh = self.folder / f".{link}-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path(TREES) / name, target_is_directory=True)
        fresh.replace(self.folder / link)
        onto_disk(self.folder)


def _link(source: Path, path: Path) -> None:
    """The same file under another name, or a copy where a disk knows no such thing."""
    try:
        path.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, path)
        path.chmod(source.stat().st_mode)
        onto_disk(path)
