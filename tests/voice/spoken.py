"""Takes as browsers and telephones make them, of a clip that ships: the words of a real voice."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from guideplayer.media import Library, media_folder

CODECS = {".webm": "libopus", ".m4a": "aac", ".ogg": "libopus", ".wav": "pcm_s16le"}


def shipped_line() -> str:
    """A line that a shipped voice says, of some words."""
    lines = Library().clips["heart"]
    return next(text for text in sorted(lines) if 5 <= len(text.split()) <= 8 and text.isascii() and "[" not in text)


def take_of(text: str, path: Path, *, gain: float = 0.2, silence: bool = False) -> Path:
    """A recording of a shipped line, quieter than it ships, in the format of the path; or silence as long."""
    clip = Library().find_clip("heart", text)
    assert clip is not None
    ffmpeg = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(media_folder() / clip.file))
    sound = ("-af", f"volume={0 if silence else gain},adelay=600,apad=pad_dur=0.5", "-c:a", CODECS[path.suffix])
    subprocess.run([*ffmpeg, *sound, str(path)], check=True, capture_output=True)
    return path
