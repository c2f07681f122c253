"""The recording of a line: from the library, or the author's own; an estimate of its length while there is none."""

from pathlib import Path

from guideplayer.authoring.files import beside_the_script
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.words import quoted
from guideplayer.core.script import Clip
from guideplayer.core.speech import Speech, breaths_of
from guideplayer.core.units import MINUTE_MS, SECOND_MS, format_duration
from guideplayer.music.readable import UnreadableError, cache_folder, readable

LONGEST_RECORDING_MS = 5 * MINUTE_MS

# What the shipped narrators take, within a tenth: by the word, and for the silence that punctuation makes.
_WORD_MS = 380
_SENTENCE_MS = 1500
_COMMA_MS = 500


def estimated_length_ms(text: str) -> int:
    """How long a narrator takes for a text, roughly."""
    sentences = max(1, sum(text.count(mark) for mark in ".!?"))
    return len(text.split()) * _WORD_MS + (sentences - 1) * _SENTENCE_MS + text.count(",") * _COMMA_MS


def narrated(speech: Speech, voice: str, place: Place, sheet: Sheet) -> Clip:
    """The narrator's clip of some words; one with no file and a problem when it has yet to be made."""
    clip = sheet.library.find_clip(voice, speech.spoken or speech.text)
    if clip and sheet.library.there(clip.file):
        return clip
    sentence = f"no clip of {quoted(speech.text)} in the voice '{voice}': make it with `guideplayer voice {sheet.file}`"
    sheet.report("missing-clip", place, sentence)
    pauses_ms = sum(breath.pause_ms for breath in breaths_of(speech.spoken))
    return Clip("", estimated_length_ms(speech.text) + pauses_ms)


def recorded(name: str, text: str, place: Place, sheet: Sheet) -> Clip:
    """The author's own recording; a problem, and one with no file, when it cannot be used."""
    path = beside_the_script(name, place, sheet, "missing-recording")
    clip = _measured(path, name, place, sheet) if path else None
    return clip or Clip("", estimated_length_ms(text))


def _measured(path: Path, name: str, place: Place, sheet: Sheet) -> Clip | None:
    """A recording of any kind and its length, or None with a problem."""
    import soundfile

    try:
        file = readable(path, cache_folder())
        about = soundfile.info(file)
    except (UnreadableError, soundfile.SoundFileError, OSError):
        sheet.report(
            "unreadable-recording",
            place,
            f"{quoted(name)} is no sound file that can be read: save it as WAV, FLAC or Ogg",
        )
        return None
    length_ms = int(about.frames) * SECOND_MS // int(about.samplerate)
    if not 0 < length_ms <= LONGEST_RECORDING_MS:
        longest = format_duration(LONGEST_RECORDING_MS)
        sheet.report(
            "unreadable-recording", place, f"{quoted(name)} is empty or longer than {longest}, which no line is"
        )
        return None
    return Clip(str(file), length_ms)
