"""How a line is said where that is not as it is written: pronunciations and pauses, marked in its text.

    Hello, [Siobhan](/ʃɪˈvɔːn/). [pause 2s] You are here.

The marks are taken away where a script is read: a line has its plain text, which is shown and counted, and beside it
its spoken form, which is the same text with every mark in it, those of the lexicon included.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from guideplayer.core.phonemes import nearest_ipa, unknown_letters
from guideplayer.core.units import SECOND_MS, format_duration, parse_duration_ms

SHORTEST_PAUSE_MS = 200
LONGEST_PAUSE_MS = 10 * SECOND_MS
MARK_HELP = "a mark is a pause, like [pause 2s], or a pronunciation, like [Siobhan](/ʃɪˈvɔːn/)"
PAUSE_HELP = "a pause within a line is written like [pause 2s]"

_MARK = re.compile(r"\[([^\[\]]*)\](?:\(([^()]*)\))?")
_SOUND = re.compile(r"/\s*([^/]*[^/\s])\s*/")
_PAUSE = re.compile(r"pause (\S+)")
_SPACE_BEFORE_POINT = re.compile(r"\s+(?=[,.;:!?…])")


class Speech(msgspec.Struct, frozen=True):
    """A line's plain text, and its spoken form; the latter is empty where nothing is marked."""

    text: str
    spoken: str = ""


class Slip(msgspec.Struct, frozen=True):
    """A mark that is wrong: the code of the problem, the mark as written, what is wrong, what was probably meant."""

    code: str
    mark: str
    sentence: str
    suggestion: str = ""


class Breath(msgspec.Struct, frozen=True):
    """What is said up to the next marked pause, pronunciations still marked, and how long that pause is."""

    spoken: str
    pause_ms: int = 0


def read_speech(written: str) -> tuple[Speech, tuple[Slip, ...]]:
    """A line as written, its white space folded, and what is wrong with its marks."""
    slips = tuple(_slips(written))
    plain = plain_text(written)
    return Speech(plain, "" if slips or plain == written else _canonical(written)), slips


def plain_text(spoken: str) -> str:
    """What is shown of a text with marks: a pronounced word itself, and nothing of a pause."""
    shown = _MARK.sub(lambda mark: mark[1] if mark[2] is not None else " ", spoken)
    return " ".join((_SPACE_BEFORE_POINT.sub("", shown) if shown != spoken else spoken).split())


def pronounced(speech: Speech, lexicon: Mapping[str, str]) -> Speech:
    """The line with every word of a lexicon (casefolded, to its sound) said as it is there; marks in it come first."""
    if not lexicon:
        return speech
    words = "|".join(re.escape(word) for word in sorted(lexicon, key=len, reverse=True))
    listed = re.compile(rf"(?<!\w)({words})(?!\w)", re.IGNORECASE)

    def marked(text: str) -> str:
        return listed.sub(lambda found: f"[{found[0]}](/{lexicon[found[0].casefold()]}/)", text)

    spoken, done = "", 0
    whole = speech.spoken or speech.text
    for mark in _MARK.finditer(whole):
        spoken += marked(whole[done : mark.start()]) + mark[0]
        done = mark.end()
    spoken += marked(whole[done:])
    return speech if spoken == whole else Speech(speech.text, spoken)


def breaths_of(spoken: str) -> tuple[Breath, ...]:
    """What is said between marked pauses, in order."""
    breaths, done = [], 0
    for mark in _MARK.finditer(spoken):
        if mark[2] is None:
            breaths.append(Breath(spoken[done : mark.start()].strip(), _pause_ms(mark[1]) or 0))
            done = mark.end()
    return (*breaths, Breath(spoken[done:].strip()))


def sounds_of(spoken: str) -> dict[str, str]:
    """The marked words of a text (casefolded), to their sounds."""
    return {mark[1].casefold(): mark[2].strip("/ ") for mark in _MARK.finditer(spoken) if mark[2] is not None}


def sound_slip(word: str, written: str, mark: str) -> Slip | None:
    """What is wrong with the sound of a word as written, which is `/.../`."""
    found = _SOUND.fullmatch(written.strip())
    if not found:
        meant = f"/{written.strip('/ ')}/" if written.strip("/ ") else ""
        return Slip(
            "wrong-pronunciation", mark, f"the sound of “{word}” stands between two strokes, like /ʃɪˈvɔːn/", meant
        )
    unknown = unknown_letters(found[1])
    if not unknown:
        return None
    letters = " and ".join(f"“{letter}”" for letter in unknown)
    sentence = f"the narrators know no {letters}: write the sound of “{word}” as a dictionary does, in IPA"
    nearest = nearest_ipa(found[1])
    return Slip("wrong-pronunciation", mark, sentence, f"/{nearest}/" if nearest else "")


def sound_of(written: str) -> str:
    """The sound in `/.../`, without the strokes."""
    return " ".join(written.strip("/ ").split())


def _slips(written: str) -> Iterator[Slip]:
    left = _MARK.sub(lambda mark: " " * len(mark[0]), written)
    for mark in _MARK.finditer(written):
        if mark[2] is None:
            if slip := _pause_slip(mark[0], mark[1]):
                yield slip
            elif not (plain_text(written[: mark.start()]) and plain_text(written[mark.end() :])):
                yield Slip("wrong-pause", mark[0], "a pause stands between words: before or after a line, write a rest")
        elif not re.search(r"\w", mark[1]):
            yield Slip("wrong-mark", mark[0], f"this mark has no word: {MARK_HELP}")
        elif slip := sound_slip(mark[1], mark[2], mark[0]):
            yield slip
    if at := re.search(r"[\[\]]", left):
        yield Slip("wrong-mark", written[at.start() :], f"this bracket has no other: {MARK_HELP}")


def _pause_slip(mark: str, inside: str) -> Slip | None:
    words = inside.casefold().split()
    number = re.search(r"\d+(?:\.\d)?", inside)
    seconds = number[0] if number and 0 < float(number[0]) * SECOND_MS <= LONGEST_PAUSE_MS else "2"
    if not words or (words[0][:2] not in {"pa", "pu", "si", "wa", "ps"} and not number):
        return Slip("wrong-mark", mark, f"“{mark}” would be read aloud: {MARK_HELP}")
    pause_ms = _pause_ms(inside)
    if pause_ms is None:
        return Slip("wrong-pause", mark, PAUSE_HELP, f"[pause {seconds}s]")
    if not SHORTEST_PAUSE_MS <= pause_ms <= LONGEST_PAUSE_MS:
        least, most = format_duration(SHORTEST_PAUSE_MS), format_duration(LONGEST_PAUSE_MS)
        return Slip("wrong-pause", mark, f"a pause within a line is {least} to {most}; a longer silence is a rest")
    return None


def _pause_ms(inside: str) -> int | None:
    found = _PAUSE.fullmatch(inside.strip())
    try:
        return parse_duration_ms(found[1]) if found else None
    except ValueError:
        return None


def _canonical(written: str) -> str:
    """The marks as they are always written, so that the same line has the same clip."""

    def same(mark: re.Match[str]) -> str:
        if mark[2] is None:
            return f"[pause {format_duration(_pause_ms(mark[1]) or 0)}]"
        return f"[{' '.join(mark[1].split())}](/{sound_of(mark[2])}/)"

    return " ".join(_MARK.sub(same, written).split())
