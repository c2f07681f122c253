"""Recording, after the deed: events are handed over at once and written in order by a thread of their own."""

import asyncio
from collections.abc import Callable, Sequence

from guideplayer.core.state import State
from guideplayer.journal.journal import Journal, JournalError
from guideplayer.journal.record import Alive, Entry

TRY_AGAIN_S = 2.0

Work = Callable[[], None]


class Recorder:
    """The journal's queue. Nothing waits for the disk: a call is made before it is recorded."""

    def __init__(self, journal: Journal, session: int) -> None:
        self._journal = journal
        self._session = session
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self.trouble = journal.trouble

    def record(self, entry: Entry) -> None:
        """Keep an event."""
        self._queue.put_nowait(lambda: self._journal.append(self._session, entry))

    def begin(self, state: State, wall_ms: int) -> None:
        """A new session: what is recorded from now on belongs to it."""

        def work() -> None:
            self._session = self._journal.begin(state, wall_ms)

        self._queue.put_nowait(work)

    def live(self, alive: Alive, *, synced: bool = True) -> None:
        """Note that the room runs, unless older work still waits: it would only be late."""
        if self._queue.empty():
            self._queue.put_nowait(lambda: self._journal.live(alive, synced=synced))

    def finish(self, at_ms: int) -> None:
        """The session is over and will not be taken up again; `at_ms` is now, on the room's clock."""
        self._queue.put_nowait(lambda: self._journal.close_session(self._session, at_ms))

    def keep_figures(self, session: int, kind: int, content: bytes) -> None:
        """Keep what was counted of a session, unless older work still waits: it can be counted again."""
        if self._queue.empty():
            self._queue.put_nowait(lambda: self._journal.keep_figures(session, kind, content))

    async def erase(self, sessions: Sequence[int]) -> None:
        """Delete sessions for good, after what waits to be written. Raises JournalError."""
        failures: list[JournalError] = []
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            try:
                self._journal.erase(sessions)
            except JournalError as error:
                # A deletion that fails is told to who asked for it, and does not keep the record waiting.
                failures.append(error)
            loop.call_soon_threadsafe(done.set)

        self._queue.put_nowait(work)
        await done.wait()
        if failures:
            raise failures[0]

    async def run(self) -> None:
        """Write what comes, in order; what cannot be written is tried again until it can."""
        while True:
            work = await self._queue.get()
            while not await asyncio.to_thread(self._done, work):
                await asyncio.sleep(TRY_AGAIN_S)
            self._queue.task_done()

    def _done(self, work: Work) -> bool:
        try:
            work()
        except JournalError as error:
            self.trouble = str(error)
            return False
        self.trouble = self._journal.trouble
        return True

    async def flush(self) -> None:
        """Wait until all is written."""
        await self._queue.join()
