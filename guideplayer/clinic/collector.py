"""Asks the rooms of a clinic for the figures of what is over there, and keeps them: a few rooms at a time, for ever.

A room is asked when it is seen, when it turns from one session to the next, and every now and then. It is asked for
what comes after what is kept, so nothing is lost by a room, a broker or a database that was away, and what comes twice
is kept once. A room in which somebody is treated is left alone.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from guideplayer.clinic.database import StoreError
from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.past import PastFigures
from guideplayer.clinic.rooms import KnownRoom, Rooms
from guideplayer.clinic.station_rooms import answer_to
from guideplayer.clinic.store import Known
from guideplayer.core.state import BEFORE, Play
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.ports import Clock, RefusedError

LOOK_EVERY_S = 1.0
ASK_EVERY_MS = 10 * 60_000
# What a room or the database would not do now, it may do then.
AGAIN_MS = 30_000
AT_ONCE = 4

_PAGE = msgspec.json.Decoder(PastFigures)


class _Asked(msgspec.Struct):
    """A room as it was when it was last asked, what is kept of it, and when it is to be asked next."""

    stands: tuple[str, Play]
    due_ms: int
    known: Known | None = None


class Collector:
    """Collects for one station. `now_ms` never jumps."""

    def __init__(self, rooms: Rooms, ledger: Ledger, now_ms: Clock) -> None:
        self._rooms, self._ledger, self._now_ms = rooms, ledger, now_ms
        self._asked: dict[str, _Asked] = {}
        self._database_due_ms = now_ms()

    async def run(self) -> None:
        """Collect, for ever."""
        await self._ledger.warm()
        while True:
            if not await self.collect():
                await asyncio.sleep(LOOK_EVERY_S)

    async def collect(self) -> bool:
        """Ask those that are due, a few of them; whether there was any."""
        now_ms = self._now_ms()
        if now_ms < self._database_due_ms:
            return False
        due = []
        for name in self._due(now_ms):
            due.append(name)
            if len(due) == AT_ONCE:
                break
        await asyncio.gather(*(self._collect(name) for name in due))
        return bool(due)

    def _due(self, now_ms: int) -> Iterable[str]:
        for name in self._rooms.names():
            known = self._rooms.known(name)
            if known is None or known.dead or known.state is None or not _at_rest(known):
                continue
            stands = (known.boot, known.state.play)
            asked = self._asked.setdefault(name, _Asked(stands, now_ms))
            if asked.stands != stands:
                asked.stands, asked.due_ms = stands, now_ms
            if asked.due_ms <= now_ms:
                yield name

    async def _collect(self, name: str) -> None:
        """Ask a room for a page, and keep it. Nothing that fails here is the end of anything."""
        asked = self._asked[name]
        asked.due_ms = self._now_ms() + AGAIN_MS
        try:
            known = asked.known or await self._ledger.known(name)
            page = await self._page(name, known)
            if page.sessions:
                await self._ledger.keep(name, page.sessions)
                known = Known(page.sessions[-1].number, page.sessions[-1].id)
        except StoreError:
            self._database_due_ms = self._now_ms() + AGAIN_MS
            return
        except (RefusedError, *UNREADABLE):
            return
        asked.known = known
        asked.due_ms = self._now_ms() + (0 if page.more and page.sessions else ASK_EVERY_MS)

    async def _page(self, name: str, known: Known) -> PastFigures:
        """What a room has after a session. Raises RefusedError, UNREADABLE."""
        answer = await answer_to(
            lambda done: self._rooms.question(name, "figures", "", done, after=known.number, after_id=known.id)
        )
        # A room of an older guideplayer knows of no such question.
        return PastFigures(()) if bytes(answer.content) == b"null" else _PAGE.decode(answer.content)


def _at_rest(known: KnownRoom) -> bool:
    """Whether nobody is treated in a room, and nobody calls there."""
    return known.call is None and known.state is not None and known.state.play in {*BEFORE, Play.ENDED}
