"""What was found of one thing that a room needs."""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How it is: `unknown` is what could not be looked at here."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"
    UNKNOWN = "unknown"


class Finding(msgspec.Struct, frozen=True):
    """One finding: a plain sentence with the fact, and, unless all is good, what to do about it."""

    name: str
    verdict: Verdict
    sentence: str
    fix: str = ""


def good(name: str, sentence: str) -> Finding:
    """All is well with it."""
    return Finding(name, Verdict.GOOD, sentence)


def doubtful(name: str, sentence: str, fix: str) -> Finding:
    """A session can be played, and may be disturbed."""
    return Finding(name, Verdict.DOUBTFUL, sentence, fix)


def bad(name: str, sentence: str, fix: str) -> Finding:
    """No session should begin before it is mended."""
    return Finding(name, Verdict.BAD, sentence, fix)


def unknown(name: str, sentence: str, fix: str) -> Finding:
    """It could not be looked at; the fix says how a person can."""
    return Finding(name, Verdict.UNKNOWN, sentence, fix)
