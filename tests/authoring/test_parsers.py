"""libyaml and the parser in pure Python, which stands in where there is none, give the same nodes and problems."""

import random
from pathlib import Path

import pytest
import yaml

from guideplayer.authoring.nodes import Node, Scalar, Series, compose
from guideplayer.authoring.problems import Problem
from guideplayer.authoring.sheet import Sheet
from tests.authoring.mutations import LONG, SHORT, damaged

BATCHES, OF_A_BATCH = 8, 100
# libyaml is right by YAML 1.2 where the other refuses these: a tab between words, a question mark within brackets.
ONLY_LIBYAML = ("\t", "?")


def composed(text: str, library, parser) -> tuple[Node | None, tuple[Problem, ...]]:
    sheet = Sheet(text, "a.yaml", library, Path())
    return compose(sheet, parser), sheet.problems


def outline(node: Node | None) -> object:
    """A node with its places, but for those of nothing, which stand anywhere between a colon and what follows."""
    if isinstance(node, Scalar):
        return (node.text, node.plain, node.place if node.text else None)
    if isinstance(node, Series):
        return (node.place, [outline(item) for item in node.items])
    return node and (node.place, {name: (at.place, outline(at.value)) for name, at in node.entries.items()})


@pytest.mark.parametrize("text", [*SHORT, *LONG])
def test_scripts_are_the_same(text, library):
    node, problems = composed(text, library, yaml.CSafeLoader)

    assert node
    assert (node, problems) == composed(text, library, yaml.SafeLoader)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_scripts_are_the_same(batch, library):
    chance = random.Random(batch)
    for _ in range(OF_A_BATCH):
        text = damaged(chance).decode("utf-8", "replace")
        fast, pure = composed(text, library, yaml.CSafeLoader), composed(text, library, yaml.SafeLoader)
        if any(letter in text for letter in ONLY_LIBYAML):
            continue
        assert outline(fast[0]) == outline(pure[0]), text
        assert fast[1] == pure[1], text
