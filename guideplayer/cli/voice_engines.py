"""Which engine speaks with a voice of a script: a shipped narrator, or a command of the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from guideplayer.authoring.names import NARRATORS
from guideplayer.core.script import Script
from guideplayer.room.settings import Settings
from guideplayer.voice import VoiceError

if TYPE_CHECKING:
    from guideplayer.voice.engines import Engine
    from guideplayer.voice.hearing import Ear


def engine_of(voice: str, settings: Settings) -> "Engine":
    """The engine of a voice. Raises VoiceError for one that nothing can speak with."""
    from guideplayer.voice.engines import command_engine, kokoro_engine

    own = settings.voices.get(voice)
    if own:
        return command_engine(voice, own.command, own.language, own.patience_s)
    if voice not in NARRATORS and settings.voices:
        *others, last = sorted({*NARRATORS, *settings.voices})
        raise VoiceError(f"There is no voice '{voice}' to make clips with; there are {', '.join(others)} and {last}.")
    return kokoro_engine(voice)


def engine_for(voice: str, settings: Settings, script: Script) -> "Engine":
    """The engine of a voice, which must speak the script's language. Raises VoiceError."""
    engine = engine_of(voice, settings)
    if script.language and _primary(engine.language) != _primary(script.language):
        raise VoiceError(
            f"The voice '{voice}' speaks '{engine.language}', and “{script.title}” is in '{script.language}'. Choose a"
            " voice that speaks it, from the table [voices] of the settings, or write `voice: none` for captions alone."
        )
    return engine


def ear_for(engine: "Engine") -> Callable[[], "Ear | None"]:
    """Who listens to what an engine says; the recogniser knows English alone."""
    from guideplayer.voice.engines import ENGLISH
    from guideplayer.voice.hearing import ear_if_installed

    return ear_if_installed if _primary(engine.language) == ENGLISH else lambda: None


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-")[0].casefold()
