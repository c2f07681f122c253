"""A clinic on a bus by hand: rooms by hand, a station, and clocks that only a test moves."""

import msgspec
import pytest

from guideplayer.clinic.messages import Answer
from guideplayer.clinic.room_link import Recall, RoomLink
from guideplayer.clinic.rooms import Rooms
from tests.clinic.bus import Bus, End
from tests.desk.conftest import HandClock
from tests.desk.fake_room import FakeRoom

WALL_MS = 1_700_000_000_000


class Clinic:
    """Everything that is connected. The rooms' clocks are five seconds ahead of the station's."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.now = HandClock(5000)
        self.rooms: dict[str, FakeRoom] = {}
        self.links: dict[str, RoomLink] = {}
        self.ends: dict[str, End] = {}
        self.changed: list[str] = []
        self.armed_afar: dict[str, list[list[str]]] = {}
        self.answers: list[Answer] = []

    def wall_ms(self) -> int:
        return WALL_MS + self.now()

    def room_wall_ms(self) -> int:
        return self.wall_ms() + 5000

    def room(self, name: str = "Room 1", boot: str = "first", recall: Recall | None = None) -> FakeRoom:
        """A room, connected; with another `boot` one in the place of the one before. `recall` knows its past."""
        room = self.rooms.setdefault(name, FakeRoom(name, self.room_wall_ms))
        room.armed_afar = self.armed_afar.setdefault(name, []).append
        end = self.ends[name] = End(self.bus)
        link = self.links[name] = RoomLink(room, end, boot, self.now, self.room_wall_ms, recall=recall)
        room.changed = link.changed
        end.listener = link
        end.connect()
        return room

    def station(self, name: str = "Station 1", boot: str = "first") -> Rooms:
        """A station, connected."""
        end = self.ends[name] = End(self.bus)
        station = Rooms(name, end, boot, self.now, self.wall_ms)
        station.changed = self.changed.append
        end.listener = station
        end.connect()
        return station

    def row(self, station: Rooms, room: str = "Room 1") -> dict:
        return msgspec.json.decode(station.row(room))


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()
