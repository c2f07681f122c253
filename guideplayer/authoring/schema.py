"""The JSON Schema of format 1, for editors that complete and check while a script is written."""

from collections.abc import Callable

from guideplayer.authoring.kinds import Schema
from guideplayer.authoring.shapes import SCRIPT
from guideplayer.media import Library

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Definitions:
    """The definitions written so far."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.written: dict[str, Schema] = {}

    def refer(self, name: str, write: Callable[[], Schema]) -> Schema:
        """A reference to a definition, which is written when it is first referred to."""
        if name not in self.written:
            self.written[name] = {}
            self.written[name] = write()
        return {"$ref": f"#/$defs/{name}"}


def json_schema(library: Library) -> Schema:
    """The schema (draft 2020-12); the library's beds, sounds and voices are offered as examples."""
    definitions = _Definitions(library)
    whole = SCRIPT.schema(definitions)
    return {"$schema": DIALECT, "title": "guideplayer script", **whole, "$defs": definitions.written}
