"""Which recording belongs to which line: by a number in its name, by the words of its name, or by what is heard."""

import difflib
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from guideplayer.voice.hearing import word_errors, words_of
from guideplayer.voice.lines import Line

# Of the words in a file's name so many must be the line's, in the same order.
_LIKE_ENOUGH = 0.75
# More words than this share heard otherwise, and it may well be another line.
MOST_WRONG = 1 / 3
_SAID_NUMBER = re.compile(r"(?:line|take|nr|no)[\s_.-]*0*(\d{1,3})(?!\d)", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"0*(\d{1,3})(?!\d)")
_ONLY_NUMBER = re.compile(r"\D*?0*(\d{1,3})\D*")
_NO_WORDS = frozenset({"line", "take", "nr", "no", "audio", "new", "recording", "voice", "memo", "track", "wav"})


class How(StrEnum):
    """By what a recording was matched."""

    NUMBER = "number"
    NAME = "name"
    SPEECH = "speech"


class Match(NamedTuple):
    """A line, by its place among the script's (from 0), and how it was found."""

    place: int
    how: How


def match_by_name(stem: str, voice: str, lines: Sequence[Line]) -> Match | None:
    """The line that a file's name (without its ending) tells, if it does; `voice` may be a part of every name."""
    bare = re.sub(rf"^{re.escape(voice)}(?=[\W_]|\d|$)", "", stem, flags=re.IGNORECASE).strip(" _.-")
    number = _number_in(bare)
    place = number - 1 if number and number <= len(lines) else None
    alike = _alike(bare, lines)
    # Words are seldom there by chance, a number often is: phones count their recordings.
    if len(alike) == 1:
        return Match(alike[0], How.NAME)
    return Match(place, How.NUMBER) if place is not None and (not alike or place in alike) else None


def _number_in(stem: str) -> int | None:
    found = _SAID_NUMBER.search(stem) or _FIRST_NUMBER.match(stem) or _ONLY_NUMBER.fullmatch(stem)
    return int(found[1]) if found else None


def _alike(stem: str, lines: Sequence[Line]) -> list[int]:
    """The places of the lines whose words the name has; several when they begin alike."""
    spelt = re.sub(r"[\d_.-]+", " ", stem)
    words = [word for word in words_of(spelt) if word not in _NO_WORDS]
    if len(words) < 2:
        return []
    shares = [_share(words, words_of(line.text)) for line in lines]
    best = max(shares, default=0.0)
    return [place for place, share in enumerate(shares) if share == best >= _LIKE_ENOUGH]


def _share(words: Sequence[str], said: Sequence[str]) -> float:
    """The share of the name's words that the line has in the same order."""
    blocks = difflib.SequenceMatcher(None, words, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(words)


def match_by_speech(heard: str, lines: Sequence[Line], taken: Collection[int] = ()) -> Match | None:
    """The line that was heard, unless nothing is like it, or two lines are as like it."""
    if not words_of(heard):
        return None
    wrong = {
        place: word_errors(line.text, heard) / max(1, len(words_of(line.text)))
        for place, line in enumerate(lines)
        if place not in taken
    }
    least = min(wrong.values(), default=1.0)
    best = [place for place, share in wrong.items() if share == least <= MOST_WRONG]
    return Match(best[0], How.SPEECH) if len(best) == 1 else None
