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
    any_order: re.Pattern[str]
    freed: re.Pattern[str]
    offered: re.Pattern[str]
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
    orders = tuple(_order(order, words["lead_in"]) for order in words["orders"])
    return Vocabulary(
        orders,
        re.compile("|".join(f"(?:{order.found.pattern})" for order in orders), re.IGNORECASE),
        _pattern(words["freed"]),
        _pattern(words["offered"]),
        _pattern(words["negations"]),
        tuple(
            Image(_pattern(image["find"]), _pattern(image["but"]) if "but" in image else None, image["about"])
            for image in words["images"]
        ),
        tuple(_pattern(group) for group in words["reminder"]),
    )


def _order(order: dict[str, str], lead_in: str) -> Order:
    """An order that is found anywhere in a sentence, or at its start after words that may lead to it."""
    if not order.get("at_start"):
        return Order(_pattern(order["find"]), order["instead"])
    return Order(re.compile(rf"^\W*(?:(?:{lead_in})\b\W*)*(?:{order['find']})\b", re.IGNORECASE), order["instead"])


def _pattern(given: str | list[str]) -> re.Pattern[str]:
    """A pattern found at the boundaries of words: the one that is given, or any of several."""
    text = given if isinstance(given, str) else "|".join(given)
    return re.compile(rf"\b(?:{text})\b", re.IGNORECASE)
