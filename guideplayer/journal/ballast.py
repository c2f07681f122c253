"""A file without content, to be given up when the disk is full: what a session still has to write then has room."""

import shutil
from pathlib import Path

BALLAST_BYTES = 1 << 20
# Not to fill what has only just become free.
FREE_BYTES = 8 * BALLAST_BYTES


class Ballast:
    """The file in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def keep(self) -> None:
        """Have it, when there is room for it."""
        try:
            if self._file.exists() or shutil.disk_usage(self._file.parent).free < FREE_BYTES:
                return
            self._file.write_bytes(b"\0" * BALLAST_BYTES)
        except OSError:
            # A part of it would take room and be of no use.
            self.give_up()

    def give_up(self) -> bool:
        """Make room; False when there was nothing to be given up."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True
