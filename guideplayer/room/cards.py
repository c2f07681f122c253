"""Has the cards made that are missing: one after the other, by a process of its own, and only while no session runs.

Nothing of this may ever disturb a session. So it stops at once when one begins, and whatever goes wrong only means
that a script has no card.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from guideplayer.core.state import BEFORE, Play, State
from guideplayer.process_group import kill_group
from guideplayer.room.card_files import CardFolder

MAKER = (sys.executable, "-m", "guideplayer.rehearsal.card")
LOOK_EVERY_S = 5.0
# Listening to a folder of music for the first time takes minutes; what is done of it is kept.
WITHIN_S = 900.0


def at_leisure(state: State) -> bool:
    """Whether no session is under way and nobody calls: only then the machine may do what is not for a patient."""
    return (state.play in BEFORE or state.play is Play.ENDED) and not state.call.open


class CardMaker:
    """Makes cards while it is allowed to. `made` is called after each; `scripts` names the files that need one."""

    def __init__(
        self,
        cards: CardFolder,
        scripts: Callable[[], Sequence[Path]],
        media: Sequence[Path],
        made: Callable[[], None],
        *,
        maker: Sequence[str] = MAKER,
        within_s: float = WITHIN_S,
    ) -> None:
        self._cards, self._scripts, self._media, self._made, self._maker = cards, scripts, media, made, maker
        self._within_s = within_s
        self._allowed = asyncio.Event()
        self._stopped = self._untidy = False
        self._process: asyncio.subprocess.Process | None = None
        self._failed: set[str] = set()

    def allow(self, allowed: bool) -> None:
        """Let it go on, or stop it at once."""
        if allowed:
            self._allowed.set()
            return
        self._allowed.clear()
        self._stop()

    async def run(self) -> None:
        """Look for scripts without a card for ever, and have their cards made."""
        try:
            while True:
                await self._allowed.wait()
                script = self._next()
                if script is None:
                    self._tidy()
                    await asyncio.sleep(LOOK_EVERY_S)
                else:
                    await self._make(*script)
        finally:
            self._stop()
            if self._process:
                await self._process.wait()

    def _next(self) -> tuple[Path, str] | None:
        """The first script without a card that was not tried in vain, and its key."""
        for path in self._scripts():
            try:
                key = self._cards.key(path)
            except OSError:
                continue
            if key not in self._failed and self._cards.card(path) is None:
                return path, key
        return None

    def _tidy(self) -> None:
        """Once all is made, what is left of scripts as they were is in nobody's way, but takes space."""
        if self._untidy:
            self._untidy = False
            with contextlib.suppress(OSError):
                self._cards.keep_only(self._scripts())

    async def _make(self, path: Path, key: str) -> None:
        command = (*self._maker, str(path), str(self._cards.path), *map(str, self._media))
        environment = {**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1", "OMP_NUM_THREADS": "1"}
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        except OSError:
            self._failed.add(key)
            return
        self._stopped = False
        if not self._allowed.is_set():
            # A session has begun while the process was being started.
            self._stop()
        try:
            async with asyncio.timeout(self._within_s):
                await self._process.wait()
        except TimeoutError:
            kill_group(self._process.pid)
            await self._process.wait()
        if self._cards.card(path):
            self._untidy = True
            self._made()
        elif not self._stopped:
            self._failed.add(key)

    def _stop(self) -> None:
        """Kill it, and what it reads music with: it leaves nothing half made, and the card is made another time."""
        self._stopped = True
        if self._process and self._process.returncode is None:
            kill_group(self._process.pid)
