"""Fetching the files of a manifest: each by its hash, none twice, and none that is not what was offered."""

import asyncio
import contextlib
import errno
import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.manifest import Offered
from guideplayer.sync.sources import BrokenOffError, Source
from guideplayer.whole_file import onto_disk

# The record of a session is on the same disk, and comes first.
RESERVE_BYTES = 500_000_000
ATTEMPTS, PAUSE_S = 3, 1.0
READ_ONLY = 0o444
PART = ".part"

Progress = Callable[[int, int], None]
"""Told how many bytes there are, of how many."""


def hash_of(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path: Path, file: Offered) -> bool:
    """Whether a file is what was offered."""
    try:
        return path.is_file() and path.stat().st_size == file.size and hash_of(path) == file.sha256
    except OSError:
        return False


class Fetched:
    """A folder of what was fetched, each file under its hash; what was fetched before a failure is there still."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, file: Offered) -> Path:
        """Where a file is, once it is there."""
        return self.folder / file.sha256

    def has(self, file: Offered) -> bool:
        """Whether it is there. It was held to its hash before it came to this name."""
        return self.path(file).is_file()

    def _part(self, file: Offered) -> Path:
        return self.folder / f"{file.sha256}{PART}"

    def _begun(self, file: Offered) -> int:
        part = self._part(file)
        return min(part.stat().st_size, file.size) if part.exists() else 0

    def missing_bytes(self, files: Iterable[Offered]) -> int:
        """How much has yet to come."""
        return sum(file.size - self._begun(file) for file in files if not self.has(file))

    def check_room(self, files: Sequence[Offered]) -> None:
        """Raises SyncError when the disk would be too full for a session's record."""
        self.folder.mkdir(parents=True, exist_ok=True)
        needed, free = self.missing_bytes(files), shutil.disk_usage(self.folder).free
        if needed and free < needed + RESERVE_BYTES:
            raise SyncError(
                f"The disk that holds {self.folder} is too full: {needed // 1_000_000:,} MB are to be fetched, "
                f"{RESERVE_BYTES // 1_000_000:,} MB have to stay free, and {free // 1_000_000:,} MB are. Make room "
                "there."
            )

    async def fetch(self, files: Sequence[Offered], source: Source, progress: Progress) -> None:
        """Fetch what is not there. Raises SyncError."""
        self.check_room(files)
        left = total = self.missing_bytes(files)

        def came(count: int) -> None:
            nonlocal left
            left -= count
            progress(total - left, total)

        try:
            for file in files:
                if not self.has(file):
                    await self._fetch(file, source, came)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "the disk is full: make room there" if full else error.strerror or str(error)
            raise SyncError(f"What is fetched cannot be kept in {self.folder}: {why}.") from error

    async def _fetch(self, file: Offered, source: Source, came: Callable[[int], None]) -> None:
        part = self._part(file)
        # One that is too long, or damaged, must not be in the way for ever.
        if part.exists() and part.stat().st_size > file.size:
            part.unlink()
        for attempt in range(1, ATTEMPTS + 1):
            resumed = self._begun(file)
            try:
                if resumed < file.size or not part.exists():
                    await source.fetch(file, part, came)
            except BrokenOffError:
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(PAUSE_S)
                continue
            if not part.exists():
                part.touch()
            if await asyncio.to_thread(is_whole, part, file):
                self._keep(part, file)
                return
            part.unlink()
            came(-file.size)
            # What came before may be of another offer; only what came in one go shows that the source is wrong.
            if not resumed:
                break
        raise ContentError(
            f"“{file.path}” is not what its manifest says: it was changed after it was offered, or on its way. "
            "Offer the folder anew, and copy all of it."
        )

    def _keep(self, part: Path, file: Offered) -> None:
        part.chmod(READ_ONLY)
        onto_disk(part)
        part.replace(self.path(file))

    def clear(self, keep: Iterable[Offered] = ()) -> None:
        """Remove what is in no use any more."""
        kept = {name for file in keep for name in (file.sha256, f"{file.sha256}{PART}")}
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if path.name not in kept:
                    path.unlink()
