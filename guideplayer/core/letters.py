"""How wide a text is, and where a reader of its language would let a line end: at spaces, and in scripts without them
between phrases."""

import functools
import itertools
import unicodedata
from collections.abc import Sequence

import budoux

_WIDE = frozenset("WF")
_KANA = range(0x3040, 0x3100)
_HAN = range(0x3400, 0xA000)
_THAI = range(0x0E00, 0x0E80)


@functools.lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """The width of a text in Latin letters: Chinese and Japanese ones are as wide as two, combining marks as none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
        for letter in text
    )


def tokens(text: str) -> tuple[str, ...]:
    """A text in pieces that a line may end after; each keeps the space behind it, so that joined they are the text."""
    words = text.split(" ")
    spaced = [word + " " for word in words[:-1]] + [words[-1]]
    return tuple(itertools.chain.from_iterable(_phrases(word) for word in spaced if word))


def joined(pieces: Sequence[str]) -> str:
    """Pieces on one line."""
    return "".join(pieces).strip()


def _phrases(word: str) -> Sequence[str]:
    """The phrases of what stands without a space."""
    language = _language(word)
    if not language:
        return (word,)
    stem = word.rstrip(" ")
    phrases = _parser(language).parse(stem)
    return (*phrases[:-1], phrases[-1] + word[len(stem) :]) if phrases else (word,)


def _language(word: str) -> str:
    """The language of a text that is written without spaces, as BudouX names it; empty for others."""
    codes = [ord(letter) for letter in word]
    if any(code in _KANA for code in codes):
        return "ja"
    if any(code in _HAN for code in codes):
        return "zh-hans"
    return "th" if any(code in _THAI for code in codes) else ""


@functools.cache
def _parser(language: str) -> budoux.Parser:
    load = {
        "ja": budoux.load_default_japanese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    return load[language]()
