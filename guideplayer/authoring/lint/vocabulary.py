"""The words that lint looks for, by language: one file each, `words.<language>.yaml`."""

import functools
import re
from importlib import resources
from typing import NamedTuple

import yaml


class Order(NamedTuple):
    """Words that sound like an order, and what offers the same."""

    found: re.Pattern[str]
    instead: str


class Image(NamedTuple):
    """Words of a frightening picture, those that only look so, and what it is about."""

    found: re.Pattern[str]
    harmless: re.Pattern[str] | None
    about: str


class Vocabulary(NamedTuple):
    """The words of a language."""

    orders: tuple[Order, ...]
    freed: re.Pattern[str]
    negations: re.Pattern[str]
    images: tuple[Image, ...]
    reminder: tuple[re.Pattern[str], ...]


@functools.cache
def vocabulary_of(language: str) -> Vocabulary | None:
    """The words of a language (`en` serves `en-GB`); None for one that has none yet."""
    primary = language.replace("_", "-").split("-")[0].casefold()
    file = resources.files(__package__).joinpath(f"words.{primary}.yaml")
    if not primary.isalpha() or not file.is_file():
        return None
    words = yaml.safe_load(file.read_text("utf-8"))
    return Vocabulary(
        tuple(
            Order(_pattern(order["find"], order.get("at_start", False)), order["instead"]) for order in words["orders"]
        ),
        _pattern(words["freed"]),
        _pattern(words["negations"]),
        tuple(
            Image(_pattern(image["find"]), _pattern(image["but"]) if "but" in image else None, image["about"])
            for image in words["images"]
        ),
        tuple(_pattern(group) for group in words["reminder"]),
    )


def _pattern(text: str, at_start: bool = False) -> re.Pattern[str]:
    """A pattern found at the boundaries of words; at the start only of a sentence."""
    before = r"^\W*" if at_start else r"\b"
    return re.compile(rf"{before}(?:{text})\b", re.IGNORECASE)
