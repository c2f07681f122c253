"""From a script's record to a Script: what is inherited, which recording each line has, which words the hold uses."""

from collections.abc import Sequence

import msgspec

from guideplayer.authoring import shapes
from guideplayer.authoring.beds import BedReader
from guideplayer.authoring.hold import hold_words, resume_words
from guideplayer.authoring.names import DEFAULT_VOICE
from guideplayer.authoring.records import Record
from guideplayer.authoring.scenes import SceneReader
from guideplayer.authoring.sheet import Sheet
from guideplayer.authoring.speaker import Speaker
from guideplayer.core.script import (
    BedChoice,
    Item,
    Phase,
    Rest,
    SceneChoice,
    Script,
    Sound,
    Span,
    span,
)
from guideplayer.core.units import format_duration

_ANY_LENGTH = span(0)
_NO_PHASE = Phase("", SceneChoice(""), BedChoice(""), ())


def build(record: Record, sheet: Sheet, voice: str | None = None) -> Script:
    """The script of a record, told by its narrator or by another voice.

    Where the record is wrong (the sheet then has errors) something harmless stands in.
    """
    narrator = voice or record.get(shapes.NARRATOR) or DEFAULT_VOICE
    return _Builder(record, sheet, Speaker(narrator, sheet)).script()


class _Builder:
    """Goes through one script in its order, since scenes and beds are inherited from what came before."""

    def __init__(self, record: Record, sheet: Sheet, speaker: Speaker) -> None:
        self._record = record
        self._sheet = sheet
        self._speaker = speaker
        self._scenes = SceneReader(sheet)
        self._beds = BedReader(sheet)

    def script(self) -> Script:
        """The whole script."""
        record = self._record
        arrival, returning = record.get(shapes.ARRIVAL), record.get(shapes.RETURN)
        infusion = record.get(shapes.INFUSION) or Record(shapes.INFUSION_SHAPE, record.place)
        return Script(
            title=record.get(shapes.TITLE) or "",
            language=record.get(shapes.LANGUAGE) or "",
            voice=self._speaker.voice,
            infusion_length=infusion.get(shapes.INFUSION_LENGTH) or _ANY_LENGTH,
            arrival=self._phase(arrival, "arrival") if arrival else None,
            phases=_with_a_peak(self._phases(infusion)),
            returning=self._phase(returning, "return") if returning else _NO_PHASE,
            return_length=(returning and returning.get(shapes.RETURN_LENGTH)) or _ANY_LENGTH,
            hold=hold_words(record, self._speaker),
            resume=resume_words(record, self._speaker),
            summary=record.get(shapes.SUMMARY) or "",
            themes=record.get(shapes.THEMES) or (),
            contains=record.get(shapes.CONTAINS) or (),
            file=self._sheet.file,
        )

    def _phases(self, infusion: Record) -> tuple[Phase, ...]:
        phases = infusion.get(shapes.PHASES)
        if phases is None:
            self._scenes.unknown()
            return ()
        return tuple(self._phase(phase) for phase in phases)

    def _phase(self, record: Record, name: str = "") -> Phase:
        scene, bed = self._scenes.of(record), self._beds.of(record)
        items = tuple(self._item(line) for line in record.get(shapes.LINES) or ())
        name = name or record.get(shapes.PHASE_NAME) or ""
        return Phase(name, scene, bed, items, peak=record.get(shapes.PEAK) or False)

    def _item(self, line: Record) -> Item:
        if line.shape is shapes.REST:
            return self._rest(line)
        if line.shape is shapes.SOUND:
            return Sound(line.get(shapes.SOUND_NAME) or "")
        keep = line.get(shapes.KEEP)
        if keep is not None:
            return self._speaker.say(line, keep=int(keep))
        return self._speaker.say(line, keep=0 if line.get(shapes.OPTIONAL) else None)

    def _rest(self, line: Record) -> Rest:
        lengths, natural_ms = line.get(shapes.REST_LENGTH) or _ANY_LENGTH, line.get(shapes.NATURAL)
        if natural_ms is None:
            return Rest(lengths)
        if line.get(shapes.REST_LENGTH) and not lengths.minimum_ms <= natural_ms <= lengths.maximum_ms:
            shortest, longest = format_duration(lengths.minimum_ms), format_duration(lengths.maximum_ms)
            sentence = f"{format_duration(natural_ms)} is not within {shortest}..{longest}"
            self._sheet.report("wrong-range", line.where(shapes.NATURAL), sentence)
        return Rest(Span(lengths.minimum_ms, natural_ms, lengths.maximum_ms))


def _with_a_peak(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """The phases, the last of which is the peak unless another says so."""
    if not phases or any(phase.peak for phase in phases):
        return tuple(phases)
    return (*phases[:-1], msgspec.structs.replace(phases[-1], peak=True))
