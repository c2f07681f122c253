"""The kinds of value that a key can hold: how each is read from a node, and how a JSON Schema describes it."""

import re
from collections.abc import Callable, Collection
from typing import Generic, Protocol, TypeVar

import msgspec

from guideplayer.authoring.durations import (
    RANGE_SIGN,
    WRITTEN,
    guess,
    read_length_ms,
    read_span,
    turned,
)
from guideplayer.authoring.nodes import Node, Scalar, Series
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.sheet import Sheet
from guideplayer.authoring.words import listed, quoted
from guideplayer.core.script import Span
from guideplayer.media import Library

Value_co = TypeVar("Value_co", covariant=True)
Member = TypeVar("Member")
Schema = dict[str, object]

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 30
_TRUE, _FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}


class Definitions(Protocol):
    """What a schema is written with: the library, whose names editors may offer, and the shared definitions."""

    library: Library

    def refer(self, name: str, write: Callable[[], Schema]) -> Schema:
        """A reference to a definition, which is written when it is first referred to."""


class Kind(Protocol[Value_co]):
    """A kind of value."""

    def read(self, node: Node, sheet: Sheet) -> Value_co | None:
        """The node's value, or None with a problem on the sheet."""

    def schema(self, definitions: Definitions) -> Schema:
        """The JSON Schema of such a value."""


def scalar(node: Node, sheet: Sheet, wanted: str) -> Scalar | None:
    """The node if it is a single value that is there; else None with a problem that says what is wanted."""
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Series) else "a mapping"
        sheet.report("wrong-type", node.place, f"this is {found}, where {wanted} belongs")
        return None
    if node.is_nothing or not node.text.strip():
        sheet.report("no-value", node.place, f"nothing is given here, where {wanted} belongs")
        return None
    return node


def number_of(found: Scalar) -> float | None:
    """The number that a single value is to YAML, if it is one."""
    is_number = found.plain and len(found.text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(found.text)
    return float(found.text) if is_number else None


class Text(msgspec.Struct, frozen=True):
    """Words, with white space folded, so that they may be wrapped anywhere."""

    wanted: str = "a text"
    longest: int = 300

    def read(self, node: Node, sheet: Sheet) -> str | None:
        """The folded text."""
        found = scalar(node, sheet, self.wanted)
        if found is None:
            return None
        if found.plain and found.text in _TRUE | _FALSE:
            sentence = f"{quoted(found.text)} is no text as it stands: put it in quotes if it is meant as words"
            sheet.report("wrong-type", node.place, sentence)
            return None
        text = " ".join(found.text.split())
        if len(text) > self.longest:
            sheet.report(
                "too-long", node.place, f"{len(text)} letters are more than the {self.longest} that may be here"
            )
            return None
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """A string, whose white space counts as it is folded; YAML takes a year alone for a number."""
        return {
            "type": ["string", "number"],
            "pattern": rf"^\s*(?:\S|\s+(?=\S)){{1,{self.longest}}}\s*$",
            "patternErrorMessage": f"Up to {self.longest} letters belong here.",
        }


class Flag(msgspec.Struct, frozen=True):
    """True or false."""

    def read(self, node: Node, sheet: Sheet) -> bool | None:
        """The flag."""
        found = scalar(node, sheet, "true or false")
        if found is None:
            return None
        if found.plain and found.text in _TRUE | _FALSE:
            return found.text in _TRUE
        meant = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
        word = found.text.casefold()
        suggestion = word if word in {"true", "false"} else meant.get(word, "")
        sheet.report("wrong-type", node.place, f"{quoted(found.text)} is neither true nor false", suggestion)
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


class Number(msgspec.Struct, frozen=True):
    """A number within limits."""

    minimum: float
    maximum: float
    whole: bool = False

    @property
    def _wanted(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.minimum:g} to {self.maximum:g}"

    def read(self, node: Node, sheet: Sheet) -> float | None:
        """The number."""
        found = scalar(node, sheet, self._wanted)
        if found is None:
            return None
        number = number_of(found)
        if number is None or (self.whole and not number.is_integer()):
            sheet.report("wrong-type", node.place, f"{quoted(found.text)} is not {self._wanted}")
            return None
        if not self.minimum <= number <= self.maximum:
            sheet.report("out-of-range", node.place, f"{found.text} is not {self._wanted}")
            return None
        return number

    def schema(self, definitions: Definitions) -> Schema:
        """A number or an integer with its limits."""
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.minimum, "maximum": self.maximum}


