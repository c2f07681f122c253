"""A folder of music: its files in their order, which of them can be played, and the playlist that is made of them."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from guideplayer.core.playlist import MusicTrack, Order, Playlist
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.music.readable import SUFFIXES
from guideplayer.music.track import Finding, found_out, known
from guideplayer.whole_file import write_whole

MOST_TRACKS = 500

Progress = Callable[[int, int, str], None]
"""Told how many files are done, of how many, and which one is next (empty at the end)."""


class MusicError(Exception):
    """Music cannot be read or kept; the text is one plain sentence."""


class Skipped(msgspec.Struct, frozen=True):
    """A file that is not played, and why, as a clause."""

    name: str
    why: str


class Music(msgspec.Struct, frozen=True):
    """What is known of a folder: its tracks, what is skipped, and how many files nobody has heard yet."""

    tracks: tuple[MusicTrack, ...]
    skipped: tuple[Skipped, ...]
    unheard: int


def music_of(folder: Path, cache: Path) -> Music:
    """What is known of a folder's files as they are now, without hearing them. Raises OSError for the folder."""
    tracks: list[MusicTrack] = []
    skipped: list[Skipped] = []
    unheard = 0
    files = _files(folder)
    for path in files[:MOST_TRACKS]:
        try:
            finding = known(path, cache)
        except OSError as error:
            finding = Finding(fault=f"it cannot be read: {error.strerror or error}")
        if finding is None:
            unheard += 1
        elif finding.fault:
            skipped.append(Skipped(path.name, finding.fault))
        else:
            tracks.append(_track_of(finding))
    skipped += [Skipped(path.name, f"a folder has {MOST_TRACKS} tracks at most") for path in files[MOST_TRACKS:]]
    return Music(tuple(tracks), tuple(skipped), unheard)


def _track_of(finding: Finding) -> MusicTrack:
    return MusicTrack(
        finding.file, finding.length_ms, finding.lufs, finding.title, finding.artist, rise_lu=finding.rise_lu
    )


def hear(folders: Iterable[Path], cache: Path, progress: Progress) -> None:
    """Find out about every file of some folders that is not known yet. Each is kept at once. Raises MusicError."""
    waiting = [path for folder in folders for path in unheard(folder, cache)]
    for number, path in enumerate(waiting):
        progress(number, len(waiting), path.name)
        try:
            found_out(path, cache)
        except OSError as error:
            raise MusicError(
                f"What was found out about {path.name} cannot be kept in {cache}: {error.strerror or error}."
            ) from error
    progress(len(waiting), len(waiting), "")


def unheard(folder: Path, cache: Path) -> list[Path]:
    """The files of a folder that nobody has listened to yet; of one that cannot be read, none."""
    try:
        return [path for path in _files(folder)[:MOST_TRACKS] if _is_unheard(path, cache)]
    except OSError:
        return []


def _is_unheard(path: Path, cache: Path) -> bool:
    try:
        return known(path, cache) is None
    except OSError:
        return False


def _files(folder: Path) -> Sequence[Path]:
    """The sound files of a folder by their names, 2 before 10; hidden ones are leftovers of other computers."""
    found = (path for path in folder.iterdir() if path.suffix.casefold() in SUFFIXES and path.name[0] != ".")
    return sorted((path for path in found if path.is_file()), key=lambda path: natural_key(path.name))


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """What sorts names as people do: numbers by their size, letters without case."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def keep_playlist(tracks: tuple[MusicTrack, ...], order: Order, seed: int, cache: Path) -> Path:
    """A file that holds a playlist and never changes: a session goes on with the same music whatever becomes of the
    folder. Raises OSError."""
    content = msgspec.json.encode(Playlist(tracks, order, seed))
    path = cache / f"playlist-{hashlib.sha256(content).hexdigest()[:32]}.json"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return path


def playlist_of(file: str) -> Playlist:
    """The playlist that a file holds. Raises MusicError."""
    try:
        playlist = msgspec.json.decode(Path(file).read_bytes(), type=Playlist)
    except (OSError, *UNREADABLE) as error:
        raise MusicError("The playlist cannot be read: choose the script again.") from error
    if not playlist.tracks or playlist.round_ms <= 0:
        raise MusicError("The playlist is empty: choose the script again.")
    return playlist
