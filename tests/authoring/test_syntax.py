"""What is no YAML is told in the words of somebody who writes scripts, at the place where it can be mended."""

from pathlib import Path

import pytest
import yaml

from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import Problem
from guideplayer.authoring.sheet import Sheet

COLON = "colon: a colon followed by a space starts a value: put this text in quotes"
DEEPER = "indentation: this is indented more than the lines before it, which have their values: line it up with them"
DASH = "indentation: a list goes on here: start this line with a dash, or line it up with the keys that it belongs to"
FIRST_COLUMN = (
    "indentation: this does not belong to what stands before it: the keys of a script all start in the first column"
)
UNEVEN = "indentation: this does not line up with the lines before it: check its indentation"
TAB = "tab: a tab cannot indent a line: use spaces"
FIRST_LETTER = "quotes: a text cannot begin with this character: put it in quotes"
UNCLOSED_QUOTE = "quotes: a quotation mark is opened here and never closed"
AFTER_QUOTE = "quotes: the quotation mark before this ends the text: put the whole text between {} quotes"
ESCAPE = "escape: a backslash inside double quotes starts an escape: use single quotes"
UNCLOSED_BRACKET = "brackets: a bracket is opened here and never closed"
LEFT_OVER_BRACKET = "brackets: this bracket closes nothing: leave it out, or put the whole text in quotes"
SIGN = "quotes: only a line break follows the sign | or >, which starts a text of several lines"
PERCENT = "tag: a line that starts with % has no meaning in a script"

SLIPS = {
    "say: now: rest\n": (1, 9, COLON),
    "say: it's: fine\n": (1, 10, COLON),
    "a: 1\n b: 2\n": (2, 2, DEEPER),
    "lines:\n  - say: a\n      rest: 20s\n": (3, 7, DEEPER),
    "lines:\n  - say: a\n  rest: 20s\n": (3, 3, DASH),
    "- a\nb: 2\n": (2, 1, DASH),
    "lines:\n  - say: a\n    rest: 20s\n   - say: b\n": (
        4,
        4,
        "indentation: this dash does not line up with the dashes before it: check its indentation",
    ),
    "  a: 1\nb: 2\n": (2, 1, FIRST_COLUMN),
    "{a: b}\nc: d\n": (2, 1, FIRST_COLUMN),
    "title: a\n...\nb: c\n": (3, 1, FIRST_COLUMN),
    "a: >\n  b\n c\n": (3, 2, UNEVEN),
    "a: - b\n": (1, 4, "indentation: a list starts on a line of its own: put this dash on the next line"),
    "title: a\nrest\nbed: tide\n": (3, 1, "colon: a key is followed by a colon and a space, and this one is not"),
    "infusion:\n\tlength: 1m\n": (2, 1, TAB),
    "lines:\n  - a\n\t- b\n": (3, 1, TAB),
    "summary: |\n\tx\n": (2, 1, TAB),
    "title: a\n\t": (2, 1, TAB),
    "say: @rest\n": (1, 6, FIRST_LETTER),
    "say: %x\n": (1, 6, FIRST_LETTER),
    "say: `x`\n": (1, 6, FIRST_LETTER),
    "say: *softly*\n": (1, 6, FIRST_LETTER),
    "say: & b\n": (1, 6, FIRST_LETTER),
    "say: ? b\n": (1, 6, "quotes: a text cannot begin with a question mark: put it in quotes"),
    'say: "rest\n': (1, 6, UNCLOSED_QUOTE),
    "say: 'rest": (1, 6, UNCLOSED_QUOTE),
    'say: "rest\n---\n': (1, 6, UNCLOSED_QUOTE),
    "say: 'it's fine'\n": (1, 10, AFTER_QUOTE.format("double")),
    'say: "a" and "b"\n': (1, 10, AFTER_QUOTE.format("single")),
    'say: "a\nbed: b\nname: "c"\n': (3, 8, AFTER_QUOTE.format("single")),
    "say: [a] b\n": (1, 10, "quotes: the value ends before this: put the whole text in quotes"),
    r'say: "\q"' + "\n": (1, 7, ESCAPE),
    r'say: "\xZZ"' + "\n": (1, 7, ESCAPE),
    "scene: {name: dusk\nbed: tide\n": (
        2,
        4,
        "brackets: a comma or a closing bracket is missing before this: one is open since line 1",
    ),
    "themes: [a, b}\n": (1, 14, "brackets: a comma or a closing bracket is missing before this"),
    "themes: [a, [}\n": (1, 14, "no-value: a value is missing before this"),
    "scene: {name: dusk": (1, 8, UNCLOSED_BRACKET),
    "- [a, b\n- c\n": (1, 3, UNCLOSED_BRACKET),
    "themes: [a, b]]\n": (1, 15, LEFT_OVER_BRACKET),
    "themes: }\n": (1, 9, LEFT_OVER_BRACKET),
    "themes: [a, b: c, : d]\n": (1, 19, "no-value: a value is missing before this"),
    "summary: |9x\n a\n": (1, 12, SIGN),
    "say: !x!y z\n": (1, 6, "tag: a tag has no meaning in a script: leave it out"),
    "say: !<x\n": (1, 6, "tag: a tag has no meaning in a script: leave it out"),
    "%YAML 3.0\n---\na: b\n": (1, 1, PERCENT),
    "%TAG ! x\n---\na: b\n": (1, 1, PERCENT),
}

# The parser in pure Python takes the first for a list with a tag, and has other words for the second.
SLIPS_TO_LIBYAML = {
    "resume: ![We go on.]\n": (1, 9, "tag: a tag has no meaning in a script: leave it out"),
    "%b: c\n": (1, 3, PERCENT),
}


def problems_of(text: str, library, parser: type[yaml.CSafeLoader | yaml.SafeLoader]) -> tuple[Problem, ...]:
    sheet = Sheet(text, "a.yaml", library, Path())
    assert compose(sheet, parser) is None
    return sheet.problems


@pytest.mark.parametrize("text", SLIPS_TO_LIBYAML)
def test_a_slip_to_libyaml(text, library):
    (problem,) = problems_of(text, library, yaml.CSafeLoader)

    assert (problem.line, problem.column, f"{problem.code}: {problem.sentence}") == SLIPS_TO_LIBYAML[text]


@pytest.mark.parametrize("parser", [yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "pure"])
@pytest.mark.parametrize("text", SLIPS)
def test_a_slip(text, parser, library):
    (problem,) = problems_of(text, library, parser)

    assert (problem.line, problem.column, f"{problem.code}: {problem.sentence}") == SLIPS[text]
    assert problem.source == text.splitlines()[problem.line - 1]


def test_the_place_is_shown(library):
    (problem,) = problems_of("say: 'it's fine'\n", library, yaml.CSafeLoader)

    assert problem.render() == (
        "a.yaml:1:10: quotes: the quotation mark before this ends the text: put the whole text between double quotes\n"
        "  say: 'it's fine'\n"
        "           ^"
    )
