"""Choosing among scripts: what is wished for, which scripts are that, and what to say when none is."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from guideplayer.authoring.listing import Listing
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.words import listed, quoted
from guideplayer.core.density import Density
from guideplayer.core.units import format_duration

Condition = Callable[[Listing], bool]
MOST_NAMED = 3


class Wish(msgspec.Struct, frozen=True):
    """What a script should be: every part that is given must hold."""

    themes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    infusion_ms: int | None = None
    language: str | None = None
    narration: Density | None = None


class UnknownWordError(ValueError):
    """A theme or content that no script has; the text is one sentence, with the nearest right word."""


def fitting(listings: Sequence[Listing], wish: Wish) -> list[Listing]:
    """Those that are as wished. Of a script that cannot be read nothing is known, so no wish lets it through.

    Raises UnknownWordError: a mistyped content must not pass for one that every script is free of.
    """
    _check_words(listings, wish)
    conditions = list(_conditions(wish))
    if not conditions:
        return list(listings)
    return [one for one in listings if one.readable and all(holds(one) for _, holds in conditions)]


def why_none(listings: Sequence[Listing], wish: Wish) -> str:
    """One sentence that says which part of a wish excludes what."""
    readable = [one for one in listings if one.readable]
    if not readable:
        return "There is no script here that can be read."
    reasons = []
    for option, holds in _conditions(wish):
        out = [one.title for one in readable if not holds(one)]
        if out:
            reasons.append(f"{option} excludes {_named(out, len(readable))}")
    return f"No script is all of that: {'; '.join(reasons)}."


def _named(titles: Sequence[str], of: int) -> str:
    """Titles in a sentence: a few by name."""
    if len(titles) == of:
        return f"all {of} of them" if of > 1 else titles[0]
    if len(titles) <= MOST_NAMED:
        return listed(titles)
    return f"{len(titles)} of {of}"


def _conditions(wish: Wish) -> Iterator[tuple[str, Condition]]:
    """Each part of a wish as it was typed, and what it demands."""
    for theme in wish.themes:
        yield f"--theme {theme}", _with_theme(theme)
    for content in wish.without:
        yield f"--without {content}", _without(content)
    if (length_ms := wish.infusion_ms) is not None:
        yield f"--infusion {format_duration(length_ms)}", lambda one: one.shortest_ms <= length_ms <= one.longest_ms
    if language := wish.language:
        yield f"--language {language}", lambda one: _speaks(one.language, language)
    if wish.narration:
        yield f"--narration {wish.narration}", lambda one: one.density is wish.narration


def _with_theme(theme: str) -> Condition:
    return lambda one: _among(theme, one.themes)


def _without(content: str) -> Condition:
    return lambda one: not _among(content, one.contains)


def _speaks(language: str, wanted: str) -> bool:
    """`en` is also `en-GB`."""
    language, wanted = language.casefold(), wanted.casefold()
    return language == wanted or language.startswith(f"{wanted}-")


def _among(word: str, words: Iterable[str]) -> bool:
    return word.casefold() in (one.casefold() for one in words)


def _check_words(listings: Sequence[Listing], wish: Wish) -> None:
    themes = {theme for one in listings for theme in one.themes}
    contents = {content for one in listings for content in one.contains}
    for theme in wish.themes:
        if not _among(theme, themes):
            raise UnknownWordError(f"No script has the theme {quoted(theme)}.{_instead(theme, themes, 'The themes')}")
    for content in wish.without:
        if not _among(content, contents):
            known = _instead(content, contents, "The contents")
            raise UnknownWordError(f"No script says that it contains {quoted(content)}.{known}")


def _instead(word: str, known: Iterable[str], what: str) -> str:
    """What was probably meant, else all that there is."""
    known = list(known)
    if not known:
        return ""
    meant = nearest(word, known)
    return f" Did you mean '{meant}'?" if meant else f" {what} are {listed(known)}."
