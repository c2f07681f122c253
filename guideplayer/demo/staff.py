"""The tour as somebody at a desk: it asks the room over HTTP, as every desk does, and is paired beforehand.

Nothing of this can reach a real room: the desks are written into the state folder of the demo's own, before it begins.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.demo.tour import Seen
from guideplayer.desk.access import Access
from guideplayer.desk.role import Role
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import JournalError

DESKS, JOURNAL = "desks.json", "journal.sqlite3"
ANSWERS_WITHIN_S = 3.0


def paired(state_folder: Path, name: str) -> str:
    """The token of a desk that is paired before its room begins."""
    access = Access(state_folder / DESKS, lambda: time.time_ns() // 1_000_000)
    token, _ = access.pair(access.code, name, "", Role.THERAPIST)
    return token


class Staff:
    """One such desk. What the room does not answer, because it is begun anew, is asked again by whoever calls this."""

    def __init__(self, port: int, room: str, token: str) -> None:
        self._address, self._room = f"http://127.0.0.1:{port}", room
        self._headers = {"Cookie": f"guideplayer_desk_{port}={token}", "Origin": self._address}
        self._timeout = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=self._timeout, headers=self._headers)

    async def look(self) -> Seen | None:
        """The room as it is; None while it does not answer."""
        try:
            async with self._session() as session, session.get(f"{self._address}/api/rooms/{self._room}") as answer:
                return msgspec.json.decode(await answer.read(), type=Seen) if answer.ok else None
        except (aiohttp.ClientError, TimeoutError, *UNREADABLE):
            return None

    async def ask(self, command: str, **more: object) -> str:
        """Send a command; why it was refused, or nothing."""
        body: Mapping[str, object] = {"command": command, **more}
        try:
            way = f"{self._address}/api/rooms/{self._room}/commands"
            async with self._session() as session, session.post(way, json=body) as answer:
                return "" if answer.ok else str((await answer.json()).get("problem", ""))
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"The room does not answer: {error}."


async def bedside_code(state_folder: Path) -> str:
    """The two digits that the room's screen shows, which no desk is told: read where the room has written them down."""
    return await asyncio.to_thread(_written_code, state_folder / JOURNAL)


def _written_code(journal: Path) -> str:
    try:
        with Archive(journal) as archive:
            headings = archive.headings(0)
            record = archive.record(headings[0].session) if headings else None
            return record.replay().call.code if record else ""
    except JournalError:
        # It is asked again.
        return ""
