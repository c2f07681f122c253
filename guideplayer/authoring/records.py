"""Mappings with known keys. One table of fields serves the reader, its messages and the JSON Schema."""

from typing import Any, Generic, TypeVar, cast

import msgspec

from guideplayer.authoring.kinds import Definitions, Kind, Schema
from guideplayer.authoring.nodes import Node, Scalar, Series, Table
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.words import as_clause, listed, quoted

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)


class Field(msgspec.Struct, Generic[Value_co], frozen=True):
    """A key: its name, what it holds, and what it is for."""

    name: str
    kind: Kind[Value_co]
    description: str
    required: bool = False


class Record:
    """A mapping as read: what its fields hold, and where they stand."""

    def __init__(self, shape: "Shape", place: Place) -> None:
        self.shape = shape
        self.place = place
        self._values: dict[str, object] = {}
        self._places: dict[str, Place] = {}

    def put(self, name: str, value: object, place: Place) -> None:
        """Note a field's value (None when it could not be read) and where it stands."""
        self._values[name] = value
        self._places[name] = place

    def get(self, field: Field[Value]) -> Value | None:
        """A field's value; None when it is not given or could not be read."""
        return cast("Value | None", self._values.get(field.name))

    def has(self, field: Field[Any]) -> bool:
        """Whether a field is given, rightly or wrongly."""
        return field.name in self._values

    def where(self, field: Field[Any]) -> Place:
        """Where a field's value stands; where the record begins when it is not given."""
        return self._places.get(field.name, self.place)


class Shape(msgspec.Struct, frozen=True):
    """The keys that a mapping may have. `short` is the field that a single value alone stands for."""

    name: str
    title: str
    description: str
    fields: tuple[Field[Any], ...]
    short: Field[Any] | None = None

    def read(self, node: Node, sheet: Sheet) -> Record | None:
        """The record, as far as it can be read."""
        if self.short and isinstance(node, Scalar):
            record = Record(self, node.place)
            record.put(self.short.name, self.short.kind.read(node, sheet), node.place)
            return record
        if not isinstance(node, Table):
            found = "a list" if isinstance(node, Series) else quoted(node.text) if node.text else "nothing"
            keys = listed(field.name for field in self.fields)
            sheet.report("wrong-type", node.place, f"{self.title} has keys ({keys}), and this is {found}")
            return None
        return self._read_table(node, sheet)

    def _read_table(self, table: Table, sheet: Sheet) -> Record:
        record = Record(self, table.place)
        fields = {field.name: field for field in self.fields}
        misspelt: set[str] = set()
        for name, entry in table.entries.items():
            if name in fields:
                record.put(name, fields[name].kind.read(entry.value, sheet), entry.value.place)
                continue
            meant = nearest(name, fields.keys() - table.own)
            misspelt.add(meant)
            keys = "" if meant else f": its keys are {listed(fields)}"
            sheet.report("unknown-key", entry.place, f"{self.title} has no key {quoted(name)}{keys}", meant)
        for field in self.fields:
            if field.required and not record.has(field) and field.name not in misspelt:
                sentence = f"{self.title} needs '{field.name}': {as_clause(field.description)}"
                sheet.report("missing-key", table.place, sentence)
        return record

    def schema(self, definitions: Definitions) -> Schema:
        """A reference to the object's definition, or to the short form's."""
        long = definitions.refer(self.name, lambda: self._object(definitions))
        return {"anyOf": [self.short.kind.schema(definitions), long]} if self.short else long

    def _object(self, definitions: Definitions) -> Schema:
        required = [field.name for field in self.fields if field.required]
        return {
            "type": "object",
            "description": self.description,
            "properties": {
                field.name: field.kind.schema(definitions) | {"description": field.description} for field in self.fields
            },
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }


class OneOf(msgspec.Struct, frozen=True):
    """A mapping that is one of several shapes, told apart by the first key of each; a lone text is the first shape."""

    title: str
    shapes: tuple[Shape, ...]

    def read(self, node: Node, sheet: Sheet) -> Record | None:
        """The record of the shape whose first key is there."""
        if isinstance(node, Scalar):
            return self.shapes[0].read(node, sheet)
        keys = [shape.fields[0].name for shape in self.shapes]
        names = node.entries if isinstance(node, Table) else {}
        found = [shape for shape in self.shapes if shape.fields[0].name in names]
        if len(found) == 1:
            return found[0].read(node, sheet)
        if found:
            both = listed(f"'{shape.fields[0].name}'" for shape in found)
            sheet.report("two-in-one", node.place, f"{both} stand together: start each with a dash of its own")
            return None
        meant = next((word for name in names if (word := nearest(name, keys))), "")
        choice = listed((f"'{key}'" for key in keys), "or")
        place = next((entry.place for name, entry in names.items() if nearest(name, keys)), node.place)
        sheet.report("unknown-line", place, f"{self.title} has one of {choice}, and this has none", meant)
        return None

    def schema(self, definitions: Definitions) -> Schema:
        """Any of the shapes, or the text alone."""
        return {"anyOf": [member for shape in self.shapes for member in _members(shape.schema(definitions))]}


def _members(schema: Schema) -> list[object]:
    members = schema.get("anyOf")
    return members if isinstance(members, list) else [schema]
