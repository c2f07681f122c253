"""Home Assistant: a room describes itself, and so appears there as a device of its own that can be paused.

Its MQTT discovery takes one retained message for a device (`homeassistant/device/{id}/config`). What it shows it reads
where stations do: a room that dies is not available there, by its last will or by its silence.
"""

import contextlib
import hashlib
import re
from importlib.metadata import version

import msgspec

from guideplayer.clinic.broker import Broker
from guideplayer.clinic.room_link import BEAT_EVERY_MS, LinkedRoom
from guideplayer.clinic.topics import PAUSE, of_room
from guideplayer.core.state import CallState, Play
from guideplayer.desk.ports import RefusedError

PREFIX = "homeassistant"
# How a pause that was asked for there is recorded, and who may ask for it at a clinic's broker.
BY = "Home Assistant"
SILENT_S = 5 * BEAT_EVERY_MS // 1000


def object_id(room: str) -> str:
    """A name for the room of the few letters that are allowed there, which no other room has."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", room).strip("_")
    return f"guideplayer_{plain}_{hashlib.sha256(room.encode()).hexdigest()[:8]}"


def config_topic(room: str) -> str:
    """Where the room describes itself."""
    return f"{PREFIX}/device/{object_id(room)}/config"


def description(room: str) -> dict[str, object]:
    """The room as a device: what it plays, its call, what is wrong there, and a button that pauses."""
    own, ours = object_id(room), {"name": "guideplayer", "sw_version": version("guideplayer")}
    beat, state = of_room(room, "beat"), of_room(room, "state")

    def part(platform: str, name: str, **more: object) -> dict[str, object]:
        identity = f"{own}_{name.lower().replace(' ', '_')}"
        return {"platform": platform, "name": name, "unique_id": identity, **more}

    def sensor(name: str, options: list[str], **more: object) -> dict[str, object]:
        return part("sensor", name, device_class="enum", options=options, **more)

    device = {"identifiers": [own], "name": f"guideplayer {room}", "manufacturer": "guideplayer"}
    pressed = {"payload_press": PAUSE, "qos": 1, "retain": False}
    return {
        "device": device,
        "origin": ours,
        "availability_mode": "latest",
        "availability": [
            {"topic": beat, "value_template": "online"},
            {"topic": of_room(room, "gone"), "value_template": "offline"},
        ],
        "components": {
            "session": sensor(
                "Session", [*Play], state_topic=state, value_template="{{ value_json.play }}", icon="mdi:weather-night"
            ),
            "call": sensor(
                "Call",
                [*CallState],
                state_topic=beat,
                value_template="{{ value_json.calls }}",
                expire_after=SILENT_S,
                icon="mdi:bell-outline",
            ),
            "open": part(
                "binary_sensor",
                "Call open",
                device_class="problem",
                state_topic=beat,
                value_template="{{ 'ON' if value_json.call else 'OFF' }}",
                expire_after=SILENT_S,
            ),
            "faults": part(
                "sensor",
                "Faults",
                state_topic=state,
                value_template="{{ value_json.faults | count }}",
                json_attributes_topic=state,
                json_attributes_template="{{ {'sentences': value_json.faults} | tojson }}",
                entity_category="diagnostic",
                icon="mdi:alert-circle-outline",
            ),
            "pause": part("button", "Pause", command_topic=of_room(room, PAUSE), icon="mdi:pause", **pressed),
        },
    }


class HomeAssistant:
    """Describes the room when it is to be `shown` there, and takes a description back that was left when it is not.
    Implements `Guest`.
    """

    def __init__(self, room: LinkedRoom, broker: Broker, shown: bool) -> None:
        self._room, self._broker, self._shown = room, broker, shown
        self._config, self._pause = config_topic(room.name), of_room(room.name, PAUSE)

    def hears(self, topic: str) -> bool:
        """Whether it is about this."""
        return topic in (self._config, self._pause)

    def met(self) -> None:
        """The broker is there."""
        if self._shown:
            # A press that a broker has kept would pause a session that nobody meant. Who sees the button is heard.
            self._broker.subscribe(self._pause, kept=False)
            self._broker.publish(self._config, msgspec.json.encode(description(self._room.name)), retain=True)
        else:
            self._broker.subscribe(self._config)

    def lost(self) -> None:
        """The broker is gone."""

    def heard(self, topic: str, payload: bytes) -> None:
        """A press of the button, which pauses and does nothing else; or what an earlier start of the room has left."""
        if topic == self._config:
            if payload and not self._shown:
                self._broker.publish(self._config, b"", retain=True)
        elif self._shown and payload == PAUSE.encode():
            # There may be nothing that could be paused.
            with contextlib.suppress(RefusedError):
                self._room.command("hold", {}, BY, BY)
