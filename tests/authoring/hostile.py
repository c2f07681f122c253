"""Texts that are made to hurt whoever reads them: each as large as it may be, or as hard as its size allows."""

from guideplayer.authoring.nodes import MOST_NODES
from guideplayer.authoring.reader import MOST_BYTES
from guideplayer.authoring.sheet import LONGEST_LINE

BEFORE = """\
guideplayer: 1
title: a
language: en
infusion:
  length: 40m..60m
  phases:
    - name: a
      scene: dusk
      lines:
"""
AFTER = "return:\n  length: 5m..10m\n  lines: [rest: 1s..10m]\n"


def filled(unit: str, most: int = MOST_BYTES) -> str:
    """As many units as fit."""
    return unit * (most // len(unit.encode()))


def line_of(start: str, unit: str) -> str:
    """A line that is as long as a line may be."""
    return start + filled(unit, LONGEST_LINE - len(start) - 1) + "\n"


def script_of(items: int, item: str) -> str:
    """A script with this many items, each with its number in place of an N."""
    return BEFORE + "".join(f"        - {item.replace('N', str(number))}\n" for number in range(items)) + AFTER


def chain(first: str, link: str, links: int) -> str:
    """Anchors each of which holds the one before."""
    return f"a0: &a0 {first}\n" + "".join(
        f"a{number}: &a{number} {link.replace('*', f'*a{number - 1}')}\n" for number in range(1, links)
    )


TEXTS = {
    "ten megabytes": "#" * 10_000_000,
    "comments": filled("# a\n"),
    "blank lines": filled("\n"),
    "blank lines of Windows": filled("\r\n"),
    "spaces": filled(line_of("", " ")),
    "one long line": filled("#"),
    "one long text": "title: " + filled("a b ", MOST_BYTES - 7),
    "long lines of a text": "title: |\n" + line_of("  ", "a b ") * (MOST_BYTES // LONGEST_LINE - 1),
    "a text of many lines": "title: |\n" + filled(" x\n", MOST_BYTES - 9),
    "a text that is never closed": 'title: "' + filled(" x\n", MOST_BYTES - 8),
    "a key of many lines": filled("x\n"),
    "escapes": 'title: "' + line_of("", "\\x41") * (MOST_BYTES // LONGEST_LINE - 1) + '"',
    "a million items": filled("-\n"),
    "items": filled("- a\n"),
    "empty lists": filled("- []\n"),
    "tables": filled("- {a: {b: c}, d: [e]}\n"),
    "deep lists": line_of("", "["),
    "deep lists on many lines": filled("[\n"),
    "deep tables": line_of("", "a: {"),
    "deep dashes": line_of("", "- "),
    "deep questions": line_of("", "? "),
    "documents": filled("---\n"),
    "directives": "".join(f"%TAG !a{number}! x\n" for number in range(60_000)),
    "unknown directives": filled("%FOO\n"),
    "tags": filled("- !!python/object/apply:os.abort []\n"),
    "aliases of nothing": filled("- *a\n"),
    "anchors": "".join(f"- &a{number} b\n" for number in range(MOST_NODES - 1)),
    "an alias bomb": chain("[x, x, x, x, x, x, x, x, x, x]", f"[{', '.join('*' * 10)}]", 20),
    "a merge bomb": chain("{a: x, b: y}", "{<<: [*, *], c: z}", 40),
    "a chain of aliases": chain("x", "[*]", 5_000),
    "a deep chain of aliases": chain("[" * 30 + "]" * 30, "[" * 30 + "*" + "]" * 30, 22),
    "merges": "a: &a {" + ", ".join(f"k{number}: x" for number in range(100)) + f"}}\nb: {{<<: [{'*a, ' * 99}]}}\n",
    "unknown keys": "".join(f"kye{number}: x\n" for number in range(MOST_NODES // 2 - 1)),
    "unknown keys on a line": "{" + ", ".join(f"key{number}: 1" for number in range(390)) + "}",
    "unknown lines": script_of(3_300, "{sya: b}"),
    "wrong durations": script_of(3_300, "{rest: 3 minutes - 5 minuts}"),
    "recordings elsewhere": script_of(1_900, "{say: a, audio: ../N.wav}"),
    "recordings that are not there": script_of(900, "{say: a, audio: N.wav}"),
    "clips that are not there": script_of(3_300, "say: N"),
    "rests": script_of(3_300, "rest: 1s..10m"),
    "lines to leave out": script_of(1_900, "{say: a b c d e f g h, keep: 3}"),
    "phases": BEFORE + "        - a\n" + "    - {name: a, lines: [{rest: 1s..2s}, a]}\n" * 1_100 + AFTER,
    "control characters": filled("- \x1b\n"),
    "control characters on a line": line_of("", "\x1b") * (MOST_BYTES // LONGEST_LINE - 1),
    "odd letters": filled("- \U0001f9e0\u0301\u200b\ufeff\u202e\n"),
    "NUL characters": filled("\0"),
}
BYTES = {
    **{name: text.encode() for name, text in TEXTS.items()},
    "every byte": bytes(range(256)) * 3_900,
    "UTF-16": ("a: b\n" * 90_000).encode("utf-16"),
    "latin letters": b"a\n" * 499_000 + b"\xdf",
}
