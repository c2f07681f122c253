"""Locks between processes: files that the system itself lets go of when a process ends, however it ends."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def held(file: Path, *, shared: bool = False) -> Iterator[bool]:
    """Hold a lock, alone or with others that share it; gives whether it could be had at once. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _taken(descriptor, shared=shared)
    finally:
        os.close(descriptor)


def hold_for_good(file: Path) -> int | None:
    """Share a lock for as long as this process lives; its descriptor, or None when it cannot be had just now.

    Raises OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    if _taken(descriptor, shared=True):
        return descriptor
    os.close(descriptor)
    return None


if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes, each for one: who shares has one of them, who would be alone needs them all.
    SHARERS = 64

    def _taken(descriptor: int, *, shared: bool) -> bool:
        if shared:
            return any(_bytes_taken(descriptor, first, 1) for first in range(SHARERS))
        return _bytes_taken(descriptor, 0, SHARERS)

    def _bytes_taken(descriptor: int, first: int, count: int) -> bool:
        os.lseek(descriptor, first, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
