"""The code stays readable: short files, short functions, and a sentence that says what each module is."""

import ast
from pathlib import Path

import pytest

import guideplayer

PACKAGE = Path(guideplayer.__file__).parent
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
WRITTEN = sorted(path for ending in ("py", "js", "css", "html") for path in PACKAGE.rglob(f"*.{ending}"))
MODULES = [path for path in WRITTEN if path.suffix == ".py"]


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_file_is_short(path):
    assert path.read_text("utf-8").count("\n") <= LONGEST_FILE


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_are_short_and_a_module_says_what_it_is(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [node.name for node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION] == []
