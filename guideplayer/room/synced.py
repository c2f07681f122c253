"""The room's part in scripts and media for all rooms: it looks for new ones while it waits, and takes them over.

Another tree becomes the current one only while no script is chosen and nobody calls, and while it does none can be
chosen: what a session began with is what it ends with. Whatever fails here is told at the desk, and that is all.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from guideplayer.core.state import Play, State
from guideplayer.room.cards import at_leisure
from guideplayer.room.errand import errand
from guideplayer.room.examination import Notice
from guideplayer.room.settings import Settings
from guideplayer.room.shelf import ScriptShelf
from guideplayer.sync import SyncError
from guideplayer.sync.last import Last, Outcome, last_in
from guideplayer.sync.locks import hold_for_good

FIRST_AFTER_S, LOOK_EVERY_S = 30.0, 5.0
# So much may have to be fetched over a slow line; what has come is kept when it takes longer.
WITHIN_S = 6 * 3600.0
# A disk that hangs must not keep scripts from being chosen.
TAKES_OVER_WITHIN_S = 5.0
FIX = "The room plays what it has. `guideplayer sync` in a terminal of this machine tries again at once."

_log = logging.getLogger(__name__)


def may_change(state: State) -> bool:
    """Whether nothing that is chosen, played or called could become another."""
    chosen = state.plan is not None and state.play is not Play.ENDED
    return not (chosen or state.call.open or state.provisional)


class Synced:
    """`state` tells how the room stands; `changed` is called when there are other scripts or notices, and before."""

    def __init__(
        self, settings: Settings, shelf: ScriptShelf, state: Callable[[], State], changed: Callable[[], None]
    ) -> None:
        self._settings, self._shelf, self._state, self._changed = settings, shelf, state, changed
        self._folder = settings.synced
        self._trouble = ""
        self._last: Last | None = None
        with contextlib.suppress(OSError):
            if settings.sync.source:
                # Nobody else changes anything as long as this process lives.
                self._held = hold_for_good(self._folder.room_lock)

    @property
    def changing(self) -> bool:
        """Whether another tree is being taken over at this moment."""
        return self._shelf.changing

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is not well, each with what to do."""
        last = self._last
        failed = [last.sentence()] if last and last.outcome is Outcome.FAILED else []
        return tuple(
            Notice("sync", "doubtful", sentence, FIX) for sentence in (*failed, *filter(None, [self._trouble]))
        )

    async def run(self) -> None:
        """Look for ever."""
        if self._settings.sync.source:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._look())
                both.create_task(self._fetch())

    async def _look(self) -> None:
        while True:
            last = await asyncio.to_thread(last_in, self._folder.folder)
            if last != self._last:
                self._last = last
                self._changed()
            if may_change(self._state()) and await asyncio.to_thread(lambda: self._folder.waits):
                await self._take_over()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _take_over(self) -> None:
        # A script may have been chosen while the disk was looked at.
        if not may_change(self._state()):
            return
        too_late = threading.Event()
        trouble = ""
        self._shelf.changing = True
        self._changed()
        try:
            async with asyncio.timeout(TAKES_OVER_WITHIN_S):
                await asyncio.to_thread(self._folder.take_over, lambda: not too_late.is_set())
        except TimeoutError:
            trouble = "New scripts for all rooms could not be taken over: the disk does not answer."
        except OSError as error:
            trouble = f"New scripts for all rooms could not be taken over: {error.strerror or error}."
        except SyncError as error:
            # A sync is at it just now; the next look is soon.
            _log.info("Not taken over yet: %s", error)
        finally:
            too_late.set()
            self._shelf.changing = False
        self._trouble = trouble
        self._changed()

    async def _fetch(self) -> None:
        """Run `guideplayer sync` again and again; how it went is kept by itself."""
        every_s = self._settings.sync.every_s()
        if every_s is None:
            return
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            while not at_leisure(self._state()):
                await asyncio.sleep(LOOK_EVERY_S)
            answer = await errand(self._settings, lambda: at_leisure(self._state()), WITHIN_S, "sync", "--json")
            if answer and answer.code:
                _log.warning("`guideplayer sync` ended with %d: %s", answer.code, answer.wrong.decode(errors="replace"))
            # One that gave way to a session goes on after it.
            await asyncio.sleep(every_s if answer else LOOK_EVERY_S)
