"""The room process: starts what the room is made of, recovers what was under way, and keeps it going."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec

from guideplayer.bell import Bell
from guideplayer.clinic.contact import Word
from guideplayer.clinic.room_part import ClinicPart
from guideplayer.core.call import alarm_sounds
from guideplayer.core.link import BEAT_EVERY_MS, WATCH_EVERY_MS, Health, Quit, ToRoom
from guideplayer.core.messages import Began, Chose, Paged, Tick
from guideplayer.core.state import BEFORE, UNDER_WAY, WINDOW
from guideplayer.desk.access import Access
from guideplayer.desk.certificates import Certificates
from guideplayer.desk.one_room import OneRoom
from guideplayer.desk.server import Desk
from guideplayer.desk.signing import CertificateError
from guideplayer.failures import keep_failures
from guideplayer.pager.pager import Pager
from guideplayer.pager.services import Result
from guideplayer.parts import run_until
from guideplayer.room.card_files import CardFolder
from guideplayer.room.cards import CardMaker, at_leisure
from guideplayer.room.examination import Examination, Notice
from guideplayer.room.hands import Hands
from guideplayer.room.health import display_notices
from guideplayer.room.mastering import Mastering
from guideplayer.room.opening import Opening
from guideplayer.room.orders import Orders, StartError
from guideplayer.room.past import Past
from guideplayer.room.recorder import Recorder
from guideplayer.room.recordings import OwnVoices
from guideplayer.room.room import Room, under_way
from guideplayer.room.settings import Settings
from guideplayer.room.shelf import ScriptShelf
from guideplayer.room.stage_link import StageLink
from guideplayer.room.supervision import Supervision
from guideplayer.room.synced import Synced
from guideplayer.terminal import tell

# Where room and stage are gone for long, the script is held where it was when the room last noted that it lives.
ALIVE_EVERY_S, SYNCED_EVERY = 0.2, 10
CERTIFICATE_EVERY_S = 3600.0
LONGEST_WAIT_S = 3600.0
FLUSH_WITHIN_S = 2.0
# A stage that died is back in one second, a frozen one in two.
STAGE_GONE_MS = 5000
# A stage that lives speaks four times a second, and a spare one is there in half a second.
KNOWS_WITHIN_S, LOOK_EVERY_S = 2.0, 0.01
# The desk turns a crowd away, but each knock is a file until it is.
OPEN_FILES = 16_384

_log = logging.getLogger(__name__)


def certificates(settings: Settings) -> Certificates | None:
    """What to serve the desk with over TLS; None to serve it without."""
    found = Certificates(settings.certificate_folder)
    return found if settings.desk_tls == "auto" and found.there else None


class RoomProcess:
    """All parts of a running room, put together."""

    def __init__(self, orders: Orders, end: socket.socket, watched: socket.socket | None = None) -> None:
        """Open the journal and take up what was under way. `end` leads to the stage, `watched` to the launcher. Raises
        StartError.
        """
        self._orders = orders
        self._supervision = Supervision(watched)
        folder = orders.settings.state_folder
        library = orders.library()
        opening = self._opening = Opening(orders)
        self._clock = opening.clock
        self._recorder = Recorder(opening.journal, opening.session)
        cards = CardFolder(folder, library)
        shelf = ScriptShelf(orders.settings.script_folders, library, cards)
        self._link = StageLink(end, self._heard, self._clock.now_ms, self._supervision.end_stage)
        self.room = Room(
            opening.state,
            self._clock,
            self._recorder,
            shelf,
            self._link,
            taken_up=opening.taken_up,
            early=opening.early,
        )
        # A date that is set right must not send every desk away, at whatever minute that comes.
        self._clock.steadied(folder / "steady.json")
        access = Access(folder / "desks.json", self._clock.steady_ms)
        self._past = Past(opening.journal.path, self._recorder, lambda: self.room.state)
        self._voices = Mastering(orders.settings.media_folder / "voices", self.room.card_made)
        voices = OwnVoices(self._voices.folder, shelf, self._voices, orders.settings.voices)
        self._rooms = OneRoom(self.room)
        self._desk = self._desk_of(access, voices)
        self._clinic = ClinicPart(
            self.room,
            orders.settings.identity,
            self._clock.now_ms,
            self._clock.wall_ms,
            figures=self._past.figures,
            relays=orders.settings.relays,
            switched=self._switched,
            home_assistant=orders.settings.home_assistant,
            changed=self._told,
        )
        self._pager = Pager(self.room.name, orders.settings.pagers, self._clock.now_ms, self._paged)
        self._bell = Bell()
        self._hands = Hands(self._clock.now_ms())
        self._due = asyncio.Event()
        self._done = asyncio.Event()
        self._stage_pid = 0
        self._sound = ""
        self._display: tuple[Notice, ...] = ()
        self._said = ""
        self._cards = CardMaker(cards, shelf.preparable, library.folders, self.room.card_made)
        self._examination = Examination(orders.settings, lambda: self.room.state, self._told)
        self._synced = Synced(orders.settings, shelf, lambda: self.room.state, self.room.card_made)
        self._over = False
        self._join()

    def _desk_of(self, access: Access, voices: OwnVoices) -> Desk:
        """The desk of this room. Raises StartError."""
        try:
            return Desk(
                self._rooms,
                access,
                self._clock.now_ms,
                certificates=certificates(self._orders.settings),
                past=self._past,
                recordings=voices,
            )
        except CertificateError as error:
            raise StartError(str(error)) from error

    def _join(self) -> None:
        """The parts hear of the room, and it of them."""
        self.room.told = self._told
        self.room.woken = self._due.set
        self.room.closed = self._done.set
        self.room.coded = self._tell_code
        self._supervision.was_busy = self.room.was_under_way
        self.room.noticed = lambda: (*self._supervision.faults, *self._clinic.faults)
        self.room.examined = lambda: (*self._display, *self._examination.notices, *self._synced.notices)

    async def run(self) -> None:
        """Run until staff close the room. Raises StartError when the desk's address is taken."""
        self._take_up()
        host, port = self._orders.settings.desk_address()
        try:
            await self._desk.listen(host, port)
        except OSError as error:
            raise StartError(
                f"The desk cannot listen on {self._orders.settings.desk}: {error.strerror or error}. "
                "Another guideplayer may be running; or give another address with --desk."
            ) from error
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGTERM, self._done.set)
            loop.add_signal_handler(signal.SIGINT, self._interrupted)
        self.room.published(self._desk.address)
        recording = asyncio.create_task(self._recorder.run())
        self._allow_work()
        # Not a part without which the room could not go on: should it fail, there are no more cards, and that is all.
        carding = asyncio.create_task(self._cards.run())
        mastering = asyncio.create_task(self._voices.run())
        keeping = asyncio.create_task(self._past.run(self._orders.settings.keep_days))
        examining = asyncio.create_task(self._examination.run())
        syncing = asyncio.create_task(self._synced.run())
        # A part that fails ends the process: the launcher starts it anew.
        await run_until(
            self._done,
            self._link.run(),
            self._dues(),
            self._beats(),
            self._watches(),
            self._lives(),
            self._serves(),
            self._supervised(),
        )
        beside = [carding, mastering, keeping, examining, syncing]
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        self._bell.close()
        await self._clinic.stop()
        await self._pager.stop()
        await self._desk.stop()
        # A call that is open when the machine goes down is open when it comes up again.
        if self._over or at_leisure(self.room.state):
            self._recorder.finish(self._clock.now_ms())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_WITHIN_S):
                await self._recorder.flush()
        recording.cancel()

    def _interrupted(self) -> None:
        """A person at the keyboard stops the programme: unlike a machine that goes down, this ends the session."""
        self._over = True
        self._done.set()

    def _take_up(self) -> None:
        """Tell the session that the room is back, before anything else happens to it; or do what the command line asked
        of a fresh one.
        """
        orders, state = self._orders, self.room.state
        if self._opening.taken_up:
            self.room.take_up(self._opening.alive_ms)
        if under_way(state):
            if not orders.again:
                tell("A session was under way: it is taken up again, paused, and staff are called.")
        elif orders.script:
            self.room.handle(Chose(orders.script, orders.infusion_ms))

    def _told(self) -> None:
        """Something has changed: the desks show it, the launcher knows whether a session is under way, and cards and
        clips are made or not.
        """
        self._supervision.live(self.room.busy)
        self._allow_work()
        self._clinic.told()
        self._clinic.look(self.room.state.call)
        self._pager.look(self.room.state.call)
        self._rooms.told()

    def _paged(self, call: str, result: Result) -> None:
        self.room.handle(Paged(result.service, result.reached, result.took_ms, result.says))

    def _switched(self, word: Word) -> None:
        self.room.handle(Paged(word.relay, word.reached, word.took_ms, word.says, "relay"))

    def _allow_work(self) -> None:
        leisure = at_leisure(self.room.state)
        self._cards.allow(leisure and not self._synced.changing)
        self._voices.allow(leisure)

    def _tell_code(self, code: str) -> None:
        """The pairing code in the terminal too, but in no log: for whoever starts the room, until a session begins."""
        logged = "JOURNAL_STREAM" in os.environ and not sys.stdout.isatty()
        if self.room.state.play in BEFORE and self._desk.address and not logged:
            tell(f"The desk is at {self._desk.address}  Pairing code: {code[:3]} {code[3:]}")

    def _heard(self, message: ToRoom) -> None:
        self.room.wake()
        if isinstance(message, Health):
            self._hands.heard(message, self._clock.now_ms())
            self._met(message)
            self._listen(message.sound)
        self.room.heard(message)
        if isinstance(message, Health) and (display := display_notices(message)) != self._display:
            self._display = display
            self._told()

    def _met(self, health: Health) -> None:
        """A stage speaks: a new one is told everything; the first one lets the session begin if that was asked."""
        if health.pid == self._stage_pid:
            return
        first = not self._stage_pid
        self._stage_pid = health.pid
        self.room.stage_began()
        if not first:
            return
        if health.screen != WINDOW:
            tell("There is no screen here: playing off-screen. The picture can be seen at the desk.")
        if self._orders.begin and self.room.state.play in BEFORE and not self._orders.again:
            self.room.handle(Began("the command line", unready=True, pump_follows=True))

    def _listen(self, sound: str) -> None:
        """Tell when there is no sound, and when it is back; a stage that has just begun does not know yet."""
        if sound == "no sound" != self._sound:
            tell("There is no sound here: playing in silence, with larger captions.")
        elif sound == "sound" and self._sound == "no sound":
            tell("There is sound again.")
        self._sound = sound or self._sound

    async def _dues(self) -> None:
        """Let happen what happens by itself, each at its absolute time."""
        while True:
            self._due.clear()
            due_ms = self.room.due_ms()
            wait_s = LONGEST_WAIT_S if due_ms is None else max(0.0, (due_ms - self._clock.now_ms()) / 1000)
            try:
                async with asyncio.timeout(wait_s):
                    await self._due.wait()
            except TimeoutError:
                self.room.handle(Tick())

    async def _beats(self) -> None:
        while True:
            self.room.beat()
            self._supervision.live(self.room.busy)
            await asyncio.sleep(BEAT_EVERY_MS / 1000)

    async def _watches(self) -> None:
        while True:
            self.room.wake()
            if self._link.watch():
                self.room.stage_lost()
            if self._hands.missing(self._clock.now_ms(), sure=self.room.busy is not None):
                self.room.unheard()
            self._bell.ring(self._unheard(), self._clock.now_ms())
            await asyncio.sleep(WATCH_EVERY_MS / 1000)

    def _unheard(self) -> bool:
        """Whether the room itself has to ring: without a stage for so long, nobody sees or hears a thing."""
        now_ms, state = self._clock.now_ms(), self.room.state
        needed = state.play in UNDER_WAY or alarm_sounds(state.call, now_ms)
        return needed and now_ms - self._link.met_ms > STAGE_GONE_MS

    async def _supervised(self) -> None:
        """As long as there is a launcher, then until a session is over and nobody calls: nothing is left behind."""
        await self._supervision.run()
        self.room.told()
        while not at_leisure(self.room.state):
            await asyncio.sleep(ALIVE_EVERY_S)
        self._link.send(Quit())

    async def _serves(self) -> None:
        """Answer desks and stations, and look after the certificate; one that cannot be renewed serves on until it
        ends.

        A room that has come back waits a moment first, until it has met the stage: what its record alone shows may be
        long past, and staff would see a call ended that is open.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KNOWS_WITHIN_S):
                while self.room.busy is None:
                    await asyncio.sleep(LOOK_EVERY_S)
        await self._desk.answer()
        self._clinic.look(self.room.state.call)
        self._clinic.start()
        while True:
            try:
                self._desk.keep_certificate()
            except CertificateError as error:
                _log.warning("The desk's certificate is not renewed. %s", error)
            await asyncio.sleep(CERTIFICATE_EVERY_S)

    async def _lives(self) -> None:
        for number in itertools.count():
            self._recorder.live(self._clock.alive(), synced=number % SYNCED_EVERY == 0)
            await asyncio.sleep(ALIVE_EVERY_S)


def raise_open_files() -> None:
    """Let this process hold more files open than the usual 1,024, as far as the system permits."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> None:
    """Run the room. Its arguments: the descriptor of the link to the stage, the file of the orders, and the descriptor
    of the link to the launcher.
    """
    raise_open_files()
    link, watched = (socket.socket(fileno=int(number)) for number in (sys.argv[1], sys.argv[3]))
    orders = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Orders)
    if "--again" in sys.argv[4:]:
        orders = msgspec.structs.replace(orders, again=True)
    keep_failures(orders.settings.state_folder, "room")

    async def run() -> None:
        await RoomProcess(orders, link, watched).run()

    try:
        asyncio.run(run())
    except StartError as error:
        tell(str(error), stream=sys.stderr)
        sys.exit(2)
