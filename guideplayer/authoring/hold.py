"""The words of the hold and of resuming: the script's own, and the shipped ones for what it does not say."""

from typing import TypeVar

from guideplayer.authoring import shapes
from guideplayer.authoring.defaults import shipped_languages, shipped_words
from guideplayer.authoring.names import DEFAULT_VOICE
from guideplayer.authoring.records import Field, Record
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.speaker import NOTHING_SAID, Speaker
from guideplayer.authoring.words import listed, quoted
from guideplayer.core.script import HoldWords, Say
from guideplayer.media import Library

Words = TypeVar("Words")


def hold_words(script: Record, speaker: Speaker) -> HoldWords:
    """What is said while paused, in a script as read."""
    given = script.get(shapes.HOLD) or Record(shapes.HOLD_SHAPE, script.place)
    _report_unspoken(script, given, speaker.sheet)
    return _hold_words(given, _shipped(script), speaker, script.where(shapes.NARRATOR))


def resume_words(script: Record, speaker: Speaker) -> tuple[Say, ...]:
    """What is said when the programme goes on, in a script as read."""
    return _each(shapes.RESUME, script, _shipped(script), speaker, script.where(shapes.NARRATOR))


def default_hold(language: str, library: Library, voice: str = DEFAULT_VOICE) -> HoldWords:
    """The shipped words of a language, for a room where no script is chosen yet.

    A clip that has yet to be made has no file. Raises LookupError for a language without shipped words.
    """
    shipped = shipped_words(language)
    if shipped is None:
        raise LookupError(f"no words are shipped in {quoted(language)}, only in {listed(shipped_languages())}")
    sheet = Sheet("", "", library, library.folders[0])
    return _hold_words(shipped, None, Speaker(voice, sheet), shipped.place)


def _hold_words(own: Record, shipped: Record | None, speaker: Speaker, place: Place) -> HoldWords:
    def one(field: Field[Record]) -> Say:
        line, is_own = _chosen(field, own, shipped)
        return speaker.say(line, place=None if is_own else place) if line else NOTHING_SAID

    return HoldWords(
        paused=one(shapes.PAUSED),
        delivered=one(shapes.DELIVERED),
        acknowledged=one(shapes.ACKNOWLEDGED),
        unanswered=one(shapes.UNANSWERED),
        resting=one(shapes.RESTING),
        grounding=_each(shapes.GROUNDING, own, shipped, speaker, place),
    )


def _each(
    field: Field[tuple[Record, ...]], own: Record, shipped: Record | None, speaker: Speaker, place: Place
) -> tuple[Say, ...]:
    lines, is_own = _chosen(field, own, shipped)
    return tuple(speaker.say(line, place=None if is_own else place) for line in lines or ())


def _chosen(field: Field[Words], own: Record, shipped: Record | None) -> tuple[Words | None, bool]:
    """The script's own words or the shipped ones, and which they are; a wrong own one is reported already."""
    if own.has(field) or shipped is None:
        return own.get(field), True
    return shipped.get(field), False


def _shipped(script: Record) -> Record | None:
    return shipped_words(script.get(shapes.LANGUAGE) or "")


def _report_unspoken(script: Record, hold: Record, sheet: Sheet) -> None:
    """A language without shipped words needs every one of its own."""
    language = script.get(shapes.LANGUAGE)
    if language is None or shipped_words(language):
        return
    missing = [f"'{field.name}'" for field in shapes.HOLD_FIELDS if not hold.has(field)]
    missing += [] if script.has(shapes.RESUME) else [f"'{shapes.RESUME.name}'"]
    if missing:
        sentence = f"no words are shipped in {quoted(language)}, only in {listed(shipped_languages())}: "
        sheet.report("missing-words", script.where(shapes.LANGUAGE), sentence + f"write {listed(missing)}")