class Length(msgspec.Struct, frozen=True):
    """One length, in milliseconds."""

    def read(self, node: Node, sheet: Sheet) -> int | None:
        """The length."""
        found = scalar(node, sheet, "a duration such as 20s, 4m or 1m30s")
        if found is None:
            return None
        length_ms = read_length_ms(found.text)
        if length_ms is None:
            sentence = f"{quoted(found.text)} is not a duration: write it like 20s, 4m or 1m30s"
            sheet.report("wrong-duration", node.place, sentence, guess(found.text, ranges=False))
        return length_ms

    def schema(self, definitions: Definitions) -> Schema:
        """A string with the form of a duration."""
        return {
            "type": "string",
            "pattern": f"^{WRITTEN}$",
            "patternErrorMessage": "A duration is written like 20s, 4m or 1m30s.",
            "examples": ["20s", "4m", "1m30s"],
        }


class Lengths(msgspec.Struct, frozen=True):
    """A length, or a range of lengths that can be stretched and shrunk between."""

    def read(self, node: Node, sheet: Sheet) -> Span | None:
        """The span; its natural length is the middle."""
        found = scalar(node, sheet, "a duration such as 20s or a range such as 20s..90s")
        if found is None:
            return None
        lengths = read_span(found.text)
        if lengths is not None:
            return lengths
        if other_way := turned(found.text):
            sentence = f"{quoted(found.text)} runs backwards: the shorter length comes first"
            sheet.report("wrong-range", node.place, sentence, other_way)
        else:
            sentence = f"{quoted(found.text)} is not a duration or a range: write it like 20s, 1m30s or 20s..90s"
            sheet.report("wrong-duration", node.place, sentence, guess(found.text, ranges=True))
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """A string with the form of a duration or a range."""
        sign = re.escape(RANGE_SIGN)
        return {
            "type": "string",
            "pattern": f"^{WRITTEN}(?:{sign}{WRITTEN})?$",
            "patternErrorMessage": "A duration or a range is written like 20s, 1m30s or 20s..90s.",
            "examples": ["20s", "20s..90s", "1m..2m30s"],
        }


class Name(msgspec.Struct, frozen=True):
    """One of the names that there are; `fixed` says that they are the same with every library."""

    what: str
    names: Callable[[Library], Collection[str]]
    fixed: bool = False

    def read(self, node: Node, sheet: Sheet) -> str | None:
        """The name."""
        found = scalar(node, sheet, f"the name of a {self.what}")
        if found is None:
            return None
        names = self.names(sheet.library)
        if found.text in names:
            return found.text
        meant = nearest(found.text, names)
        there = "" if meant else f": there is {listed(names)}"
        sheet.report(f"unknown-{self.what}", node.place, f"there is no {self.what} {quoted(found.text)}{there}", meant)
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """The names. Those of a library are only offered, since another place may have another library."""
        names = sorted(self.names(definitions.library))
        return {"enum": names} if self.fixed else {"type": "string", "minLength": 1, "examples": names}


class Many(msgspec.Struct, Generic[Member], frozen=True):
    """A list of one kind of value."""

    member: Kind[Member]
    wanted: str

    def read(self, node: Node, sheet: Sheet) -> tuple[Member, ...] | None:
        """All members that can be read."""
        if not isinstance(node, Series):
            sheet.report("wrong-type", node.place, f"{self.wanted} belongs here: start each of its lines with a dash")
            return None
        if not node.items:
            sheet.report("no-value", node.place, f"this list is empty, where {self.wanted} belongs")
            return None
        members = [self.member.read(item, sheet) for item in node.items]
        return tuple(member for member in members if member is not None)

    def schema(self, definitions: Definitions) -> Schema:
        """An array."""
        return {"type": "array", "minItems": 1, "items": self.member.schema(definitions)}


class Format(msgspec.Struct, frozen=True):
    """The version of the format."""

    number: int

    def read(self, node: Node, sheet: Sheet) -> int | None:
        """The version."""
        found = scalar(node, sheet, f"the format's number, {self.number}")
        if found is None:
            return None
        if number_of(found) == self.number:
            return self.number
        sentence = f"this is format {quoted(found.text)}, and only format {self.number} can be read"
        sheet.report("unknown-format", node.place, sentence, str(self.number))
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """The one version there is."""
        return {"const": self.number}
