"""What a preview shows of a script, gathered: its parts and rows in time, what was found wrong, what time takes away.

All times are on the infusion's clock: 0 is the start of the pump, the arrival lies before it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from guideplayer.authoring.places import PartPlace, Places
from guideplayer.authoring.problems import Problem
from guideplayer.core.plan import Cue, Plan, Section, Stretch, plan
from guideplayer.core.script import NO_VOICE, Clip, Item, Phase, Rest, Say, Script, Sound, Span
from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.preview_cases import Case, cases_of

# Problems by the line of the part or item that they stand beside.
Beside = dict[int, tuple[Problem, ...]]


class Row(msgspec.Struct, frozen=True):
    """One line or one-shot, and the rest after it. `at_ms` is None when it is left out at this length.

    A rest that follows nothing is a row without text. `line` is its place in the text, 0 when it is not known.
    """

    number: int
    line: int
    text: str = ""
    sound: str = ""
    clip: Clip | None = None
    voice: str = ""
    keep: int | None = None
    at_ms: int | None = None
    length_ms: int = 0
    rest_ms: int = 0
    rest: Span | None = None
    left_out_of: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def estimated(self) -> bool:
        """Whether its length is a guess, since nobody has said it yet."""
        return bool(self.text) and self.voice != NO_VOICE and (self.clip is None or not self.clip.file)


class Part(msgspec.Struct, frozen=True):
    """The arrival, a phase or the return, placed in time."""

    name: str
    section: Section
    line: int
    stretch: Stretch
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """Everything that is known of a script at one infusion's length."""

    script: Script
    infusion_ms: int
    begins_ms: int
    ends_ms: int
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]
    cases: tuple[Case, ...]
    hold_problems: tuple[Problem, ...] = ()

    @property
    def whole_ms(self) -> int:
        """From the beginning of the arrival to the end of the return."""
        return self.ends_ms - self.begins_ms

    @property
    def rows(self) -> Iterator[Row]:
        """All rows in order."""
        return (row for part in self.parts for row in part.rows)


def preview_of(script: Script, infusion_ms: int, problems: Sequence[Problem], places: Places) -> Preview:
    """Gather a preview. Raises UnfitError when the script cannot be fitted to that length."""
    fitted = plan(script, infusion_ms)
    cases = cases_of(script, infusion_ms)
    beside = _beside(problems, places)
    parts = with_what_is_left_out(_Builder(fitted, beside, places).parts(), cases)
    arrival_ms = fitted.arrival.length_ms
    ends_ms = infusion_ms + fitted.returning.length_ms
    hold = tuple(problem for line in sorted({places.hold, places.resume} - {0}) for problem in beside.get(line, ()))
    return Preview(script, infusion_ms, -arrival_ms, ends_ms, parts, tuple(problems), cases, hold)


class _Builder:
    """Goes through a plan in its order and numbers the rows."""

    def __init__(self, fitted: Plan, beside: Beside, places: Places) -> None:
        self._plan = fitted
        self._places = iter(places.parts)
        self._beside = beside
        self._number = 0
        self._zeros_ms = {
            Section.ARRIVAL: -fitted.arrival.length_ms,
            Section.INFUSION: 0,
            Section.RETURN: fitted.infusion_ms,
        }

    def parts(self) -> tuple[Part, ...]:
        """The arrival, the phases and the return."""
        return tuple(
            self._part(section, number, phase)
            for section in self._zeros_ms
            for number, phase in enumerate(self._plan.phases(section))
        )

    def _part(self, section: Section, number: int, phase: Phase) -> Part:
        zero_ms = self._zeros_ms[section]
        track = self._plan.track(section)
        found = next((stretch for stretch in track.stretches if stretch.phase == number), None)
        stretch = found or Stretch(phase.name, phase.scene, phase.bed, track.length_ms, track.length_ms, number)
        stretch = msgspec.structs.replace(stretch, start_ms=stretch.start_ms + zero_ms, end_ms=stretch.end_ms + zero_ms)
        cues = {cue.index: cue for cue in track.cues if cue.phase == number}
        place = next(self._places, PartPlace(0))
        rows: list[Row] = []
        for index, item in enumerate(phase.items):
            line = place.items[index] if index < len(place.items) else 0
            self._add(rows, item, cues.get(index), line, section)
        return Part(phase.name, section, place.line, stretch, tuple(rows), self._beside.get(place.line, ()))

    def _add(self, rows: list[Row], item: Item, cue: Cue | None, line: int, section: Section) -> None:
        """A new row, or the rest of the row before."""
        if isinstance(item, Rest) and rows and rows[-1].rest is None:
            rest_ms = cue.length_ms if cue else 0
            found = (*rows[-1].problems, *self._beside.get(line, ()))
            rows[-1] = msgspec.structs.replace(rows[-1], rest=item.span, rest_ms=rest_ms, problems=found)
            return
        self._number += 1
        at_ms = cue.start_ms + self._zeros_ms[section] if cue else None
        row = Row(self._number, line, at_ms=at_ms, problems=self._beside.get(line, ()))
        match item:
            case Say():
                row = msgspec.structs.replace(
                    row,
                    text=item.text,
                    clip=item.clip,
                    voice=item.voice,
                    keep=item.keep,
                    length_ms=item.clip.length_ms,
                )
            case Sound():
                row = msgspec.structs.replace(row, sound=item.name)
            case Rest():
                row = msgspec.structs.replace(row, rest=item.span, rest_ms=cue.length_ms if cue else 0)
        rows.append(row)


def with_what_is_left_out(parts: tuple[Part, ...], cases: Sequence[Case]) -> tuple[Part, ...]:
    """The parts, each line with the cases that leave it out.

    A case tells texts. Of lines with one text those go first that a fit leaves out first: the least dear, the latest.
    """
    inside = [row for part in parts if part.section is Section.INFUSION for row in part.rows if row.text]
    order = sorted(inside, key=lambda row: (row.keep is None, row.keep or 0, -row.number))
    labels: dict[int, list[str]] = {}
    for case in cases:
        missing = Counter(case.left_out)
        for row in order:
            if missing[row.text]:
                missing[row.text] -= 1
                labels.setdefault(row.number, []).append(case.label)
    change = msgspec.structs.replace
    return tuple(
        change(part, rows=tuple(change(row, left_out_of=tuple(labels.get(row.number, ()))) for row in part.rows))
        for part in parts
    )


def _beside(problems: Sequence[Problem], places: Places) -> Beside:
    """Problems by the line of the part or item that they are about; those of other keys stand beside none."""
    lines = {line for part in places.parts for line in (part.line, *part.items)} | set(places.others)
    lines |= {places.hold, places.resume}
    found: Beside = {}
    for problem in problems:
        line = max((line for line in lines if 0 < line <= problem.line), default=0)
        if line:
            found[line] = (*found.get(line, ()), problem)
    return found


def words_per_minute(rows: Sequence[Row], length_ms: int) -> float:
    """How dense the spoken words are."""
    words = sum(len(row.text.split()) for row in rows if row.at_ms is not None)
    return words * MINUTE_MS / length_ms if length_ms else 0.0
