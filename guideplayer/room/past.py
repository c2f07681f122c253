"""The room's past sessions: read beside the record by a connection of its own, in threads; kept and deleted in time."""

import asyncio
import contextlib
import functools
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from guideplayer.clinic.past import page_of
from guideplayer.clock import wall_ms
from guideplayer.core.state import State
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import JournalError
from guideplayer.journal.listing import Heading
from guideplayer.journal.rescue import LOGS
from guideplayer.report.document import document, table
from guideplayer.report.figures import KIND, Figures
from guideplayer.report.past import counted, figures_if_readable, kept_figures, told_session, uncounted
from guideplayer.report.statistics import statistics_of
from guideplayer.report.summary import Standing, Summary
from guideplayer.room.cards import at_leisure
from guideplayer.room.recorder import Recorder

DAY_MS = 24 * 3600 * 1000
LOOK_EVERY_S = 20.0
PAGE_WITHIN_S = 30.0
# Who asks for the list does not wait until thousands have been counted; the others follow by themselves.
MOST_COUNTED_AT_ONCE = 60

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")


class Past:
    """Implements the desk's port. `state` tells how the room stands now."""

    def __init__(self, path: Path, recorder: Recorder, state: Callable[[], State]) -> None:
        self._path, self._recorder, self._state = path, recorder, state

    async def _look(self, look: Callable[[Archive], _Found]) -> _Found:
        """Look into the journal in a thread. Raises RefusedError when it cannot be read."""

        def opened() -> _Found:
            with Archive(self._path) as archive:
                return look(archive)

        try:
            return await asyncio.to_thread(opened)
        except JournalError as error:
            raise RefusedError(str(error)) from error

    async def sessions(self) -> object:
        """All that were begun, the newest first, how many older ones are still being counted, and what is wrong."""

        def listed(archive: Archive) -> object:
            begun, uncounted = _begun(archive)
            return {"sessions": begun, "uncounted": uncounted, "trouble": archive.trouble}

        return await self._look(listed)

    async def session(self, session: int) -> object | None:
        """One with its drawing."""
        summary = await self._summary(session)
        return document(summary) if summary else None

    async def report(self, session: int, kind: str) -> tuple[str, str] | None:
        """One as a file."""
        summary = await self._summary(session)
        if summary is None:
            return None
        day = datetime.fromtimestamp(summary.begun_wall_ms / 1000, UTC).astimezone()
        text = await self._page(session) if kind == "html" else _written(summary, kind)
        return f"session-{session}-{day:%Y-%m-%d}.{kind}", text

    async def _page(self, session: int) -> str:
        """The page, written by a process of its own: what writes it takes memory that the room would keep."""
        command = (sys.executable, "-m", "guideplayer.report", str(self._path), str(session))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            async with asyncio.timeout(PAGE_WITHIN_S):
                page, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise RefusedError("The page took too long to write: try again.") from None
        if process.returncode:
            raise RefusedError("The page could not be written: see `guideplayer report` in a terminal of this machine.")
        return page.decode()

    async def _summary(self, session: int) -> Summary | None:
        # What happened a moment ago is still on its way to the disk.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._recorder.flush()
        return await self._look(lambda archive: told_session(archive, session))

    async def statistics(self) -> object:
        """How long calls waited, over months and hours."""
        return msgspec.to_builtins(await self._look(lambda archive: statistics_of(_begun(archive)[0])))

    async def figures(self, after: int, after_id: str) -> bytes:
        """A page of figures of closed sessions for the clinic, in JSON; nothing is looked at while a session is under
        way. Raises RefusedError.
        """
        if not at_leisure(self._state()):
            raise RefusedError("A session is under way in the room: ask when it has ended.")
        counted_now: dict[int, Figures] = {}
        page = await self._look(lambda archive: page_of(archive, after, after_id, counted_now.__setitem__))
        for session, figures in counted_now.items():
            self._keep(session, figures)
        return msgspec.json.encode(page)

    async def delete(self, session: int) -> None:
        """Delete one for good. Raises RefusedError."""
        if not at_leisure(self._state()):
            raise RefusedError("A session is under way: delete when it has ended.")
        headings = {one.session: one for one in await self._look(_deletable)}
        if session not in headings:
            raise RefusedError("There is no session of that number here: it may be deleted already.")
        if not headings[session].closed:
            raise RefusedError("This session is still open: choose the next script first, then delete it.")
        await self._erase([session])

    async def _erase(self, sessions: list[int]) -> None:
        """Raises RefusedError."""
        try:
            await self._recorder.erase(sessions)
        except JournalError as error:
            raise RefusedError(str(error)) from error

    async def forget(self, keep_days: int, wall_ms: int) -> None:
        """Delete what is older than it is to be kept, unless a session is under way; 0 days keep for ever."""
        if not keep_days or not at_leisure(self._state()):
            return
        before_ms = wall_ms - keep_days * DAY_MS
        try:
            await asyncio.to_thread(_forget_damaged, self._path.parent, before_ms)
            headings = await self._look(_deletable)
            if old := [one.session for one in headings if one.closed and one.wall_ms < before_ms]:
                await self._erase(old)
        except (RefusedError, OSError) as error:
            _log.warning("Old sessions could not be deleted: %s", error)

    async def run(self, keep_days: int) -> None:
        """Delete what is old, once; then count what was closed, one at a time and only while the room is at rest."""
        await self.forget(keep_days, wall_ms())
        while True:
            for session in await self._uncounted():
                while not at_leisure(self._state()):
                    await asyncio.sleep(LOOK_EVERY_S)
                await self._count(session)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _uncounted(self) -> list[int]:
        try:
            return await self._look(uncounted) if at_leisure(self._state()) else []
        except RefusedError as error:
            _log.warning("The figures of past sessions cannot be counted: %s", error)
            return []

    async def _count(self, session: int) -> None:
        with contextlib.suppress(RefusedError):
            if figures := await self._look(lambda archive: counted(archive, session)):
                self._keep(session, figures)

    def _keep(self, session: int, figures: Figures) -> None:
        """Keep what was counted, so that it need not be counted again."""
        self._recorder.keep_figures(session, KIND, msgspec.json.encode(figures))


def _deletable(archive: Archive) -> Sequence[Heading]:
    """All sessions. Raises JournalError when the journal is damaged: nothing is deleted then."""
    archive.check()
    return archive.headings(KIND)


def _begun(archive: Archive) -> tuple[list[Figures], int]:
    """The figures of what was begun, those that were kept and the newest others; and how many there are besides."""
    found, missing = [], 0
    for heading in archive.headings(KIND):
        figures = kept_figures(heading)
        if figures is None:
            missing += 1
            figures = figures_if_readable(archive, heading) if missing <= MOST_COUNTED_AT_ONCE else None
        if figures and figures.standing is not Standing.NEVER_BEGUN:
            found.append(figures)
    return found, max(0, missing - MOST_COUNTED_AT_ONCE)


def _written(summary: Summary, kind: str) -> str:
    return table(summary) if kind == "csv" else msgspec.json.encode(document(summary)).decode()


def _forget_damaged(folder: Path, before_ms: int) -> None:
    """Journals that were set aside as damaged hold sessions too, in the files beside them as well."""
    aside: dict[str, list[Path]] = {}
    for path in folder.glob("journal.damaged-*.sqlite3*"):
        aside.setdefault(functools.reduce(str.removesuffix, LOGS, path.name), []).append(path)
    for parts in aside.values():
        # What was written last is in the log.
        if max(part.stat().st_mtime for part in parts) * 1000 < before_ms:
            for part in parts:
                part.unlink()
