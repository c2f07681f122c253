"""A station's desk with rooms by hand, all on a bus by hand, on the loop of the served desk."""

from guideplayer.clinic.room_link import RoomLink
from guideplayer.clinic.rooms import Rooms
from guideplayer.clinic.station_rooms import StationRooms
from guideplayer.clock import now_ms
from tests.clinic.bus import Bus, End
from tests.desk.fake_room import FakeRoom, wall_ms


class Clinic:
    """The rooms, the station, and what passes between them at once. Serve it as a room is served."""

    def __init__(self, many: int) -> None:
        self._bus = Bus()
        self.links: dict[str, RoomLink] = {}
        self._ends: dict[str, End] = {}
        station = End(self._bus)
        self.known = Rooms("Station 1", station, "first", now_ms, wall_ms)
        station.listener = self.known
        self.rooms = StationRooms(self.known, wall_ms, lambda code, link: None)
        station.connect()
        self.all = [self._room(f"Room {number + 1}") for number in range(many)]

    def _room(self, name: str) -> FakeRoom:
        room, end = FakeRoom(name), End(self._bus)
        link = self.links[name] = RoomLink(room, end, "first", now_ms, wall_ms)
        self._ends[name] = end

        def armed(desks: list[str]) -> None:
            if desks != room.desks:
                room.desks = desks
                link.changed()

        room.armed_afar = armed
        end.listener, room.changed = link, link.changed
        end.connect()
        return room

    def beat(self) -> None:
        """A moment of everybody's life."""
        self.known.beat()
        for link in self.links.values():
            link.beat()
        self.known.tick()

    def die(self, name: str) -> None:
        """A room is gone."""
        del self.links[name]
        self._ends[name].cut()
