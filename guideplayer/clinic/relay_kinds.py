"""The relays that a clinic may set, and what is said to each kind of them and by it over MQTT.

| kind      | device               | is switched at                             | says what it is at                  |
|-----------|----------------------|--------------------------------------------|-------------------------------------|
| `shelly`  | Shelly, from Plus on | `{topic}/command/switch:{channel}`         | `{topic}/status/switch:{channel}`   |
| `shelly1` | Shelly before that   | `shellies/{topic}/relay/{channel}/command` | `shellies/{topic}/relay/{channel}`  |
| `tasmota` | any with Tasmota     | `cmnd/{topic}/POWER{channel}`              | `stat/{topic}/RESULT` and `POWER..` |

Nothing is said that is kept by the broker: a device that comes back later must not find an old order there. Shelly's
`rpc` is left alone, since who may write there may set up the whole device.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from guideplayer.core.call import asks
from guideplayer.core.state import Call
from guideplayer.core.unreadable import UNREADABLE

Kind = Literal["shelly", "shelly1", "tasmota"]
KINDS: tuple[Kind, ...] = ("shelly", "shelly1", "tasmota")
LARGEST_CHANNEL = 31
# Where rooms speak, and where they describe themselves.
RESERVED = ("guideplayer", "homeassistant")
_TOPIC = re.compile(r"[^+#/$\s\x00-\x1f][^+#\x00-\x1f]*")


class Relay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the settings' relays: a nurse call's contact, or a lamp in the corridor, that serves this room alone.

    `topic` is the device's own name at the broker (its prefix), `channel` which of its outputs, by default the first.
    It is on from when a call reaches `level` (0: at once) until somebody has `answered`, or until it is `cleared`.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    kind: Kind
    topic: Annotated[str, Meta(min_length=1, max_length=100)]
    channel: Annotated[int, Meta(ge=0, le=LARGEST_CHANNEL)] | None = None
    level: Annotated[int, Meta(ge=0, le=3)] = 0
    until: Literal["answered", "cleared"] = "cleared"

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place, for a topic or a channel that cannot be."""
        try:
            device_of(self.kind, self.topic, self.channel)
        except ValueError as error:
            raise ValueError(f"the relay “{self.name}” {error}") from error

    def wanted(self, call: Call) -> bool:
        """Whether it is to be on; a rehearsed call reaches nobody's corridor.

        Where an answer has brought nobody, the call is louder than its level: what was on is not switched off for that.
        """
        if not call.open or call.rehearsal:
            return False
        if self.until == "answered":
            return asks(call) and call.level >= self.level
        return call.level >= self.level or bool(call.lapses_ms)

    def device(self) -> "Device":
        """How it is spoken to."""
        return device_of(self.kind, self.topic, self.channel)


class Device(ABC):
    """How a device is spoken to. `orders` are the topics that switch it, `states` those where it says what it is, and
    `there` the one where it says that it is there, or the broker that it is not; `own` are those of the device itself.
    """

    orders: Sequence[str]
    states: Sequence[str]
    there: str
    own: Sequence[str]

    @abstractmethod
    def switching(self, on: bool) -> Sequence[tuple[str, bytes]]:
        """What is said, and where, to switch it, and to have it say what it is."""

    @abstractmethod
    def state(self, topic: str, payload: bytes) -> bool | None:
        """Whether it says that it is on; None for a word about something else."""


class Shelly(Device):
    """Generation 2 and later."""

    def __init__(self, topic: str, channel: int) -> None:
        self._part = f"switch:{channel}"
        self._order, self._events = f"{topic}/command/{self._part}", f"{topic}/events/rpc"
        self.orders = (self._order,)
        self.states = (f"{topic}/status/{self._part}", self._events)
        self.there = f"{topic}/online"
        self.own = (f"{topic}/#",)

    def switching(self, on: bool) -> Sequence[tuple[str, bytes]]:
        """It tells of a change; of what it was already, only when it is asked."""
        return (self._order, b"on" if on else b"off"), (self._order, b"status_update")

    def state(self, topic: str, payload: bytes) -> bool | None:
        """Its whole state, or a notice of what has changed: that comes with every firmware's first settings."""
        said = _json(payload)
        if topic == self._events:
            said = _within(_within(said, "params"), self._part)
        output = _within(said, "output")
        return output if isinstance(output, bool) else None


class FirstShelly(Device):
    """Generation 1."""

    def __init__(self, topic: str, channel: int) -> None:
        base = f"shellies/{topic}"
        self._state, self._all = f"{base}/relay/{channel}", f"{base}/command"
        self.orders = (f"{self._state}/command", self._all)
        self.states = (self._state,)
        self.there = f"{base}/online"
        self.own = (f"{base}/#",)

    def switching(self, on: bool) -> Sequence[tuple[str, bytes]]:
        """Its word comes with the order, and all that it knows when it is asked."""
        return (self.orders[0], b"on" if on else b"off"), (self._all, b"update")

    def state(self, topic: str, payload: bytes) -> bool | None:
        """One that has switched itself off for too much power is off."""
        return {b"on": True, b"off": False, b"overpower": False}.get(payload)


class Tasmota(Device):
    """Any device with Tasmota, its topics in the order that it comes with (`%prefix%/%topic%/`)."""

    def __init__(self, topic: str, channel: int) -> None:
        # A device with one output leaves out its number.
        self._names = (f"POWER{channel}", *(("POWER",) if channel == 1 else ()))
        self._result = f"stat/{topic}/RESULT"
        self.orders = (f"cmnd/{topic}/POWER{channel}",)
        self.states = (self._result, *(f"stat/{topic}/{name}" for name in self._names))
        self.there = f"tele/{topic}/LWT"
        self.own = tuple(f"{prefix}/{topic}/#" for prefix in ("cmnd", "stat", "tele"))

    def switching(self, on: bool) -> Sequence[tuple[str, bytes]]:
        """It answers every order with what it is."""
        return ((self.orders[0], b"ON" if on else b"OFF"),)

    def state(self, topic: str, payload: bytes) -> bool | None:
        """The bare word, or the result of a command among those of others."""
        word: object = payload.decode(errors="replace")
        if topic == self._result:
            said = _json(payload)
            word = next((found for name in self._names if (found := _within(said, name)) is not None), None)
        return {"ON": True, "OFF": False}.get(str(word))


def device_of(kind: Kind, topic: str, channel: int | None) -> Device:
    """How a device is spoken to. Raises ValueError with the rest of a sentence that begins with what it is."""
    if not _TOPIC.fullmatch(topic) or topic.split("/", maxsplit=1)[0] in RESERVED:
        raise ValueError(f"cannot have the topic “{topic}”: take the device's own MQTT prefix or topic")
    match kind:
        case "shelly":
            return Shelly(topic, channel or 0)
        case "shelly1":
            return FirstShelly(topic, channel or 0)
        case "tasmota":
            if channel == 0:
                raise ValueError("has no channel 0: Tasmota counts from 1")
            return Tasmota(topic, channel or 1)


def is_there(payload: bytes) -> bool:
    """Whether the word about its connection says that there is one."""
    return payload.strip().lower() in (b"true", b"online")


def _json(payload: bytes) -> object:
    try:
        return msgspec.json.decode(payload)
    except UNREADABLE:
        return None


def _within(said: object, name: str) -> object:
    return said.get(name) if isinstance(said, dict) else None
