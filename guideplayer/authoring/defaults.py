"""The shipped words of the hold and of resuming, by language: one file each, `hold.<language>.yaml`."""

import functools
from pathlib import Path

from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import ScriptProblems
from guideplayer.authoring.records import Record
from guideplayer.authoring.shapes import DEFAULT_HOLD
from guideplayer.authoring.sheet import Sheet
from guideplayer.media import shipped_library

_FOLDER = Path(__file__).parent


def shipped_languages() -> tuple[str, ...]:
    """The languages that have shipped words."""
    return tuple(sorted(path.name.split(".")[1] for path in _FOLDER.glob("hold.*.yaml")))


@functools.cache
def shipped_words(language: str) -> Record | None:
    """The shipped words of a language (`en` serves `en-GB`), or None.

    Raises ScriptProblems for a shipped file that is wrong.
    """
    primary = language.replace("_", "-").split("-")[0].casefold()
    if primary not in shipped_languages():
        return None
    path = _FOLDER / f"hold.{primary}.yaml"
    sheet = Sheet(path.read_text("utf-8"), path.name, shipped_library(), _FOLDER)
    node = compose(sheet)
    record = DEFAULT_HOLD.read(node, sheet) if node else None
    if record is None or sheet.problems:
        raise ScriptProblems(sheet.problems)
    return record
