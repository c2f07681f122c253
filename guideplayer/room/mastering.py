"""Has clips made of what was recorded: by a process of its own, and only while no session runs.

It stops at once when one begins. What it had finished is kept, and the rest is made another time.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from guideplayer.voice import VoiceError
from guideplayer.voice.kept_takes import Done, note_problem, waiting

MAKER = (sys.executable, "-m", "guideplayer.voice.takes")
LOOK_EVERY_S = 30.0
# For one take: the recogniser is loaded with the first of them.
WITHIN_S = 120.0
_DONE = msgspec.json.Decoder(Done)
_log = logging.getLogger(__name__)


class Mastering:
    """Makes clips in the folder of all voices while it is allowed to; `made` is called when there are new ones.

    `trouble` says why it cannot, and is empty while it can. Whoever writes the takes' index holds `writing`.
    """

    def __init__(
        self,
        folder: Path,
        made: Callable[[], None],
        *,
        maker: Sequence[str] = MAKER,
        within_s: float = WITHIN_S,
    ) -> None:
        self.folder, self._made, self._maker, self._within_s = folder, made, maker, within_s
        self._allowed, self._asked = asyncio.Event(), asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._stopped = False
        self.trouble = ""
        self.writing = asyncio.Lock()

    def allow(self, allowed: bool) -> None:
        """Let it go on, or stop it at once."""
        if allowed:
            self._allowed.set()
            return
        self._allowed.clear()
        self._stop()

    def asked(self) -> None:
        """Something new was recorded."""
        self._asked.set()

    async def run(self) -> None:
        """Make what is missing for ever."""
        try:
            while True:
                await self._allowed.wait()
                self._asked.clear()
                home = await asyncio.to_thread(self._next)
                if home is None or not await self._make(home):
                    await self._until_asked()
        finally:
            self._stop()
            if self._process:
                await self._process.wait()

    async def _until_asked(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._asked.wait()
        except TimeoutError:
            return

    def _next(self) -> Path | None:
        """The folder of a voice with takes that are no clips yet."""
        for home in sorted(self.folder.glob("*")):
            try:
                if waiting(home):
                    return home
            except VoiceError as error:
                self._fail(str(error))
        return None

    async def _make(self, home: Path) -> bool:
        """Whether it went well, or was stopped for a session; else it is tried again after a while."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._maker,
                str(home),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            self._fail(str(error))
            return False
        self._stopped = False
        if not self._allowed.is_set():
            # A session has begun while the process was being started.
            self._stop()
        done = await self._follow(home, self._process)
        code = await self._process.wait()
        if done:
            self._made()
        if code and not self._stopped:
            self._fail(f"{self._maker[-1]} ended with {code}")
            return False
        self.trouble = ""
        return True

    async def _follow(self, home: Path, process: asyncio.subprocess.Process) -> int:
        """Take down what is said of each take; how many clips were made."""
        assert process.stdout
        made = 0
        while True:
            try:
                async with asyncio.timeout(self._within_s):
                    said = await process.stdout.readline()
            except TimeoutError:
                process.kill()
                return made
            if not said.endswith(b"\n"):
                return made
            done = _DONE.decode(said)
            made += not done.problem
            if done.problem:
                async with self.writing:
                    await asyncio.to_thread(note_problem, home, done)

    def _fail(self, why: str) -> None:
        _log.warning("Takes could not be made into clips: %s", why)
        self.trouble = "The takes are kept, but could not be made into clips. It is tried again."

    def _stop(self) -> None:
        """Kill it: it leaves nothing half made."""
        self._stopped = True
        if self._process and self._process.returncode is None:
            self._process.kill()
