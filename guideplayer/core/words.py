"""Captions: a line's words in pages short enough for two lines of large type, each shown long enough to be read."""

import itertools
import re
from collections.abc import Callable, Sequence

from guideplayer.core.letters import cells, joined, tokens
from guideplayer.core.moment import Caption
from guideplayer.core.plan import Cue, Track
from guideplayer.core.script import Say
from guideplayer.core.units import SECOND_MS

# Two lines of 37 characters; phrase-wise breaking needs some room, so a page is somewhat shorter.
PAGE_CHARACTERS = 64
CHARACTERS_PER_SECOND = 12
FADE_MS = 500
SHORTEST_MS = 2 * SECOND_MS
LINGER_MS = 1500
# Between two captions there is nothing for so long: light letters that go and come within a second are a flash.
BLANK_MS = 900

_SENTENCES = re.compile(r"(?<=[.!?…؟।])\s+|(?<=[。！？])\s*")
_PHRASES = re.compile(r"(?<=[,;:،؛])\s+|(?<=[，、；：])\s*")


def pages(text: str) -> tuple[str, ...]:
    """Split a text into pages: at sentences, else at phrases, else between words."""
    folded = " ".join(text.split())
    for separate in (_at(_SENTENCES), _at(_PHRASES), tokens):
        if cells(folded) <= PAGE_CHARACTERS:
            return (folded,)
        parts = separate(folded)
        if len(parts) > 1:
            return tuple(page for part in _filled(parts) for page in pages(part))
    return (folded,)


def _at(pattern: re.Pattern[str]) -> Callable[[str], tuple[str, ...]]:
    """Separates a text after each place that a pattern finds; the pieces joined are the text."""

    def separate(text: str) -> tuple[str, ...]:
        ends = [found.end() for found in pattern.finditer(text) if 0 < found.end() < len(text)]
        return tuple(text[start:end] for start, end in itertools.pairwise((0, *ends, len(text))))

    return separate


def _filled(parts: Sequence[str]) -> list[str]:
    """Neighbours put together again as far as they fit on one page."""
    filled = [parts[0]]
    for part in parts[1:]:
        if cells(joined((filled[-1], part))) <= PAGE_CHARACTERS:
            filled[-1] += part
        else:
            filled.append(part)
    return filled


def fading(text: str, shown_ms: int, gone_in_ms: int) -> Caption | None:
    """Words that have been shown for a while and will be gone in a while, half a second of fade at either end."""
    opacity = min(1.0, max(0, shown_ms) / FADE_MS, max(0, gone_in_ms) / FADE_MS)
    return Caption(text, opacity * opacity * (3 - 2 * opacity)) if opacity > 0 else None


def caption_of(text: str, into_ms: int, spoken_ms: int, room_ms: int) -> Caption | None:
    """The page of a line `into_ms` after its start: spoken for `spoken_ms`, with `room_ms` until the next line."""
    shown = pages(text)
    needed_ms = [_read_ms(page) + BLANK_MS for page in shown]
    end_ms = min(max(spoken_ms + LINGER_MS, sum(needed_ms) - BLANK_MS), room_ms - BLANK_MS)
    total, start_ms = sum(map(len, shown)), 0
    for number, page in enumerate(shown):
        last = number == len(shown) - 1
        # With the voice, but never before the page can have been read, nor so late that the rest could not be.
        with_voice_ms = start_ms + max(spoken_ms * len(page) // total, needed_ms[number])
        next_ms = end_ms if last else min(with_voice_ms, end_ms + BLANK_MS - sum(needed_ms[number + 1 :]))
        gone_ms = next_ms if last else next_ms - BLANK_MS
        if into_ms < next_ms:
            return fading(page, into_ms - start_ms, gone_ms - into_ms)
        start_ms = next_ms
    return None


def reading_ms(text: str) -> int:
    """How long a line takes that is read and not heard: its letters at a reader's pace, and the blank after a page."""
    return sum(_read_ms(page) + BLANK_MS for page in pages(text))


def _read_ms(page: str) -> int:
    return max(SHORTEST_MS, cells(page) * SECOND_MS // CHARACTERS_PER_SECOND)


def line_at(track: Track, position_ms: int) -> tuple[Cue, int] | None:
    """The last line begun by this position, and how long it may stay until the next begins (ms)."""
    latest: Cue | None = None
    for cue in track.cues:
        if not isinstance(cue.item, Say):
            continue
        if cue.start_ms > position_ms:
            return (latest, cue.start_ms - latest.start_ms) if latest else None
        latest = cue
    return (latest, track.length_ms - latest.start_ms + LINGER_MS) if latest else None
