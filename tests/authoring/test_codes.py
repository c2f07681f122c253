"""The reference of codes: all that can be reported are in it, and its examples give what they say."""

import ast
import re
from pathlib import Path

import pytest

from guideplayer.authoring.codes import Code, codes, example
from guideplayer.authoring.names import WARNINGS
from guideplayer.authoring.reader import read_text

SOURCES = Path(__file__).parents[2] / "guideplayer"
TESTS = Path(__file__).parents[1]
# What no part of a text can show; whole-message tests of their own hold them.
WITHOUT_EXAMPLE = {name for name, code in codes().items() if not code.at}


@pytest.fixture
def told(library_of, tmp_path):
    """The codes that a text gives, in a library with a clip for every line of the reference's examples."""
    lines = re.findall(r"say: (.+)|- ([A-Z].+)|^\w+: (.+)$", example(), re.MULTILINE)
    lines += re.findall(
        r"say: (.+)|- ([A-Z].+)|^\w+: (.+)$", (SOURCES / "authoring/hold.en.yaml").read_text(), re.MULTILINE
    )
    texts = ["".join(said) for said in lines]
    for code in codes().values():
        if code.name != "missing-clip":
            texts += [*re.findall(r"say: (.+)", code.wrong + "\n" + code.right), code.wrong, code.right]
    library = library_of([text.strip('"') for text in texts if text])

    def told(text):
        return {problem.code for problem in read_text(text, "calm.yaml", library, tmp_path, lint=True)[1]}

    return told


def test_the_example_is_good(told):
    assert told(example()) == set()


@pytest.mark.parametrize("code", [code for code in codes().values() if code.at], ids=lambda code: code.name)
def test_an_example_gives_its_code_and_the_right_one_does_not(told, code):
    assert code.at in example()
    assert code.name in told(example().replace(code.at, code.wrong, 1))
    assert code.name not in told(example().replace(code.at, code.right, 1))


def reported():
    """Every text that looks like a code where one is given, in the sources that report problems."""
    found = set()
    for path in [*(SOURCES / "authoring").rglob("*.py"), *(SOURCES / "rehearsal").glob("events*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"report", "_stop", "Finding", "_about", "_nothing", "_add", "_warn"}:
                    found |= {
                        argument.value
                        for argument in node.args[:2]
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                    }
    return {text for text in found if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text)}


def test_every_code_that_is_reported_is_in_the_reference():
    assert reported() >= {"tab", "wordy-peak", "missing-clip", "empty"}
    assert reported() - codes().keys() == set()
    assert codes().keys() > WARNINGS


def test_a_code_without_an_example_has_a_test_of_its_own():
    text = "\n".join(path.read_text("utf-8", "replace") for path in TESTS.rglob("*.py") if path != Path(__file__))
    untested = {name for name in WITHOUT_EXAMPLE if not re.search(rf"[\s\"]{name}[:\"]", text)}
    # The parsers have given no error yet that is not understood: nothing is known that would show this one.
    assert untested <= {"yaml"}


def test_a_code_is_shown_with_its_examples():
    code = Code("tab", "A tab indents a line; YAML wants spaces.", "  length: 3m", "\tlength: 3m", "  length: 3m")
    assert code.render() == (
        "tab\n  A tab indents a line; YAML wants spaces.\n  Not so:\n    →length: 3m\n  But so:\n      length: 3m"
    )
