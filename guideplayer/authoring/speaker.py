"""Who says a line, and with which recording."""

from guideplayer.authoring import shapes
from guideplayer.authoring.clips import narrated, recorded
from guideplayer.authoring.records import Record
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.core.script import NO_VOICE, Clip, Say
from guideplayer.core.speech import pronounced
from guideplayer.core.words import reading_ms

NOTHING_SAID = Say("", Clip("", 0))


class Speaker:
    """A narrator, who finds the clip of each line; a line may name another voice or its own recording."""

    def __init__(self, voice: str, sheet: Sheet) -> None:
        self.voice = voice
        self.sheet = sheet

    def say(self, line: Record, keep: int | None = None, place: Place | None = None) -> Say:
        """A line with its recording. `place` is where to report a missing clip of words that are not in the text."""
        written = line.get(shapes.SAY)
        if written is None:
            return NOTHING_SAID
        text, voice, audio = written.text, line.get(shapes.VOICE) or self.voice, line.get(shapes.AUDIO)
        if audio is not None:
            return Say(text, recorded(audio, text, line.where(shapes.AUDIO), self.sheet), keep, voice)
        if line.has(shapes.AUDIO):
            return Say(text, Clip("", 0), keep, voice)
        if voice == NO_VOICE:
            return Say(text, Clip("", reading_ms(text)), keep, voice)
        speech = pronounced(written, self.sheet.lexicon)
        clip = narrated(speech, voice, place or line.where(shapes.SAY), self.sheet)
        return Say(text, clip, keep, voice, speech.spoken)
