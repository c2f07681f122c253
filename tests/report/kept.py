"""A room's record of fourteen months, and what a room makes of it for its desks."""

import asyncio
from pathlib import Path

from guideplayer.core.session import opened
from guideplayer.core.units import MINUTE_MS
from guideplayer.journal.journal import Journal
from guideplayer.room.past import Past
from guideplayer.room.recorder import Recorder
from tests.factory import WORDS
from tests.report.conftest import WALL_MS, Recording

DAY_S = 24 * 3600
MONTHS = 14


def months(folder: Path) -> None:
    """Three sessions a month, and today's with everything in it."""
    recording = Recording(folder, WALL_MS - MONTHS * 30 * DAY_S * 1000)
    for number in range(MONTHS * 3):
        if number:
            recording.again()
        recording.short(f"press-{number}", 4 + (number * 37) % 50)
        recording.now_ms += 10 * DAY_S * 1000 - 75 * MINUTE_MS + number * 1000
    recording.again()
    recording.whole()
    recording.journal.close()


class Kept:
    """A past that runs on the loop that it is made in."""

    def __init__(self, folder: Path) -> None:
        self.state = opened("Room 1", WORDS, 0)
        self.journal = Journal(folder)
        self.recorder = Recorder(self.journal, 0)
        self.writing = asyncio.get_running_loop().create_task(self.recorder.run())
        self.past = Past(self.journal.path, self.recorder, lambda: self.state)
