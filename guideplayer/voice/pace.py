"""How quickly a voice speaks, in words a minute.

Counted are a clip's words over its length, the pauses that punctuation makes in it included and those that the author
marks left out. So it is the pace at which words reach a listener within a line. It depends on the words, too: "It can
all come and go" has short ones. A voice is therefore judged by all its words over all their time.
"""

import statistics
from collections.abc import Iterable

import msgspec

from guideplayer.core.script import Clip
from guideplayer.core.speech import breaths_of, plain_text
from guideplayer.core.units import MINUTE_MS

# Slow enough to be followed with the eyes closed, and still speech.
SLOWEST, QUICKEST = 100, 130


class ClipPace(msgspec.Struct, frozen=True):
    """A clip's words as they are shown, its length in ms and its words a minute."""

    text: str
    length_ms: int
    words_per_minute: int


class Pace(msgspec.Struct, frozen=True):
    """The words a minute of a voice: of all its words over all their time, and of its clips by themselves."""

    words_per_minute: int
    median: int
    slowest: int
    quickest: int

    @property
    def is_calm(self) -> bool:
        """Whether the voice is as slow as it should be."""
        return SLOWEST <= self.words_per_minute <= QUICKEST


def clip_pace(spoken: str, clip: Clip) -> ClipPace:
    """The pace of a clip of these words, given in their spoken form."""
    text = plain_text(spoken)
    return ClipPace(text, clip.length_ms, round(len(text.split()) * MINUTE_MS / _speech_ms(spoken, clip)))


def pace_of(clips: Iterable[tuple[str, Clip]]) -> Pace | None:
    """The pace of a voice, of the spoken forms of its clips; None when it has none."""
    known = list(clips)
    if not known:
        return None
    words = sum(len(plain_text(spoken).split()) for spoken, _ in known)
    each = [clip_pace(spoken, clip).words_per_minute for spoken, clip in known]
    whole_ms = sum(_speech_ms(spoken, clip) for spoken, clip in known)
    return Pace(round(words * MINUTE_MS / whole_ms), round(statistics.median(each)), min(each), max(each))


def _speech_ms(spoken: str, clip: Clip) -> int:
    return max(1, clip.length_ms - sum(breath.pause_ms for breath in breaths_of(spoken)))
