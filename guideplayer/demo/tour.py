"""What the tour does next: it waits for people, and only does what nobody has done for a while.

A pure decision of what the room says and of how long it has been saying so. It knows nothing of a session but what any
desk is told.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

PRESS_SHARE = 0.4
# How long people have for each, in seconds, before the tour does it.
PATIENCE_S = {"press": 0.0, "answer": 8.0, "clear": 10.0, "resume": 6.0, "leave": 6.0}


class Act(StrEnum):
    """What the tour can do."""

    PRESS = "press"
    ANSWER = "answer"
    CLEAR = "clear"
    RESUME = "resume"
    LEAVE = "leave"


class SeenCall(msgspec.Struct, frozen=True):
    """The call, as a desk is told of it."""

    state: str = "none"
    name: str | None = None


class Seen(msgspec.Struct, frozen=True):
    """The room, as far as the tour looks at it."""

    play: str
    call: SeenCall
    phase: Annotated[str, msgspec.Meta(max_length=200)] = ""
    infusion_ms: int = 0
    infusion_elapsed_ms: int = 0


SAYS = {
    "arriving": "The arrival: the patient hears how it will be. The infusion follows it.",
    "playing": "The infusion runs. Words are few, and get fewer.",
    "holding": "Everything has paused. The infusion's clock runs on.",
    "resuming": "It goes on softly; what is left of the script is fitted to what is left of the infusion.",
    "returning": "The pump has stopped: the return.",
    "ended": "The session has ended.",
    "raised": "A call. The desk rings; the patient is told only that the team is being called.",
    "delivered": "A desk shows the call: now the patient is told so.",
    "acknowledged": "{name} has answered: now the patient is told who comes.",
    "attended": "Somebody is in the room.",
    "cleared": "The call is cleared.",
}
DOES = {
    Act.PRESS: "The tour now presses as a patient would.",
    Act.ANSWER: "Nobody has answered at the desk, so the tour does.",
    Act.CLEAR: "The tour goes to the bedside, reads the two digits on the screen, and clears the call with them.",
    Act.RESUME: "The tour lets it go on: nothing ever does so by itself.",
    Act.LEAVE: "The tour leaves.",
}


class Tour:
    """Watches a room. `pace` below 1 gives people less time, for tests."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._wanted: Act | None = None
        self._since_s = 0.0
        self._pressed = False
        self._told: set[str] = set()
        self._begun = False

    def act(self, seen: Seen, now_s: float) -> Act | None:
        """What is to be done now; mostly nothing. It is asked for again until the room shows that it is done."""
        self._pressed |= seen.call.state != "none" or seen.play in ("returning", "ended")
        wanted = self._next(seen)
        if wanted != self._wanted:
            self._wanted, self._since_s = wanted, now_s
        if wanted is None or now_s - self._since_s < PATIENCE_S[wanted] * self._pace:
            return None
        # It may take a moment until the room shows it.
        self._since_s = now_s + 1.0 - PATIENCE_S[wanted] * self._pace
        return wanted

    def _next(self, seen: Seen) -> Act | None:
        """What has to happen next for the session to go on."""
        match seen.call.state:
            case "raised" | "delivered":
                return Act.ANSWER
            case "acknowledged" | "attended":
                return Act.CLEAR
        if seen.play == "holding":
            return Act.RESUME
        if seen.play == "ended":
            return Act.LEAVE
        due = seen.infusion_ms > 0 and seen.infusion_elapsed_ms >= PRESS_SHARE * seen.infusion_ms
        return Act.PRESS if seen.play == "playing" and due and not self._pressed else None

    def says(self, seen: Seen) -> list[str]:
        """What has happened since it was last asked, each a sentence."""
        now = {seen.play, f"call {seen.call.state}", f"phase {seen.phase}", f"name {seen.call.name}"}
        new, self._told = now - self._told, now
        sentences = []
        if seen.play in new and not (self._begun and seen.play == "playing"):
            sentences.append(SAYS.get(seen.play, ""))
        self._begun |= seen.play == "playing"
        if f"phase {seen.phase}" in new and seen.play == "playing" and seen.phase == "peak":
            sentences.append("The peak: hardly a word, and little light.")
        if f"call {seen.call.state}" in new:
            sentences.append(SAYS.get(seen.call.state, "").format(name=seen.call.name or "Somebody"))
        return [sentence for sentence in sentences if sentence]
