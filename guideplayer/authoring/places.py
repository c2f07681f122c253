"""Where the parts of a script and their items stand in its text, so that what is shown can point there."""

from pathlib import Path

import msgspec

from guideplayer.authoring import shapes
from guideplayer.authoring.nodes import compose
from guideplayer.authoring.records import Field, Record
from guideplayer.authoring.sheet import Sheet
from guideplayer.media import Library

_PARTS = (shapes.ARRIVAL, shapes.RETURN, shapes.HOLD, shapes.RESUME)


class PartPlace(msgspec.Struct, frozen=True):
    """The line of a part (from 1), and the line of each of its items in their order."""

    line: int
    items: tuple[int, ...] = ()


class Places(msgspec.Struct, frozen=True):
    """The parts in a session's order: the arrival if there is one, the phases, the return. 0: not in the text.

    `others` are the lines of all other keys, so that what is said of them is not taken for a part's.
    """

    parts: tuple[PartPlace, ...]
    hold: int = 0
    resume: int = 0
    others: tuple[int, ...] = ()


def places_of(text: str, library: Library) -> Places:
    """The places of a text that reads as a script; none at all for one that does not."""
    sheet = Sheet(text, "", library, Path())
    node = compose(sheet)
    record = shapes.SCRIPT.read(node, sheet) if node else None
    if record is None:
        return Places(())
    infusion = record.get(shapes.INFUSION)
    parts = [record.get(shapes.ARRIVAL), *((infusion and infusion.get(shapes.PHASES)) or ()), record.get(shapes.RETURN)]
    return Places(
        tuple(_part(part) for part in parts if part),
        _line(record, shapes.HOLD),
        _line(record, shapes.RESUME),
        tuple(_line(record, field) for field in shapes.SCRIPT.fields if field not in _PARTS),
    )


def _part(part: Record) -> PartPlace:
    return PartPlace(part.place.line, tuple(item.place.line for item in part.get(shapes.LINES) or ()))


def _line(record: Record, field: Field[object]) -> int:
    return record.where(field).line if record.has(field) else 0
