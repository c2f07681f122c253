"""The doctor, asked again and again by a room that waits: what is wrong is at the desk before the next session.

It runs in a process of its own, as lowly as can be, and never while a session is under way.
"""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.room.errand import errand
from guideplayer.room.settings import Settings

FIRST_AFTER_S, EVERY_S, LOOK_EVERY_S = 3.0, 3600.0, 5.0
ANSWERS_WITHIN_S = 120.0

_log = logging.getLogger(__name__)


class Notice(msgspec.Struct, frozen=True):
    """Something that is not well; as `guideplayer doctor --json` tells it."""

    name: str
    verdict: str
    sentence: str
    fix: str = ""


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[Notice, ...]


class Examination:
    """What was found last. `told` is called when that has changed; `waits` says whether no session is under way."""

    def __init__(self, settings: Settings, waits: Callable[[], bool], told: Callable[[], None]) -> None:
        self._settings = settings
        self._waits = waits
        self._told = told
        self.notices: tuple[Notice, ...] = ()

    async def run(self) -> None:
        """Ask, for ever."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            while not self._waits():
                await asyncio.sleep(LOOK_EVERY_S)
            await self._examine()
            await asyncio.sleep(EVERY_S)

    async def _examine(self) -> None:
        answer = await errand(self._settings, self._waits, ANSWERS_WITHIN_S, "doctor", "--json", "--running")
        if answer is None:
            return
        try:
            findings = msgspec.json.decode(answer.told, type=_Findings).findings
        except UNREADABLE as error:
            _log.warning("The doctor has not answered: %s", error)
            return
        notices = tuple(one for one in findings if one.verdict in ("bad", "doubtful"))
        if notices != self.notices:
            self.notices = notices
            self._told()
