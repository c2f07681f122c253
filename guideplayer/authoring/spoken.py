"""The kind of value that a line's words are: text in which pauses and pronunciations may be marked."""

import msgspec

from guideplayer.authoring.kinds import Definitions, Schema, Text
from guideplayer.authoring.nodes import Node
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.core.speech import Speech, read_speech

_TEXT = Text()


class Spoken(msgspec.Struct, frozen=True):
    """Words that are shown as plain text, and said as they are marked."""

    def read(self, node: Node, sheet: Sheet) -> Speech | None:
        """The words; each wrong mark is told at its own place."""
        written = _TEXT.read(node, sheet)
        if written is None:
            return None
        speech, slips = read_speech(written)
        for slip in slips:
            sheet.report(slip.code, place_within(sheet, node.place, slip.mark), slip.sentence, slip.suggestion)
        return None if slips else speech

    def schema(self, definitions: Definitions) -> Schema:
        """A text; editors know nothing of marks."""
        return _TEXT.schema(definitions)


def place_within(sheet: Sheet, place: Place, part: str) -> Place:
    """Where a part of a text stands that begins at a place; that place itself for one that is broken by a line's end.

    A text may go on over several lines.
    """
    for number in range(place.line, len(sheet.lines) + 1):
        column = sheet.lines[number - 1].find(part, place.column - 1 if number == place.line else 0)
        if column >= 0:
            return Place(number, column + 1)
    return place
