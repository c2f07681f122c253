"""What was read of a clinic's figures, in memory: a database is read once, and after that only what is new."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from guideplayer.clinic.store import Store
from guideplayer.report.response import Begun, Responses, Waits, in_order, responses

# Of two stations that write at once the one with the lower numbers may be done last: the newest are read again.
OVERLAP = 2_000

Rows = NDArray[np.int64]


class Columns:
    """The calls and sessions that were read. Used from one thread at a time."""

    def __init__(self) -> None:
        self._waits: Rows = np.empty((0, 5), dtype=np.int64)
        self._begun: Rows = np.empty((0, 3), dtype=np.int64)
        self._names: list[str] = []

    def read(self, store: Store) -> None:
        """Read what is new. Raises StoreError."""
        names = store.rooms()
        self._waits = _with_more(self._waits, store.waits(_from(self._waits)))
        self._begun = _with_more(self._begun, store.begun(_from(self._begun)))
        self._names = [names.get(number, "") for number in range(max(names, default=-1) + 1)]

    @property
    def rooms(self) -> list[str]:
        """The rooms that there are figures of, in their order."""
        return sorted(filter(None, self._names), key=in_order)

    def responses(self, room: str, first: int | None, last: int | None) -> Responses:
        """Count a room, or all of them (""), from one month to another."""
        waits = Waits(*(self._waits[:, place].astype(np.int32) for place in range(1, 5)))
        begun = Begun(*(self._begun[:, place].astype(np.int32) for place in range(1, 3)))
        number = self._names.index(room) if room in self._names else -1
        return responses(waits, begun, self._names, room=number if room else None, first=first, last=last)


def _from(rows: Rows) -> int:
    """The number after which there may be something new."""
    return max(0, int(rows[-1, 0]) - OVERLAP) if len(rows) else 0


def _with_more(rows: Rows, pages: Iterable[Sequence[Sequence[int]]]) -> Rows:
    """These rows and those of the pages that are not among them, in the order of their numbers."""
    wide = rows.shape[1]
    known = rows[-OVERLAP:, 0] if len(rows) else rows[:, 0]
    read = [np.fromiter(itertools.chain.from_iterable(page), dtype=np.int64).reshape(-1, wide) for page in pages]
    new = [page[~np.isin(page[:, 0], known)] for page in read]
    if not any(map(len, new)):
        return rows
    together: Rows = np.concatenate((rows, *new))
    return together[np.argsort(together[:, 0], kind="stable")]
