"""What the rules look at: the parts of a script and their lines, each with its place in the text."""

import contextlib
from collections.abc import Iterable, Iterator

import msgspec

from guideplayer.authoring import shapes
from guideplayer.authoring.records import Record
from guideplayer.authoring.sheet import Place
from guideplayer.core.fitting import UnfitError, infusion_pieces, least_ms
from guideplayer.core.plan import Plan, Section, plan
from guideplayer.core.script import HoldWords, Phase, Say, Script


class Finding(msgspec.Struct, frozen=True):
    """One thing that a rule has found, and in which part (its name; empty for the script as a whole)."""

    code: str
    place: Place
    sentence: str
    suggestion: str = ""
    part: str = ""


class Line(msgspec.Struct, frozen=True):
    """A spoken line, where its words stand in the text, and the part that it belongs to."""

    say: Say
    place: Place
    part: str
    peak: bool = False


class Part(msgspec.Struct, frozen=True):
    """The arrival, a phase or the return: what it is, where it stands, and where each of its items does."""

    phase: Phase
    section: Section
    place: Place
    items: tuple[Place, ...]
    scene: Place
    bed: Place


class Subject(msgspec.Struct, frozen=True):
    """A script under the rules.

    `plans` are the shortest, the densest and the longest infusion that it can be fitted to. In the densest every line
    is said and no rest is longer than it must be; in a shorter one optional lines are missing.
    """

    script: Script
    place: Place
    parts: tuple[Part, ...]
    others: tuple[Line, ...]
    plans: tuple[Plan, ...]
    densest: Plan | None

    @classmethod
    def of(cls, script: Script, record: Record) -> "Subject":
        """The subject of a script and of the record that it was built from."""
        infusion = record.get(shapes.INFUSION)
        given = [
            (script.arrival, Section.ARRIVAL, record.get(shapes.ARRIVAL)),
            *zip(
                script.phases,
                (Section.INFUSION for _ in script.phases),
                (infusion and infusion.get(shapes.PHASES)) or (),
                strict=False,
            ),
            (script.returning, Section.RETURN, record.get(shapes.RETURN)),
        ]
        parts = tuple(_part(phase, section, part) for phase, section, part in given if phase and part)
        all_said_ms = least_ms(infusion_pieces(script))
        densest_ms = min(max(all_said_ms, script.shortest_ms), script.longest_ms)
        plans = tuple(_plans(script, {script.shortest_ms, densest_ms, script.longest_ms}))
        densest = next((fitted for fitted in plans if fitted.infusion_ms == densest_ms), None)
        return cls(script, record.place, parts, tuple(_paused(script, record)), plans, densest)

    def lines(self) -> Iterator[Line]:
        """Every line of the parts, in order."""
        for part in self.parts:
            for item, place in zip(part.phase.items, part.items, strict=False):
                if isinstance(item, Say) and item.text:
                    yield Line(item, place, part.phase.name, part.phase.peak)

    def place_of(self, section: Section, phase: int, index: int) -> Place:
        """Where an item of a plan stands: its section, the number of its phase in it, its number in the phase."""
        parts = [part for part in self.parts if part.section is section]
        return parts[phase].items[index]


def _plans(script: Script, lengths_ms: Iterable[int]) -> Iterator[Plan]:
    for length_ms in sorted(lengths_ms):
        # While clips are missing a misfit is but a warning, and told as that.
        with contextlib.suppress(UnfitError):
            yield plan(script, length_ms)


def _part(phase: Phase, section: Section, record: Record) -> Part:
    items = tuple(
        item.where(shapes.SAY) if item.has(shapes.SAY) else item.place for item in record.get(shapes.LINES) or ()
    )
    return Part(phase, section, record.place, items, record.where(shapes.PHASE_SCENE), record.where(shapes.PHASE_BED))


def _paused(script: Script, record: Record) -> Iterator[Line]:
    """The script's own words for pauses; those that ship are not its author's to mend."""
    hold = record.get(shapes.HOLD)
    words: HoldWords = script.hold
    if hold:
        spoken = (words.paused, words.delivered, words.acknowledged, words.unanswered, words.resting)
        for field, say in zip(shapes.HOLD_FIELDS, spoken, strict=False):
            line = hold.get(field)
            if isinstance(line, Record):
                yield Line(say, line.where(shapes.SAY), "hold")
        for line, say in zip(hold.get(shapes.GROUNDING) or (), words.grounding, strict=False):
            yield Line(say, line.where(shapes.SAY), "hold")
    for line, say in zip(record.get(shapes.RESUME) or (), script.resume, strict=False):
        yield Line(say, line.where(shapes.SAY), "resume")
