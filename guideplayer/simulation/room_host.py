"""The room's process in a world: the real room, with a record, a link and desks, that may be killed or frozen."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from guideplayer.core.link import STAGE_SILENT_MS, WATCH_EVERY_MS, Chosen, Health, Press, ToRoom, ToStage
from guideplayer.core.messages import (
    Acknowledged,
    Attended,
    Cleared,
    Effect,
    Ended,
    Event,
    Infused,
    Refused,
    Resumed,
    Returned,
    Tick,
)
from guideplayer.core.script import Script
from guideplayer.core.session import next_due_ms
from guideplayer.core.state import State
from guideplayer.desk.armed import ArmedDesks, Heartbeat
from guideplayer.desk.ports import RefusedError
from guideplayer.room.clock import Clock
from guideplayer.room.hands import Hands
from guideplayer.room.room import Room
from guideplayer.room.stage_link import START_ALLOWED_MS
from guideplayer.simulation.disk import Disk, Recorder
from guideplayer.simulation.stage_host import StageHost
from guideplayer.simulation.world import Deed, VirtualMachine, World

# Often enough for STALE_MS and ARMED_FOR_MS; the real ones are 0.1, 0.25 and 2 s.
PULSE_MS = 2000
STARTS_WITHIN_MS = (500, 1500)
BEAT_MS = 500


class _Shelf:
    """No world chooses another script."""

    def listing(self) -> list[dict[str, object]]:
        return []

    def script(self, name: str, voice: str | None) -> Script:
        raise RefusedError("There is no such script.")

    def card_file(self, name: str, part: str) -> Path | None:
        return None


# What no room does by itself.
BY_A_PERSON = (Resumed, Returned, Ended, Cleared, Acknowledged, Attended, Infused)


class WatchedRoom(Room):
    """The real room; `did` is told of every event that it took, and `alone` of one that only a person may ask for."""

    did: Callable[[Event, State, State], None]
    alone: Callable[[Event], None]
    _asked = _again = False

    def command(self, name: str, body: Mapping[str, Any], by: str, desk: str) -> None:
        """Do what a person at a desk asks."""
        self._asked = True
        try:
            super().command(name, body, by, desk)
        finally:
            self._asked = False

    def heard(self, message: ToRoom) -> None:
        """Something from the stage; at its menu are people."""
        self._asked = isinstance(message, Chosen)
        super().heard(message)
        self._asked = False

    def do_again(self, events: Sequence[Event]) -> None:
        """What is done again has been told of already."""
        self._again = True
        super().do_again(events)
        self._again = False

    def handle(self, event: Event) -> tuple[Effect, ...]:
        """Let an event happen."""
        if isinstance(event, BY_A_PERSON) and not (self._asked or self._again):
            self.alone(event)
        before = self.state
        effects = super().handle(event)
        if not self._again and not any(isinstance(effect, Refused) for effect in effects):
            self.did(event, before, self.state)
        return effects


class RoomHost:
    """Runs one room after the other. Implements the room's stage port: what it says goes to the stage's host."""

    def __init__(self, world: World, machine: VirtualMachine, disk: Disk, stage: StageHost) -> None:
        self._world, self._machine, self._disk, self._stage = world, machine, disk, stage
        stage.room_heard = self.heard
        self.room: WatchedRoom | None = None
        self.recorder = Recorder(world, disk)
        self.armed = ArmedDesks(self._now_ms)
        self.frozen = False
        self.told_desks: Deed = lambda: None
        self.began: Deed = lambda: None
        self.froze: Callable[[int], None] = lambda for_ms: None
        self.died: Deed = lambda: None
        self.did: Callable[[Event, State, State], None] = lambda event, before, after: None
        self.alone: Callable[[Event], None] = lambda event: None
        self.health: Health | None = None
        self._hands = Hands(0)
        self.runs_since_ms = 0
        # What the launcher knows, which outlives both.
        self.busy = False
        self._stopped_ms = 0
        self._lives = 0
        self._waiting: list[ToRoom] = []
        self._stage_pid = 0
        self._told_armed: list[str] = []
        self._due_ms: int | None = None

    def _now_ms(self) -> int:
        return self.room.clock.now_ms() if self.room else 0

    @property
    def doubt_ms(self) -> int:
        """How far the room's clock may be off."""
        return self._machine.doubt_ms

    @property
    def runs(self) -> bool:
        """Whether there is a room that takes anything."""
        return self.room is not None and not self.frozen

    # Living and dying.

    def start(self) -> None:
        """A room process begins."""
        if self.room:
            return
        self._lives += 1
        clock = Clock.after(self._disk.alive, self._disk.newest, self._machine)
        state = self._disk.replayed(clock.now_ms())
        alive = self._disk.alive
        self.recorder = Recorder(self._world, self._disk)
        taken_up = self._lives > 1
        self.frozen, self.health, self._stage_pid = False, None, 0
        self.armed = ArmedDesks(self._now_ms)
        self._told_armed = []
        self.runs_since_ms = self._silent_since_ms = self._world.now_ms
        self._allowed_ms = START_ALLOWED_MS
        early = self._disk.early()
        self.room = WatchedRoom(state, clock, self.recorder, _Shelf(), self, taken_up=taken_up, early=early)
        self.room.did, self.room.alone = self.did, self.alone
        self.room.told = self.told_desks
        self.room.woken = self._plan_due
        self._hands = Hands(self._world.now_ms)
        self._world.tell("a room begins")
        if taken_up:
            self.room.take_up(alive.at_ms if alive else 0)
        else:
            self.recorder.live(clock.alive())
        self.began()
        self.room.direct()
        self._pulse(self._lives)
        self._plan_due()
        self._take_in()
        self._tell_busy()

    def _tell_busy(self) -> None:
        """The launcher tells a room that has spoken what it knows; that waits in the socket while nobody reads."""
        life = self._lives

        def tell() -> None:
            if life == self._lives and self.room and not self.frozen:
                self.room.was_under_way()

        if self.busy:
            self._world.after(self._world.chance.randint(0, BEAT_MS), tell)

    def kill(self, away_ms: int | None = None) -> None:
        """It dies, and what it has not written yet is lost; another begins after a while."""
        if self.room is None:
            return
        self._world.tell("the room dies")
        self._stopped_ms = self._world.now_ms
        self._lives += 1
        self.busy = self.busy if self.room.busy is None else self.room.busy
        self.recorder.gone = True
        self._disk.die()
        self.room, self.frozen = None, False
        self._due_ms = None
        self.died()
        if away_ms is None:
            away_ms = self._world.chance.randint(*STARTS_WITHIN_MS)
        self._world.after(away_ms, self.start)

    def freeze(self, for_ms: int) -> None:
        """It stands still for a while; its sockets take in what comes."""
        if not self.runs:
            return
        self._world.tell(f"the room freezes for {for_ms} ms")
        self.frozen, self._stopped_ms, life = True, self._world.now_ms, self._lives
        self.froze(for_ms)

        def thaw() -> None:
            if life == self._lives and self.room:
                self._world.tell("the room goes on")
                self.frozen, self.runs_since_ms = False, self._world.now_ms
                self.room.wake()
                self._take_in()
                self._tell_busy()
                self._pulse(life)
                self._due_ms = None
                self._plan_due()

        self._world.after(for_ms, thaw)

    def _take_in(self) -> None:
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self.heard(message)
        self._world.after(self._world.chance.randint(0, 250), self._stage.report)
        self._world.after(START_ALLOWED_MS + WATCH_EVERY_MS, self.watch)

    def last_beat_ms(self) -> int:
        """When this room last showed the stage that it lives; 0 while none has."""
        until_ms = self._world.now_ms if self.runs else self._stopped_ms
        return until_ms - (until_ms - self.runs_since_ms) % BEAT_MS if until_ms >= self.runs_since_ms else until_ms

    def _pulse(self, life: int) -> None:
        if life != self._lives or not self.runs or self.room is None:
            return
        self.room.wake()
        self.recorder.live(self.room.clock.alive())
        self.tick()
        if self.health and self._stage.runs:
            # What a stage that lives has said four times a second, and the same each time.
            self._hands.heard(self.health, self._world.now_ms)
        if self._hands.missing(self._world.now_ms, sure=self.room.busy is not None):
            self._world.tell("the room finds that nobody reads the patient's control")
            self.room.unheard()
        self._world.after(PULSE_MS, lambda: self._pulse(life))

    def _plan_due(self) -> None:
        if not self.runs or self.room is None:
            return
        due_ms = next_due_ms(self.room.state)
        if due_ms is None or due_ms == self._due_ms:
            return
        self._due_ms = due_ms
        life = self._lives

        def due() -> None:
            if life == self._lives and self.runs and self.room and self._due_ms == due_ms:
                self._due_ms = None
                self.room.handle(Tick())
                self._plan_due()

        self._world.after(due_ms - self._now_ms(), due)

    def emptied(self) -> None:
        """What was said to it and not read is gone."""
        self._waiting.clear()

    # The link to the stage.

    def send(self, message: ToStage) -> bool:
        """Say something to the stage."""
        self._stage.hear(message)
        return True

    def heard(self, message: ToRoom) -> None:
        """Something from the stage; it waits in the socket while nobody reads."""
        if not self.runs or self.room is None:
            self._waiting.append(message)
            return
        self.room.wake()
        if isinstance(message, Health):
            self.health = message
            self._hands.heard(message, self._world.now_ms)
            self._silent_since_ms = self._world.now_ms
            self._allowed_ms = START_ALLOWED_MS if message.position_ms is None else STAGE_SILENT_MS
            if message.pid != self._stage_pid:
                self._stage_pid = message.pid
                self.room.stage_began()
        if isinstance(message, Press):
            self._world.tell(f"the room takes press {message.press}")
        self.room.heard(message)

    def watch(self) -> None:
        """Look whether the stage has been silent for too long; then it is ended."""
        if not self.runs or self.room is None:
            return
        since_ms = max(self._silent_since_ms, self._stage.last_report_ms(self._world.now_ms))
        if self._world.now_ms - since_ms > self._allowed_ms:
            self._world.tell("the room finds the stage silent")
            self.health = None
            self._silent_since_ms, self._allowed_ms = self._world.now_ms, START_ALLOWED_MS
            self._stage.kill()
            self.room.stage_lost()

    # The desks.

    def tick(self) -> None:
        """What the desk's server does four times a second: tell which desks are armed."""
        if self.runs and self.room:
            names = self.armed.names()
            if names != self._told_armed:
                self._told_armed = names
                self.room.armed(names)

    def beat(self, desk: str, heartbeat: Heartbeat) -> None:
        """A page's heartbeat has come in."""
        if not self.runs or self.room is None:
            return
        shown = self.armed.beat(desk, heartbeat)
        self.tick()
        for call in shown.values():
            self._world.tell(f"the room has a receipt of call {call} from {desk}")
            self.room.delivered(call, desk)

    def command(self, name: str, body: dict[str, object], by: str) -> str | None:
        """What a person asks: what became of it, a refusal's sentence, or None when it never came in."""
        if not self.runs or self.room is None:
            return None
        try:
            self.room.command(name, body, by, by)
        except RefusedError as error:
            return str(error)
        return ""
