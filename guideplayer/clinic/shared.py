"""A connection that several parts of a room share: its owner, and guests who want some topics each."""

from collections.abc import Sequence
from typing import Protocol

from guideplayer.clinic.connection import Listener


class Guest(Protocol):
    """Another part that listens at the connection. It has no last will."""

    def hears(self, topic: str) -> bool:
        """Whether a topic is its own."""
        ...

    def met(self) -> None:
        """The broker is there."""
        ...

    def lost(self) -> None:
        """The broker is gone."""
        ...

    def heard(self, topic: str, payload: bytes) -> None:
        """A message."""
        ...


class Shared:
    """Implements `Listener` for all of them. The owner comes first: what it has to say must not wait for a guest."""

    def __init__(self, owner: Listener, guests: Sequence[Guest]) -> None:
        self._owner, self._guests = owner, tuple(guests)

    def will(self) -> tuple[str, bytes] | None:
        """The owner's."""
        return self._owner.will()

    def met(self) -> None:
        """The broker is there."""
        self._owner.met()
        for guest in self._guests:
            guest.met()

    def lost(self) -> None:
        """The broker is gone."""
        self._owner.lost()
        for guest in self._guests:
            guest.lost()

    def heard(self, topic: str, payload: bytes) -> None:
        """A message, for whose it is."""
        for guest in self._guests:
            if guest.hears(topic):
                guest.heard(topic, payload)
                return
        self._owner.heard(topic, payload)
