"""A clinic in a world: a broker that dies and comes back, the room's link to it, and a station with somebody at it."""

from collections import deque
from collections.abc import Callable

from guideplayer.clinic.messages import Answer
from guideplayer.clinic.room_link import BEAT_EVERY_MS, LinkedRoom, RoomLink
from guideplayer.clinic.rooms import BEAT_EVERY_MS as STATION_BEAT_MS
from guideplayer.clinic.rooms import Rooms
from guideplayer.clinic.topics import fits
from guideplayer.core.state import CallState
from guideplayer.desk.ports import Clock
from guideplayer.simulation.staff import Network
from guideplayer.simulation.stage_host import StageHost
from guideplayer.simulation.truth import Truth
from guideplayer.simulation.world import WALL_MS, Deed, World

# As long as a connection may be silent before either end gives it up, and how soon one comes back.
SILENT_MS, BACK_WITHIN_MS = 3000, 3000
TICK_MS = 500
UNREAD_MS = 200
DESK = "Cora"


class VirtualBroker:
    """Hands on what it is told, each topic in its order, some of it twice; what is retained it keeps."""

    def __init__(self, world: World, network: Network) -> None:
        self.world, self.network = world, network
        self.runs = True
        self.ends: list[End] = []
        self._retained: dict[str, bytes] = {}

    def take(self, topic: str, payload: bytes, retain: bool) -> None:
        """Somebody has said something."""
        if not self.runs:
            return
        if retain and payload:
            self._retained[topic] = payload
        elif retain:
            self._retained.pop(topic, None)
        for end in self.ends:
            if any(fits(pattern, topic) for pattern in end.topics):
                end.hand(topic, payload)

    def retained(self, pattern: str) -> list[tuple[str, bytes]]:
        """What is kept of what a pattern asks for."""
        return [(topic, payload) for topic, payload in self._retained.items() if fits(pattern, topic)]

    def kill(self, for_ms: int) -> None:
        """It dies; its disk has what it retained."""
        if not self.runs:
            return
        self.world.tell(f"the broker dies for {for_ms} ms")
        self.runs = False
        for end in self.ends:
            end.lose(will=False)
        self.world.after(for_ms, self._start)

    def _start(self) -> None:
        self.world.tell("a broker begins")
        self.runs = True


