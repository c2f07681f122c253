"""The broker, as rooms and stations use it: the connection implements it, tests and the simulation fake it."""

from typing import Protocol

# MQTT's words for it: a message that may be lost, and one that is sent until the broker has it.
ONCE_AT_MOST, ONCE_AT_LEAST = 0, 1


class Broker(Protocol):
    """What can be said to a broker. Nothing waits in a queue for one that is away: what is said then is lost, and who
    says it tells everything anew when the broker is back.
    """

    @property
    def connected(self) -> bool:
        """Whether the broker answers."""
        ...

    def publish(
        self, topic: str, payload: bytes, *, quality: int = ONCE_AT_LEAST, retain: bool = False, expires_s: int = 0
    ) -> None:
        """Send a message; the broker drops one that could not be handed on for `expires_s`, unless that is 0."""
        ...

    def subscribe(self, topic: str, *, kept: bool = True) -> None:
        """Ask for a topic, until the connection ends; without what the broker has `kept` of it, for what counts only at
        the moment when it is said.
        """
        ...

    def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no longer."""
        ...
