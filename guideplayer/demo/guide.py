"""Leads somebody through the demo: runs its launcher, watches the room as a desk does, tells what happens, helps on.

What it does by itself it does through the room's own doors: the desk's commands over HTTP, and the stage's end of the
link, which only the launcher that began both holds.
"""

import asyncio
import contextlib
import signal
import socket
import webbrowser
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from guideplayer.core.link import Press, encode
from guideplayer.demo.invitation import Invitation
from guideplayer.demo.staff import Staff, bedside_code, paired
from guideplayer.demo.tour import DOES, Act, Tour
from guideplayer.launch.launcher import Launcher
from guideplayer.room.orders import Orders
from guideplayer.terminal import tell

TOUR = Path(str(resources.files("guideplayer.demo").joinpath("tour.yaml")))
LOOK_EVERY_S = 0.2
WHO, AT_THE_DESK = "The tour", "You"
PRESS, SOURCE = "tour-1", "the tour"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DemoLauncher(Launcher):
    """A launcher that can press, as nobody but the stage can in a real session."""

    def press(self) -> None:
        """The patient's press, as the stage would tell it. The room counts it once, however often it comes."""
        with contextlib.suppress(OSError):
            self._stage_end.send(encode(Press(PRESS, SOURCE)))

    def end(self) -> None:
        """As Ctrl+C does."""
        self._end(signal.SIGINT)


class Guide:
    """One demo, from its beginning to its end. `unopened` says why no browser is to be opened, empty to open one;
    `pace` below 1 gives people less time, for tests.
    """

    def __init__(self, orders: Orders, options: Sequence[str], *, unopened: str = "", pace: float = 1.0) -> None:
        self._orders, self._options, self._unopened, self._pace = orders, tuple(options), unopened, pace
        self._folder = orders.settings.state_folder
        self._port = orders.settings.desk_address()[1]
        self._staff = Staff(self._port, orders.settings.room, paired(self._folder, WHO))
        self._invitation = Invitation(self._port, paired(self._folder, AT_THE_DESK))
        self._said = ""

    def launch(self) -> int:
        """Play it; gives the exit code."""
        return asyncio.run(self._run())

    async def _run(self) -> int:
        launcher = DemoLauncher(self._orders, self._options)
        guiding = asyncio.create_task(self._guide(launcher))
        try:
            return await launcher.run()
        finally:
            guiding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await guiding
            await self._invitation.close()

    async def _guide(self, launcher: DemoLauncher) -> None:
        tour, loop = Tour(self._pace), asyncio.get_running_loop()
        invited = False
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            seen = await self._staff.look()
            if seen is None:
                continue
            if not invited:
                invited = True
                await self._invite()
            for sentence in tour.says(seen):
                self._say(sentence)
            if act := tour.act(seen, loop.time()):
                self._say(DOES[act])
                await self._do(act, launcher)

    async def _invite(self) -> None:
        """The desk beside it."""
        try:
            link = await self._invitation.open()
        except OSError as error:
            self._say(f"The desk cannot be opened by itself ({error.strerror}): pair it with the code above.")
            return
        if not self._unopened and await asyncio.to_thread(webbrowser.open, link):
            self._say(
                "The desk is in your browser, paired already. Tap there to arm it, and it rings when a call comes."
            )
        else:
            why = self._unopened or "No browser could be opened."
            self._say(f"{why} This link opens the desk, paired already, once: {link}")

    async def _do(self, act: Act, launcher: DemoLauncher) -> None:
        refused = ""
        match act:
            case Act.PRESS:
                launcher.press()
            case Act.ANSWER:
                refused = await self._staff.ask("acknowledge", name=WHO)
            case Act.CLEAR:
                refused = await self._staff.ask("clear", code=await bedside_code(self._folder))
            case Act.RESUME:
                refused = await self._staff.ask("resume")
            case Act.LEAVE:
                launcher.end()
        if refused:
            self._say(refused)

    def _say(self, sentence: str) -> None:
        """Tell it once in a row: what did not work at once is tried again."""
        if sentence != self._said:
            self._said = sentence
            tell(f"  {sentence}")
