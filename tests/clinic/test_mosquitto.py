"""Rooms and stations at a real Mosquitto, over TLS: found, cut off, killed and back, and attacked."""

import asyncio
import signal
import ssl
from pathlib import Path

import msgspec
import pytest

from guideplayer.clinic.collector import Collector
from guideplayer.clinic.connection import Connection
from guideplayer.clinic.credentials import Credentials
from guideplayer.clinic.identity import Identity, identity_in
from guideplayer.clinic.ledger import Ledger
from guideplayer.clinic.messages import Answer, OpenCall, RoomState
from guideplayer.clinic.past import PastFigures
from guideplayer.clinic.room_link import BEAT_EVERY_MS, Recall, RoomLink
from guideplayer.clinic.rooms import Rooms
from guideplayer.clinic.store import Store, address_in
from guideplayer.clinic.topics import of_room, of_station
from guideplayer.clock import now_ms
from guideplayer.desk.certificates import utc_now
from tests.clinic.mosquitto import Mosquitto, running
from tests.clinic.rogue import Rogue
from tests.clinic.years import sessions
from tests.desk.fake_room import FakeRoom, wall_ms

WITHIN_S = 40.0


@pytest.fixture(scope="module")
def credentials(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clinic")
    made = Credentials(folder, utc_now())
    made.make(["127.0.0.1", "localhost"], ["Room 1", "Room 2"], ["Station 1", "Station 2"], str(folder / "broker"))
    return folder


@pytest.fixture
def broker(tmp_path, credentials):
    with running(tmp_path, credentials) as started:
        yield started


class Live:
    """Everything that runs in a test, on its loop."""

    def __init__(self, credentials: Path, broker: Mosquitto) -> None:
        self.credentials, self.broker = credentials, broker
        self.tasks: list[asyncio.Task[None]] = []

    def connection(self, kind: str, name: str) -> Connection:
        return Connection(identity_in(self.credentials / kind / name, f"mqtts://127.0.0.1:{self.broker.port}", name))

    async def room(
        self, name: str = "Room 1", boot: str = "first", recall: Recall | None = None
    ) -> tuple[FakeRoom, RoomLink]:
        room, connection = FakeRoom(name), self.connection("rooms", name)
        room.armed_afar = room.armed
        link = RoomLink(room, connection, boot, now_ms, wall_ms, recall=recall)
        connection.listener, room.changed = link, link.changed
        self._run(connection, link.beat, BEAT_EVERY_MS / 1000)
        await until(lambda: connection.connected)
        return room, link

    async def station(self, name: str = "Station 1", clock=now_ms) -> Rooms:
        connection = self.connection("stations", name)
        rooms = Rooms(name, connection, name, clock, wall_ms)
        connection.listener = rooms
        self._run(connection, lambda: (rooms.tick(), rooms.beat()), 0.1)
        await until(lambda: connection.connected)
        return rooms

    def _run(self, connection, deed, every_s: float) -> None:
        async def beats() -> None:
            while True:
                deed()
                await asyncio.sleep(every_s)

        self.tasks += [asyncio.create_task(connection.run()), asyncio.create_task(beats())]

    def end(self) -> None:
        for task in self.tasks:
            task.cancel()


@pytest.fixture
async def live(credentials, broker):
    live = Live(credentials, broker)
    yield live
    live.end()
    await asyncio.gather(*live.tasks, return_exceptions=True)


async def until(condition, within_s: float = WITHIN_S) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


def row(station: Rooms, room: str = "Room 1") -> dict:
    return msgspec.json.decode(station.row(room)) if station.known(room) else {"dead": True, "call": {"state": "none"}}


async def test_a_call_is_raised_delivered_answered_and_cleared_across_the_clinic(live):
    room, _ = await live.room()
    one, two = await live.station("Station 1"), await live.station("Station 2")
    await until(lambda: not row(one)["dead"] and not row(two)["dead"])
    one.armed(["Maria"])
    await until(lambda: room.desks == ["Maria"])
    room.press()
    await until(lambda: row(one)["call"]["state"] == row(two)["call"]["state"] == "raised")
    one.shown("Room 1", "1", "Maria")
    await until(lambda: row(two)["call"]["state"] == "delivered")
    answers: list[Answer] = []
    two.command("Room 1", b'{"command":"acknowledge","call":"1"}', "Ben", "Ben", answers.append)
    await until(lambda: row(one)["call"].get("name") == "Ben")
    await until(lambda: answers and not answers[0].problem)
    room.call["state"] = "cleared"
    room.changed()
    await until(lambda: row(one)["call"] == row(two)["call"] == {"state": "none"})


async def test_a_broker_that_is_killed_with_a_call_open_has_it_again_when_it_is_back(live, broker):
    room, _ = await live.room()
    station = await live.station()
    await until(lambda: not row(station)["dead"])
    station.armed(["Maria"])
    await until(lambda: room.desks == ["Maria"])
    room.press()
    await until(lambda: row(station)["call"]["state"] == "raised")
    broker.kill()
    await until(lambda: room.desks == [] and row(station)["dead"])
    room.press()
    broker.start()
    await until(lambda: not row(station)["dead"] and row(station)["call"]["id"] == "2")
    await until(lambda: room.desks == ["Maria"])


async def test_a_call_that_nobody_is_left_to_tell_of_outlives_the_broker(live, broker):
    room, _ = await live.room()
    room.press()
    await asyncio.sleep(2)
    live.end()
    broker.kill()
    broker.start()
    station = await live.station()
    await until(lambda: row(station)["call"].get("id") == "1")
    assert row(station)["dead"]


async def test_a_room_that_dies_is_dead_on_the_board_at_once(live):
    await live.room()
    # For a station whose time stands still no silence is long: it knows of the end by the room's last will alone.
    station = await live.station(clock=lambda: 0)
    await until(lambda: not row(station)["dead"])
    live.tasks[0].cancel()
    await until(lambda: row(station)["dead"])


async def test_a_broker_that_stands_still_is_found_out_in_three_seconds(live, broker):
    room, _ = await live.room()
    station = await live.station()
    station.armed(["Maria"])
    await until(lambda: room.desks == ["Maria"])
    broker.process.send_signal(signal.SIGSTOP)
    try:
        await until(lambda: room.desks == [] and row(station)["dead"], 6.0)
    finally:
        broker.process.send_signal(signal.SIGCONT)
    await until(lambda: room.desks == ["Maria"])


@pytest.fixture
def rogue(credentials, broker):
    found: list[Rogue] = []

    def made(kind: str, name: str) -> Rogue:
        found.append(Rogue(credentials / kind / name, broker.port))
        return found[-1]

    yield made
    for one in found:
        one.close()


async def test_a_room_cannot_speak_for_another(live, rogue):
    await live.room("Room 1")
    station = await live.station()
    await until(lambda: not row(station)["dead"])
    other = rogue("rooms", "Room 2")
    for what in ("state", "call", "beat", "gone"):
        await asyncio.to_thread(other.says, of_room("Room 1", what), b"{}")
    await asyncio.to_thread(other.says, of_room("Room 1", "call"), b"")
    await asyncio.to_thread(other.says, of_room("Room 1", "receipt"), b"{}")
    await asyncio.to_thread(other.says, of_room("Room 1", "command"), b"{}")
    await asyncio.to_thread(other.says, of_station("Station 1", "answer/Room 1"), b"{}")
    await asyncio.to_thread(other.says, of_station("Station 1", "beat"), b"{}")
    assert other.refused == ["Not authorized"] * 9


async def test_nor_hear_what_is_said_to_another_or_of_it(live, rogue):
    other = rogue("rooms", "Room 2")
    other.listens("#")
    other.listens(of_room("+", "call"))
    other.listens(of_room("Room 1", "command"))
    room, _ = await live.room("Room 1")
    station = await live.station()
    await until(lambda: not row(station)["dead"])
    room.press()
    await until(lambda: row(station)["call"]["state"] == "raised")
    answers: list[Answer] = []
    station.command("Room 1", b'{"command":"acknowledge"}', "Ben", "Ben", answers.append)
    await until(lambda: answers)
    of_others = [topic for topic, _ in other.heard if "Room 1" in topic]
    assert of_others == []


async def test_a_station_cannot_speak_for_another_or_for_a_room(live, rogue):
    other = rogue("stations", "Station 2")
    await asyncio.to_thread(other.says, of_station("Station 1", "beat"), b"{}")
    await asyncio.to_thread(other.says, of_room("Room 1", "call"), b"{}")
    await asyncio.to_thread(other.says, of_station("Station 1", "answer/Room 1"), b"{}")
    assert other.refused == ["Not authorized"] * 3


async def test_a_command_that_was_heard_once_is_refused_when_it_is_said_again(live, rogue):
    room, _ = await live.room()
    station = await live.station()
    await until(lambda: not row(station)["dead"])
    said: list[bytes] = []
    publish = station._broker.publish
    station._broker.publish = lambda topic, payload, **more: (
        said.append(payload) if topic.endswith("/command") else None,
        publish(topic, payload, **more),
    )
    answers: list[Answer] = []
    station.command("Room 1", b'{"command":"rehearse"}', "Ben", "Ben", answers.append)
    choice = b'{"command":"choose","script":"open-sky","infusion_ms":2400000}'
    station.command("Room 1", choice, "Ben", "Ben", answers.append)
    await until(lambda: len(answers) == 2)
    done = list(room.commands)
    other = rogue("stations", "Station 2")
    for payload in said:
        await asyncio.to_thread(other.says, of_room("Room 1", "command"), payload)
    await asyncio.sleep(0.5)
    assert room.commands == done


async def test_nobody_comes_in_without_a_certificate_of_the_clinic(live, credentials, broker, tmp_path):
    bare = Connection(Identity(f"mqtts://127.0.0.1:{broker.port}", "x", credentials / "ca.crt"))
    plain = Connection(Identity(f"mqtt://127.0.0.1:{broker.port}", "x"))
    other = tmp_path / "others"
    Credentials(other, utc_now()).make(["127.0.0.1"], [], ["Station 1"])
    folder = other / "stations" / "Station 1"
    (folder / "ca.crt").write_bytes((credentials / "ca.crt").read_bytes())
    foreign = Connection(identity_in(folder, f"mqtts://127.0.0.1:{broker.port}", "Station 1"))
    for connection in (bare, plain, foreign):
        connection.listener = Rooms("Station 1", connection, "first", now_ms, wall_ms)
        with pytest.raises((OSError, TimeoutError, ssl.SSLError)):
            await connection._live()
        assert not connection.connected


async def test_a_broker_that_is_another_is_not_trusted(live, broker, tmp_path):
    other = tmp_path / "others"
    Credentials(other, utc_now()).make(["127.0.0.1"], ["Room 1"], [])
    room = Connection(identity_in(other / "rooms" / "Room 1", f"mqtts://127.0.0.1:{broker.port}", "Room 1"))
    room.listener = RoomLink(FakeRoom(), room, "first", now_ms, wall_ms)
    with pytest.raises(ssl.SSLError):
        await room._live()


async def test_figures_come_whole_through_a_broker_and_a_station_that_are_killed_in_the_middle(live, broker, tmp_path):
    past = list(sessions(120))
    asked: list[int] = []

    def recall(after: int, after_id: str, told) -> None:
        asked.append(after)
        page = PastFigures(tuple(past[after : after + 30]), more=after + 30 < len(past))
        told(msgspec.json.encode(page), "")

    await live.room(recall=recall)
    for name in ("Station 1", "Station 2"):
        kept = Ledger(Store(address_in(tmp_path)))
        station = await live.station(name)
        await until(lambda station=station: not row(station)["dead"])
        collector = Collector(station, kept, now_ms)
        await collector.collect()
        await collector.collect()
        if len(asked) == 2:
            # The answer to the next question finds neither.
            question = asyncio.create_task(collector.collect())
            broker.kill()
            await question
            for task in live.tasks[2:]:
                task.cancel()
            broker.start()
    collecting = asyncio.create_task(collector.run())
    async with asyncio.timeout(WITHIN_S):
        while (counted := await kept.responses("", "", ""))["whole"]["sessions"] != len(past):
            await asyncio.sleep(0.05)
    assert counted["whole"]["calls"] == sum(len(one.calls) for one in past)
    assert len(asked) <= len(past) // 30 + 2
    collecting.cancel()
    kept.close()


async def test_what_is_retained_is_what_the_schema_says(live, rogue):
    room, _ = await live.room()
    room.press()
    reader = rogue("stations", "Station 1")
    reader.listens(of_room("+", "state"))
    reader.listens(of_room("+", "call"))
    state, call = of_room("Room 1", "state"), of_room("Room 1", "call")
    # The state from before the press may be what is retained at first.
    await until(lambda: call in dict(reader.heard) and b"holding" in dict(reader.heard).get(state, b""))
    heard = dict(reader.heard)
    assert msgspec.json.decode(heard[state], type=RoomState).play == "holding"
    assert msgspec.json.decode(heard[call], type=OpenCall).id == "1"
