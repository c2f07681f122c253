"""The disk of a world with the record on it: it may be full, lose what was written last, or all."""

from collections import deque

from guideplayer.core.messages import Event
from guideplayer.core.session import opened, step
from guideplayer.core.state import State
from guideplayer.journal.record import Alive, Entry, provisional
from guideplayer.simulation.world import World

WRITES_WITHIN_MS = (2, 12)
TRY_AGAIN_MS = 2000
NO_SPACE = "The journal cannot be written: the disk is full."


class Disk:
    """What is written stays; what waits to be written is lost with the process that waits."""

    def __init__(self, world: World, begun: State) -> None:
        """`begun` is a session that was begun and recorded before this world begins."""
        self._world = world
        self._begun = begun
        self.entries: list[Entry] = []
        self.alive: Alive | None = None
        self.full = False
        self.lost = False
        self._torn = 0

    def tear(self, count: int) -> None:
        """The last entries will be found half written when the room dies."""
        self._torn = count

    def die(self) -> None:
        """The process that writes has died."""
        if self._torn:
            del self.entries[-self._torn :]
            self._torn = 0

    def lose(self) -> None:
        """Nothing can be read any more."""
        self.lost = True
        self.alive = None

    def readable(self) -> State | None:
        """The state that what can be read leads to."""
        return None if self.lost else self._last()

    @property
    def newest(self) -> Entry | None:
        """The newest event that can be read."""
        return self.entries[-1] if self.entries and not self.lost else None

    def _last(self) -> State:
        state = self._begun
        for entry in self.entries:
            state, _ = step(state, entry.event, entry.at_ms)
        return state

    def early(self) -> tuple[Event, ...]:
        """What rooms were asked for that have not met the stage."""
        return provisional(self.entries)

    def replayed(self, now_ms: int) -> State:
        """The state that what can be read leads to; a fresh one when nothing can."""
        if self.lost:
            self.lost = False
            self.entries.clear()
            self._begun = opened(self._begun.room, self._begun.words, now_ms)
            return self._begun
        return self._last()


class Recorder:
    """Implements the room's record on a disk, for as long as its process lives: in order, one after the other."""

    def __init__(self, world: World, disk: Disk) -> None:
        self._world, self._disk = world, disk
        self._waiting: deque[Entry] = deque()
        self._writing = False
        self.trouble = ""
        self.gone = False

    @property
    def done(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._writing

    def record(self, entry: Entry) -> None:
        """Keep an event, a little later."""
        self._waiting.append(entry)
        if not self._writing:
            self._writing = True
            self._world.after(self._world.chance.randint(*WRITES_WITHIN_MS), self._write)

    def _write(self) -> None:
        if self.gone:
            return
        if self._disk.full:
            self.trouble = NO_SPACE
            self._world.after(TRY_AGAIN_MS, self._write)
            return
        self.trouble = ""
        self._disk.entries.append(self._waiting.popleft())
        self._writing = bool(self._waiting)
        if self._writing:
            self._world.after(self._world.chance.randint(*WRITES_WITHIN_MS), self._write)

    def live(self, alive: Alive) -> None:
        """Note that the room runs, unless older work still waits."""
        if not self._writing and not self._disk.full:
            self._disk.alive = alive

    def begin(self, state: State, wall_ms: int) -> None:
        """No world begins a second session."""
        raise AssertionError
