"""A room at Home Assistant: how it describes itself, what is read of it there, and a button that pauses and no more."""

import json
import re

import jinja2
import pytest

from guideplayer.clinic.home_assistant import BY, HomeAssistant, config_topic, description, object_id
from guideplayer.clinic.shared import Shared
from guideplayer.clinic.topics import PAUSE, ROOT, TOLD, of_room
from guideplayer.core.state import CallState, Play
from guideplayer.desk.ports import RefusedError
from tests.clinic.conftest import Clinic
from tests.desk.fake_room import FakeRoom

PRESS = of_room("Room 1", PAUSE)


def shown(clinic: Clinic, name: str = "Room 1", *, shown: bool = True) -> FakeRoom:
    """A room of the clinic whose connection is shared with what shows it, or takes it back."""
    room, end = clinic.room(name), clinic.ends[name]
    end.cut(will=False)
    end.listener = Shared(clinic.links[name], [HomeAssistant(room, end, shown)])
    end.connect()
    return room


class Reader:
    """Home Assistant, as far as it reads what a description tells it to."""

    def __init__(self, clinic: Clinic, room: str = "Room 1") -> None:
        self.config = json.loads(clinic.bus.retained[config_topic(room)])
        self.available: str | None = None
        self.last: dict[str, bytes] = dict(clinic.bus.retained)
        for topic, payload in clinic.bus.said:
            self._hears(topic, payload)
        self._bus, self._read = clinic.bus, len(clinic.bus.said)

    def _hears(self, topic: str, payload: bytes) -> None:
        self.last[topic] = payload
        for row in self.config["availability"]:
            if row["topic"] == topic:
                self.available = self._shown(row["value_template"], payload)

    @staticmethod
    def _shown(template: str, payload: bytes) -> str:
        strict = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
        return strict.from_string(template).render(value=payload.decode(), value_json=json.loads(payload))

    def value(self, part: str) -> str:
        for topic, payload in self._bus.said[self._read :]:
            self._hears(topic, payload)
        self._read = len(self._bus.said)
        found = self.config["components"][part]
        return self._shown(found["value_template"], self.last[found["state_topic"]])


def test_it_describes_itself_as_a_device_with_all_that_home_assistant_asks_for(clinic):
    shown(clinic)
    config = json.loads(clinic.bus.retained[config_topic("Room 1")])
    assert config["device"]["name"] == "guideplayer Room 1"
    assert config["device"]["identifiers"]
    assert config["origin"]["name"] == "guideplayer"
    parts = config["components"]
    assert {name: part["platform"] for name, part in parts.items()} == {
        "session": "sensor",
        "call": "sensor",
        "open": "binary_sensor",
        "faults": "sensor",
        "pause": "button",
    }
    assert len({part["unique_id"] for part in parts.values()}) == len(parts)
    assert parts["pause"]["retain"] is False
    # Only what is there, and what may be read there.
    topics = {part["state_topic"] for part in parts.values() if "state_topic" in part}
    topics |= {row["topic"] for row in config["availability"]}
    assert topics <= {of_room("Room 1", what) for what in TOLD}
    assert parts["session"]["options"] == [*Play]
    assert parts["call"]["options"] == [*CallState]


@pytest.mark.parametrize("name", ["Room 1", "Raum Süd", "a-b", "a b", "診察室"])
def test_its_name_there_has_only_the_letters_that_are_allowed(name):
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", object_id(name))
    assert object_id(name) != object_id(name + "!")
    assert config_topic(name) == f"homeassistant/device/{object_id(name)}/config"
    assert str(description(name)["device"]).count(name) == 1


def test_what_is_read_there_is_what_the_room_is(clinic):
    room = shown(clinic)
    clinic.links["Room 1"].beat()
    reader = Reader(clinic)
    assert reader.available == "online"
    assert [reader.value(part) for part in ("session", "call", "open", "faults")] == ["waiting", "none", "OFF", "0"]
    room.play = "playing"
    room.press()
    clinic.links["Room 1"].beat()
    assert [reader.value(part) for part in ("session", "call", "open")] == ["holding", "raised", "ON"]
    room.call["state"] = "cleared"
    room.changed()
    clinic.links["Room 1"].beat()
    assert [reader.value(part) for part in ("call", "open")] == ["cleared", "OFF"]


def test_a_room_that_is_gone_is_not_available_there(clinic):
    shown(clinic)
    clinic.links["Room 1"].beat()
    clinic.ends["Room 1"].cut()
    assert Reader(clinic).available == "offline"
    # One whose broker does not notice: what its heartbeat tells runs out by itself.
    config = Reader(clinic).config["components"]
    assert [config[part]["expire_after"] for part in ("call", "open")] == [5, 5]


def test_the_button_pauses_and_nothing_else(clinic):
    room = shown(clinic)
    room.play = "playing"
    config = json.loads(clinic.bus.retained[config_topic("Room 1")])["components"]["pause"]
    clinic.bus.hand_on(config["command_topic"], config["payload_press"].encode(), False)
    assert room.commands == [("hold", {}, BY, BY)]
    assert room.play == "holding"
    # Where there is nothing to pause, nothing happens, and nothing fails.
    clinic.bus.hand_on(PRESS, PAUSE.encode(), False)
    assert room.play == "holding"
    room.fault = RefusedError("No.")
    clinic.bus.hand_on(PRESS, PAUSE.encode(), False)


@pytest.mark.parametrize("payload", [b"", b"resume", b"PAUSE", b"pause ", b'{"command":"resume"}', b"\xff"])
def test_no_other_word_does_anything(clinic, payload):
    room = shown(clinic)
    room.play = "playing"
    clinic.bus.hand_on(PRESS, payload, False)
    assert room.commands == []


def test_a_press_that_a_broker_has_kept_pauses_nothing(clinic):
    clinic.bus.retained[PRESS] = PAUSE.encode()
    room = shown(clinic)
    room.play = "playing"
    assert room.commands == []


def test_a_room_that_is_not_to_be_shown_hears_no_button_and_takes_back_what_was_left(clinic):
    clinic.bus.retained[config_topic("Room 1")] = b'{"device":{}}'
    room = shown(clinic, shown=False)
    assert config_topic("Room 1") not in clinic.bus.retained
    said = len(clinic.bus.said)
    room.play = "playing"
    clinic.bus.hand_on(PRESS, PAUSE.encode(), False)
    assert room.commands == []
    # Once is enough: its own word does not come back to it as another.
    clinic.ends["Room 1"].cut(will=False)
    clinic.ends["Room 1"].connect()
    assert [topic for topic, _ in clinic.bus.said[said:] if not topic.startswith(ROOT)] == []


def test_the_room_hears_stations_as_before(clinic):
    room = shown(clinic)
    station = clinic.station()
    clinic.links["Room 1"].beat()
    station.armed(["Maria"])
    assert clinic.armed_afar["Room 1"][-1] == ["Maria"]
    room.press()
    station.shown("Room 1", "1", "Maria")
    assert room.receipts == [("1", "Maria")]
