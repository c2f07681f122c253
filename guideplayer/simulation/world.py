"""A world: one virtual time, one source of chance, and the order in which things happen in it."""

import heapq
import itertools
import random
from collections.abc import Callable

from guideplayer.room.clock import Machine

Deed = Callable[[], None]
WALL_MS = 1_800_000_000_000


class World:
    """Time that jumps from one thing that happens to the next. `told` takes every sentence of what happened."""

    def __init__(self, seed: int, now_ms: int, told: Callable[[int, str], None] | None = None) -> None:
        self.now_ms = now_ms
        self.chance = random.Random(f"world {seed}")
        self.after_each: Deed = lambda: None
        self._told = told
        self._queue: list[tuple[int, int, Deed]] = []
        self._numbers = itertools.count()

    def tell(self, sentence: str) -> None:
        """Something for the trace; costs nothing where nobody reads."""
        if self._told:
            self._told(self.now_ms, sentence)

    def after(self, wait_ms: int, deed: Deed) -> None:
        """Do something later; what is due at one instant is done in the order in which it was asked for."""
        heapq.heappush(self._queue, (self.now_ms + max(0, wait_ms), next(self._numbers), deed))

    def run(self, until_ms: int) -> None:
        """Let everything happen up to an instant."""
        while self._queue and self._queue[0][0] <= until_ms:
            self.now_ms, _, deed = heapq.heappop(self._queue)
            deed()
            self.after_each()
        self.now_ms = until_ms


class VirtualMachine(Machine):
    """The room's computer: a shared clock that begins anew with each start, and a wall clock that may be wrong."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._started_ms = 0
        self._boots = 1
        self.wall_error_ms = self.doubt_ms = 0

    def restarted(self) -> None:
        """It is started anew: the shared clock counts from here."""
        self._started_ms = self._world.now_ms
        self._boots += 1

    def set_wall(self, by_ms: int) -> None:
        """The date is set: where the machine was away, its clock goes on by that."""
        self.wall_error_ms += by_ms
        self.doubt_ms += abs(by_ms)

    def shared_ms(self) -> int:
        """Since this start."""
        return self._world.now_ms - self._started_ms

    def wall_ms(self) -> int:
        """What people's clock shows."""
        return WALL_MS + self._world.now_ms + self.wall_error_ms

    def boot(self) -> str:
        """Which start this is."""
        return str(self._boots)
