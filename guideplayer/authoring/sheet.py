"""A script's text while it is read: its lines, what it may refer to, and the problems found so far."""

import re
from pathlib import Path

import msgspec

from guideplayer.authoring.problems import Problem, Severity, in_order
from guideplayer.media import Library

# What YAML takes for the end of a line.
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Place(msgspec.Struct, frozen=True):
    """A line and a column, both from 1."""

    line: int
    column: int


class Sheet:
    """One text and what is wrong with it."""

    def __init__(self, text: str, file: str, library: Library, folder: Path) -> None:
        self.text = text
        self.file = file
        self.library = library
        self.folder = folder
        self.lines = _LINE_BREAK.split(text)
        self._problems: list[Problem] = []

    def report(
        self,
        code: str,
        place: Place | None,
        sentence: str,
        suggestion: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem; without a place it is about the file as a whole."""
        line, column = (place.line, place.column) if place else (0, 0)
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self._problems.append(Problem(code, severity, self.file, line, column, source, sentence, suggestion))

    def place_of(self, position: int) -> Place:
        """The place of the letter with this number in the text."""
        *before, last = _LINE_BREAK.split(self.text[:position])
        return Place(len(before) + 1, len(last) + 1)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found, in the order of the text."""
        return in_order(self._problems)

    def has_errors_but(self, *codes: str) -> bool:
        """Whether there is an error of any other code."""
        return any(problem.severity is Severity.ERROR and problem.code not in codes for problem in self._problems)
