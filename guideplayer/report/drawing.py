"""Where everything of a session stands in its drawing: in shares of its width (percent), so that any width will do."""

from collections.abc import Iterator

import msgspec

from guideplayer.core.units import MINUTE_MS
from guideplayer.report.summary import CallTold, Gap, Summary
from guideplayer.report.wording import length

# About so many numbers under the drawing.
TICKS = 8


class Box(msgspec.Struct, frozen=True):
    """A stretch of time: from where (percent), how wide, what kind it is, what it says, and what it says when asked."""

    x: float
    width: float
    kind: str
    text: str
    note: str


class Drawing(msgspec.Struct, frozen=True):
    """The lanes from top to bottom, and the numbers (minutes) under them."""

    parts: tuple[Box, ...]
    pauses: tuple[Box, ...]
    pump: tuple[Box, ...]
    calls: tuple[Box, ...]
    marks: tuple[Box, ...]
    ticks: tuple[Box, ...]


class _Scale:
    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        # A call after the end is drawn at the end, which is where it was.
        self._whole_ms = max(summary.length_ms, 1)

    def x(self, at_ms: int) -> float:
        return round(100 * min(max(at_ms, 0), self._whole_ms) / self._whole_ms, 3)

    def box(self, from_ms: int, until_ms: int | None, kind: str, text: str, note: str) -> Box:
        until_ms = self._whole_ms if until_ms is None else until_ms
        x = self.x(from_ms)
        return Box(x, round(self.x(until_ms) - x, 3), kind, text, note)

    def drawing(self) -> Drawing:
        summary = self._summary
        return Drawing(
            parts=tuple(
                self.box(
                    one.from_ms,
                    one.until_ms,
                    "peak" if one.peak else "aside" if one.aside else "part",
                    one.name,
                    f"{one.name}, {length(one.until_ms - one.from_ms)}",
                )
                for one in summary.parts
            ),
            pauses=tuple(
                self.box(one.from_ms, one.until_ms, "pause", "", f"pause, {one.why}") for one in summary.pauses
            ),
            pump=tuple(
                self.box(one.from_ms, one.until_ms, "pump", "", _lasted("the pump runs", one)) for one in summary.pump
            ),
            calls=tuple(box for call in summary.real_calls for box in self._call(call)),
            marks=tuple(self._marks()),
            ticks=tuple(self._ticks()),
        )

    def _call(self, call: CallTold) -> Iterator[Box]:
        """A call as what it was for the patient: alone, somebody coming, somebody there."""
        end_ms = call.cleared_ms
        steps = [("alone", call.raised_ms), ("coming", call.answered_ms), ("there", call.attended_ms)]
        known = [(kind, at_ms) for kind, at_ms in steps if at_ms is not None]
        for number, (kind, at_ms) in enumerate(known):
            until_ms = known[number + 1][1] if number + 1 < len(known) else end_ms
            yield self.box(at_ms, until_ms, kind, call.number if number == 0 else "", f"call {call.number}: {kind}")

    def _marks(self) -> Iterator[Box]:
        for one in self._summary.happenings:
            if one.kind in ("note", "comfort", "incident") and one.at_ms >= 0:
                yield self.box(one.at_ms, one.at_ms, one.kind, "", one.text)
        for look in self._summary.looks:
            yield self.box(look.at_ms, look.at_ms, "late" if look.late_ms else "look", "", "looked at the patient")

    def _ticks(self) -> Iterator[Box]:
        step = next(
            step for step in (1, 2, 5, 10, 20, 30, 60, 120, 10**6) if self._whole_ms / MINUTE_MS / step <= TICKS
        )
        for minute in range(0, self._whole_ms // MINUTE_MS + 1, step):
            yield Box(self.x(minute * MINUTE_MS), 0.0, "tick", str(minute), "")


def _lasted(what: str, gap: Gap) -> str:
    return what if gap.until_ms is None else f"{what}, {length(gap.until_ms - gap.from_ms)}"


def drawing_of(summary: Summary) -> Drawing:
    """Place everything."""
    return _Scale(summary).drawing()
