"""The desks of a world and the people at them: a page that shows what it is told, and a nurse who is only human."""

from guideplayer.core.call import asks
from guideplayer.core.state import State
from guideplayer.desk.armed import ARMED_FOR_MS, Heartbeat
from guideplayer.simulation.room_host import RoomHost
from guideplayer.simulation.stage_host import StageHost
from guideplayer.simulation.truth import Truth
from guideplayer.simulation.world import Deed, World

BEAT_EVERY_MS = 2000
TICK_WITHIN_MS = 250
TRY_AGAIN_MS = 3000
TRIES = 6
LOOK_AGAIN_MS = 2000
STAYS_LOOKING = 20
# How long one message takes at most, mostly and while the network is slow.
QUICK_MS, SLOWEST_MS = 30, 2000


class Network:
    """Between the desks and the room: slow at times, and a message may come twice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.quick_since_ms = world.now_ms

    def slow(self, for_ms: int) -> None:
        """Every message may take up to two seconds for a while."""
        self.quick_since_ms = max(self.quick_since_ms, self._world.now_ms + for_ms)

    def delay_ms(self) -> int:
        """How long one message takes."""
        return self._world.chance.randint(1, SLOWEST_MS if self._world.now_ms < self.quick_since_ms else QUICK_MS)

    def twice(self) -> bool:
        """Whether this message comes twice."""
        return self._world.chance.random() < 0.03


class Page:
    """What one desk shows, and its heartbeat; a person sees only what it shows."""

    def __init__(self, world: World, network: Network, room: RoomHost, truth: Truth, name: str) -> None:
        self._world, self._network, self._room, self._truth = world, network, room, truth
        self.name = name
        self.connected = self.awake = True
        self.shown: State | None = None
        self.person: Nurse | None = None
        self._arrives_ms = 0

    def tell(self) -> None:
        """The room has changed: the stream brings it, in order."""
        if not (self.connected and self._room.runs and self._room.room):
            return
        state = self._room.room.state
        self._arrives_ms = max(self._arrives_ms, self._world.now_ms + self._network.delay_ms())
        self._world.after(self._arrives_ms - self._world.now_ms, lambda: self._show(state))

    def _show(self, state: State) -> None:
        if not self.connected or (self.shown and state.revision < self.shown.revision and not self._truth.forgot):
            return
        news = self.shown is None or state.call != self.shown.call
        self.shown = state
        if news and state.call.open:
            self.beat()
            if self.person:
                self.person.sees()

    def beat(self) -> None:
        """Tell the room that this desk is seen, can sound, and which call it shows."""
        if not self.connected:
            return
        call = self.shown.call if self.shown else None
        calls = {self.shown.room: call.id} if self.shown and call and call.open and self.awake else {}
        heartbeat = Heartbeat("running", self.awake, calls)
        if calls:
            assert call
            self._truth.showed(call)
        for _ in range(1 + self._network.twice()):
            self._world.after(self._network.delay_ms(), lambda: self._room.beat(self.name, heartbeat))

    def beats(self) -> None:
        """Every two seconds, for ever."""
        self.beat()
        self._world.after(BEAT_EVERY_MS, self.beats)

    def cut(self, for_ms: int) -> None:
        """The network is gone for a while; what was on its way is lost."""
        self.connected = False
        self._world.tell(f"{self.name}'s desk is cut off for {for_ms} ms")

        def back() -> None:
            self.connected = True
            self._world.tell(f"{self.name}'s desk is back")
            self.tell()

        self._world.after(for_ms, back)
        # Four times a second the server looks which desks are armed still; only after this can it find another.
        self._world.after(ARMED_FOR_MS + TICK_WITHIN_MS, self._room.tick)

    def sleep(self, for_ms: int) -> None:
        """The phone is in a pocket for a while."""
        self.awake = False
        self.beat()

        def back() -> None:
            self.awake = True
            self.beat()
            if self.person and self.shown and self.shown.call.open:
                self.person.sees()

        self._world.after(for_ms, back)


class Nurse:
    """Sees a call some time after it shows, answers, walks, reads the code off the room's screen, clears, goes on."""

    def __init__(self, world: World, network: Network, page: Page, room: RoomHost, stage: StageHost) -> None:
        self._world, self._network, self._page, self._room, self._stage = world, network, page, room, stage
        page.person = self
        chance = world.chance
        self.notices_ms = round(10 ** chance.uniform(2.5, 5.0))
        self.walks_ms = round(10 ** chance.uniform(3.0, 5.2))
        self.answers = chance.random() < 0.85
        self.comes = chance.random() < 0.9
        self.careless = chance.random() < 0.25
        self._busy = ""

    def sees(self) -> None:
        """A call shows."""
        if self._page.awake and self._page.shown and self._busy != self._page.shown.call.id:
            self._busy = self._page.shown.call.id
            self._world.after(self.notices_ms, self._answer)

    def _answer(self) -> None:
        state = self._page.shown
        if state is None or not state.call.open or not self._page.awake:
            self._busy = ""
            return
        if self.answers and asks(state.call):
            self.ask("acknowledge", {"name": self._page.name, "call": state.call.id})
        if self.comes:
            self._world.after(self.walks_ms, lambda: self._at_bedside(STAYS_LOOKING))

    def _at_bedside(self, more: int) -> None:
        """Read the code off the screen, when there is one to be read."""
        state = self._page.shown
        moment = self._stage.moment()
        code = moment.hold.code if moment and moment.hold else ""
        if (not code or state is None) and more:
            self._world.after(LOOK_AGAIN_MS, lambda: self._at_bedside(more - 1))
            return
        self._busy = ""
        if code:
            if self.careless and self._world.chance.random() < 0.5:
                self.ask("clear", {"code": f"{(int(code) + 1) % 100:02d}"})
            self._world.after(1500, lambda: self.ask("clear", {"code": code}, then=self._go_on))

    def _go_on(self) -> None:
        chosen = self._world.chance.choices(("resume", "return", "nothing", "end"), (70, 10, 15, 5))[0]
        if chosen != "nothing":
            self._world.after(self._world.chance.randint(500, 20_000), lambda: self.ask(chosen, {}))

    def ask(self, name: str, body: dict[str, object], then: Deed | None = None, tries: int = TRIES) -> None:
        """Ask the room over the network; again after a while when nothing came back."""

        def again() -> None:
            if tries:
                self._world.after(TRY_AGAIN_MS, lambda: self.ask(name, body, then, tries - 1))

        def arrive() -> None:
            became = self._room.command(name, body, self._page.name)
            if became is None:
                again()
                return
            self._world.tell(f"{self._page.name}: {name}{became and f' is refused: {became}'}")
            if not became and then:
                then()

        if not self._page.connected:
            again()
            return
        for _ in range(1 + self._network.twice()):
            self._world.after(self._network.delay_ms(), arrive)
