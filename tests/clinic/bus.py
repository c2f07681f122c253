"""A broker by hand: it hands on at once what is said, keeps what is to be retained, and can be cut off."""

from guideplayer.clinic.connection import Listener
from guideplayer.clinic.topics import fits


class Bus:
    """All that are connected, and what is retained. `said` is every message in its order."""

    def __init__(self) -> None:
        # Who has asked for what; ten thousand rooms have asked for the same few things of stations.
        self.asked: dict[str, list[End]] = {}
        self.wild: set[str] = set()
        self.retained: dict[str, bytes] = {}
        self.said: list[tuple[str, bytes]] = []

    def hand_on(self, topic: str, payload: bytes, retain: bool) -> None:
        self.said.append((topic, payload))
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        wild = [pattern for pattern in self.wild if fits(pattern, topic)]
        patterns = [topic, *wild] if topic in self.asked else wild
        for end in [end for pattern in patterns for end in self.asked[pattern]]:
            if end.connected:
                end.listener.heard(topic, payload)


class End:
    """One that is connected to the bus; implements `Broker`."""

    listener: Listener

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._topics: set[str] = set()
        self.connected = False

    def connect(self) -> None:
        self.forget()
        self._will = self.listener.will()
        self.connected = True
        self.listener.met()

    def cut(self, *, will: bool = True) -> None:
        self.connected = False
        if will and self._will:
            self._bus.hand_on(*self._will, retain=False)
        self.listener.lost()

    def publish(
        self, topic: str, payload: bytes, *, quality: int = 1, retain: bool = False, expires_s: int = 0
    ) -> None:
        if self.connected:
            self._bus.hand_on(topic, payload, retain)

    def subscribe(self, topic: str, *, kept: bool = True) -> None:
        self._bus.asked.setdefault(topic, []).append(self)
        if "+" in topic:
            self._bus.wild.add(topic)
        self._topics.add(topic)
        held = self._bus.retained if kept else {}
        if topic in held:
            self.listener.heard(topic, held[topic])
        # Of stations nothing is retained.
        elif "+" in topic and "/room/" in topic:
            for retained in [one for one in held if fits(topic, one)]:
                self.listener.heard(retained, held[retained])

    def unsubscribe(self, topic: str) -> None:
        self._bus.asked[topic].remove(self)
        self._topics.discard(topic)

    def forget(self) -> None:
        """Nothing is asked for any longer."""
        for topic in self._topics:
            self._bus.asked[topic].remove(self)
        self._topics.clear()
