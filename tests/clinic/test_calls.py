"""A hundred calls at a real Mosquitto, while it and the station die, stand still and come back: each is heard."""

import asyncio
import signal

import pytest

from guideplayer.clinic.connection import Connection
from guideplayer.clinic.identity import Identity
from guideplayer.clinic.room_link import BEAT_EVERY_MS, RoomLink
from guideplayer.clinic.rooms import Rooms
from guideplayer.clock import now_ms
from guideplayer.core.call import alarm_sounds
from guideplayer.core.messages import Cleared, Pressed
from guideplayer.core.session import opened
from guideplayer.core.state import CallState
from guideplayer.room.clock import Clock, Machine
from guideplayer.room.room import Room
from tests.clinic.mosquitto import Mosquitto, running
from tests.desk.fake_room import wall_ms
from tests.factory import WORDS
from tests.room.conftest import FakeRecord, FakeShelf, FakeStage

ROOMS = 25
ALARM_WITHIN_S = 3.0
SHOWS_AFTER_S = 0.05


@pytest.fixture
def broker(tmp_path):
    with running(tmp_path) as started:
        yield started


class Station:
    """One whose armed desk shows every call that it is told of."""

    def __init__(self, name: str, broker: Mosquitto) -> None:
        self.shown: set[tuple[str, str]] = set()
        connection = Connection(Identity(f"mqtt://127.0.0.1:{broker.port}", name))
        self.rooms = connection.listener = Rooms(name, connection, name, now_ms, wall_ms)
        self.rooms.changed = self._changed
        self.rooms.showing = lambda room, call: "Maria" if (room, call) in self.shown else None
        self.rooms.armed(["Maria"])
        self.tasks = [asyncio.create_task(connection.run()), asyncio.create_task(self._beats())]

    def _changed(self, room: str) -> None:
        known = self.rooms.known(room)
        if known and known.call:
            asyncio.get_running_loop().call_later(SHOWS_AFTER_S, self._show, room, known.call.id)

    def _show(self, room: str, call: str) -> None:
        if (room, call) not in self.shown:
            self.shown.add((room, call))
            self.rooms.shown(room, call, "Maria")

    async def _beats(self) -> None:
        while True:
            self.rooms.beat()
            self.rooms.tick()
            await asyncio.sleep(0.25)


class Live:
    """Real rooms, connected."""

    def __init__(self, broker: Mosquitto) -> None:
        self.rooms: list[Room] = []
        self.tasks: list[asyncio.Task[None]] = []
        for number in range(ROOMS):
            clock, log = Clock(Machine()), []
            state = opened(f"Room {number}", WORDS, clock.now_ms())
            room = Room(state, clock, FakeRecord(log), FakeShelf(), FakeStage(log))  # type: ignore[arg-type]
            connection = Connection(Identity(f"mqtt://127.0.0.1:{broker.port}", room.name))
            link = connection.listener = RoomLink(room, connection, f"boot {number}", clock.now_ms, clock.wall_ms)
            room.told = link.changed
            self.rooms.append(room)
            self.tasks += [asyncio.create_task(connection.run()), asyncio.create_task(self._beats(link))]

    @staticmethod
    async def _beats(link: RoomLink) -> None:
        while True:
            link.beat()
            await asyncio.sleep(BEAT_EVERY_MS / 1000)


async def until(condition, within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_hundred_of_a_hundred_calls_are_delivered_or_alarmed_in_the_room(broker):
    live, stations = Live(broker), [Station("Station 1", broker)]
    known = len({*live.rooms})

    async def all_well() -> None:
        await until(lambda: all(room.state.readiness.armed for room in live.rooms))
        await until(lambda: any(len(station.rooms.names()) == known for station in stations))

    async def broker_dies() -> None:
        broker.kill()
        await asyncio.sleep(1.0)
        broker.start()

    async def station_dies() -> None:
        for task in stations[0].tasks:
            task.cancel()
        await asyncio.sleep(1.0)
        stations.append(Station("Station 2", broker))

    async def cut_off() -> None:
        broker.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3.5)
        broker.process.send_signal(signal.SIGCONT)

    async def nothing() -> None:
        return

    outcomes: dict[str, list[str]] = {}
    for round_number, fault in enumerate((nothing, broker_dies, station_dies, cut_off)):
        await all_well()
        failing = asyncio.create_task(fault())
        pressed = {}
        for number, room in enumerate(live.rooms):
            # Some a moment before it is noticed, some after.
            await asyncio.sleep(0.02)
            room.handle(Pressed(f"{round_number}-{number}", "key", "42"))
            pressed[room.name] = room.clock.now_ms()
        heard = {}
        while len(heard) < len(live.rooms):
            await asyncio.sleep(0.01)
            for room in live.rooms:
                now, call = room.clock.now_ms(), room.state.call
                if room.name in heard:
                    continue
                if call.state is CallState.DELIVERED:
                    told = any((room.name, call.id) in station.shown for station in stations)
                    heard[room.name] = "delivered" if told else "a lie"
                elif alarm_sounds(call, now):
                    heard[room.name] = "alarmed"
                elif now - pressed[room.name] > ALARM_WITHIN_S * 1000 + 200:
                    heard[room.name] = "unheard"
        outcomes[fault.__name__] = list(heard.values())
        await failing
        # A call that was alarmed reaches a station as soon as there is one.
        await until(lambda: all(room.state.call.state is not CallState.RAISED for room in live.rooms))
        for room in live.rooms:
            room.handle(Cleared("42", "Maria", present=True))
            assert room.state.call.state is CallState.CLEARED
    for task in (*live.tasks, *(task for station in stations for task in station.tasks)):
        task.cancel()
    print({fault: {what: heard.count(what) for what in set(heard)} for fault, heard in outcomes.items()})
    assert sum(len(heard) for heard in outcomes.values()) == 4 * ROOMS
    assert {what for heard in outcomes.values() for what in heard} <= {"delivered", "alarmed"}
    assert outcomes["nothing"] == ["delivered"] * ROOMS
