"""What is seen and heard at one instant: the values that the screen and the speaker are given."""

import msgspec


class ScenePart(msgspec.Struct, frozen=True):
    """One picture of those that show, mostly the only one: its own time in ms, and its weight; weights sum to 1."""

    name: str
    time_ms: int
    weight: float
    palette: str = ""
    file: str = ""


class Caption(msgspec.Struct, frozen=True):
    """Words on the screen with their opacity, 0..1."""

    text: str
    opacity: float


class HoldPart(msgspec.Struct, frozen=True):
    """The hold picture over the scenes: how far it has come (0..1), its few large words, the code for staff."""

    weight: float
    time_ms: int
    words: Caption | None
    code: str


class ClipPart(msgspec.Struct, frozen=True):
    """A recording that sounds now: its file, how far in it is (ms), a key that tells one playing from the next."""

    file: str
    offset_ms: int
    key: str
    gain: float = 1.0


class BedPart(msgspec.Struct, frozen=True):
    """A bed that sounds now: where in its endless course it is (ms), its level and its gain (0..1) in a crossfade.

    `file` holds the Playlist of one that is a folder of music.
    """

    name: str
    offset_ms: int
    level_lufs: float
    gain: float
    file: str = ""


class Moment(msgspec.Struct, frozen=True):
    """Everything to draw and sound at one instant. `speaks`: a voice sounds, or will in a moment; beds make room.

    `risen` is how much of all light but that of words has come yet (0..1), on a stage that has just begun.
    """

    scenes: tuple[ScenePart, ...]
    light: float
    caption: Caption | None
    hold: HoldPart | None
    narration: ClipPart | None
    beds: tuple[BedPart, ...]
    sounds: tuple[ClipPart, ...]
    volume: float
    picture: float = 1.0
    speaks: bool = False
    risen: float = 1.0
