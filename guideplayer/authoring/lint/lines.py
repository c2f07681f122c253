"""Rules about a line by itself: how it is spoken and read, and what its words do."""

import itertools
import re
from collections.abc import Iterator

from guideplayer.authoring.lint.subject import Finding, Line, Subject
from guideplayer.authoring.lint.vocabulary import vocabulary_of
from guideplayer.authoring.words import quoted
from guideplayer.core.letters import cells
from guideplayer.core.plan import Section
from guideplayer.core.script import Say
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.core.words import CHARACTERS_PER_SECOND
from guideplayer.fonts import missing_letters

# Conversation has 150 to 190 words a minute; under ketamine words are followed late. Very short lines tell nothing.
WORDS_PER_MINUTE = 220
LEAST_WORDS = 4
# Two rows of captions, of 37 letters each (DESIGN, "captions").
LETTERS = 74
_SENTENCE = re.compile(r"(?<=[.!?…:;])\s+")


def hurried_line(subject: Subject) -> Iterator[Finding]:
    """Lines that are spoken too quickly; of those without a clip nobody knows yet."""
    for line in _all_lines(subject):
        words = len(line.say.text.split())
        if not line.say.clip.file or words < LEAST_WORDS or line.say.clip.length_ms <= 0:
            continue
        pace = words * MINUTE_MS / line.say.clip.length_ms
        if pace > WORDS_PER_MINUTE:
            sentence = (
                f"this line is spoken at {pace:.0f} words a minute, and {WORDS_PER_MINUTE} is quick: say less in it"
            )
            yield _about(line, "hurried-line", sentence)


def long_caption(subject: Subject) -> Iterator[Finding]:
    """Lines that do not fit on the screen at once."""
    for line in _all_lines(subject):
        letters = cells(line.say.text)
        if letters > LETTERS:
            sentence = f"this line has {letters} letters, and two rows of captions hold {LETTERS}: make it two lines"
            yield _about(line, "long-caption", sentence)


def quick_caption(subject: Subject) -> Iterator[Finding]:
    """Lines whose caption is gone before it can be read, because the next line comes too soon."""
    for fitted in (subject.densest,) if subject.densest else ():
        for section in Section:
            said = [cue for cue in fitted.track(section).cues if isinstance(cue.item, Say)]
            for cue, following in itertools.pairwise(said):
                assert isinstance(cue.item, Say)
                needed_ms = cells(cue.item.text) * SECOND_MS // CHARACTERS_PER_SECOND
                room_ms = following.start_ms - cue.start_ms
                if room_ms < needed_ms:
                    needed, room = f"{needed_ms / SECOND_MS:.1f}s", f"{room_ms / SECOND_MS:.1f}s"
                    yield Finding(
                        "quick-caption",
                        subject.place_of(section, cue.phase, cue.index),
                        f"this caption takes {needed} to read, and the next line comes after {room}: rest before it",
                        part=fitted.phases(section)[cue.phase].name,
                    )


def order(subject: Subject) -> Iterator[Finding]:
    """Lines that order where they could offer."""
    words = vocabulary_of(subject.script.language)
    for line in _all_lines(subject) if words else ():
        assert words
        for sentence in _SENTENCE.split(line.say.text):
            # What frees is blotted out and not taken away, so that what follows it does not start the sentence.
            blotted = words.freed.sub("_", sentence)
            if not words.any_order.search(blotted):
                continue
            found = ((one.found.search(blotted), one.instead) for one in words.orders)
            first = next(((match, instead) for match, instead in found if match), None)
            if first and not words.offered.search(sentence):
                said = first[0].group().strip()
                yield _about(line, "order", f"{quoted(said)} sounds like an order: offer it instead", first[1])
                break


def stacked_negations(subject: Subject) -> Iterator[Finding]:
    """Sentences with two negations or more: at a distance from oneself, the "not" is what is not heard."""
    words = vocabulary_of(subject.script.language)
    for line in _all_lines(subject) if words else ():
        assert words
        for sentence in _SENTENCE.split(line.say.text):
            found = [match.group() for match in words.negations.finditer(sentence)]
            if len(found) > 1:
                both = " and ".join(map(quoted, found[:2]))
                yield _about(line, "stacked-negations", f"{both} stand in one sentence: say what is, not what is not")
                break


def frightening_image(subject: Subject) -> Iterator[Finding]:
    """Words that can become a picture which frightens."""
    words = vocabulary_of(subject.script.language)
    if words is None:
        return
    # Most images are in no line at all, and asking once is quicker.
    whole = "\n".join(line.say.text for line in _all_lines(subject))
    images = [image for image in words.images if image.found.search(whole)]
    for line in _all_lines(subject):
        for image in images:
            found = image.found.search(line.say.text)
            if found and image.harmless:
                found = image.found.search(image.harmless.sub("_", line.say.text))
            if found:
                about = f"{quoted(found.group())} can become a picture of {image.about}: choose another one"
                yield _about(line, "frightening-image", about)
                break


def no_font(subject: Subject) -> Iterator[Finding]:
    """Lines with letters that no font here has."""
    # Nearly always one font has the letters of all lines together, and asking once is quicker.
    if not missing_letters("".join({letter for line in _all_lines(subject) for letter in line.say.text})):
        return
    for line in _all_lines(subject):
        lacking = missing_letters(line.say.text)
        if lacking:
            sentence = f"no font here has {quoted(lacking[:20])}: install one (Debian: fonts-noto-cjk)"
            yield _about(line, "no-font", sentence)
            return


def _all_lines(subject: Subject) -> Iterator[Line]:
    yield from subject.lines()
    yield from subject.others


def _about(line: Line, code: str, sentence: str, suggestion: str = "") -> Finding:
    return Finding(code, line.place, sentence, suggestion, line.part)


RULES = (hurried_line, long_caption, quick_caption, order, stacked_negations, frightening_image, no_font)
