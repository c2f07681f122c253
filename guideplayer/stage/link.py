"""The stage's end of the link: never waits, so that no room can freeze the picture."""

import socket

from guideplayer.core.link import Lines, ToRoom, ToStage, encode

MOST_WAITING_BYTES = 1 << 20


class RoomLink:
    """A room at the other end of a socket; it may die or freeze, the socket stays."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._lines: Lines[ToStage] = Lines(ToStage)
        self._waiting = b""

    def poll(self) -> list[ToStage]:
        """Everything that has come since."""
        said: list[ToStage] = []
        while True:
            try:
                data = self._end.recv(1 << 18)
            except (BlockingIOError, ConnectionError):
                return said
            if not data:
                return said
            said += self._lines.feed(data)

    def send(self, message: ToRoom) -> None:
        """Say something; what a frozen room does not take is kept only while it is little."""
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
