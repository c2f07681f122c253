"""All sessions of a journal, by the figures that were kept of them and by counting the others."""

from collections.abc import Callable, Iterator

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import JournalError
from guideplayer.journal.listing import Heading
from guideplayer.report.figures import KIND, Figures, figures_of
from guideplayer.report.retelling import summary_of
from guideplayer.report.summary import Standing, Summary

_FIGURES: msgspec.json.Decoder[Figures] = msgspec.json.Decoder(Figures)

Progress = Callable[[int, int], None]


def kept_figures(heading: Heading) -> Figures | None:
    """The figures that were kept of a session; None when they must be counted."""
    if heading.figures is None:
        return None
    try:
        return _FIGURES.decode(heading.figures)
    except UNREADABLE:
        return None


def counted(archive: Archive, session: int) -> Figures | None:
    """The figures of a session by playing it anew; None when there is no such session. Raises JournalError."""
    summary = told_session(archive, session)
    return figures_of(summary) if summary else None


def told_session(archive: Archive, session: int) -> Summary | None:
    """The summary of a session; None when there is none of this number. Raises JournalError."""
    record = archive.record(session)
    return summary_of(record) if record else None


def told_if_readable(archive: Archive, session: int) -> Summary | None:
    """The summary of a session; None also when it cannot be read, which takes nothing from the others."""
    try:
        return told_session(archive, session)
    except JournalError:
        return None


def figures_if_readable(archive: Archive, heading: Heading) -> Figures | None:
    """The figures of a session in the list, those that were kept of it or else counted; None when it cannot be read."""
    if kept := kept_figures(heading):
        return kept
    summary = told_if_readable(archive, heading.session)
    return figures_of(summary) if summary else None


def last_begun(archive: Archive) -> Summary | None:
    """The newest session that was begun and can be read; None when there is none. Raises JournalError."""
    for heading in archive.headings(KIND):
        kept = kept_figures(heading)
        if kept and kept.standing is Standing.NEVER_BEGUN:
            continue
        summary = told_if_readable(archive, heading.session)
        if summary and summary.standing is not Standing.NEVER_BEGUN:
            return summary
    return None


def all_figures(archive: Archive, tell: Progress = lambda done, total: None) -> Iterator[Figures]:
    """The figures of all sessions that can be read, the newest first; `tell` hears how far it has come. Raises
    JournalError.
    """
    headings = archive.headings(KIND)
    for number, heading in enumerate(headings):
        if figures := figures_if_readable(archive, heading):
            yield figures
        tell(number + 1, len(headings))


def uncounted(archive: Archive) -> list[int]:
    """The sessions that are closed and of which no figures were kept, the newest first. Raises JournalError."""
    return [one.session for one in archive.headings(KIND) if one.closed and kept_figures(one) is None]
