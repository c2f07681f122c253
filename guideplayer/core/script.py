"""A script as read: phases of lines and rests, each line with its clip, nothing yet placed in time."""

from enum import StrEnum

import msgspec

from guideplayer.core.units import MINUTE_MS

DEFAULT_BED_LUFS = -26.0
DEFAULT_LIGHT = 0.5
# In place of a narrator: the words are shown for as long as it takes to read them, and not heard.
NO_VOICE = "none"


class Motion(StrEnum):
    """How fast a scene moves."""

    STILL = "still"
    SLOW = "slow"
    NORMAL = "normal"


class Span(msgspec.Struct, frozen=True):
    """A length that can shrink and stretch, in milliseconds: minimum <= natural <= maximum."""

    minimum_ms: int
    natural_ms: int
    maximum_ms: int


def span(minimum_ms: int, maximum_ms: int | None = None, natural_ms: int | None = None) -> Span:
    """A span whose natural length is the middle unless given; one number makes it rigid."""
    maximum_ms = minimum_ms if maximum_ms is None else maximum_ms
    return Span(minimum_ms, (minimum_ms + maximum_ms) // 2 if natural_ms is None else natural_ms, maximum_ms)


class Clip(msgspec.Struct, frozen=True):
    """A recording of a line: its file (absolute, or relative to the media folder) and its length in ms."""

    file: str
    length_ms: int


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A line that is spoken and captioned. `keep` 0 is left out first; None is never left out.

    `spoken` is how it is said where that is not as it is written: its text with pauses and pronunciations marked.
    """

    text: str
    clip: Clip
    keep: int | None = None
    voice: str = ""
    spoken: str = ""


class Rest(msgspec.Struct, frozen=True, tag="rest"):
    """Silence of words; the glue that is fitted."""

    span: Span


class Sound(msgspec.Struct, frozen=True, tag="sound"):
    """A one-shot sound such as a bell; it rings on into the rest that follows and takes no time itself."""

    name: str


Item = Say | Rest | Sound


class SceneChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which picture, how fast, and how light (0..1).

    An empty palette is the scene's usual one. The scenes IMAGE and VIDEO show the file (an absolute path).
    """

    name: str
    motion: Motion = Motion.SLOW
    light: float = DEFAULT_LIGHT
    palette: str = ""
    file: str = ""


class BedChoice(msgspec.Struct, frozen=True):
    """Which music or ambience, and its level in LUFS. An empty name is no bed.

    A folder of music has a file (an absolute path) that holds its Playlist.
    """

    name: str
    level_lufs: float = DEFAULT_BED_LUFS
    file: str = ""


class Phase(msgspec.Struct, frozen=True):
    """A named part of a script under one picture and one bed."""

    name: str
    scene: SceneChoice
    bed: BedChoice
    items: tuple[Item, ...]
    peak: bool = False


class HoldWords(msgspec.Struct, frozen=True):
    """What the patient is told while paused. `resting` is said when staff pause and nobody was called."""

    paused: Say
    delivered: Say
    acknowledged: Say
    unanswered: Say
    resting: Say
    grounding: tuple[Say, ...]


class Script(msgspec.Struct, frozen=True):
    """A whole script of format 1, with every clip resolved."""

    title: str
    language: str
    voice: str
    infusion_length: Span
    phases: tuple[Phase, ...]
    returning: Phase
    return_length: Span
    hold: HoldWords
    resume: tuple[Say, ...]
    arrival: Phase | None = None
    summary: str = ""
    themes: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    file: str = ""

    @property
    def shortest_ms(self) -> int:
        """The shortest infusion it can be fitted to."""
        return self.infusion_length.minimum_ms

    @property
    def longest_ms(self) -> int:
        """The longest infusion it can be fitted to."""
        return self.infusion_length.maximum_ms


DEFAULT_INFUSION_MS = 40 * MINUTE_MS
