"""The relays of a room, as a part of its connection to the broker."""

from collections.abc import Callable, Mapping, Sequence

from guideplayer.clinic.broker import Broker
from guideplayer.clinic.contact import Contact, Word
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.core.state import Call
from guideplayer.desk.ports import Clock


class Relays:
    """Switches them as the call wants it. `told` takes what came of it. Implements `Guest`."""

    def __init__(self, relays: Sequence[Relay], broker: Broker, now_ms: Clock, told: Callable[[Word], None]) -> None:
        self.contacts = tuple(Contact(relay, broker, now_ms, told) for relay in relays)
        of_topic: dict[str, list[Contact]] = {}
        for contact in self.contacts:
            for topic in contact.topics:
                # Two outputs of one device share the word on its connection.
                of_topic.setdefault(topic, []).append(contact)
        self._of_topic: Mapping[str, Sequence[Contact]] = of_topic

    def look(self, call: Call) -> None:
        """The call as it stands now."""
        for contact in self.contacts:
            contact.want(contact.relay.wanted(call))

    def hears(self, topic: str) -> bool:
        """Whether it is a relay's."""
        return topic in self._of_topic

    def met(self) -> None:
        """The broker is there."""
        for contact in self.contacts:
            contact.met()

    def lost(self) -> None:
        """The broker is gone."""
        for contact in self.contacts:
            contact.lost()

    def heard(self, topic: str, payload: bytes) -> None:
        """A word of a relay."""
        for contact in self._of_topic[topic]:
            contact.heard(topic, payload)

    def tick(self) -> None:
        """Call this some times a second."""
        for contact in self.contacts:
            contact.tick()

    @property
    def faults(self) -> tuple[str, ...]:
        """What staff should know of them, each a sentence."""
        return tuple(fault for contact in self.contacts for fault in contact.faults)
