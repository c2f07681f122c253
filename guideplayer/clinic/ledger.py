"""A station's figures behind a thread of their own: whatever the database does, no call waits for it."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from guideplayer.clinic.columns import Columns
from guideplayer.clinic.database import StoreError
from guideplayer.clinic.past import SessionFigures
from guideplayer.clinic.store import Known, Store
from guideplayer.clinic.tables import calls_table, responses_table
from guideplayer.desk.ports import RefusedError
from guideplayer.report.response import month_named

CALLS = "calls"

_Made = TypeVar("_Made")


class Ledger:
    """Implements the desk's port `ClinicFigures`. `told` hears when there is another `trouble`."""

    def __init__(self, store: Store, told: Callable[[], None] = lambda: None) -> None:
        self._store, self.told = store, told
        self._columns = Columns()
        self._thread = ThreadPoolExecutor(1, "figures")
        self.trouble = ""

    async def _within(self, work: Callable[[], _Made]) -> _Made:
        """Do it in the thread. Raises StoreError, which is told until something succeeds."""
        try:
            made = await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except StoreError as error:
            self._tell(str(error))
            raise
        self._tell("")
        return made

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.told()

    # For who collects.

    async def known(self, room: str) -> Known:
        """The session of a room that was kept last. Raises StoreError."""
        return await self._within(lambda: self._store.known(room))

    async def keep(self, room: str, sessions: Sequence[SessionFigures]) -> int:
        """Keep those that are new; gives how many. Raises StoreError."""
        return await self._within(lambda: self._store.keep(room, sessions))

    async def warm(self) -> None:
        """Read what there is, so that the first who asks does not wait for it."""
        with contextlib.suppress(StoreError):
            await self._within(lambda: self._columns.read(self._store))

    # For the desk.

    async def responses(self, room: str, first: str, last: str) -> object:
        """How long calls waited. Raises RefusedError when nothing has ever been read."""
        try:
            await self._within(lambda: self._columns.read(self._store))
        except StoreError as error:
            # What was read before is worth showing, whatever has become of the database.
            if not self._columns.rooms:
                raise RefusedError(str(error)) from error
        since, until = month_named(first), month_named(last)
        loop = asyncio.get_running_loop()
        counted = await loop.run_in_executor(
            self._thread, lambda: msgspec.to_builtins(self._columns.responses(room, since, until))
        )
        return {**counted, "all_rooms": self._columns.rooms, "trouble": self.trouble}

    async def table(self, kind: str, room: str, first: str, last: str) -> str | None:
        """As CSV, by `room`, `hour` or `month`, or all `calls`; None for anything else. Raises RefusedError."""
        since, until = month_named(first), month_named(last)

        def written() -> str | None:
            if kind == CALLS:
                return calls_table(self._store.calls(room, since, until))
            self._columns.read(self._store)
            return responses_table(self._columns.responses(room, since, until), kind)

        try:
            return await self._within(written)
        except StoreError as error:
            raise RefusedError(str(error)) from error

    def close(self) -> None:
        """End, after what is under way."""
        self._thread.submit(self._store.close)
        self._thread.shutdown(wait=False)
