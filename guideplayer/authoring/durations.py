"""Lengths as authors write them: one (`20s`) or a range (`20s..90s`), and what a slip was probably meant to be."""

import re

from guideplayer.core.script import Span, span
from guideplayer.core.units import HOUR_MS, parse_duration_ms

LONGEST_MS = 24 * HOUR_MS
RANGE_SIGN = ".."
# A pattern for editors too, which count only these ten as digits.
WRITTEN = r"\s*(?=[0-9])(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+(?:\.[0-9]{1,3})?s)?\s*"

_LONGEST_TEXT = 40
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*(h|m|s)(?:ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?\b\.?\s*", re.IGNORECASE)
_RANGE_SLIP = re.compile(r"\s*(?:\.{2,}|…|-|–|—|\bto\b)\s*")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})")


def read_length_ms(text: str) -> int | None:
    """One length in milliseconds, or None for what is none or is longer than a day."""
    if len(text) > _LONGEST_TEXT or not text.isascii():
        return None
    try:
        length_ms = parse_duration_ms(text)
    except ValueError:
        return None
    return length_ms if length_ms <= LONGEST_MS else None


def read_span(text: str) -> Span | None:
    """A length or a range of lengths; None for what is neither, or for a range that runs backwards."""
    shortest, sign, longest = text.partition(RANGE_SIGN)
    minimum_ms = read_length_ms(shortest)
    maximum_ms = read_length_ms(longest) if sign else minimum_ms
    if minimum_ms is None or maximum_ms is None or maximum_ms < minimum_ms:
        return None
    return span(minimum_ms, maximum_ms)


def turned(text: str) -> str:
    """A range that runs backwards, turned round; nothing for any other text."""
    shortest, sign, longest = (part.strip() for part in text.partition(RANGE_SIGN))
    other_way = f"{longest}{RANGE_SIGN}{shortest}"
    return other_way if sign and read_span(text) is None and read_span(other_way) is not None else ""


def guess(text: str, *, ranges: bool) -> str:
    """What a slip was probably meant to be: `90` -> `90s`, `1:30` -> `1m30s`, `20 sec - 2 min` -> `20s..2m`."""
    if len(text) > _LONGEST_TEXT:
        return ""
    whole = _guess_one(text)
    if whole or not ranges:
        return whole
    parts = [_guess_one(part) for part in _RANGE_SLIP.split(text)]
    return RANGE_SIGN.join(parts) if len(parts) == 2 and all(parts) else ""


def _guess_one(text: str) -> str:
    text = text.strip()
    if re.fullmatch(r"\d{1,4}", text):
        return f"{text}s"
    if clock := _CLOCK.fullmatch(text):
        minutes, seconds = int(clock[1]), int(clock[2])
        return (f"{minutes}m" if minutes else "") + (f"{seconds}s" if seconds or not minutes else "")
    if text and not _WORDS.sub("", text):
        written = "".join(number + unit.lower() for number, unit in _WORDS.findall(text))
        return written if read_length_ms(written) is not None else ""
    return ""
