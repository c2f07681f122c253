"""One file of music: what it is called, how long and how loud it is. Found out once, by hearing all of it, and kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from tinytag import TinyTag, TinyTagException

from guideplayer.core.playlist import SHORTEST_TRACK_MS
from guideplayer.core.units import SECOND_MS, format_duration
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.music.loudness import SILENT_LUFS, LoudnessError, measured
from guideplayer.music.readable import UnreadableError, readable, stamp
from guideplayer.whole_file import write_whole

if TYPE_CHECKING:
    import numpy as np
    import soundfile
    from numpy.typing import NDArray

# A climax is let stand out so far from the level that is asked for; music that goes further is played more softly.
CLIMAX_LU = 4.0
LONGEST_NAME = 80
_BLOCK_FRAMES = 1 << 16
# Less than this share of what a file says it holds, and it breaks off.
_WHOLE_SHARE = 0.98


class Finding(msgspec.Struct, frozen=True):
    """What is known of a file. `fault` is why it cannot be played, as a clause; then all else is unknown.

    `file` is the one that the stage opens; `lufs` is the loudness that the whole counts as, `rise_lu` how much it grows
    within a second at most.
    """

    file: str = ""
    length_ms: int = 0
    lufs: float = 0.0
    rise_lu: float = 0.0
    title: str = ""
    artist: str = ""
    fault: str = ""


def known(path: Path, cache: Path) -> Finding | None:
    """What was found out about a file as it is now; None when it has to be found out yet. Raises OSError."""
    entry = _entry(path, cache)
    try:
        finding = msgspec.json.decode(entry.read_bytes(), type=Finding)
    except (OSError, *UNREADABLE):
        return None
    return finding if finding.fault or Path(finding.file).is_file() else None


def found_out(path: Path, cache: Path) -> Finding:
    """Find out about a file, and keep it. Raises OSError when it cannot be kept."""
    try:
        finding = _examined(path, cache)
    except UnreadableError as error:
        finding = Finding(fault=str(error))
    _keep(path, finding, cache)
    return finding


def carry(old: Path, new: Path, cache: Path) -> None:
    """Keep of a file what is known of another with the same content, if anything is. Raises OSError."""
    finding = known(old, cache)
    if finding:
        _keep(new, msgspec.structs.replace(finding, file=str(new)) if finding.file == str(old) else finding, cache)


def _keep(path: Path, finding: Finding, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(_entry(path, cache), msgspec.json.encode(finding))


def _entry(path: Path, cache: Path) -> Path:
    return cache / f"{stamp(path)}.json"


def _examined(path: Path, cache: Path) -> Finding:
    """Hear the whole file. Raises UnreadableError, OSError."""
    # Only who hears music needs these: a shell that completes a command's words does not wait for them.
    import soundfile

    file = readable(path, cache)
    try:
        with soundfile.SoundFile(file) as opened:
            channels = min(2, opened.channels)
            heard = _Count()
            loudness = measured(heard.counted(_blocks(opened)), opened.samplerate, channels)
            if heard.frames < opened.frames * _WHOLE_SHARE:
                after = format_duration(heard.frames * SECOND_MS // opened.samplerate)
                raise UnreadableError(f"it breaks off after {after}")
            length_ms = heard.frames * SECOND_MS // opened.samplerate
    except (soundfile.SoundFileError, LoudnessError) as error:
        raise UnreadableError("it is broken") from error
    if length_ms < SHORTEST_TRACK_MS:
        raise UnreadableError(f"it is shorter than {format_duration(SHORTEST_TRACK_MS)}")
    if loudness.whole_lufs <= SILENT_LUFS:
        raise UnreadableError("it is silent")
    lufs = max(loudness.whole_lufs, loudness.loudest_lufs - CLIMAX_LU)
    title, artist = tags_of(path)
    return Finding(str(file), length_ms, round(lufs, 1), round(loudness.rise_lu, 1), title, artist)


class _Count:
    """Counts frames as they go by."""

    def __init__(self) -> None:
        self.frames = 0

    def counted(self, blocks: "Iterator[NDArray[np.float32]]") -> "Iterator[NDArray[np.float32]]":
        """The same blocks."""
        for block in blocks:
            self.frames += len(block)
            yield block


def _blocks(opened: "soundfile.SoundFile") -> "Iterator[NDArray[np.float32]]":
    """A file's sound as the stage hears it: at most two channels, and only numbers."""
    import numpy as np

    while len(block := opened.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
        yield np.nan_to_num(block[:, :2], posinf=0.0, neginf=0.0)


def tags_of(path: Path) -> tuple[str, str]:
    """Title and artist, as the file says; else its name, and nobody."""
    try:
        tags = TinyTag.get(path, duration=False)
        title, artist = tags.title, tags.artist
    except (TinyTagException, OSError, ValueError, LookupError):
        title = artist = None
    return _shown(title) or _shown(path.stem), _shown(artist)


def _shown(text: str | None) -> str:
    """A tag as it can be shown in a line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(printable.split())[:LONGEST_NAME]
