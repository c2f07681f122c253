"""Whether a press could reach the room: of somebody whose control nobody reads it is taken that they pressed.

A stage that dies is back in a second; a screen whose server is gone, or a driver that hangs, may take the keyboard with
it for as long as nobody comes.
"""

from guideplayer.core.link import Health
from guideplayer.core.restoring import STALE_MS
from guideplayer.core.state import WINDOW

# As long as a patient may be without a room.
AWAY_MS = STALE_MS


class Hands:
    """Looks whether there is a stage with a window."""

    def __init__(self, now_ms: int) -> None:
        self._there_ms = now_ms
        self._known = False

    def heard(self, health: Health, now_ms: int) -> None:
        """A stage has said how it is."""
        if health.screen == WINDOW:
            self._there_ms, self._known = now_ms, False

    def missing(self, now_ms: int, *, sure: bool) -> bool:
        """Whether it has just come true that there was none for too long; once, however long it lasts. A room that is
        not `sure` yet where the session is can do nothing about it: it is told when it is.
        """
        if not sure or self._known or now_ms - self._there_ms <= AWAY_MS:
            return False
        self._known = True
        return True
