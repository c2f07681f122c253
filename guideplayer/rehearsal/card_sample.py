"""Twenty seconds to hear of a script: two of its lines over their bed, as the patient hears them, nearer together."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import soundfile

from guideplayer.core.script import Phase, Rest, Say, Script, span
from guideplayer.core.units import SECOND_MS
from guideplayer.media import Library
from guideplayer.rehearsal.export import Session
from guideplayer.stage.mixing import render
from guideplayer.stage.sources import CHANNELS, RATE_HZ, Samples

SAMPLE_MS = 20 * SECOND_MS
# The bed has come, which takes it 8 s, before the sample begins; the session goes on after it.
BEFORE_MS = 10 * SECOND_MS
AFTER_MS = 20 * SECOND_MS
LEAD_MS, SHORTEST_GAP_MS, SHORTEST_TAIL_MS = 2500, 1500, 3500
FADE_IN_S, FADE_OUT_S = 1.0, 2.5
# About 100 kbit/s: 250 KB, which a tablet has in a moment.
COMPRESSION = 0.55


class Sample(msgspec.Struct, frozen=True):
    """A small session that holds the sample, which begins BEFORE_MS into it; which phase and lines it is of."""

    script: Script
    phase: int
    lines: tuple[Say, ...]


def sample_of(script: Script) -> Sample:
    """The two lines of one phase that fill the time best; else one line; else the bed alone.

    The first phase settles and the peak is nearly silent: what a script is like is heard between them.
    """
    said = [tuple(item for item in phase.items if isinstance(item, Say)) for phase in script.phases]
    between = {number for number, phase in enumerate(script.phases) if number and not phase.peak}
    pairs = [(number, pair) for number, lines in enumerate(said) for pair in pairwise(lines) if _fits(pair)]
    ones = [(number, (line,)) for number, lines in enumerate(said) for line in lines if _fits((line,))]
    telling = [choice for choice in pairs if choice[0] in between]
    choices = telling or pairs or ones or [(0, ())]
    number, lines = max(choices, key=lambda choice: _length_ms(choice[1]))
    return Sample(_small(script, number, lines), number, lines)


def _length_ms(lines: tuple[Say, ...]) -> int:
    return sum(line.clip.length_ms for line in lines)


def _fits(lines: tuple[Say, ...]) -> bool:
    """Whether there is time for them, with a rest after each."""
    gaps_ms = (len(lines) - 1) * SHORTEST_GAP_MS
    return LEAD_MS + _length_ms(lines) + gaps_ms + SHORTEST_TAIL_MS <= SAMPLE_MS


def _small(script: Script, number: int, lines: tuple[Say, ...]) -> Script:
    """A script of a single phase with these lines, and without an arrival."""
    phase = script.phases[number]
    free_ms = SAMPLE_MS - LEAD_MS - _length_ms(lines)
    gap_ms = min(6 * SECOND_MS, max(SHORTEST_GAP_MS, (free_ms - SHORTEST_TAIL_MS) // 2))
    tail_ms = free_ms - gap_ms * len(lines)
    items: list[Rest | Say] = [_rest(BEFORE_MS + LEAD_MS)]
    for line in lines:
        items += [msgspec.structs.replace(line, keep=None), _rest(gap_ms)]
    items.append(_rest(tail_ms + AFTER_MS))
    whole = BEFORE_MS + SAMPLE_MS + AFTER_MS
    small = Phase(phase.name, phase.scene, phase.bed, tuple(items), peak=True)
    return msgspec.structs.replace(script, arrival=None, phases=(small,), infusion_length=span(whole))


def _rest(length_ms: int) -> Rest:
    return Rest(span(length_ms))


def write_sample(sample: Sample, library: Library, file: Path) -> None:
    """Write a sample as MP3, which every browser plays. Raises OSError."""
    session = Session(sample.script, sample.script.shortest_ms)
    blocks = list(render(session.moment, library, BEFORE_MS, BEFORE_MS + SAMPLE_MS))
    sound = faded(np.concatenate(blocks))
    try:
        with (
            file.open("wb") as opened,
            soundfile.SoundFile(
                opened, "w", RATE_HZ, CHANNELS, "MPEG_LAYER_III", format="MP3", compression_level=COMPRESSION
            ) as written,
        ):
            written.write(sound)
    except soundfile.SoundFileError as error:
        raise OSError(str(error)) from error


def faded(sound: Samples) -> Samples:
    """The sound, come and gone softly."""
    gain = np.ones(len(sound), np.float32)
    into, out = round(FADE_IN_S * RATE_HZ), round(FADE_OUT_S * RATE_HZ)
    gain[:into] = _eased(into)
    gain[-out:] = _eased(out)[::-1]
    shaped: Samples = sound * gain[:, np.newaxis]
    return shaped


def _eased(frames: int) -> Samples:
    """From 0 to 1 in an S."""
    return ((1 - np.cos(np.linspace(0, np.pi, frames))) / 2).astype(np.float32)
