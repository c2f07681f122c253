"""`python -m tests.bench.clinic_rooms PORT MANY`: so many rooms at a broker, each with a connection of its own.

Each tells what it is, beats once a second, and calls when told to on the input (`call N`: so many calls, one every
50 ms). When the receipts are there, what each call took (ms) is printed as JSON. `back` prints how long after a broken
connection the last room was back.
"""

import asyncio
import json
import random
import resource
import sys
import time

import mqtt5
import msgspec

from guideplayer.clinic.messages import Beat, Gone, OpenCall, RoomState, Rounds
from guideplayer.clinic.topics import of_room
from guideplayer.clock import wall_ms
from guideplayer.core.state import CallState, Play

CALL_EVERY_S, RECEIPTS_WITHIN_S = 0.05, 10.0
CONNECT_AT_ONCE = 200
BOOT = "bench"
encode = msgspec.json.encode


class Room(asyncio.Protocol):
    """One room: as little as a room can be."""

    def __init__(self, name: str, clinic: "Rooms") -> None:
        self.name, self.clinic = name, clinic
        self.sequence = self.call = 0
        self.calls = False
        self.transport: asyncio.Transport | None = None
        self.called_s = 0.0
        self.kept = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        will = mqtt5.Will(of_room(self.name, "gone"), payload=encode(Gone(BOOT)), qos=mqtt5.QoS.AT_LEAST_ONCE)
        transport.write(mqtt5.ConnectPacket("", clean_start=True, keep_alive=5, will=will).write())

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.clinic.lost(self)

    def data_received(self, data: bytes) -> None:
        self.kept += data
        view, at = memoryview(self.kept), 0
        try:
            while at < len(view):
                packet, length = mqtt5.read(view[at:])
                at += length
                if isinstance(packet, mqtt5.ConnAckPacket):
                    self.begin()
                elif isinstance(packet, mqtt5.PublishPacket):
                    self.clinic.receipts_ms.append((time.perf_counter() - self.called_s) * 1000)
                    self.calls = False
                    self.tell("call", b"", retain=True)
        except IndexError:
            pass
        self.kept = bytes(view[at:])

    def begin(self) -> None:
        assert self.transport
        wanted = mqtt5.TopicFilter(of_room(self.name, "receipt"))
        self.transport.write(mqtt5.SubscribePacket(1, [wanted]).write())
        self.sequence += 1
        state = RoomState(
            BOOT, self.sequence, wall_ms(), Play.PLAYING, "Open Sky", 2_400_000, 600_000, True, Rounds(900_000)
        )
        self.tell("state", encode(state), retain=True)
        self.clinic.there += 1
        self.beat()

    def beat(self) -> None:
        self.sequence += 1
        self.tell("beat", encode(Beat(BOOT, self.sequence, wall_ms(), 0, str(self.call) if self.calls else "")))

    def press(self) -> None:
        self.sequence += 1
        self.call += 1
        self.calls = True
        self.called_s = time.perf_counter()
        call = OpenCall(BOOT, self.sequence, wall_ms(), str(self.call), CallState.RAISED, wall_ms(), 0)
        self.tell("call", encode(call), retain=True)

    def tell(self, what: str, payload: bytes, *, retain: bool = False) -> None:
        if self.transport:
            self.transport.write(mqtt5.PublishPacket(of_room(self.name, what), payload, retain=retain).write())


class Rooms:
    """All of them."""

    def __init__(self, port: int, many: int) -> None:
        self._port = port
        self.rooms = [Room(f"Room {number}", self) for number in range(many)]
        self.receipts_ms: list[float] = []
        self.there = 0
        self._lost_s = 0.0
        self._limit = asyncio.Semaphore(CONNECT_AT_ONCE)

    def lost(self, room: Room) -> None:
        self.there -= 1
        self._lost_s = self._lost_s or time.monotonic()
        asyncio.get_running_loop().create_task(self.connect(room, random.uniform(0.1, 2.0)))

    async def connect(self, room: Room, after_s: float = 0.0) -> None:
        await asyncio.sleep(after_s)
        while True:
            try:
                async with self._limit:
                    await asyncio.get_running_loop().create_connection(lambda: room, "127.0.0.1", self._port)
                return
            except OSError:
                await asyncio.sleep(random.uniform(0.2, 2.0))

    async def beats(self) -> None:
        """Each once a second, evenly spread."""
        begun_s, number = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - begun_s) * len(self.rooms))
            while number < due:
                self.rooms[number % len(self.rooms)].beat()
                number += 1
            await asyncio.sleep(0.005)

    async def obey(self) -> None:
        loop = asyncio.get_running_loop()
        while line := (await loop.run_in_executor(None, sys.stdin.readline)).split():
            if line[0] == "call":
                print(json.dumps(await self.calls(int(line[1]))), flush=True)
            elif line[0] == "back":
                while self.there < len(self.rooms):
                    await asyncio.sleep(0.01)
                print(json.dumps(time.monotonic() - self._lost_s), flush=True)
                self._lost_s = 0.0

    async def calls(self, many: int) -> list[float]:
        self.receipts_ms.clear()
        for room in random.sample(self.rooms, many):
            room.press()
            await asyncio.sleep(CALL_EVERY_S)
        until_s = time.monotonic() + RECEIPTS_WITHIN_S
        while len(self.receipts_ms) < many and time.monotonic() < until_s:
            await asyncio.sleep(0.01)
        return self.receipts_ms

    async def run(self) -> None:
        await asyncio.gather(*(self.connect(room) for room in self.rooms))
        while self.there < len(self.rooms):
            await asyncio.sleep(0.01)
        print("there", flush=True)
        beating = asyncio.create_task(self.beats())
        await self.obey()
        beating.cancel()


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    random.seed(1)
    asyncio.run(Rooms(int(sys.argv[1]), int(sys.argv[2])).run())


if __name__ == "__main__":
    main()
