"""What a paused patient is told, and when: never more than is true at that instant."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from guideplayer.core.call import EVERYONE_MS, UNACKNOWLEDGED_MS, UNDELIVERED_MS
from guideplayer.core.script import HoldWords, Say
from guideplayer.core.state import NEVER_MS, Call, State
from guideplayer.core.units import SECOND_MS
from guideplayer.core.words import BLANK_MS, FADE_MS, SHORTEST_MS

LEAD_MS = 2 * SECOND_MS
BREATH_MS = 1500
GROUNDING_FIRST_MS = 12 * SECOND_MS
GROUNDING_EVERY_MS = 30 * SECOND_MS


class Word(StrEnum):
    """What is true for a paused patient."""

    RESTING = "resting"
    PAUSED = "paused"
    DELIVERED = "delivered"
    UNANSWERED = "unanswered"
    ACKNOWLEDGED = "acknowledged"


_ASKING = (Word.PAUSED, Word.DELIVERED, Word.UNANSWERED)


class Spoken(msgspec.Struct, frozen=True):
    """A line said during a hold; `word` None marks a grounding line."""

    say: Say
    start_ms: int
    word: Word | None


def _over(time_ms: int | None, now_ms: int) -> bool:
    return time_ms is not None and time_ms <= now_ms


def _latest(times_ms: tuple[int, ...], now_ms: int) -> int:
    return max((time_ms for time_ms in times_ms if time_ms <= now_ms), default=NEVER_MS) if times_ms else NEVER_MS


def word_at(call: Call, now_ms: int) -> Word:
    """What may be said at an instant: of receipts and answers only those that had come by then."""
    if call.raised_ms > now_ms or not call.id or _over(call.cleared_ms, now_ms) or _over(call.attended_ms, now_ms):
        return Word.RESTING
    answered_ms, lapsed_ms = _latest(call.answers_ms, now_ms), _latest(call.lapses_ms, now_ms)
    if answered_ms > lapsed_ms:
        return Word.ACKNOWLEDGED
    if lapsed_ms > call.raised_ms:
        # Somebody answered and did not come: that the call goes on is all that is known.
        return Word.UNANSWERED
    if now_ms - call.raised_ms >= UNACKNOWLEDGED_MS:
        return Word.UNANSWERED
    if _over(call.delivered_ms, now_ms):
        return Word.DELIVERED
    return Word.UNANSWERED if now_ms - call.raised_ms >= UNDELIVERED_MS else Word.PAUSED


# What is still true, only not all of it, when help has come nearer.
_UNDERSTATING = (Word.PAUSED, Word.UNANSWERED, Word.RESTING)


def say_of(words: HoldWords, word: Word) -> Say:
    """The line for what is true."""
    return {
        Word.RESTING: words.resting,
        Word.PAUSED: words.paused,
        Word.DELIVERED: words.delivered,
        Word.UNANSWERED: words.unanswered,
        Word.ACKNOWLEDGED: words.acknowledged,
    }[word]


def _changes_ms(call: Call) -> list[int]:
    """The instants at which what is true can change, in order."""
    steps = (call.raised_ms + after_ms for after_ms in (0, UNDELIVERED_MS, UNACKNOWLEDGED_MS))
    marks = (call.delivered_ms, *call.answers_ms, *call.lapses_ms, call.attended_ms, call.cleared_ms)
    return sorted([*steps, *(mark for mark in marks if mark is not None)]) if call.id else []


def large_word_at(state: State, now_ms: int) -> tuple[Word, int, int]:
    """The word that stands large in a hold, since how long it has been coming, and in how long it will be gone (ms).

    One that is true no more leaves before the next comes; what was true only meanwhile never shows.
    """
    word, begins_ms = word_at(state.call, state.held_ms), state.held_ms
    leaving = word, begins_ms
    for change_ms in _changes_ms(state.call):
        # What says too little may stand until it can be read; what says too much leaves at once.
        leaves_ms = max(change_ms, begins_ms + SHORTEST_MS) if word in _UNDERSTATING else change_ms
        if not state.held_ms < change_ms <= now_ms or leaves_ms > now_ms:
            continue
        following = word_at(state.call, leaves_ms)
        if following is word:
            continue
        if leaves_ms >= begins_ms:
            leaving, begins_ms = (word, begins_ms), leaves_ms + FADE_MS + BLANK_MS
        word = following
    if now_ms < begins_ms:
        return leaving[0], now_ms - leaving[1], begins_ms - BLANK_MS - now_ms
    return word, now_ms - begins_ms, SECOND_MS


def spoken_until(state: State, now_ms: int) -> Iterator[Spoken]:
    """The lines of this hold that have begun by now, in order; a line begun is never cut, a stale one never begun.

    First what is true, again whenever it changes and every minute while nobody answers; between, while the patient
    waits, a grounding line now and then. Once somebody is there, silence.
    """
    changes = _changes_ms(state.call)
    grounding = state.hold_words.grounding
    at_ms, grounded, ground_ms = state.held_ms + LEAD_MS, 0, 0
    last: Word | None = None
    again_ms = 0
    while at_ms <= now_ms:
        word = word_at(state.call, at_ms)
        spoken = None
        if word is not last or (word is Word.UNANSWERED and at_ms >= again_ms):
            spoken = Spoken(say_of(state.hold_words, word), at_ms, word)
            last, again_ms = word, at_ms + EVERYONE_MS
            ground_ms = at_ms + spoken.say.clip.length_ms + GROUNDING_FIRST_MS
        elif word in (*_ASKING, Word.ACKNOWLEDGED) and grounding and at_ms >= ground_ms:
            spoken = Spoken(grounding[grounded % len(grounding)], at_ms, None)
            grounded += 1
            ground_ms = at_ms + spoken.say.clip.length_ms + GROUNDING_EVERY_MS
        if spoken:
            yield spoken
            at_ms += spoken.say.clip.length_ms + BREATH_MS
        else:
            following = [change_ms for change_ms in changes if change_ms > at_ms]
            waits = [ground_ms] if word is not Word.RESTING else []
            at_ms = min((time for time in (*following, *waits) if time > at_ms), default=now_ms + 1)
