"""A file of events for a rehearsal: every key, what it holds and what it is for. The reader comes from this table."""

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from guideplayer.authoring.durations import WRITTEN
from guideplayer.authoring.kinds import Definitions, Flag, Length, Number, Schema, Text, scalar
from guideplayer.authoring.nodes import Node, Table
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.records import Field, Record, Shape
from guideplayer.authoring.sheet import Sheet
from guideplayer.authoring.words import listed, quoted
from guideplayer.core.state import Narration, Picture

_BEFORE = re.compile(r"-\s*(?=\d)")


class Instant(msgspec.Struct, frozen=True):
    """A time of the infusion, in milliseconds: `12m30s`; with a minus sign before the pump starts."""

    def read(self, node: Node, sheet: Sheet) -> int | None:
        """The time; below 0 before the pump starts."""
        found = scalar(node, sheet, "a time of the infusion such as 12m30s")
        if found is None:
            return None
        sign = _BEFORE.match(found.text)
        unsigned = msgspec.structs.replace(found, text=found.text[sign.end() :]) if sign else found
        time_ms = Length().read(unsigned, sheet)
        return -time_ms if sign and time_ms is not None else time_ms

    def schema(self, definitions: Definitions) -> Schema:
        """A string with the form of a duration, with or without a minus sign."""
        return {"type": "string", "pattern": rf"^-?\s*(?=\d){WRITTEN}$"}


class OneWord(msgspec.Struct, frozen=True):
    """One of a few words."""

    words: type[StrEnum]

    def read(self, node: Node, sheet: Sheet) -> str | None:
        """The word."""
        choice = listed((f"'{word}'" for word in self.words), "or")
        found = scalar(node, sheet, choice)
        if found is None:
            return None
        if found.text in list(self.words):
            return found.text
        sentence = f"{quoted(found.text)} is not known here: it is {choice}"
        sheet.report("unknown-word", node.place, sentence, nearest(found.text, self.words))
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """The words."""
        return {"enum": [str(word) for word in self.words]}


AT = Field("at", Instant(), "When it happens, on the infusion's clock; -30s is before the pump starts.", required=True)
DO = Field("do", Text("what happens"), "What happens.", required=True)

DELIVERED = Field("delivered", Flag(), "Whether a desk is reached; true unless said.")
NAME = Field("name", Text("a name", longest=80), "Who comes.", required=True)
TEXT = Field("text", Text(longest=500), "What is noted.", required=True)

STARTED = Field("started", Flag(), "The pump starts, before the arrival is over.")
STOPPED = Field("stopped", Flag(), "The pump stops.")
RESTARTED = Field("restarted", Flag(), "The pump goes on.")
EXTENDED = Field("extended", Length(), "The infusion takes so much longer.")
SHORTENED = Field("shortened", Length(), "The infusion takes so much less long.")
PUMP_FIELDS = (STARTED, STOPPED, RESTARTED, EXTENDED, SHORTENED)

PICTURE = Field("picture", OneWord(Picture), "How much picture.")
NARRATION = Field("narration", OneWord(Narration), "How many words.")
CAPTIONS = Field("captions", Flag(), "Whether the words are shown.")
LIGHT = Field("light", Number(0, 1), "How light, as a share of what was set.")
VOLUME = Field("volume", Number(0, 1), "How loud, as a share of what was set.")
COMFORT_FIELDS = (PICTURE, NARRATION, CAPTIONS, LIGHT, VOLUME)


def _shape(what: str, description: str, *fields: Field[object]) -> Shape:
    return Shape(what, f"'{what}'", description, (AT, DO, *fields))


PRESS = _shape("press", "The patient presses.", DELIVERED)
ACKNOWLEDGE = _shape("acknowledge", "Somebody answers at a desk.", NAME)
ATTEND = _shape("attend", "Somebody is with the patient.", NAME)
CLEAR = _shape("clear", "Somebody closes the call with the code at the bedside.")
PAUSE = _shape("pause", "Staff pause; nobody is called.")
RESUME = _shape("resume", "Staff let it go on.")
GO_TO_RETURN = _shape("return", "Staff go to the return.")
END = _shape("end", "Staff end the session.")
PUMP = _shape("pump", "Staff say what the pump does.", *PUMP_FIELDS)
COMFORT = _shape("comfort", "Staff make it gentler, or less so.", *COMFORT_FIELDS)
NOTE = _shape("note", "Staff note something.", TEXT)
SHAPES: Mapping[str, Shape] = {
    shape.name: shape
    for shape in (PRESS, ACKNOWLEDGE, ATTEND, CLEAR, PAUSE, RESUME, GO_TO_RETURN, END, PUMP, COMFORT, NOTE)
}


class Happening(msgspec.Struct, frozen=True):
    """Something that happens: the shape that `do` names."""

    def read(self, node: Node, sheet: Sheet) -> Record | None:
        """The record of that shape."""
        entry = node.entries.get(DO.name) if isinstance(node, Table) else None
        if entry is None:
            words = listed(SHAPES)
            place = node.place
            sheet.report("no-event", place, f"each event has 'at', a time, and 'do', one of {words}; this has no 'do'")
            return None
        what = scalar(entry.value, sheet, "what happens")
        if what is None:
            return None
        if what.text not in SHAPES:
            meant = nearest(what.text, SHAPES)
            there = "" if meant else f": there is {listed(SHAPES)}"
            sheet.report("unknown-event", entry.value.place, f"nobody can do {quoted(what.text)}{there}", meant)
            return None
        return SHAPES[what.text].read(node, sheet)

    def schema(self, definitions: Definitions) -> Schema:
        """Any event."""
        return {"anyOf": [shape.schema(definitions) for shape in SHAPES.values()]}
