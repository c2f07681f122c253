"""A person's takes become the clips of a voice of the clinic's own: decoded, mastered, listened to, kept.

    python -m guideplayer.voice.takes VOICE_FOLDER

makes the clips of all takes that are kept in the folder of a voice, and writes a JSON line for each. Killed at any
moment it leaves whole clips alone.
"""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
from pydub import AudioSegment
from pydub.effects import normalize

from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.priority import step_back
from guideplayer.voice import VoiceError
from guideplayer.voice.clips import Entry, keep_clip, mastered_take
from guideplayer.voice.engines import ENGLISH
from guideplayer.voice.hearing import Ear, ear_if_installed
from guideplayer.voice.kept_takes import FOLDER, Done, KeptTake, waiting
from guideplayer.voice.mastering import RATE_HZ, segment_of, trimmed

LONGEST_TAKE_MS = 5 * MINUTE_MS
DECODED_WITHIN_S = 60
# Below this nobody has spoken: what is raised to a usual level then is the room's noise.
SILENT_DBFS = -50.0
SHORTEST_MS = 100
HEADROOM_DB = 6.0
# Sound files alone: a playlist could make ffmpeg open other files than the take.
_FORMATS = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,w64,flac,mp3,aac,aiff"


class TakeError(VoiceError):
    """No clip can be made of this take; the sentence says why, and what to do."""


def read_take(path: Path) -> AudioSegment:
    """A recording of any usual kind, at a usual level. Raises TakeError for one with nothing to hear."""
    ffmpeg = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-format_whitelist", _FORMATS)
    whole = ("-vn", "-ac", "1", "-ar", str(RATE_HZ), "-t", str(LONGEST_TAKE_MS // SECOND_MS + 1), "-f", "f32le", "-")
    command = [*ffmpeg, "-protocol_whitelist", "file", "-i", f"file:{path}", *whole]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=DECODED_WITHIN_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        raise TakeError("This take is no sound that can be read: record it again.") from error
    sound = segment_of(np.frombuffer(done.stdout, "<f4"), RATE_HZ)
    if len(sound) > LONGEST_TAKE_MS:
        raise TakeError("This take is longer than 5 minutes, which no line is: record it again.")
    # Of a microphone that stands far off, a calm voice would count as silence.
    if not len(sound) or sound.max_dBFS < SILENT_DBFS or len(trimmed(normalize(sound, HEADROOM_DB))) < SHORTEST_MS:
        raise TakeError("Nothing is heard in this take: look whether the microphone is on, and record it again.")
    return normalize(sound, HEADROOM_DB)


def clip_of_take(home: Path, take: KeptTake, ear: Ear | None) -> Entry:
    """Make the clip of a kept take, in the voice's folder. Raises TakeError; VoiceError when it cannot be written."""
    mastered = mastered_take(read_take(home / FOLDER / take.file), take.spoken, ear)
    return keep_clip(home, take.spoken, take.clip_file, mastered)


def main(arguments: list[str] | None = None) -> None:
    """Make the clips that the folder of a voice lacks, and tell of each as it is done."""
    home = Path((arguments or sys.argv[1:])[0])
    step_back(10)
    takes = waiting(home)
    ear = ear_if_installed() if any(_is_english(take) for take in takes.values()) else None
    for key, take in takes.items():
        problem = ""
        try:
            clip_of_take(home, take, ear if _is_english(take) else None)
        except TakeError as error:
            problem = str(error)
        except VoiceError as error:
            sys.exit(str(error))
        print(msgspec.json.encode(Done(key, take.take, problem)).decode(), flush=True)


def _is_english(take: KeptTake) -> bool:
    """Whether the recogniser knows its language."""
    return take.language.replace("_", "-").partition("-")[0].casefold() == ENGLISH


if __name__ == "__main__":
    main()
