"""How the last sync went: kept beside the trees, for the desk and the doctor."""

import contextlib
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.whole_file import write_whole

LAST = "last.json"


class Outcome(StrEnum):
    """What came of it."""

    UNCHANGED = "unchanged"
    TAKEN_OVER = "taken over"
    WAITING = "waiting"
    FAILED = "failed"


class Last(msgspec.Struct, frozen=True):
    """The last sync: when, from where, what came of it, and why it failed. `signed`: somebody vouches for it."""

    wall_ms: int
    source: str
    outcome: Outcome
    signed: bool = False
    serial: str = ""
    problem: str = ""

    def sentence(self) -> str:
        """How it went, for people."""
        when = f"{datetime.fromtimestamp(self.wall_ms / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"
        if self.outcome is Outcome.FAILED:
            return f"Scripts and media for all rooms could not be brought up to date at {when}. {self.problem}"
        waiting = ", and wait until nothing is chosen" if self.outcome is Outcome.WAITING else ""
        vouched = "signed" if self.signed else "not signed by anybody"
        return f"Scripts and media for all rooms are those of {self.source} ({vouched}), looked for at {when}{waiting}."


def last_in(folder: Path) -> Last | None:
    """What is known of the last one; None when there was none."""
    try:
        return msgspec.json.decode((folder / LAST).read_bytes(), type=Last)
    except (OSError, *UNREADABLE):
        return None


def keep_last(folder: Path, last: Last) -> None:
    """Keep it. A full disk is told by what failed on it, not by this."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / LAST, msgspec.json.encode(last))
