"""A room's part at the broker, for tests that are about something else than what a station asks of the past."""

from collections.abc import Callable

from guideplayer.clinic.identity import Identity
from guideplayer.clinic.room_part import ClinicPart
from guideplayer.clock import now_ms
from tests.desk.fake_room import FakeRoom, wall_ms


async def _no_figures(after: int, after_id: str) -> bytes:
    return b"{}"


def part_of(room: FakeRoom, identity: Callable[[], Identity | None], **more: object) -> ClinicPart:
    """The part of a room that has no past."""
    return ClinicPart(room, identity, now_ms, wall_ms, figures=_no_figures, **more)
