"""Rules about the course of a session: what is said at the peak, how long nothing is said, how to call somebody."""

import itertools
from collections.abc import Iterator

from guideplayer.authoring.lint.subject import Finding, Subject
from guideplayer.authoring.lint.vocabulary import vocabulary_of
from guideplayer.authoring.sheet import Place
from guideplayer.authoring.words import quoted
from guideplayer.core.plan import Cue, Plan, Section
from guideplayer.core.script import NO_VOICE, Say
from guideplayer.core.units import MINUTE_MS, SECOND_MS, format_duration

# Words mislead at the peak: at most one short line in three minutes (DESIGN, "Facts that decide the design").
PEAK_GAP_MS = 3 * MINUTE_MS
PEAK_WORDS = 10
# Longer than this without a word, and a patient may think that everybody has gone.
SILENCE_MS = 8 * MINUTE_MS


def wordy_peak(subject: Subject) -> Iterator[Finding]:
    """Lines at the peak that are long, or follow the one before too soon in the densest infusion."""
    for line in subject.lines():
        words = len(line.say.text.split())
        if line.peak and words > PEAK_WORDS:
            sentence = f"this line has {words} words, and the peak has room for {PEAK_WORDS} at a time: shorten it"
            yield Finding("wordy-peak", line.place, sentence, part=line.part)
    for fitted in (subject.densest,) if subject.densest else ():
        phases = fitted.script.phases
        said = [cue for cue in fitted.infusion.cues if isinstance(cue.item, Say) and cue.phase >= 0]
        for before, cue in itertools.pairwise(said):
            gap_ms = cue.start_ms - before.start_ms
            if phases[cue.phase].peak and phases[before.phase].peak and gap_ms < PEAK_GAP_MS:
                sentence = (
                    f"at the peak this line follows the one before after {_rounded(gap_ms)} in an infusion of "
                    f"{_rounded(fitted.infusion_ms)}: there is room for one in {format_duration(PEAK_GAP_MS)}, "
                    "so widen the rest before it"
                )
                yield Finding("wordy-peak", _place(subject, cue), sentence, part=phases[cue.phase].name)


def question_at_peak(subject: Subject) -> Iterator[Finding]:
    """Questions at the peak, which ask for an answer that nobody can give there."""
    for line in subject.lines():
        if line.peak and any(mark in line.say.text for mark in "?？؟"):
            sentence = "this is a question, and nobody can answer at the peak: say it as a sentence"
            yield Finding("question-at-peak", line.place, sentence, part=line.part)


def long_silence(subject: Subject) -> Iterator[Finding]:
    """Silences of more than eight minutes at any of the fits, each told once, at its worst."""
    worst: dict[tuple[str, str], tuple[int, Finding]] = {}
    for fitted in subject.plans:
        for before, after, gap_ms in _silences(fitted):
            if gap_ms <= SILENCE_MS:
                continue
            sentence = (
                f"{_between(before, after)} nothing is said for {_rounded(gap_ms)} in an infusion of "
                f"{_rounded(fitted.infusion_ms)}: more than {format_duration(SILENCE_MS)} can feel forsaken"
            )
            cue = before[1] if before else after[1] if after else None
            section = (before or after or (Section.INFUSION,))[0]
            place = subject.place_of(section, cue.phase, cue.index) if cue else subject.place
            part = fitted.phases(section)[cue.phase].name if cue else ""
            key = (_text(before), _text(after))
            if gap_ms > worst.get(key, (0, None))[0]:
                worst[key] = (gap_ms, Finding("long-silence", place, sentence, part=part))
    for _, finding in worst.values():
        yield finding


_Said = tuple[Section, Cue] | None


def _silences(fitted: Plan) -> Iterator[tuple[_Said, _Said, int]]:
    """Each silence from the begin of the infusion to the end of the return: the lines around it and its length (ms)."""
    said: list[tuple[Section, Cue, int]] = [(Section.INFUSION, cue, 0) for cue in fitted.infusion.cues]
    said += [(Section.RETURN, cue, fitted.infusion_ms) for cue in fitted.returning.cues]
    before: _Said = None
    end_ms = 0
    for section, cue, offset_ms in said:
        if not isinstance(cue.item, Say) or cue.index < 0:
            continue
        yield before, (section, cue), cue.start_ms + offset_ms - end_ms
        before, end_ms = (section, cue), cue.end_ms + offset_ms
    yield before, None, fitted.infusion_ms + fitted.returning.length_ms - end_ms


def _between(before: _Said, after: _Said) -> str:
    if before and after:
        return f"from {quoted(_text(before))} to {quoted(_text(after))}"
    if after:
        return f"before {quoted(_text(after))}"
    return f"after {quoted(_text(before))}" if before else "throughout"


def _text(said: _Said) -> str:
    return said[1].item.text if said and isinstance(said[1].item, Say) else ""


def no_reminder(subject: Subject) -> Iterator[Finding]:
    """An arrival that does not tell how to call somebody."""
    words = vocabulary_of(subject.script.language)
    if words is None:
        return
    arrival = next((part for part in subject.parts if part.section is Section.ARRIVAL), None)
    text = " ".join(item.text for item in arrival.phase.items if isinstance(item, Say)) if arrival else ""
    if not all(group.search(text) for group in words.reminder):
        sentence = "the arrival does not say that a press of the button brings somebody: say it before the pump starts"
        yield Finding("no-reminder", arrival.place if arrival else subject.place, sentence, part="arrival")


def only_read(subject: Subject) -> Iterator[Finding]:
    """A script of captions alone."""
    script = subject.script
    if script.voice == NO_VOICE and not script.hold.paused.clip.file:
        sentence = (
            "nothing of this script is said, also while it is paused: a patient whose eyes are closed is told nothing"
        )
        yield Finding("only-read", subject.place, sentence)


def unchecked_language(subject: Subject) -> Iterator[Finding]:
    """A language whose words no rule knows."""
    if subject.script.language and vocabulary_of(subject.script.language) is None:
        sentence = (
            f"orders, negations, frightening images and the reminder are not looked for in "
            f"{quoted(subject.script.language)}: have a second person read the lines"
        )
        yield Finding("unchecked-language", subject.place, sentence)


def _place(subject: Subject, cue: Cue) -> Place:
    return subject.place_of(Section.INFUSION, cue.phase, cue.index)


def _rounded(length_ms: int) -> str:
    return format_duration(round(length_ms / SECOND_MS) * SECOND_MS)


RULES = (wordy_peak, question_at_peak, long_silence, no_reminder, only_read, unchecked_language)
