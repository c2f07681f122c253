"""YAML as plain nodes that know where they stand. No Python object is ever constructed from a tag.

The nodes are composed from PyYAML's events and not by its own composer, since a file from anywhere must not
exhaust the stack by nesting, nor the memory by aliases of aliases.
"""

from __future__ import annotations

from typing import NoReturn

import msgspec
import yaml

from guideplayer.authoring.characters import readable
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.syntax import describe
from guideplayer.authoring.words import holds_control, printable, quoted

MOST_NODES = 10_000
DEEPEST = 32
MERGE_KEY = "<<"

# Ten times as fast where PyYAML was built with libyaml, which all of its wheels are.
PARSER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_TAG_PREFIX = "tag:yaml.org,2002:"


class Scalar(msgspec.Struct, frozen=True):
    """A single value as written; `plain` says that it stood without quotes."""

    place: Place
    text: str
    plain: bool
    size: int = 1

    @property
    def is_nothing(self) -> bool:
        """Whether YAML reads it as no value at all."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class Series(msgspec.Struct, frozen=True):
    """A list."""

    place: Place
    items: tuple[Node, ...]
    size: int


class Entry(msgspec.Struct, frozen=True):
    """A key's place and its value."""

    place: Place
    value: Node


class Table(msgspec.Struct, frozen=True):
    """Keys with values, each key once, merge keys resolved; `own` are those that are not taken over."""

    place: Place
    entries: dict[str, Entry]
    size: int
    own: frozenset[str]


Node = Scalar | Series | Table


class _UnreadableError(Exception):
    """The text cannot be read past a place; the problem is on the sheet."""


def compose(sheet: Sheet, parser: type[yaml.CSafeLoader | yaml.SafeLoader] = PARSER) -> Node | None:
    """The text's nodes, or None with problems on the sheet. Raises TooManyErrorsError."""
    text = readable(sheet)
    if text is None:
        return None
    try:
        return _Composer(sheet, text, parser).document()
    except _UnreadableError:
        return None
    except yaml.MarkedYAMLError as error:
        describe(error, sheet)
        return None


class _Composer:
    """Turns the events of one text into nodes."""

    def __init__(self, sheet: Sheet, text: str, parser: type[yaml.CSafeLoader | yaml.SafeLoader]) -> None:
        self._sheet = sheet
        self._parser = parser(text)
        self._anchors: dict[str, Node | None] = {}
        self._size = 0

    def document(self) -> Node | None:
        """The only document of the text."""
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            self._sheet.report("empty", None, "the file holds nothing")
            return None
        node = self._node(self._next(), 0)
        self._next()
        after = self._next()
        if isinstance(after, yaml.DocumentStartEvent):
            self._stop("several-documents", after, "a second document starts here: a script is one document")
        return node

    def _next(self) -> yaml.Event:
        event = self._parser.get_event()
        assert isinstance(event, yaml.Event)  # there is one until the end of the stream
        return event

    def _place(self, event: yaml.Event) -> Place:
        """Where it starts; a parser puts an empty value behind the end of the text."""
        mark = event.start_mark
        return self._sheet.within(Place(mark.line + 1, mark.column + 1)) if mark else Place(1, 1)

    def _stop(self, code: str, event: yaml.Event, sentence: str, suggestion: str = "") -> NoReturn:
        self._sheet.report(code, self._place(event), sentence, suggestion)
        raise _UnreadableError

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            node = self._aliased(event)
            self._count(node.size, event)
            return node
        assert isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent))  # what a parser gives for a node
        self._count(1, event)
        if depth > DEEPEST:
            self._stop("too-deep", event, f"nested deeper than {DEEPEST} levels: no script needs that")
        if event.tag is not None:
            tag = quoted(event.tag.replace(_TAG_PREFIX, "!!"))
            self._sheet.report("tag", self._place(event), f"the tag {tag} has no meaning in a script: leave it out")
        if event.anchor:
            self._anchors[event.anchor] = None
        node = self._unnamed(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _unnamed(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return self._series(event, depth) if isinstance(event, yaml.SequenceStartEvent) else self._table(event, depth)

    def _count(self, nodes: int, event: yaml.Event) -> None:
        """Count nodes as if every alias were written out, so that a small text cannot stand for a huge one."""
        self._size += nodes
        if self._size > MOST_NODES:
            sentence = f"more than {MOST_NODES} values, an alias counted each time: no script needs that"
            self._stop("too-much", event, sentence)

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        name = event.anchor or ""
        if name not in self._anchors:
            known = nearest(name, self._anchors)
            way_out = "" if known else ": put a text that begins with * in quotes"
            self._stop(
                "unknown-alias", event, f"no anchor '&{name}' stands before this{way_out}", known and f"*{known}"
            )
        node = self._anchors[name]
        if node is None:
            self._stop("recursive-alias", event, f"'*{name}' stands inside '&{name}' and would never end")
        # Where it is used is where it can be wrong; what it holds stays where it was written.
        return msgspec.structs.replace(node, place=self._place(event))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text = event.value
        if holds_control(text):
            sentence = f"{quoted(text)} holds a character that cannot be shown"
            self._sheet.report("control-character", self._place(event), sentence)
            text = printable(text)
        return Scalar(self._place(event), text, plain=bool(event.implicit[0]))

    def _series(self, start: yaml.Event, depth: int) -> Series:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Series(self._place(start), tuple(items), 1 + sum(item.size for item in items))

    def _table(self, start: yaml.Event, depth: int) -> Table:
        entries: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        given: dict[str, Place] = {}
        size = 1
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, value = self._node(event, depth + 1), self._node(self._next(), depth + 1)
            size += value.size
            if not isinstance(key, Scalar):
                self._sheet.report("wrong-key", key.place, "a key is a single word, not a list or a mapping")
            elif key.text in given:
                sentence = f"{quoted(key.text)} is already given on line {given[key.text].line}"
                self._sheet.report("duplicate-key", key.place, sentence)
            else:
                given[key.text] = key.place
                if key.plain and key.text == MERGE_KEY:
                    merged = self._merged(value)
                else:
                    entries[key.text] = Entry(key.place, value)
        return Table(self._place(start), merged | entries, size, frozenset(entries))

    def _merged(self, value: Node) -> dict[str, Entry]:
        """The keys taken over from one mapping or from several, the first of which wins."""
        entries: dict[str, Entry] = {}
        for source in value.items if isinstance(value, Series) else (value,):
            if isinstance(source, Table):
                entries = source.entries | entries
            else:
                self._sheet.report("wrong-merge", source.place, "'<<' takes over the keys of a mapping, such as *name")
        return entries
