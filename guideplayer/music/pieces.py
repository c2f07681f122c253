"""What a therapist is told of a script's own music: each piece, by whom, how long."""

import msgspec

from guideplayer.core.script import Script
from guideplayer.core.units import SECOND_MS, format_duration
from guideplayer.music.folder import MusicError, playlist_of


class Piece(msgspec.Struct, frozen=True):
    """A piece of music, as its file's tags name it; `artist` may be empty."""

    title: str
    artist: str
    length_ms: int

    def told(self) -> str:
        """The piece in a few words."""
        length = format_duration(round(self.length_ms / SECOND_MS) * SECOND_MS)
        return f"{self.title} by {self.artist} ({length})" if self.artist else f"{self.title} ({length})"


def pieces_of(script: Script) -> tuple[Piece, ...]:
    """Every piece of the folders of music that a script plays, each once, in the order of their files."""
    parts = (*((script.arrival,) if script.arrival else ()), *script.phases, script.returning)
    pieces: dict[Piece, None] = {}
    for file in dict.fromkeys(part.bed.file for part in parts if part.bed.file):
        try:
            tracks = playlist_of(file).tracks
        except MusicError:
            continue
        pieces |= {Piece(track.title, track.artist, track.length_ms): None for track in tracks}
    return tuple(pieces)
