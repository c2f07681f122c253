"""The room's end of the link: a stage that is silent is ended; one that nobody has listened to is not."""

import socket

import pytest

from guideplayer.core.link import STAGE_SILENT_MS, WATCH_EVERY_MS, Health
from guideplayer.room.stage_link import START_ALLOWED_MS, StageLink


class Watched:
    """A link to a stage that has spoken once. `ended`: each that was to end, and whether it had shown a picture."""

    def __init__(self, end: socket.socket) -> None:
        self.at_ms = 5_000
        self.ended: list[tuple[int, bool]] = []
        self.link = StageLink(end, lambda message: None, lambda: self.at_ms, self._end)
        self.speaks()

    def _end(self, pid: int, shown: bool) -> bool:
        self.ended.append((pid, shown))
        return True

    def speaks(self, position_ms: int | None = 1000) -> None:
        self.link._met(Health(7, "window", "sound", self.at_ms, position_ms))

    def watch(self, for_ms: int) -> None:
        """Look as often as the room does."""
        for _ in range(for_ms // WATCH_EVERY_MS):
            self.at_ms += WATCH_EVERY_MS
            self.link.watch()


@pytest.fixture
def watched():
    with socket.socket() as end:
        yield Watched(end)


def test_a_stage_that_is_silent_is_ended_once(watched):
    watched.watch(STAGE_SILENT_MS)
    assert watched.ended == []
    watched.watch(5 * WATCH_EVERY_MS)
    assert watched.ended == [(7, True)]


def test_a_machine_that_was_stopped_for_a_moment_has_a_stage_that_lives(watched):
    watched.watch(500)
    watched.at_ms += 2700
    watched.watch(300)
    assert watched.ended == []
    watched.speaks()
    watched.watch(STAGE_SILENT_MS)
    assert watched.ended == []


def test_one_that_says_nothing_after_that_either_is_ended(watched):
    watched.at_ms += 2700
    watched.watch(2 * STAGE_SILENT_MS)
    assert watched.ended == [(7, True)]


def test_of_one_that_hangs_in_its_first_picture_it_is_told_that_it_has_shown_none(watched):
    """Its first word comes before that picture, and it has longer for it."""
    watched.speaks(position_ms=None)
    watched.watch(START_ALLOWED_MS)
    assert watched.ended == []
    watched.watch(START_ALLOWED_MS)
    assert watched.ended == [(7, False)]
