"""What is wrong with a script, said as a good compiler says it: where, what, and what was probably meant."""

import difflib
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from rich.cells import cell_len

from guideplayer.authoring.words import printable

SHOWN_LETTERS = 100


class Severity(StrEnum):
    """Whether a script can be played in spite of a problem."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. Lines and columns count from 1; line 0 is the file as a whole."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    source: str
    sentence: str
    suggestion: str = ""

    def render(self) -> str:
        """The place and the sentence, the line with a caret, and the nearest right word."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        warning = "warning: " if self.severity is Severity.WARNING else ""
        rows = [f"{printable(place)}: {warning}{self.code}: {self.sentence}"]
        if self.line and self.source.strip():
            rows += self._pointed_at()
        if self.suggestion:
            rows.append(f"Did you mean '{self.suggestion}'?")
        return "\n".join(rows)

    def _pointed_at(self) -> tuple[str, str]:
        """The source line, cut around the column when it is long, and a caret under the column."""
        at = self.column - 1
        start = max(0, at - SHOWN_LETTERS // 2) if len(self.source) > SHOWN_LETTERS else 0
        shown = printable(self.source[start : start + SHOWN_LETTERS].replace("\t", " "))
        return f"  {shown}".rstrip(), "  " + " " * cell_len(shown[: at - start]) + "^"


class ScriptProblems(Exception):  # noqa: N818 - it holds problems, and is named for them
    """A script cannot be used; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render_all(self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems in the order of the text, each told once (an alias shows the same line to the reader twice)."""
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda problem: (problem.file, problem.line, problem.column, problem.code)))


def render_all(problems: Iterable[Problem]) -> str:
    """All problems as text, a blank line between them."""
    return "\n\n".join(problem.render() for problem in problems)


def nearest(word: str, right_words: Iterable[str]) -> str:
    """The right word that is most like this one, or nothing when none is."""
    right = {candidate.casefold(): candidate for candidate in right_words}
    found = difflib.get_close_matches(word.casefold()[:80], right, n=1, cutoff=0.6)
    return right[found[0]] if found else ""
