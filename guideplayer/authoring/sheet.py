"""A script's text while it is read: its lines, what it may refer to, and the problems found so far."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from guideplayer.authoring.problems import Problem, Severity, in_order
from guideplayer.media import Library

# Past this many errors nobody reads on, and a hostile file would be answered by a flood.
MOST_ERRORS = 1_000
LONGEST_LINE = 5_000

# A script with many of these can still be read, and has one for every line until its clips are made.
_MISSING_CLIP = "missing-clip"
_LINE_BREAK = re.compile("\r\n|[\n\r]")


class TooManyErrorsError(Exception):
    """The text has more errors than are worth telling; the sheet says so."""


class Place(msgspec.Struct, frozen=True, order=True):
    """A line and a column, both from 1."""

    line: int
    column: int


class Sheet:
    """One text and what is wrong with it. `lexicon` are the sounds of words (casefolded) that its narrators use."""

    def __init__(self, text: str, file: str, library: Library, folder: Path) -> None:
        self.text = text
        self.file = file
        self.library = library
        self.folder = folder
        self.lines = _LINE_BREAK.split(text)
        self.lexicon: Mapping[str, str] = {}
        self._problems: list[Problem] = []
        self._errors = 0

    def report(
        self,
        code: str,
        place: Place | None,
        sentence: str,
        suggestion: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem; without a place it is about the file as a whole. Raises TooManyErrorsError."""
        if severity is Severity.ERROR and code != _MISSING_CLIP:
            self._errors += 1
        if self._errors > MOST_ERRORS:
            self._add("too-many", None, f"more than {MOST_ERRORS} errors: here are the first", "", Severity.ERROR)
            raise TooManyErrorsError
        self._add(code, place, sentence, suggestion, severity)

    def _add(self, code: str, place: Place | None, sentence: str, suggestion: str, severity: Severity) -> None:
        at = place or Place(0, 0)
        source = self.source_of(at)
        self._problems.append(Problem(code, severity, self.file, at.line, at.column, source, sentence, suggestion))

    def within(self, place: Place) -> Place:
        """The place itself, or the end of the text for one behind it."""
        return min(place, self.end)

    def source_of(self, place: Place) -> str:
        """The line of a place, as far as a line may go; nothing for a place outside the text."""
        return self.lines[place.line - 1][:LONGEST_LINE] if 0 < place.line <= len(self.lines) else ""

    @functools.cached_property
    def end(self) -> Place:
        """The place right after the last letter of the text."""
        last = next((number for number in range(len(self.lines), 1, -1) if self.lines[number - 1].strip()), 1)
        return Place(last, len(self.lines[last - 1].rstrip()) + 1)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found, in the order of the text."""
        return in_order(self._problems)

    def has_errors_but(self, *codes: str) -> bool:
        """Whether there is an error of any other code."""
        return any(problem.severity is Severity.ERROR and problem.code not in codes for problem in self._problems)
