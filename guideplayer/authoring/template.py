"""A new script from the shipped template: with its title, its language, and as many words as are wanted."""

import json
import re

from guideplayer.authoring.durations import RANGE_SIGN, read_span
from guideplayer.core.density import Density
from guideplayer.core.script import Span
from guideplayer.core.units import format_duration
from guideplayer.media import scripts_folder

TEMPLATE = "template.yaml"
# Beside a script, where its first line tells editors to look for it.
SCHEMA_FILE = "guideplayer.schema.json"

_NAME = "THIS-FILE"
_SAY = re.compile(r"\s*- say: ")
_KEEP = re.compile(r"\s*keep: (\d)")
_REST = re.compile(r"(\s*- rest: )(\S+)(.*)")


# The lowest `keep` whose lines stay; those that are never left out always do.
_LEAST_KEEP = {Density.FULL: 1, Density.SPARSE: 5, Density.MUSIC: 10}


def new_script(name: str, title: str, language: str, density: Density, *, translated: bool) -> str:
    """The text of a new script in a file of this name. `translated`: no word in it is foreign to the language."""
    text = thinned((scripts_folder() / TEMPLATE).read_text("utf-8"), _LEAST_KEEP[density])
    text = text.replace(_NAME, name)
    note = "" if translated else "  # every line below is still English: translate it"
    text = re.sub(r"(?m)^title: .*$", lambda _: f"title: {json.dumps(title, ensure_ascii=False)}", text, count=1)
    return re.sub(r"(?m)^language: .*$", lambda _: f"language: {json.dumps(language)}{note}", text, count=1)


def thinned(text: str, least_keep: int) -> str:
    """The template without the lines that are dear less than this; the rest before each grows by the rest after it."""
    kept: list[str] = []
    lines = iter(text.splitlines())
    leaving = False
    for line in lines:
        keep, rest = _KEEP.match(line), _REST.fullmatch(line)
        if keep and int(keep[1]) < least_keep:
            assert _SAY.match(kept[-1])
            kept.pop()
            leaving = True
        elif leaving and rest:
            _lengthen(kept, rest[2])
            leaving = False
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _lengthen(lines: list[str], added: str) -> None:
    """Add a rest to the last one."""
    more = _span(added)
    for number, line in reversed(list(enumerate(lines))):
        if found := _REST.fullmatch(line):
            span = _span(found[2])
            shortest, longest = span.minimum_ms + more.minimum_ms, span.maximum_ms + more.maximum_ms
            lines[number] = f"{found[1]}{format_duration(shortest)}{RANGE_SIGN}{format_duration(longest)}{found[3]}"
            return


def _span(text: str) -> Span:
    span = read_span(text)
    assert span, "the shipped template's rests are lengths"
    return span
