"""Sessions as a room records them: on a clock by hand, into a real journal."""

from pathlib import Path

import pytest

from guideplayer.core.messages import (
    Acknowledged,
    Armed,
    Attended,
    Began,
    Chose,
    Cleared,
    Comforted,
    Delivered,
    Ended,
    Event,
    Held,
    Infused,
    Looked,
    Noted,
    Pressed,
    Resumed,
    StageIs,
)
from guideplayer.core.session import opened, step
from guideplayer.core.state import Narration, Picture
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import Journal
from guideplayer.journal.record import Alive, Entry, Record
from tests.factory import SCRIPT, WORDS

# 23 November 2026, 14:00 UTC.
WALL_MS = 1_795_442_400_000
OPENED_MS = 5_000_000
INFUSION_MS = 40 * MINUTE_MS


class Recording:
    """A room's record of sessions, one event after the other."""

    def __init__(self, folder: Path, wall_ms: int = WALL_MS) -> None:
        self._wall_ms = wall_ms
        self.journal = Journal(folder)
        # What is tested here is what is told, not that it outlives a power cut.
        self.journal._database.execute("PRAGMA synchronous=OFF")
        self.path = self.journal.path
        self.now_ms = OPENED_MS
        self.state = opened("Room 1", WORDS, OPENED_MS)
        self.session = self.journal.begin(self.state, self.wall_ms())

    def wall_ms(self) -> int:
        return self._wall_ms + self.now_ms - OPENED_MS

    def after(self, seconds: float, *events: Event) -> None:
        """Some time later these events happen."""
        self.now_ms += round(seconds * SECOND_MS)
        for event in events:
            self.state, _ = step(self.state, event, self.now_ms)
            self.journal.append(self.session, Entry(self.now_ms, self.wall_ms(), event))
        self.journal.live(Alive(self.now_ms, self.wall_ms(), "boot"))

    def again(self) -> None:
        """Another session in the same room, as the room begins it."""
        self.session = self.journal.begin(self.state, self.wall_ms())

    def close(self) -> None:
        self.journal.close_session(self.session, self.now_ms)

    def record(self, session: int | None = None) -> Record:
        with Archive(self.path) as archive:
            record = archive.record(session or self.session)
        assert record
        return record

    def begin(self) -> None:
        """From choosing to the pump's start, with a desk armed and a call rehearsed."""
        self.after(10, StageIs("window", "sound"), Armed(("Maria",)), Chose(SCRIPT, INFUSION_MS, "Maria"))
        self.after(5, Pressed(f"first-{self.session}", "key", "11"))
        self.after(0.1, Delivered(self.state.call.id, "Maria"))
        self.after(5, Acknowledged("Maria"), Cleared("11", "Maria"))
        self.after(40, Began("Maria", unready=True))
        self.after(30, Infused("started", by="Maria"))

    def call(self, press: str, answer_s: float = 8) -> None:
        """A press that Tom answers, and clears a minute later at the bedside."""
        self.after(0, Pressed(press, "key", "42"))
        self.after(0.2, Delivered(self.state.call.id, "Maria"))
        self.after(answer_s, Acknowledged("Tom"))
        self.after(60, Attended("staff in the room"), Cleared("42", "Tom"))

    def short(self, press: str, answer_s: float) -> None:
        """A session with one call, which ends by itself."""
        self.begin()
        self.after(10 * 60, Looked("Maria"))
        self.call(press, answer_s)
        self.after(20, Resumed("Tom"))
        self.after(60 * 60, StageIs("window", "sound"))

    def whole(self) -> None:
        """A session with everything in it that staff look for afterwards."""
        self.begin()
        self.after(9 * 60, Looked("Maria"))
        self.after(60, Comforted(picture=Picture.STILL, light=0.5, by="Maria"))
        self.call("a-2")
        self.after(30, Noted("nausea", by="Tom"), Resumed("Tom"))
        self.after(120, Infused("extended", 5 * MINUTE_MS, "Maria"))
        self.after(60, Comforted(narration=Narration.MUSIC, by="Maria"))
        self.after(20 * 60, Held("Maria"))
        self.after(45, Resumed("Maria"))
        self.after(60, StageIs("window", "no sound"))
        self.after(30, StageIs("window", "sound"))
        # Nobody answers the third for ninety seconds.
        self.call("a-3", 90)
        self.after(10, Resumed("Tom"), Comforted(narration=Narration.FULL, by="Tom"))
        self.after(25 * 60, Ended("Maria"))
        self.close()


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)
