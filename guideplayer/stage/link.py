"""The stage's end of a link: never waits, so that nobody at the other end can freeze the picture."""

import socket
from typing import Any, Generic, TypeVar

import msgspec

from guideplayer.core.link import Lines, encode

MOST_WAITING_BYTES = 1 << 20

Said = TypeVar("Said")


class Link(Generic[Said]):
    """Somebody at the other end of a socket, who may die or freeze. `shape` is the union of what is understood."""

    def __init__(self, end: socket.socket, shape: Any) -> None:
        end.setblocking(False)
        self._end = end
        self._lines: Lines[Said] = Lines(shape)
        self._waiting = b""
        self.closed = False

    def poll(self) -> list[Said]:
        """Everything that has come since."""
        said: list[Said] = []
        while True:
            try:
                data = self._end.recv(1 << 18)
            except BlockingIOError:
                return said
            except ConnectionError:
                data = b""
            if not data:
                self.closed = True
                return said
            said += self._lines.feed(data)

    def send(self, message: msgspec.Struct) -> None:
        """Say something; what nobody takes is kept only while it is little."""
        if len(self._waiting) < MOST_WAITING_BYTES:
            self._waiting += encode(message)
        self.flush()

    def flush(self) -> None:
        """Hand over what still waits."""
        while self._waiting:
            try:
                sent = self._end.send(self._waiting)
            except (BlockingIOError, ConnectionError):
                return
            self._waiting = self._waiting[sent:]
