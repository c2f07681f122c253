"""Whatever a file holds, reading it ends in a Script or in problems that can be printed."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import read_text
from guideplayer.media import Library

WHOLE = (Path(__file__).parent / "scripts/whole.yaml").read_text("utf-8")
NOTHING = Library(Path(__file__).parent / "no-media")
MARKS = ("\t", "\n", "  ", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "*pause", "<<: ", "!!int ", "'", '"', "#")
ODD = (
    "|\n",
    "\\",
    "---\n",
    "...",
    "%",
    "@",
    "~",
    "null",
    "9" * 5000,
    "1e999",
    "\x00",
    "\u2028",
    "\ufeff",
    "\U0001f9e0",
)
SCRAPS = st.sampled_from(MARKS + ODD) | st.text(max_size=3)


def read_and_print(text: str | bytes) -> None:
    script, problems = read_text(text, "a.yaml", NOTHING, Path(__file__).parent)
    assert script or problems
    assert problems == tuple(sorted(problems, key=lambda problem: (problem.line, problem.column, problem.code)))
    render_all(problems).encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_script(data):
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(SCRAPS) + text[end:]
    read_and_print(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes(content):
    read_and_print(content)
