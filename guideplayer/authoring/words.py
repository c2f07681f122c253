"""Small helpers for sentences: quoting what an author wrote, and listing names."""

import re
from collections.abc import Iterable

QUOTED_LETTERS = 60
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# What a terminal could take for a command or to turn the line round, other than tabs and the ends of lines.
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"

# With lone surrogates, which no encoding can write.
_UNPRINTABLE = re.compile(rf"[\t\n\r{CONTROL}\ud800-\udfff]")


def holds_control(text: str) -> bool:
    """Whether a text holds more than letters, spaces and line breaks: something that cannot be shown or written."""
    return bool(_UNPRINTABLE.search(text.replace("\n", " ").replace("\t", " ")))


def printable(text: str) -> str:
    """The text with everything that could disturb a terminal replaced."""
    return _UNPRINTABLE.sub(REPLACEMENT, text)


def quoted(text: str) -> str:
    """The author's text in quotation marks, cut when long."""
    shown = printable(" ".join(text.split()))
    return f"“{shown if len(shown) <= QUOTED_LETTERS else shown[: QUOTED_LETTERS - 1] + '…'}”"


def as_clause(sentence: str) -> str:
    """A whole sentence as it goes on after a colon: without its capital and its full stop."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names as a sentence lists them: `a, b and c`."""
    *most, final = sorted(names) or ("nothing",)
    return f"{', '.join(most)} {last} {final}" if most else final
