"""Documents that follow from the table of shapes, right ones and ones with a structural slip."""

from typing import Any

from hypothesis import strategies as st

from guideplayer.authoring.kinds import Flag, Format, Kind, Length, Lengths, Many, Name, Number, Text
from guideplayer.authoring.records import OneOf, Shape
from guideplayer.authoring.spoken import Spoken
from guideplayer.media import Library

LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" \n\u00a0")
LENGTHS = st.sampled_from(("0s", "20s", "4m", "1m30s", "1h", "2.5s", "1h2m3.125s", "23h"))
RANGES = st.sampled_from(("20s..90s", "1m..1m", "0s..1h", "1.5s .. 2.5s"))
# Of every type, and in none of the forms that a value may have.
WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e9,
    0.5,
    "",
    " ",
    "x" * 400,
    "20 s",
    "true",
    "1",
    [],
    ["x"],
    [None],
    {},
    {"x": "y"},
)
UNKNOWN = "no key is called this"


def right(kind: Kind[Any], library: Library) -> st.SearchStrategy[Any]:
    """Values that the kind is said to take."""
    match kind:
        case Text():
            texts = st.text(LETTERS, min_size=1, max_size=min(kind.longest, 20)).filter(str.strip)
            return texts | st.sampled_from(("a" * kind.longest, "1984", 1984, " a \n" * (kind.longest // 2)))
        case Spoken():
            words = st.text(LETTERS, min_size=1, max_size=20).filter(str.strip)
            unmarked = words.filter(lambda text: "[" not in text and "]" not in text)
            return unmarked | st.sampled_from(("Rest, [pause 2s] now.", "[Siobhan](/ʃɪˈvɔːn/) is here.", "a" * 300))
        case Flag():
            return st.booleans()
        case Number(whole=True):
            return st.integers(int(kind.minimum), int(kind.maximum))
        case Number():
            return st.floats(kind.minimum, kind.maximum) | st.sampled_from((kind.minimum, kind.maximum))
        case Length():
            return LENGTHS
        case Lengths():
            return LENGTHS | RANGES
        case Name():
            return st.sampled_from(sorted(kind.names(library)))
        case Format():
            return st.just(kind.number)
        case Many():
            return st.lists(right(kind.member, library), min_size=1, max_size=3)
        case OneOf():
            return st.one_of([right(shape, library) for shape in kind.shapes])
        case Shape():
            tables = st.fixed_dictionaries(
                {field.name: right(field.kind, library) for field in kind.fields if field.required},
                optional={field.name: right(field.kind, library) for field in kind.fields if not field.required},
            )
            return tables | right(kind.short.kind, library) if kind.short else tables
    raise AssertionError(f"no documents for {kind}")


def slipped(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """A right document with one slip somewhere: a key unknown, missing or renamed, or a value of another type."""
    places = list(_places(document))
    holder, key = data.draw(st.sampled_from(places))
    slip = data.draw(st.sampled_from(("unknown", "missing", "renamed", "replaced")))
    if slip == "replaced" or not isinstance(holder, dict):
        holder[key] = data.draw(st.sampled_from(WRONG))
    elif slip == "unknown":
        holder[UNKNOWN] = "x"
    else:
        value = holder.pop(key)
        if slip == "renamed":
            holder[key + "s"] = value
    return document


def _places(value: Any) -> Any:
    """Every key of every mapping, and every number of every list, with what holds it."""
    numbered = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in numbered:
        yield value, key
        yield from _places(held)
