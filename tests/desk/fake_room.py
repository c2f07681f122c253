"""A room by hand: it plays nothing, but keeps the desk's contract, refuses nonsense and remembers what it was told."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from guideplayer.clock import wall_ms
from guideplayer.desk.one_room import OneRoom
from guideplayer.desk.ports import RefusedError

CODE = "47"
MINUTE_MS = 60_000

PHASES = [
    {"name": "settling", "start_ms": 0, "end_ms": 8 * MINUTE_MS, "peak": False},
    {"name": "opening", "start_ms": 8 * MINUTE_MS, "end_ms": 20 * MINUTE_MS, "peak": False},
    {"name": "drifting", "start_ms": 20 * MINUTE_MS, "end_ms": 31 * MINUTE_MS, "peak": False},
    {"name": "peak", "start_ms": 31 * MINUTE_MS, "end_ms": 40 * MINUTE_MS, "peak": True},
]

CARD = {
    "key": "0123456789abcdef",
    "arc": {
        "begins_ms": -4 * MINUTE_MS,
        "infusion_ms": 40 * MINUTE_MS,
        "ends_ms": 52 * MINUTE_MS,
        "light": [0.5, 0.4, 0.3, 0.2, 0.3],
        "words": [0.3, 0.2, 0.1, 0.0, 0.1],
        "effect": [0.0, 0.4, 0.7, 1.0, 0.5],
    },
    "sample_ms": 20_000,
    "lines": ["One.", "Two."],
}
SCRIPTS: list[dict[str, object]] = [
    {
        "name": "open-sky",
        "title": "Open Sky",
        "summary": "A wide evening sky, few words, long rests.",
        "language": "en",
        "voice": "heart",
        "voices": ["heart", "onyx"],
        "words_per_minute": 6.6,
        "density": "full",
        "card": CARD,
        "themes": ["sky", "letting go"],
        "contains": ["breath", "body"],
        "shortest_ms": 40 * MINUTE_MS,
        "longest_ms": 60 * MINUTE_MS,
        "lines": 64,
        "problems": [],
    },
    {
        "name": "slow-tide",
        "title": "Slow Tide",
        "summary": "Water that comes and goes, for people who like the sea.",
        "language": "en",
        "voice": "onyx",
        "voices": ["onyx"],
        "words_per_minute": 1.8,
        "density": "music",
        "card": None,
        "themes": ["sea"],
        "contains": ["water"],
        "shortest_ms": 45 * MINUTE_MS,
        "longest_ms": 60 * MINUTE_MS,
        "lines": 58,
        "problems": [],
    },
    {
        "name": "unfinished",
        "title": "Unfinished",
        "summary": "A draft.",
        "language": "en",
        "voice": "heart",
        "voices": [],
        "words_per_minute": 0.5,
        "density": "music",
        "card": None,
        "themes": [],
        "contains": [],
        "shortest_ms": 40 * MINUTE_MS,
        "longest_ms": 40 * MINUTE_MS,
        "lines": 3,
        "problems": ["No clip for “Let your breath move on its own.” in the voice heart."],
    },
]

# The room's own sentences (guideplayer/room/view.py), those before and those after.
READINESS = {
    "screen": ("The patient's screen shows the picture.", "There is no screen in the room."),
    "sound": ("The chime was heard.", "Play the chime, and ask whether it was heard."),
    "control": ("The patient has pressed the control.", "Ask the patient to press the control once."),
    "call": (
        "The call was shown, answered and cleared.",
        "Press the control, answer the call at a desk, and clear it with the code on the screen.",
    ),
    "desk": ("Maria", "Arm a desk, or state that you stay in the room."),
}


class FakeRoom:
    """Keeps what a desk can see of a room. `changed` is what the room calls when something did."""

    def __init__(self, name: str = "Room 1", clock: Callable[[], int] = wall_ms) -> None:
        self.name, self.clock = name, clock
        self.rooms = OneRoom(self)
        self.changed: Callable[[], None] = self.rooms.told
        self.play = "waiting"
        self.script: str | None = None
        self.infusion_ms, self.infusion_since_ms = 0, None
        self.call: dict[str, Any] = {"state": "none", "id": None, "raised_at": None, "name": "", "level": 0}
        self.call |= {"rehearsal": False, "silenced_until": None}
        self.comfort = {"picture": "full", "light": 0.6, "captions": True, "narration": "full", "volume": 0.8}
        self.shown = {"screen"}
        self.desks: list[str] = []
        self.commands: list[tuple[str, dict[str, object], str, str]] = []
        self.receipts: list[tuple[str, str]] = []
        self.armings: list[list[str]] = []
        self.codes: list[str | None] = []
        self.link = ""
        self.jpeg: bytes | None = None
        self.next_line_at_ms = 0
        self.cards: Path | None = None
        self.cards_made = 0
        self.faults: tuple[str, ...] = ()
        self.notices: tuple[dict[str, str], ...] = ()
        self.stops: list[dict[str, int | None]] = []
        self.called: list[int] = []
        self.rounds: dict[str, int | None] = {"every_ms": 15 * MINUTE_MS, "due_at": None}
        self.fault: Exception | None = None

    def view(self) -> dict[str, object]:
        now_ms = self.clock()
        infusing = self.infusion_since_ms is not None
        elapsed_ms = min(now_ms - self.infusion_since_ms, self.infusion_ms) if infusing else 0
        phase = next((p["name"] for p in PHASES if p["start_ms"] <= elapsed_ms < p["end_ms"]), None)
        playing = self.play in ("playing", "resuming")
        return {
            "room": self.name,
            "at": now_ms,
            "play": self.play,
            "call": dict(self.call),
            "script": self.script or "",
            "infusion_ms": self.infusion_ms,
            "infusion_elapsed_ms": elapsed_ms,
            "infusion_running": infusing,
            "phase": phase if infusing else None,
            "phases": PHASES if self.script else [],
            "course": self.course(elapsed_ms) if self.script else None,
            "rounds": dict(self.rounds),
            "line": "Whatever you see, you can let it pass." if playing else None,
            "next_line": {"text": "There is nothing that you need to do.", "in_ms": self.next_line_at_ms - now_ms}
            if playing
            else None,
            "comfort": dict(self.comfort),
            "readiness": self.readiness(),
            "can": self.can(),
            "next": self.next(),
            "health": dict.fromkeys(("screen", "sound", "control", "journal", "stage", "desk"), "ok"),
            "faults": list(self.faults),
            "notices": list(self.notices),
            "figures": {"stage_pid": 1, "position_error_ms": 0, "late_frames": 0, "work_ms": 1.0},
            "armed": list(self.desks),
            "cards": self.cards_made,
        }

    def course(self, elapsed_ms: int) -> dict[str, object]:
        lines = [ms for ms in range(0, 50 * MINUTE_MS, 5 * MINUTE_MS) if ms > elapsed_ms]
        begins_ms, ends_ms = -5 * MINUTE_MS, self.infusion_ms + 11 * MINUTE_MS
        fixed = {"begins_ms": begins_ms, "ends_ms": ends_ms, "stops": self.stops, "called": self.called}
        return {"at_ms": elapsed_ms, "lines": lines, **fixed}

    def readiness(self) -> list[dict[str, object]]:
        shown = self.shown | ({"desk"} if self.desks else set())
        return [{"what": w, "ok": w in shown, "sentence": s[w not in shown]} for w, s in READINESS.items()]

    @property
    def calling(self) -> bool:
        return self.call["state"] not in ("none", "cleared")

    def can(self) -> list[str]:
        if self.calling:
            return ["acknowledge", "clear", "end", "comfort", "infusion", "note", "rounds"]
        by_play = {
            "waiting": ["choose", "confirm", "rehearse", "begin", "comfort"] if self.script else ["choose"],
            "ready": ["choose", "confirm", "rehearse", "begin", "comfort"],
            "holding": ["resume", "return", "end", "comfort", "infusion", "note", "rounds", "looked"],
            "ended": ["choose", "note"],
        }
        return by_play.get(self.play, ["hold", "return", "end", "comfort", "infusion", "note", "rounds", "looked"])

    def next(self) -> str | None:
        if self.calling:
            return "acknowledge" if self.call["state"] in ("raised", "delivered") else "clear"
        if self.play in ("waiting", "ready"):
            steps = {"sound": "confirm", "control": "rehearse", "call": "rehearse"}
            missing = [step for what, step in steps.items() if what not in self.shown]
            return (missing[0] if missing else "begin") if self.script else "choose"
        return {"arriving": "infusion", "holding": "resume", "ended": "choose"}.get(self.play, "hold")

    def scripts(self) -> list[dict[str, object]]:
        return SCRIPTS

    def card_file(self, name: str, part: str) -> Path | None:
        named = {str(script["name"]) for script in SCRIPTS if script["card"]}
        return self.cards / f"{name}-{part}" if self.cards and name in named else None

    def screen_jpeg(self) -> bytes | None:
        return self.jpeg

    def pairing(self, code: str | None, link: str = "") -> None:
        self.codes.append(code)
        self.link = link

    def armed(self, desks: Sequence[str]) -> None:
        self.desks = list(desks)
        self.armings.append(self.desks)

    def delivered(self, call: str, desk: str) -> None:
        self.receipts.append((call, desk))
        if self.call["state"] == "raised" and self.call["id"] == call:
            self.call["state"] = "delivered"
            self.changed()

    def press(self, *, rehearsal: bool = False) -> None:
        """The patient presses."""
        self.play = self.play if rehearsal else "holding"
        number = int(self.call["id"] or 0) + 1
        self.call |= {"state": "raised", "id": str(number), "raised_at": self.clock(), "name": "", "level": 0}
        self.call |= {"rehearsal": rehearsal, "silenced_until": None}
        self.changed()

    def command(self, name: str, body: Mapping[str, object], by: str, desk: str) -> None:
        if self.fault:
            raise self.fault
        self.commands.append((name, dict(body), by, desk))
        if name not in self.can():
            raise RefusedError(f"“{name}” makes no sense now.")
        getattr(self, f"_{name}", lambda _body, _by: None)(body, by)
        self.changed()

    def _choose(self, body: Mapping[str, Any], by: str) -> None:
        self.play = "waiting"
        self.script = next(str(script["title"]) for script in SCRIPTS if script["name"] == body["script"])
        self.infusion_ms = body["infusion_ms"]

    def _confirm(self, body: Mapping[str, Any], by: str) -> None:
        self.shown.add(body["what"])

    def _rehearse(self, body: Mapping[str, Any], by: str) -> None:
        self.shown.add("control")
        self.press(rehearsal=True)

    def _begin(self, body: Mapping[str, Any], by: str) -> None:
        if not self.desks and not body.get("in_room"):
            raise RefusedError("No desk is armed: arm one, or say that you stay in the room.")
        self.play = "arriving"
        self._looked({}, by)

    def _infusion(self, body: Mapping[str, Any], by: str) -> None:
        if body["action"] == "started":
            self.play, self.infusion_since_ms = "playing", self.clock()
            self.next_line_at_ms = self.clock() + 42_000
        self.infusion_ms += {"extended": 1, "shortened": -1}.get(body["action"], 0) * body.get("by_ms", 0)

    def _acknowledge(self, body: Mapping[str, Any], by: str) -> None:
        self.call |= {"state": "acknowledged", "name": body.get("name", by), "silenced_until": self.clock() + 120_000}

    def _clear(self, body: Mapping[str, Any], by: str) -> None:
        if body["code"] != CODE:
            raise RefusedError("That is not the code on the room's screen. Read the two digits there and try again.")
        self.call["state"] = "cleared"
        if self.call["rehearsal"]:
            self.shown.add("call")

    def _comfort(self, body: Mapping[str, Any], by: str) -> None:
        self.comfort |= body

    def _hold(self, body: Mapping[str, Any], by: str) -> None:
        self.play = "holding"

    def _resume(self, body: Mapping[str, Any], by: str) -> None:
        self.play = "resuming"
        self.next_line_at_ms = self.clock() + 20_000

    def _return(self, body: Mapping[str, Any], by: str) -> None:
        self.play = "returning"

    def _end(self, body: Mapping[str, Any], by: str) -> None:
        self.play = "ended"

    def _looked(self, body: Mapping[str, Any], by: str) -> None:
        self.rounds["due_at"] = self.clock() + int(self.rounds["every_ms"] or 0)

    def _rounds(self, body: Mapping[str, Any], by: str) -> None:
        due_at, every_ms = self.rounds["due_at"], int(self.rounds["every_ms"] or 0)
        self.rounds["every_ms"] = body["every_ms"]
        self.rounds["due_at"] = due_at and due_at - every_ms + body["every_ms"]
