"""Relays as they are sold: what a Shelly of either kind and a Tasmota do, on the bus by hand or at a real broker."""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as paho

from tests.clinic.bus import Bus, End

# A topic, what is said there, and whether the broker keeps it.
Word = tuple[str, bytes, bool]
TOPIC = "device-abc"


class FakeDevice:
    """What it does: takes its orders, says what it is. `deaf` takes orders and says nothing, as one whose contact is
    stuck; `orders` are all that it was given.
    """

    asks: tuple[str, ...]
    there: tuple[str, bytes, bytes]
    says: Callable[..., object]

    def __init__(self, topic: str = TOPIC, *, on: bool = False) -> None:
        self.topic, self.on = topic, on
        self.deaf = False
        self.orders: list[tuple[str, bytes]] = []

    def take(self, topic: str, payload: bytes) -> None:
        self.orders.append((topic, payload))
        if not self.deaf:
            self.order(topic, payload)

    def order(self, topic: str, payload: bytes) -> None:
        raise NotImplementedError

    def switch(self, on: bool) -> None:
        """By its own button."""
        raise NotImplementedError


class FakeShelly(FakeDevice):
    """Generation 2: of a change it tells at once, of what it was already only when asked. `quiet` is as it is sold,
    when it tells its whole state only to who asks.
    """

    def __init__(self, topic: str = TOPIC, *, on: bool = False, quiet: bool = False) -> None:
        super().__init__(topic, on=on)
        self.quiet = quiet
        self.asks = (f"{topic}/command/switch:0",)
        self.there = (f"{topic}/online", b"true", b"false")

    def order(self, topic: str, payload: bytes) -> None:
        if payload == b"status_update":
            self.says(self._status())
        else:
            self.switch(payload == b"on")

    def switch(self, on: bool) -> None:
        if on == self.on:
            return
        self.on = on
        params = {"ts": 1700000000.5, "switch:0": {"id": 0, "output": on, "source": "MQTT"}}
        notice = {"src": self.topic, "dst": f"{self.topic}/events", "method": "NotifyStatus", "params": params}
        words = [(f"{self.topic}/events/rpc", json.dumps(notice).encode(), False)]
        self.says(*words, *([] if self.quiet else [self._status()]))

    def _status(self) -> Word:
        status = {"id": 0, "source": "MQTT", "output": self.on, "temperature": {"tC": 41.2, "tF": 106.1}}
        return f"{self.topic}/status/switch:0", json.dumps(status).encode(), True


class FakeFirstShelly(FakeDevice):
    """Generation 1: the bare word, which the broker keeps."""

    def __init__(self, topic: str = TOPIC, *, on: bool = False) -> None:
        super().__init__(topic, on=on)
        base = f"shellies/{topic}"
        self._state = f"{base}/relay/0"
        self.asks = (f"{self._state}/command", f"{base}/command")
        self.there = (f"{base}/online", b"true", b"false")

    def order(self, topic: str, payload: bytes) -> None:
        if payload == b"update":
            self.says((self._state, b"on" if self.on else b"off", True))
        else:
            self.switch(payload == b"on")

    def switch(self, on: bool) -> None:
        self.on = on
        self.says((self._state, b"on" if on else b"off", True))


class FakeTasmota(FakeDevice):
    """One output, whose number it leaves out."""

    def __init__(self, topic: str = TOPIC, *, on: bool = False) -> None:
        super().__init__(topic, on=on)
        self.asks = (f"cmnd/{topic}/#",)
        self.there = (f"tele/{topic}/LWT", b"Online", b"Offline")

    def order(self, topic: str, payload: bytes) -> None:
        self.switch(payload == b"ON")

    def switch(self, on: bool) -> None:
        self.on = on
        word = "ON" if on else "OFF"
        self.says(
            (f"stat/{self.topic}/RESULT", json.dumps({"POWER": word}).encode(), False),
            (f"stat/{self.topic}/POWER", word.encode(), False),
        )


KINDS: dict[str, type[FakeDevice]] = {"shelly": FakeShelly, "shelly1": FakeFirstShelly, "tasmota": FakeTasmota}


class OnBus:
    """Connects a device with the bus by hand."""

    def __init__(self, bus: Bus, device: FakeDevice) -> None:
        self.device = device
        self.end = End(bus)
        self.end.listener = self
        device.says = self._says
        self._words: deque[Word] = deque()
        self._saying = False
        self.end.connect()

    def _says(self, *words: Word) -> None:
        """All that it has to say to one thing comes before what is answered to any of it."""
        self._words.extend(words)
        if self._saying:
            return
        self._saying = True
        while self._words:
            topic, payload, retain = self._words.popleft()
            self.end.publish(topic, payload, retain=retain)
        self._saying = False

    def will(self) -> tuple[str, bytes]:
        return self.device.there[0], self.device.there[2]

    def met(self) -> None:
        for topic in self.device.asks:
            # Of the bus's wildcards only `+` is one.
            self.end.subscribe(topic.replace("#", "POWER1"), kept=False)
        self.end.publish(self.device.there[0], self.device.there[1], retain=True)

    def lost(self) -> None:
        pass

    def heard(self, topic: str, payload: bytes) -> None:
        self.device.take(topic, payload)


class AtBroker:
    """Connects a device with a real broker as it does itself: MQTT 3.1.1, a last will, and again when it is lost."""

    def __init__(self, device: FakeDevice, port: int, login: tuple[str, str] | None = None) -> None:
        self.device = device
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        if login:
            self.client.username_pw_set(*login)
        there, yes, no = device.there
        self.client.will_set(there, no, qos=1, retain=True)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_message = lambda _client, _data, message: device.take(message.topic, message.payload)

        def met(*_: object) -> None:
            self.client.subscribe([(topic, 1) for topic in device.asks])
            self.client.publish(there, yes, qos=1, retain=True)

        self.client.on_connect = met
        device.says = lambda *words: [self.client.publish(topic, said, 1, kept) for topic, said, kept in words]
        self.client.connect("127.0.0.1", port, keepalive=2)
        self.client.loop_start()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def logins(folder: Path) -> dict[str, tuple[str, str]]:
    """What `clinic init` has made for each device, by its topic: user and password."""
    found = [json.loads(path.read_bytes()) for path in (folder / "relays").glob("*.json")]
    return {one["topic"]: (one["user"], one["password"]) for one in found}
