"""What a narrator says in a script: every line once, in order. Nothing here needs an engine or a sound library."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from guideplayer.core.script import NO_VOICE, Phase, Say, Script
from guideplayer.core.speech import breaths_of, plain_text
from guideplayer.media import clip_name, normalised

PAUSED, GOING_ON = "the pause", "going on"
_KEY_OF = "line"


class Line(NamedTuple):
    """A line to be spoken: a key of its spoken form, that form, what is read of it, and the script's part."""

    key: str
    spoken: str
    text: str
    part: str


def lines_of(script: Script, voice: str) -> list[Line]:
    """Every line that a voice says in a script, each once, in the script's order; the words of the pause come last."""
    found: dict[str, Line] = {}
    for part, say in _every_say(script):
        spoken = normalised(say.spoken or say.text)
        if _narrator(say, script) == voice and spoken not in found:
            found[spoken] = Line(clip_name(spoken, _KEY_OF), spoken, _to_read(spoken), part)
    return list(found.values())


def lines_by_voice(script: Script) -> dict[str, list[str]]:
    """The spoken form of every line that a narrator says, by voice, in the script's order, each once.

    Own recordings are left out, and what is only read.
    """
    voices = dict.fromkeys(voice for _, say in _every_say(script) if (voice := _narrator(say, script)))
    return {voice: [line.spoken for line in lines_of(script, voice)] for voice in voices}


def _to_read(spoken: str) -> str:
    """What a person reads aloud: the plain text, with dots for each pause within it."""
    return " … ".join(plain_text(breath.spoken) for breath in breaths_of(spoken))


def _narrator(say: Say, script: Script) -> str:
    """Whose clip a line is heard with; nobody's when it has its own recording, or is only read."""
    voice = say.voice or script.voice
    return voice if say.text and voice != NO_VOICE and not Path(say.clip.file).is_absolute() else ""


def _every_say(script: Script) -> Iterator[tuple[str, Say]]:
    phases: list[Phase] = [*([script.arrival] if script.arrival else []), *script.phases, script.returning]
    for phase in phases:
        yield from ((phase.name, item) for item in phase.items if isinstance(item, Say))
    hold = script.hold
    paused = (hold.paused, hold.delivered, hold.acknowledged, hold.unanswered, hold.resting, *hold.grounding)
    yield from ((PAUSED, say) for say in paused)
    yield from ((GOING_ON, say) for say in script.resume)
