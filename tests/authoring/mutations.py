"""Ways to damage a script, as a slip of the hand, a wrong merge or a broken disk would."""

import random
import re
from collections.abc import Callable
from pathlib import Path

from guideplayer.media import scripts_folder

FIXTURES = Path(__file__).parent / "scripts"
# Small ones more often: each costs less, and what is wrong with a script is wrong with a short one.
SHORT = [path.read_text("utf-8") for path in sorted(FIXTURES.glob("*.yaml"))]
LONG = [path.read_text("utf-8") for path in sorted(scripts_folder().glob("*.yaml"))]
KEYS = sorted({key for text in SHORT for key in re.findall(r"([a-z]+):", text)})
NASTY = (
    *"\x00\x07\x1b\x7f\x85\xa0\xad\t\r\u200b\u200d\u2028\u2029\u202e\u2066\ufeff\ufffe\uffff\U0001f9e0\U000e0001",
    "\u0301" * 40,
    "\ud83e\udde0".encode("utf-16", "surrogatepass").decode("utf-16"),
    "ﷺ",
)
MARKS = (
    *("\n", "  ", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "&b ", "*b", "<<: *a\n", "!!int ", "!x ", "'", '"'),
    *("#", "|\n", ">-\n", "? ", "\\", "---\n", "...\n", "%TAG ! x\n", "@", "`", "~", "null", ",", "true", "{}", "[]"),
)
NUMBERS = (
    "0",
    "-0",
    "-1",
    "9" * 400,
    "1e999",
    "-1e-999",
    ".inf",
    ".nan",
    "0x7f",
    "1_000",
    "0.0000001",
    "24h",
    "99h",
    "٣",
)


def damaged(chance: random.Random) -> bytes:
    """A script with up to four slips in it, sometimes with a broken byte."""
    text = chance.choice(LONG if chance.random() < 0.15 else SHORT)
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        text = chance.choice(SLIPS)(text, chance)
    content = text.encode("utf-8", "replace")
    if content and chance.random() < 0.05:
        place = chance.randrange(len(content))
        content = content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    return content


def put(text: str, chance: random.Random, scrap: str) -> str:
    """A scrap over up to five letters somewhere."""
    place = chance.randint(0, len(text))
    return text[:place] + scrap + text[place + chance.choice((0, 0, 0, 1, 2, 5)) :]


def put_mark(text: str, chance: random.Random) -> str:
    return put(text, chance, chance.choice(MARKS))


def put_nasty(text: str, chance: random.Random) -> str:
    return put(text, chance, chance.choice(NASTY))


def in_place_of(pattern: str, text: str, chance: random.Random, new: str) -> str:
    """Something else in place of one thing that looks like the pattern."""
    found = [match.span() for match in re.finditer(pattern, text)]
    if not found:
        return text
    start, end = chance.choice(found)
    return text[:start] + new + text[end:]


def rename(text: str, chance: random.Random) -> str:
    return in_place_of(r"[a-z]+(?=:)", text, chance, chance.choice(KEYS))


def misspell(text: str, chance: random.Random) -> str:
    return in_place_of(r"(?<=[a-z])[a-z](?=[a-z]*:)", text, chance, chance.choice("aeiou"))


def exaggerate(text: str, chance: random.Random) -> str:
    return in_place_of(r"\d+", text, chance, chance.choice(NUMBERS))


def retime(text: str, chance: random.Random) -> str:
    return in_place_of(r"\d+(?=[sm])", text, chance, str(chance.randint(0, 120)))


def reword(text: str, chance: random.Random) -> str:
    return in_place_of(r"(?<=[a-z] )[a-z](?=[a-z]+ )", text, chance, chance.choice("aeiou é"))


def lines_changed(text: str, chance: random.Random, change: Callable[[list[str]], list[str]]) -> str:
    """Some neighbouring lines, changed."""
    lines = text.split("\n")
    start = chance.randrange(len(lines))
    end = start + chance.randint(1, 8)
    return "\n".join(lines[:start] + change(lines[start:end]) + lines[end:])


def double(text: str, chance: random.Random) -> str:
    return lines_changed(text, chance, lambda lines: lines * 2)


def delete(text: str, chance: random.Random) -> str:
    return lines_changed(text, chance, lambda lines: [])


def swap(text: str, chance: random.Random) -> str:
    return lines_changed(text, chance, lambda lines: lines[1:] + lines[:1])


def indent(text: str, chance: random.Random) -> str:
    more = chance.choice((" ", "  ", "    ", "\t"))
    return lines_changed(text, chance, lambda lines: [more + line for line in lines])


def outdent(text: str, chance: random.Random) -> str:
    less = chance.choice((1, 2, 4))
    return lines_changed(
        text, chance, lambda lines: [line[min(less, len(line) - len(line.lstrip())) :] for line in lines]
    )


def cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def splice(text: str, chance: random.Random) -> str:
    other = chance.choice(SHORT)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other)) :]


def repeat_by_alias(text: str, chance: random.Random) -> str:
    """An anchor at one value, and its alias in place of another."""
    text = in_place_of(r"(?<=: )(?=\S)", text, chance, "&a ")
    return in_place_of(r"(?<=: )[^&\s][^\n]*", text, chance, "*a")


def other_line_breaks(text: str, chance: random.Random) -> str:
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", " \n", "\u2028")))


SLIPS = (
    *(put_mark, put_nasty, rename, misspell, exaggerate, double, delete, swap, indent, outdent, cut, splice),
    *(repeat_by_alias, other_line_breaks, retime, retime, retime, reword, reword, reword),
)