class End:
    """One end of a connection; implements `Broker`. `alive` says whether there is somebody who could connect."""

    def __init__(self, broker: VirtualBroker, alive: Callable[[], bool]) -> None:
        self._broker, self._world, self._alive = broker, broker.world, alive
        self.topics: set[str] = set()
        self.connected = self.cut_off = False
        self.since_ms = self.whole_since_ms = self._world.now_ms
        self.listener: RoomLink | Rooms | None = None
        self._will = ("", b"")
        self._lives = 0
        self._arrives_ms: dict[str, int] = {}
        self._saying: deque[Deed] = deque()
        self._hearing: deque[Deed] = deque()
        broker.ends.append(self)

    def connect_soon(self) -> None:
        """As soon as that is possible."""
        self._world.after(self._world.chance.randint(50, BACK_WITHIN_MS), self._connect)

    def _connect(self) -> None:
        if self.connected or self.listener is None:
            return
        if not self._broker.runs or self.cut_off or not self._alive():
            self.connect_soon()
            return
        self._lives += 1
        self.connected = True
        self.since_ms = self.whole_since_ms = self._world.now_ms
        self._will = self.listener.will()
        self.listener.met()

    def lose(self, *, will: bool = True) -> None:
        """The connection ends; the broker, unless it is what has died, says the last will."""
        if not self.connected:
            return
        self.connected, self.since_ms = False, self._world.now_ms
        for gone in (self.topics, self._saying, self._hearing):
            gone.clear()
        topic, payload = self._will
        if will:
            self._world.after(0, lambda: self._broker.take(topic, payload, False))
        if self.listener and self._alive():
            self.listener.lost()
        self.connect_soon()

    def stands_still(self, for_ms: int) -> None:
        """Who is at this end says nothing for a while: the broker gives the connection up."""
        life = self._lives

        def given_up() -> None:
            if life == self._lives:
                self.lose()

        if for_ms > SILENT_MS:
            self._world.after(SILENT_MS, given_up)

    def cut(self, for_ms: int) -> None:
        """The network between is gone for a while. Both ends find out after some seconds."""
        self.cut_off = True
        life = self._lives

        def found_out() -> None:
            if life == self._lives and self.cut_off:
                self.lose()

        def back() -> None:
            # A cut that neither end has found out about has held everything up all the same.
            self.cut_off, self.whole_since_ms = False, self._world.now_ms

        self._world.after(SILENT_MS, found_out)
        self._world.after(for_ms, back)

    def publish(
        self, topic: str, payload: bytes, *, quality: int = 1, retain: bool = False, expires_s: int = 0
    ) -> None:
        """Say something."""
        for _ in range(1 + (quality > 0 and self._broker.network.twice()) if self.connected else 0):
            self._in_order(topic, self._held_up(self._saying, lambda: self._broker.take(topic, payload, retain)))

    def subscribe(self, topic: str, *, kept: bool = True) -> None:
        """Ask for a topic."""
        self.topics.add(topic)
        for retained, payload in self._broker.retained(topic) if kept else ():
            self.hand(retained, payload)

    def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no longer."""
        self.topics.discard(topic)

    def hand(self, topic: str, payload: bytes) -> None:
        """The broker hands something on."""

        def arrive() -> None:
            if self.listener:
                self.listener.heard(topic, payload)

        self._in_order(f"to {topic}", self._held_up(self._hearing, arrive))

    def _held_up(self, held: deque[Deed], deed: Deed) -> Deed:
        """What is on its way waits while the network is cut or nobody reads, and is lost with its connection."""
        life = self._lives

        def arrive() -> None:
            if life == self._lives and self.connected:
                held.append(deed)
                self._let_through(held)

        return arrive

    def _let_through(self, held: deque[Deed]) -> None:
        while held:
            if self.cut_off or (held is self._hearing and not self._alive()):
                self._world.after(UNREAD_MS, lambda: self._let_through(held))
                return
            held.popleft()()

    def _in_order(self, topic: str, deed: Callable[[], None]) -> None:
        at_ms = max(self._arrives_ms.get(topic, 0), self._world.now_ms + self._broker.network.delay_ms())
        self._arrives_ms[topic] = at_ms
        self._world.after(at_ms - self._world.now_ms, deed)


class Station:
    """A station, one after the other: its page shows calls to somebody who answers from far away, and may come."""

    def __init__(self, world: World, broker: VirtualBroker, truth: Truth, stage: StageHost) -> None:
        self._world, self._truth, self._stage = world, truth, stage
        self.runs = True
        self.awake = True
        self._lives = 0
        self.end = End(broker, lambda: self.runs)
        self._shown: dict[str, str] = {}
        chance = world.chance
        self._notices_ms = round(10 ** chance.uniform(2.5, 5.0))
        self._answers, self._comes = chance.random() < 0.8, chance.random() < 0.5
        self.rooms: Rooms
        self.begin()

    def begin(self) -> None:
        """A station's process begins."""
        self._lives += 1
        self.runs = True
        self._shown.clear()
        boot = f"start {self._lives}"
        self.rooms = Rooms("Station 1", self.end, boot, lambda: self._world.now_ms, self._wall_ms)
        self.rooms.changed = self._changed
        self.rooms.showing = lambda room, call: DESK if self.awake and self._shown.get(room) == call else None
        self.rooms.armed([DESK] if self.awake else [])
        self.end.listener = self.rooms
        self.end.connect_soon()
        self._repeat(self._lives, STATION_BEAT_MS, self.rooms.beat)
        self._repeat(self._lives, TICK_MS, self.rooms.tick)

    def _wall_ms(self) -> int:
        return WALL_MS + self._world.now_ms

    def _repeat(self, life: int, every_ms: int, deed: Deed) -> None:
        if life == self._lives and self.runs:
            deed()
            self._world.after(every_ms, lambda: self._repeat(life, every_ms, deed))

    def kill(self, for_ms: int) -> None:
        """It dies, and another begins after a while."""
        if not self.runs:
            return
        self._world.tell("the station dies")
        self.runs = False
        self.end.lose()
        self._world.after(for_ms, self._again)

    def _again(self) -> None:
        self._world.tell("a station begins")
        self.begin()

    def sleep(self, for_ms: int) -> None:
        """Nobody sees its page for a while."""
        self.awake = False
        self.rooms.armed([])

        def back() -> None:
            self.awake = True
            self.rooms.armed([DESK])
            for room in self.rooms.names():
                self._changed(room)

        self._world.after(for_ms, back)

    def _changed(self, room: str) -> None:
        """A row is another: the page shows it in a moment."""
        life = self._lives
        self._world.after(30, lambda: self._show(room, life))

    def _show(self, room: str, life: int) -> None:
        known = self.rooms.known(room)
        call = known.call if known else None
        if life != self._lives or not self.runs or not self.awake or call is None or self._shown.get(room) == call.id:
            return
        self._shown[room] = call.id
        self._truth.shown.add(call.id)
        self.rooms.shown(room, call.id, DESK)
        if self._answers:
            self._world.after(self._notices_ms, lambda: self._answer(room, call.id))

    def _answer(self, room: str, call: str) -> None:
        known = self.rooms.known(room)
        if not (self.runs and self.awake and known and known.call and known.call.id == call):
            return
        if known.call.state in (CallState.RAISED, CallState.DELIVERED):
            command = b'{"command":"acknowledge","call":"%s"}' % call.encode()
            self.rooms.command(room, command, DESK, DESK, self._answered)

    def _answered(self, answer: Answer) -> None:
        self._world.tell(f"{DESK}: acknowledge{answer.problem and f' is refused: {answer.problem}'}")
        if not answer.problem and self._comes:
            self._world.after(20_000, lambda: self._stage.choose("clear"))


class RoomsEnd:
    """The room's end: a link for each room process, one after the other."""

    def __init__(self, world: World, broker: VirtualBroker, runs: Callable[[], bool]) -> None:
        self._world, self._runs = world, runs
        self.end = End(broker, runs)
        self.link: RoomLink | None = None
        self._lives = 0

    def begin(self, room: LinkedRoom, now_ms: Clock, wall_ms: Clock) -> None:
        """A room process has begun."""
        self._lives += 1
        self.link = self.end.listener = RoomLink(room, self.end, f"start {self._lives}", now_ms, wall_ms)
        self.end.connect_soon()
        self._beats(self._lives)

    def ended(self) -> None:
        """It has died: the system closes its connection."""
        self.link = self.end.listener = None
        self.end.lose()

    def changed(self) -> None:
        """The room is different."""
        if self.link and self._runs():
            self.link.changed()

    def _beats(self, life: int) -> None:
        if life != self._lives or self.link is None:
            return
        if self._runs():
            self.link.beat()
        self._world.after(BEAT_EVERY_MS, lambda: self._beats(life))


class Clinic:
    """All of it."""

    def __init__(
        self, world: World, network: Network, truth: Truth, stage: StageHost, runs: Callable[[], bool]
    ) -> None:
        self.broker = VirtualBroker(world, network)
        self.room = RoomsEnd(world, self.broker, runs)
        self.station = Station(world, self.broker, truth, stage)
