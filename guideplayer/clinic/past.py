"""What a room tells its clinic of its past sessions: figures, no names and no notes; a page of them at a time.

Stations ask for what comes after the last session that they have, and the room answers from its journal: it keeps no
account of who knows what, so that whatever was missed is told the next time.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from guideplayer.clinic.messages import Id
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import JournalError
from guideplayer.journal.listing import Heading
from guideplayer.report.figures import KIND, Figures, Wait
from guideplayer.report.past import counted, kept_figures
from guideplayer.report.summary import Standing

# A page is far below the largest packet, and takes a room some milliseconds.
MOST_SESSIONS, MOST_BYTES = 50, 64 * 1024
# Playing a session anew takes a room tens of milliseconds; what is left is counted for the next question.
MOST_COUNTED = 5

Kept = Callable[[int, Figures], None]
# Whatever a room may say, a database can hold it.
LONGEST_TITLE, LONGEST_MS = 500, 2_000_000_000
Instant = Annotated[int, Meta(ge=0, le=32_503_680_000_000)]
Length = Annotated[int, Meta(ge=0, le=LONGEST_MS)]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Title = Annotated[str, Meta(max_length=LONGEST_TITLE)]


class CallFigures(msgspec.Struct, frozen=True):
    """A call: when it was raised by the room's clock, and how long after it a desk showed it, somebody answered, was
    there, and cleared it; None is never. `level` is how far it was escalated, `lapses` how often an answer brought
    nobody.
    """

    raised_at: Instant
    delivered_ms: Length | None = None
    answered_ms: Length | None = None
    attended_ms: Length | None = None
    cleared_ms: Length | None = None
    level: Count = 0
    presses: Count = 1
    lapses: Count = 0
    rehearsal: bool = False


class SessionFigures(msgspec.Struct, frozen=True):
    """A session that is over. `number` is the room's own, which begins anew with another journal; with `id`, the
    instant at which it was opened, there is no other like it in the room. One that was never begun may have calls.
    """

    number: Count
    id: Id
    standing: Standing
    begun_at: Instant
    length_ms: Length
    script: Title
    rounds_late: Count = 0
    calls: tuple[CallFigures, ...] = ()


class PastFigures(msgspec.Struct, frozen=True):
    """A room's answer to a question for `figures`: sessions from the oldest on; and whether there are more now."""

    sessions: tuple[SessionFigures, ...]
    more: bool = False


def page_of(archive: Archive, after: int, after_id: str, keep: Kept) -> PastFigures:
    """The sessions after one that a station has; all from the first on where this journal has none like it.

    `keep` is given what had to be counted. Raises JournalError.
    """
    headings = [one for one in reversed(archive.headings(KIND)) if one.closed]
    known = any((one.session, id_of(one)) == (after, after_id) for one in headings)
    wanted = [one for one in headings if not known or one.session > after]
    told: list[SessionFigures] = []
    missing = written = 0
    for heading in wanted:
        figures = kept_figures(heading)
        if figures is None:
            missing += 1
            if missing > MOST_COUNTED:
                break
            figures = _counted(archive, heading, keep)
        one = told_of(heading, figures)
        written += len(msgspec.json.encode(one))
        if told and (len(told) == MOST_SESSIONS or written > MOST_BYTES):
            break
        told.append(one)
    return PastFigures(tuple(told), more=len(told) < len(wanted))


def _counted(archive: Archive, heading: Heading, keep: Kept) -> Figures | None:
    """None for one that cannot be read: it must not stand before all that follow it."""
    try:
        figures = counted(archive, heading.session)
    except JournalError:
        return None
    if figures:
        keep(heading.session, figures)
    return figures


def id_of(heading: Heading) -> str:
    """What tells a session from one of the same number in another journal of the room."""
    return str(heading.wall_ms)


def told_of(heading: Heading, figures: Figures | None) -> SessionFigures:
    """A session as it is told; of one that cannot be read, only that it was there."""
    if figures is None:
        return SessionFigures(heading.session, id_of(heading), Standing.CUT, max(0, heading.wall_ms), 0, "")
    real = [_call(wait, rehearsal=False) for wait in figures.waits]
    rehearsed = [_call(wait, rehearsal=True) for wait in figures.rehearsals]
    return SessionFigures(
        heading.session,
        id_of(heading),
        figures.standing,
        max(0, figures.begun_wall_ms),
        min(figures.length_ms, LONGEST_MS),
        figures.script[:LONGEST_TITLE],
        figures.rounds_late,
        (*real, *rehearsed),
    )


def _call(wait: Wait, *, rehearsal: bool) -> CallFigures:
    def bounded(wait_ms: int | None) -> int | None:
        """Within what can be told: a clock may have been set between two entries."""
        return None if wait_ms is None else min(max(0, wait_ms), LONGEST_MS)

    return CallFigures(
        max(0, wait.wall_ms),
        bounded(wait.delivered_ms),
        bounded(wait.answered_ms),
        bounded(wait.attended_ms),
        bounded(wait.cleared_ms),
        wait.level,
        wait.presses,
        wait.lapses,
        rehearsal,
    )
