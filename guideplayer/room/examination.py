"""The doctor, asked again and again by a room that waits: what is wrong is at the desk before the next session.

It runs in a process of its own, as lowly as can be, and never while a session is under way. While a script is chosen it
is asked more often: what the desk shows before a session is of now.
"""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from guideplayer.core.state import BEFORE, State
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.room.cards import at_leisure
from guideplayer.room.errand import Answer, errand
from guideplayer.room.settings import Settings

FIRST_AFTER_S, EVERY_S, LOOK_EVERY_S = 3.0, 3600.0, 5.0
# While a script is chosen, a session may begin at any moment.
EVERY_WHEN_CHOSEN_S = 300.0
# On a disk that hangs, every check may wait until its own deadline, one after the other.
ANSWERS_WITHIN_S = 400.0
# What a system does not tell of these is no news: the desk shows whether the control was pressed, and the time.
UNTOLD = frozenset({"control", "clock"})

_log = logging.getLogger(__name__)


class Notice(msgspec.Struct, frozen=True):
    """Something that is not well; as `guideplayer doctor --json` tells it."""

    name: str
    verdict: str
    sentence: str
    fix: str = ""


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[Notice, ...]


NOT_EXAMINED = Notice(
    "examination",
    "unknown",
    "The room could not be examined.",
    "Run `guideplayer doctor` in a terminal of this machine: it says why.",
)


def matters(finding: Notice) -> bool:
    """Whether staff should know of it before a session: it is not well, or it could not be looked at here, now."""
    return finding.verdict in ("bad", "doubtful") or (finding.verdict == "unknown" and finding.name not in UNTOLD)


class Examination:
    """What was found last. `state` tells how the room stands; `told` is called when what was found has changed."""

    def __init__(self, settings: Settings, state: Callable[[], State], told: Callable[[], None]) -> None:
        self._settings = settings
        self._state = state
        self._told = told
        self.notices: tuple[Notice, ...] = ()

    async def run(self) -> None:
        """Ask, for ever."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            while not self._waits():
                await asyncio.sleep(LOOK_EVERY_S)
            # One that gave way to a session, or to a rehearsal of the call, is made up for after it.
            await (self._until_old() if await self._examine() else asyncio.sleep(LOOK_EVERY_S))

    def _waits(self) -> bool:
        return at_leisure(self._state())

    async def _until_old(self) -> None:
        """Until what was found just now is too old for how the room stands."""
        loop = asyncio.get_running_loop()
        found_s = loop.time()
        while loop.time() - found_s < self._every_s():
            await asyncio.sleep(LOOK_EVERY_S)

    def _every_s(self) -> float:
        state = self._state()
        return EVERY_WHEN_CHOSEN_S if state.plan is not None and state.play in BEFORE else EVERY_S

    async def _examine(self) -> bool:
        """Whether there was an answer."""
        answer = await errand(self._settings, self._waits, ANSWERS_WITHIN_S, "doctor", "--json", "--running")
        if answer or self._waits():
            notices = _told_by(answer)
            if notices != self.notices:
                self.notices = notices
                self._told()
        return answer is not None


def _told_by(answer: Answer | None) -> tuple[Notice, ...]:
    """What matters of an answer; that there was none does."""
    if answer:
        try:
            return tuple(filter(matters, msgspec.json.decode(answer.told, type=_Findings).findings))
        except UNREADABLE as error:
            _log.warning("The doctor has not answered: %s", error)
    return (NOT_EXAMINED,)
