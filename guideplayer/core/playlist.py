"""A clinic's own music as one endless course: which tracks sound at an instant of it, where in them, how loud.

Each track melts into the next. When all have been heard they are heard again; a shuffle deals them anew each time, and
always in the same way, so that a preview, a film and a programme that goes on after a crash have the same music.
"""

import functools
import math
from enum import StrEnum

import msgspec

from guideplayer.core.units import SECOND_MS

CROSSFADE_MS = 6 * SECOND_MS
# Of a shorter one nothing would be heard but its coming and going.
SHORTEST_TRACK_MS = 2 * CROSSFADE_MS
_BITS = (1 << 64) - 1


class Order(StrEnum):
    """In which order the tracks of a folder are heard: by their file names, or dealt like cards."""

    LISTED = "listed"
    SHUFFLED = "shuffled"


class MusicTrack(msgspec.Struct, frozen=True):
    """A piece of music: its file (absolute), its length, the loudness that it counts as, and what it is called.

    `rise_lu` is how much louder it grows within a second at most.
    """

    file: str
    length_ms: int
    lufs: float
    title: str
    artist: str = ""
    rise_lu: float = 0.0


class Playlist(msgspec.Struct, frozen=True):
    """Tracks, each SHORTEST_TRACK_MS long at least, and how to go through them. Another seed deals another order."""

    tracks: tuple[MusicTrack, ...]
    order: Order = Order.LISTED
    seed: int = 0

    @property
    def round_ms(self) -> int:
        """How long it takes until all have been heard."""
        return sum(track.length_ms - CROSSFADE_MS for track in self.tracks)


class TrackPart(msgspec.Struct, frozen=True):
    """A track that sounds now: the how manieth it is (from 0), how far in it is, its gain (0..1) in a crossfade."""

    number: int
    track: MusicTrack
    offset_ms: int
    gain: float


def sounding(playlist: Playlist, course_ms: int) -> tuple[TrackPart, ...]:
    """What sounds so far into the course: one track, or two while one melts into the next at equal power."""
    number, into_ms = _place(playlist, max(0, course_ms))
    track = _track(playlist, number)
    if number == 0 or into_ms >= CROSSFADE_MS:
        return (TrackPart(number, track, into_ms, 1.0),)
    before = _track(playlist, number - 1)
    angle = into_ms / CROSSFADE_MS * math.pi / 2
    gone_ms = before.length_ms - CROSSFADE_MS + into_ms
    return (
        TrackPart(number - 1, before, gone_ms, math.cos(angle)),
        TrackPart(number, track, into_ms, math.sin(angle)),
    )


def _place(playlist: Playlist, course_ms: int) -> tuple[int, int]:
    """Which track of all that are ever heard has begun last, and how long ago."""
    rounds, left_ms = divmod(course_ms, playlist.round_ms)
    for place, index in enumerate(_deal(playlist.order, playlist.seed, len(playlist.tracks), rounds)):
        slot_ms = playlist.tracks[index].length_ms - CROSSFADE_MS
        if left_ms < slot_ms:
            return rounds * len(playlist.tracks) + place, left_ms
        left_ms -= slot_ms
    raise AssertionError("a round is as long as its tracks")


def _track(playlist: Playlist, number: int) -> MusicTrack:
    rounds, place = divmod(number, len(playlist.tracks))
    return playlist.tracks[_deal(playlist.order, playlist.seed, len(playlist.tracks), rounds)[place]]


@functools.lru_cache(maxsize=64)
def _deal(order: Order, seed: int, count: int, rounds: int) -> tuple[int, ...]:
    """The order of one round. No track ends one and begins the next."""
    if order is Order.LISTED:
        return tuple(range(count))
    if count < 3:
        return _shuffled(seed, count, 0)
    first, second, *others = _shuffled(seed, count, rounds)
    if rounds and first == _shuffled(seed, count, rounds - 1)[-1]:
        first, second = second, first
    return (first, second, *others)


def _shuffled(seed: int, count: int, rounds: int) -> tuple[int, ...]:
    """Numbers below the count, shuffled as Fisher and Yates do."""
    cards = list(range(count))
    for last in range(count - 1, 0, -1):
        other = _hash(_hash(_hash(seed) + rounds) + last) % (last + 1)
        cards[last], cards[other] = cards[other], cards[last]
    return tuple(cards)


def _hash(number: int) -> int:
    """A number as good as random, always the same: the mixing of SplitMix64."""
    mixed = (number + 0x9E3779B97F4A7C15) & _BITS
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & _BITS
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _BITS
    return mixed ^ (mixed >> 31)
