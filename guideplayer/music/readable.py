"""A sound file of any kind as one that the stage can read: the file itself, or else a copy that is made once."""

import hashlib
import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import platformdirs

from guideplayer.whole_file import put_whole

# Raise it whenever the same file would be copied or measured differently.
_VERSION = 1
_PATIENCE_S = 1800
# Formats that a person's music or recordings come in, beside those that are read as they are.
SUFFIXES = frozenset(
    {
        ".aac", ".aif", ".aifc", ".aiff", ".alac", ".amr", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b", ".m4p",
        ".m4r", ".mka", ".mp2", ".mp3", ".mp4", ".mpc", ".oga", ".ogg", ".opus", ".spx", ".tta", ".w64", ".wav",
        ".webm", ".wma", ".wv", ".3gp", ".aax",
    }
)  # fmt: skip
_PROTECTED_SUFFIXES = frozenset({".m4p", ".aax"})
# What ffmpeg says of films and songs that a shop has locked.
_PROTECTED = re.compile(r"\bdrms\b|\bdrm protected|\bencrypted\b|activation_bytes|\baavd\b", re.IGNORECASE)


class UnreadableError(Exception):
    """A sound file cannot be heard; the text is a clause that says why, such as “it is broken”."""


def cache_folder() -> Path:
    """Where copies and measurements are kept; it may be emptied at any time but during a session."""
    return platformdirs.user_cache_path("guideplayer") / "music"


def cache_stamp() -> int:
    """Another number once more is known."""
    try:
        return cache_folder().stat().st_mtime_ns
    except OSError:
        return 0


def stamp(path: Path) -> str:
    """A name for a file as it is now: another once it is changed, moved or made readable. Raises OSError."""
    stat = path.stat()
    # Not when its inode was last changed: it is when a tree of scripts that come to all rooms takes the file over.
    may = (stat.st_mode, stat.st_uid, stat.st_gid)
    facts = (_VERSION, path.resolve(), stat.st_size, stat.st_mtime_ns, *may)
    return hashlib.sha256("\n".join(map(str, facts)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def readable(path: Path, cache: Path) -> Path:
    """The file, or a copy of it in the cache folder, as soundfile reads it. Raises UnreadableError, OSError."""
    import soundfile

    try:
        soundfile.info(path)
    except soundfile.SoundFileError:
        pass
    else:
        return path
    copy = cache / f"{stamp(path)}.opus"
    if not _is_sound(copy):
        _convert(path, copy)
    return copy


def _is_sound(path: Path) -> bool:
    """Whether a file is there and can be read."""
    import soundfile

    try:
        return bool(soundfile.info(path).frames)
    except soundfile.SoundFileError:
        return False


def _convert(path: Path, copy: Path) -> None:
    """Make a copy at 48 kHz in Opus, at a rate at which nobody hears a difference."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        with put_whole(copy) as unfinished:
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-y", "-protocol_whitelist", "file"]
            command += ["-i", f"file:{path}", "-map", "0:a:0", "-map_metadata", "-1", "-ac", "2", "-ar", "48000"]
            command += ["-c:a", "libopus", "-b:a", "160k", "-f", "ogg", str(unfinished)]
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
            told = done.stderr.decode(errors="replace")
            if path.suffix.casefold() in _PROTECTED_SUFFIXES or _PROTECTED.search(told):
                raise UnreadableError("it is protected against copying, and only the shop's own player can open it")
            if done.returncode or not _is_sound(unfinished):
                raise UnreadableError("it is broken, or of a kind that cannot be read: save it as WAV, FLAC or MP3")
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("it cannot be read within half an hour") from error
