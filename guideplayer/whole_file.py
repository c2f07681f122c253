"""Files that are written whole or not at all: beside their place first, then onto the disk, then into it at one stroke.

Whoever looks sees the file as it was or as it is to be, also after the power went in between.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Without it Windows writes line breaks of its own.
AS_IT_IS = getattr(os, "O_BINARY", 0)
ANYBODY, OWNER = 0o666, 0o600
"""Who may read a file: whoever the user's mask lets, or its owner alone."""


@contextlib.contextmanager
def put_whole(path: Path) -> Iterator[Path]:
    """Give a file beside a path, with the same ending, to be filled by any means; then it takes the path's place.

    When that fails it is gone, and the path as it was. Raises OSError.
    """
    beside = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        yield beside
        onto_disk(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    # Some shares over a network know no such thing of a folder; the file itself is safe there.
    with contextlib.suppress(OSError):
        onto_disk(path.parent)


def write_whole(path: Path, content: bytes, mode: int = ANYBODY) -> None:
    """Write a file whole or not at all. Raises OSError."""
    with put_whole(path) as beside:
        # One that a process of the same number has left may be open to others.
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | AS_IT_IS, mode), "wb") as file:
            file.write(content)


def onto_disk(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk itself. Raises OSError."""
    if sys.platform == "win32" and path.is_dir():
        # Windows opens no folders, and keeps what they list in a journal of its own.
        return
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
