"""The stage's process in a world: the real mind with a patient before it, that may be killed, frozen or silenced."""

from collections.abc import Callable

from guideplayer.core.direction import moment_at
from guideplayer.core.link import ROOM_SILENT_MS, Beat, Direction, Health, Press, ToRoom, ToStage
from guideplayer.core.menu import ATTEND
from guideplayer.core.moment import Moment
from guideplayer.core.state import WINDOW, Call
from guideplayer.simulation.world import VirtualMachine, World
from guideplayer.stage.mind import Mind

STARTS_WITHIN_MS = (600, 1600)
RESTART_MS = 50
REPORT_MS = 250
FRAME_MS = 17


class StageHost:
    """Runs one stage after the other."""

    def __init__(self, world: World, machine: VirtualMachine) -> None:
        self._world, self._machine = world, machine
        self.room_heard: Callable[[ToRoom], None] = lambda message: None
        self.room_beat_ms: Callable[[], int] = lambda: 0
        self.pressed: Callable[[Press], None] = lambda press: None
        self.attended: Callable[[Call], None] = lambda call: None
        self.died: Callable[[], None] = lambda: None
        self.silence_noticed: Callable[[], None] = lambda: None
        self.mind: Mind | None = None
        self.frozen = self.alarm = False
        self.sound, self.screen = "sound", WINDOW
        self.runs_since_ms = 0
        self.lives = 0
        self._stopped_ms = self._beat_ms = 0
        self._waiting: list[ToStage] = []
        self._pressed: list[str] = []

    @property
    def runs(self) -> bool:
        """Whether there is a stage that draws."""
        return self.mind is not None and not self.frozen

    @property
    def now_ms(self) -> int:
        """The clock that the stage reads."""
        return self._machine.shared_ms()

    # Living and dying.

    def start(self) -> None:
        """A stage begins; its first picture comes when it has read what waits for it."""
        if self.mind:
            return
        self.lives += 1
        self._beat_ms = self.now_ms
        self.mind, self.frozen = Mind(f"stage{self.lives}", self.now_ms), False
        self.runs_since_ms = self._world.now_ms
        self._pressed.clear()
        self._world.tell("a stage begins")
        self.frame()
        self.report()
        self._plan_alone()

    def kill(self, away_ms: int | None = None) -> None:
        """It dies; the launcher starts another."""
        if self.mind is None:
            return
        self._world.tell("the stage dies")
        self.mind, self.frozen, self._stopped_ms = None, False, self._world.now_ms
        self.lives += 1
        self.died()
        if away_ms is None:
            away_ms = RESTART_MS + self._world.chance.randint(*STARTS_WITHIN_MS)
        self._world.after(away_ms, self.start)

    def freeze(self, for_ms: int) -> None:
        """It stands still; what is pressed meanwhile waits for it."""
        if not self.runs:
            return
        self._world.tell(f"the stage freezes for {for_ms} ms")
        self.frozen, self._stopped_ms, life = True, self._world.now_ms, self.lives
        self._world.after(1000 + 2 * REPORT_MS, self.silence_noticed)

        def thaw() -> None:
            if life == self.lives and self.mind:
                self._world.tell("the stage goes on")
                self.frozen, self.runs_since_ms = False, self._world.now_ms
                pressed, self._pressed = self._pressed, []
                self.frame()
                for source in pressed:
                    self.press(source)
                self.report()
                self._plan_alone()

        self._world.after(for_ms, thaw)

    def emptied(self) -> None:
        """What was said to it and not read is gone."""
        self._waiting.clear()

    # What the loop does.

    def frame(self) -> None:
        """Read what has come, let time pass, and be what is to be seen."""
        if not self.runs or self.mind is None:
            return
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._take(message)
        mind = self.mind
        beat_ms = self.room_beat_ms() - self._world.now_ms + self.now_ms
        if beat_ms > self._beat_ms:
            self._beat_ms = beat_ms
            mind.heard(beat_ms)
        if alone := mind.advance(self.now_ms):
            self._world.tell("the stage holds: the room is silent")
            self.room_heard(alone)
        self.alarm = mind.alarm(self.now_ms)

    def _take(self, message: ToStage) -> None:
        assert self.mind
        self.mind.heard(self.now_ms)
        if isinstance(message, Direction):
            knew = self.mind.state is not None
            for unknown in self.mind.direct(message, self.now_ms):
                self._world.tell(f"the stage tells {type(unknown).__name__.lower()}")
                self.room_heard(unknown)
            if not knew:
                self.report()

    def hear(self, message: ToStage) -> None:
        """Something from the room: read with the next frame; what nobody reads waits in the socket."""
        if isinstance(message, Beat):
            return
        self._waiting.append(message)
        if self.runs:
            self._world.after(self._world.chance.randint(0, FRAME_MS), self.frame)

    def _plan_alone(self) -> None:
        """Look again when the room would have been silent for too long."""
        life = self.lives

        def look() -> None:
            if life == self.lives and self.runs:
                self.frame()
                self._world.after(ROOM_SILENT_MS + FRAME_MS, look)

        self._world.after(ROOM_SILENT_MS + FRAME_MS, look)

    def last_report_ms(self, now_ms: int) -> int:
        """When this stage last said how it is, on the world's clock."""
        return now_ms - REPORT_MS if self.runs else self._stopped_ms

    def report(self) -> None:
        """Say how it is."""
        if self.runs and self.mind:
            mind = self.mind
            position_ms = mind.state.position.at(self.now_ms + mind.offset_ms) if mind.state else None
            knows = (position_ms, mind.knows_since_ms, mind.revision)
            self.room_heard(Health(self.lives, self.screen, self.sound, self.now_ms, *knows))

    # The patient, and staff in the room.

    def press(self, source: str) -> Press | None:
        """A hand on the control; None when nothing took it, or when it waits for a frozen stage."""
        if self.mind is None or self.mind.state is None or self.screen != WINDOW:
            return None
        if self.frozen:
            self._pressed.append(source)
            return None
        self.frame()
        press = self.mind.press(source, self.now_ms)
        self._world.tell(f"the patient presses: {press.press}")
        self.pressed(press)
        self.room_heard(press)
        return press

    def choose(self, action: str) -> None:
        """Staff at the menu in the room."""
        if self.runs and self.mind and self.mind.state:
            self.frame()
            self.room_heard(self.mind.chose(action, self.now_ms))
            if action == ATTEND and self.mind.room_gone(self.now_ms):
                self.attended(self.mind.state.call)
                self.frame()

    def moment(self) -> Moment | None:
        """What is seen and heard now; None while there is nothing."""
        if self.mind is None or self.mind.state is None or self.frozen:
            return None
        return moment_at(self.mind.state, self.now_ms + self.mind.offset_ms)
