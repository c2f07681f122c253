"""What becomes of a script when time is short: rehearsed at several lengths, with and without a pause."""

from collections.abc import Iterator

import msgspec

from guideplayer.core.fitting import UnfitError
from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.preview_words import length
from guideplayer.rehearsal.rehearse import Trace, rehearse_session

USUAL_MS = (40 * MINUTE_MS, 50 * MINUTE_MS, 60 * MINUTE_MS)
PAUSE_AT_MS, PAUSE_MS = 20 * MINUTE_MS, 5 * MINUTE_MS


class Case(msgspec.Struct, frozen=True):
    """One way a session may go. Lines are (start, length) in ms on the infusion's clock; `paused` likewise."""

    infusion_ms: int
    lines_ms: tuple[tuple[int, int], ...]
    rests_ms: int
    longest_rest_ms: int
    left_out: tuple[str, ...]
    paused_ms: tuple[int, int] | None = None

    @property
    def label(self) -> str:
        """What it is called."""
        paused = f", {length(self.paused_ms[1])} pause at {length(self.paused_ms[0])}" if self.paused_ms else ""
        return length(self.infusion_ms) + paused


def cases_of(script: Script, infusion_ms: int) -> tuple[Case, ...]:
    """The usual lengths that the script is for and the one that is shown, each without and with a pause."""
    usual = {usual_ms for usual_ms in USUAL_MS if script.shortest_ms <= usual_ms <= script.longest_ms}
    return tuple(case for each_ms in sorted(usual | {infusion_ms}) for case in _cases(script, each_ms))


def _cases(script: Script, infusion_ms: int) -> Iterator[Case]:
    """A length that estimated clips do not fit has no case: the problems say so."""
    try:
        yield _case(rehearse_session(script, infusion_ms), None)
    except UnfitError:
        return
    ends_ms = PAUSE_AT_MS + PAUSE_MS
    if infusion_ms > ends_ms:
        yield _case(rehearse_session(script, infusion_ms, (PAUSE_AT_MS,), (ends_ms,)), (PAUSE_AT_MS, PAUSE_MS))


def _case(trace: Trace, paused_ms: tuple[int, int] | None) -> Case:
    begins_ms = trace.infusion_begins_ms
    lines = tuple(
        (entry.at_ms - begins_ms, entry.length_ms or 0)
        for entry in trace.entries
        if entry.kind in ("say", "hold") and begins_ms <= entry.at_ms < trace.infusion_ends_ms
    )
    return Case(
        trace.infusion_ms, lines, sum(trace.rests_ms), max(trace.rests_ms, default=0), trace.left_out, paused_ms
    )
