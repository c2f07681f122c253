"""Anchors, aliases and merge keys work as YAML says, and a problem stands where it can be mended."""

from pathlib import Path

import pytest

from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import read_text
from guideplayer.authoring.sheet import Sheet
from guideplayer.authoring.words import listed
from guideplayer.core.scenes import SCENE_NAMES
from guideplayer.core.script import Motion, span


def read(text: str, library):
    return read_text(text, "a.yaml", library, Path())


def told(text: str, library) -> str:
    script, problems = read(text, library)
    assert script is None
    return render_all(problems)


def merged(text: str, library) -> dict[str, tuple[str, int]]:
    """What the key b of a text holds: each value and the line of its key."""
    sheet = Sheet(text, "a.yaml", library, Path())
    node = compose(sheet)
    assert not sheet.problems
    return {name: (entry.value.text, entry.place.line) for name, entry in node.entries["b"].value.entries.items()}


def test_an_alias_stands_for_what_it_names(small, library):
    text = small.replace("rest: 30s..90s", "rest: &pause 20s..80s").replace("rest: 20s..90s", "rest: *pause")

    script, problems = read(text, library)

    assert not problems
    assert script.phases[1].items[1].span == span(20_000, 80_000)


def test_a_list_can_be_used_again(small, library):
    text = small.replace(
        "      lines:\n        - say: You can rest.", "      lines: &lines\n        - say: You can rest."
    )
    text = text.replace("30s..90s", "20s..90s")
    text = text.replace("      lines:\n        - You are here.\n        - rest: 20s..90s", "      lines: *lines")

    script, problems = read(text, library)

    assert not problems
    assert script.phases[0].items == script.phases[1].items


def test_a_mapping_is_taken_over_and_changed(small, library):
    text = small.replace("scene: dusk", "scene: &sky {name: dusk, motion: still, light: 0.3}")
    text = text.replace("    - name: peak\n", "    - name: peak\n      scene:\n        <<: *sky\n        light: 0.1\n")

    script, problems = read(text, library)

    assert not problems
    assert [(phase.scene.name, phase.scene.motion, phase.scene.light) for phase in script.phases] == [
        ("dusk", Motion.STILL, 0.3),
        ("dusk", Motion.STILL, 0.1),
    ]


BOTH = "a1: &a1\n  x: one\n  y: one\na2: &a2\n  y: two\n  z: two\n"


@pytest.mark.parametrize(
    ("table", "holds"),
    [
        ("  <<: *a1\n", {"x": ("one", 2), "y": ("one", 3)}),
        ("  <<: [*a1, *a2]\n", {"x": ("one", 2), "y": ("one", 3), "z": ("two", 6)}),
        ("  <<: [*a2, *a1]\n", {"x": ("one", 2), "y": ("two", 5), "z": ("two", 6)}),
        ("  <<: *a1\n  x: own\n", {"x": ("own", 9), "y": ("one", 3)}),
        ("  x: own\n  <<: *a1\n", {"x": ("own", 8), "y": ("one", 3)}),
        ("  <<: {x: here}\n  y: own\n", {"x": ("here", 8), "y": ("own", 9)}),
        ("  <<:\n    - x: here\n    - *a1\n", {"x": ("here", 9), "y": ("one", 3)}),
        ("  <<: {<<: *a1, y: here}\n", {"x": ("one", 2), "y": ("here", 8)}),
        ("  <<: []\n  x: own\n", {"x": ("own", 9)}),
        ('  "<<": text\n', {"<<": ("text", 8)}),
    ],
)
def test_merge_keys(table, holds, library):
    assert merged(f"{BOTH}b:\n{table}", library) == holds


def test_a_name_may_be_given_anew(library):
    assert merged("a1: &a {x: one}\na2: &a {x: two}\nb:\n  <<: *a\n", library) == {"x": ("two", 2)}


@pytest.mark.parametrize("wrong", ["20s", "[[a]]", "*text", "~"])
def test_only_a_mapping_can_be_taken_over(wrong, library):
    sheet = Sheet(f"a: &text b\nb:\n  <<: {wrong}\n", "a.yaml", library, Path())
    compose(sheet)
    (problem,) = sheet.problems

    assert (problem.code, problem.line, problem.sentence) == (
        "wrong-merge",
        3,
        "'<<' takes over the keys of a mapping, such as *name",
    )


def test_keys_are_taken_over_once(library):
    assert told("a: &a {x: y}\nb:\n  <<: *a\n  <<: *a\n", library).startswith(
        "a.yaml:1:1: missing-key: a script needs 'guideplayer': the version of this format\n"
    )
    assert "a.yaml:4:3: duplicate-key: “<<” is already given on line 3\n    <<: *a\n    ^" in told(
        "a: &a {x: y}\nb:\n  <<: *a\n  <<: *a\n", library
    )


def test_what_is_wrong_in_a_mapping_is_told_once_and_where_it_is_written(small, library):
    text = small.replace("scene: dusk", "scene: &sky {name: dusk, light: 7}")
    text = text.replace("    - name: peak\n", "    - name: peak\n      scene: {<<: *sky, motion: slow}\n")

    assert told(text, library) == (
        "a.yaml:8:39: out-of-range: 7 is not a number from 0 to 1\n"
        "        scene: &sky {name: dusk, light: 7}\n"
        "                                        ^"
    )


def test_what_is_wrong_where_it_is_used_is_told_there(small, library):
    text = small.replace("name: settling", "name: &name settling")
    text = text.replace("    - name: peak\n", "    - name: peak\n      scene: *name\n")

    assert told(text, library) == (
        f"a.yaml:14:14: unknown-scene: there is no scene “settling”: there is {listed(SCENE_NAMES)}\n"
        "        scene: *name\n"
        "               ^"
    )


def test_a_key_that_was_meant_to_change_what_is_taken_over_is_known(small, library):
    text = small.replace("scene: dusk", "scene: &sky {name: dusk, light: 0.3}")
    text = text.replace("    - name: peak\n", "    - name: peak\n      scene: {<<: *sky, lihgt: 0.1}\n")

    assert told(text, library) == (
        "a.yaml:14:25: unknown-key: a scene has no key “lihgt”\n"
        "        scene: {<<: *sky, lihgt: 0.1}\n"
        "                          ^\n"
        "Did you mean 'light'?"
    )


def test_recursive_alias(library):
    assert told("lines: &all\n  - rest: 20s\n  - *all\n", library) == (
        "a.yaml:3:5: recursive-alias: '*all' stands inside '&all' and would never end\n    - *all\n      ^"
    )


def test_a_mapping_cannot_take_itself_over(library):
    assert told("scene: &all\n  <<: *all\n", library) == (
        "a.yaml:2:7: recursive-alias: '*all' stands inside '&all' and would never end\n    <<: *all\n        ^"
    )


def test_unknown_alias(library):
    assert told("a: &pause 20s\nb: *pasue\n", library) == (
        "a.yaml:2:4: unknown-alias: no anchor '&pasue' stands before this\n  b: *pasue\n     ^\nDid you mean '*pause'?"
    )


def test_a_text_that_begins_with_a_star(library):
    assert told("say: *softly\n", library) == (
        "a.yaml:1:6: unknown-alias: no anchor '&softly' stands before this: put a text that begins with * in quotes\n"
        "  say: *softly\n"
        "       ^"
    )
