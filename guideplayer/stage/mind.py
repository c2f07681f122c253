"""What the stage knows: the room's last direction, moved on in time, and the presses that the room has not taken yet.

The stage runs the same session code as the room. So a press is answered in the very next frame and decided by the
room afterwards, phases change while the room is being restarted, and a room that stays silent is itself answered as a
press would be: everything holds, and the in-room alarm sounds.

It is the room's second memory, too: a room that comes back with a record that is behind, or without any, is told what
was.
"""

from collections.abc import Sequence

from guideplayer.core.call import alarm_sounds, asks
from guideplayer.core.link import ROOM_SILENT_MS, Card, Chosen, Direction, Press, Remembered
from guideplayer.core.menu import ATTEND, BY_MENU
from guideplayer.core.messages import Attended, Pressed
from guideplayer.core.session import advance, step
from guideplayer.core.soft import softly
from guideplayer.core.state import UNDER_WAY, State

REMEMBERED = 64


class Mind:
    """The stage's state. `name` makes the numbers of its presses different from those of a stage before it."""

    def __init__(self, name: str, now_ms: int) -> None:
        self._name = name
        self._presses: list[Press] = []
        self._count = 0
        self._heard_ms = now_ms
        self._alone = self._unnoticed = self._alarmed = False
        self._attended: str | None = None
        self._room_ms = self.revision = 0
        self.knows_since_ms: int | None = None
        self.state: State | None = None
        self.offset_ms = 0
        self.card = Card("")

    def direct(self, direction: Direction, now_ms: int) -> Sequence[Press | Remembered]:
        """Take a direction. Gives what the room does not know: presses, done here on top of what it said; or, when it
        knows less than it once did, all, and nothing is changed here.
        """
        self.card = direction.card
        if self.state and direction.began_ms != self._room_ms and direction.since < self.revision:
            # Nobody goes on alone from what a stage knows that itself stood still while the room was gone.
            alone = [self._press_alone(now_ms)] if self._unnoticed and self._under_way(self.state) else []
            return [*alone, Remembered(self.state, self.offset_ms)]
        self._unnoticed = False
        self._room_ms, self.revision = direction.began_ms, direction.state.revision
        shown_ms, self.offset_ms = now_ms + self.offset_ms, direction.offset_ms
        if self.knows_since_ms is None:
            self.knows_since_ms = now_ms
        shown = self.state
        self.state, _ = advance(direction.state, now_ms + self.offset_ms)
        unknown = [press for press in self._presses if press.press not in direction.state.presses]
        for press in unknown:
            self._apply(press, now_ms)
        if shown:
            self.state = softly(shown, self.state, now_ms + self.offset_ms, shown_ms)
        self._presses = unknown
        self._alarmed = self._goes_on_alarming(self.state)
        return unknown

    def heard(self, now_ms: int) -> None:
        """The room lives."""
        self._unnoticed |= self.room_gone(now_ms) and not self._alone
        self._heard_ms = now_ms
        self._alone = False

    def press(self, source: str, now_ms: int) -> Press:
        """The patient pressed: hold now, and give what is to be sent to the room."""
        # Without a room nothing but the alarm calls, whoever may just have been there.
        self._attended = None
        return self._press(source, now_ms)

    def _press(self, source: str, now_ms: int) -> Press:
        self._count += 1
        press = Press(f"{self._name}-{self._count}", source, now_ms + self.offset_ms)
        self._presses = [*self._presses, press][-REMEMBERED:]
        self._apply(press, now_ms)
        return press

    def _apply(self, press: Press, now_ms: int) -> None:
        if self.state:
            pressed = Pressed(press.press, press.source, at_ms=press.at_ms)
            self.state, _ = step(self.state, pressed, now_ms + self.offset_ms)

    def chose(self, action: str, now_ms: int) -> Chosen:
        """Somebody in the room chose from its menu: give what is to be sent to the room.

        Where there is none, that they are with the patient counts here at once, since nothing else could end the alarm.
        Nothing goes on by that, and the next press sounds it again.
        """
        if action == ATTEND and self.state and self.room_gone(now_ms):
            self.state, _ = step(self.state, Attended(BY_MENU), now_ms + self.offset_ms)
            self._attended = self.state.call.id
        return Chosen(action, now_ms + self.offset_ms)

    def advance(self, now_ms: int) -> Press | None:
        """Let time pass. A room that has gone silent in a session makes a press, once, to be sent when it is back."""
        if self.state is None:
            return None
        self.state, _ = advance(self.state, now_ms + self.offset_ms)
        alone = None
        if self.room_gone(now_ms) and not self._alone and self._under_way(self.state):
            self._alone = True
            alone = self._press_alone(now_ms)
        self._alarmed = asks(self.state.call) and self.alarm(now_ms)
        return alone

    def _press_alone(self, now_ms: int) -> Press:
        self._unnoticed = False
        return self._press("the room was silent", now_ms)

    @staticmethod
    def _under_way(state: State) -> bool:
        return state.play in UNDER_WAY

    def room_gone(self, now_ms: int) -> bool:
        """Whether the room has been silent for too long."""
        return now_ms - self._heard_ms > ROOM_SILENT_MS

    def alarm(self, now_ms: int) -> bool:
        """Whether the in-room alarm sounds: nobody can be reached, or the room itself is gone.

        A room that is back ends none that has begun: only a person's answer does.
        """
        if self.state is None:
            return False
        alone = self.room_gone(now_ms) and self._under_way(self.state) and self.state.call.id != self._attended
        sounds = alone or alarm_sounds(self.state.call, now_ms + self.offset_ms)
        return sounds or self._goes_on_alarming(self.state)

    def _goes_on_alarming(self, state: State) -> bool:
        return self._alarmed and asks(state.call)
