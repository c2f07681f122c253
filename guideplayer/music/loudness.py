"""How loud a whole piece of music is, by ffmpeg's measure of EBU R 128, block by block: an hour takes no memory."""

import subprocess
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

import imageio_ffmpeg
import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SILENT_LUFS = -60.0
_STEPS_PER_SECOND = 10
# What melts into the track before and after: its rise is not heard as it is.
_EDGE_S = 6
_QUIET_LU = 20.0


class LoudnessError(Exception):
    """The loudness cannot be measured."""


class Loudness(msgspec.Struct, frozen=True):
    """How loud the whole is (gated) and its loudest three seconds, in LUFS; how much it grows in a second at most."""

    whole_lufs: float
    loudest_lufs: float
    rise_lu: float


def measured(blocks: "Iterable[NDArray[np.float32]]", rate_hz: int, channels: int) -> Loudness:
    """The loudness of a sound that comes in blocks (frames, channels). Raises LoudnessError, and what blocks raise."""
    import numpy as np

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-v", "error"]
    command += ["-f", "f32le", "-ar", str(rate_hz), "-ac", str(channels), "-i", "-"]
    command += ["-af", "ebur128=metadata=1,ametadata=mode=print:file=-", "-f", "null", "-"]
    with tempfile.TemporaryFile() as told:
        try:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=told, stderr=subprocess.DEVNULL) as process:
                assert process.stdin
                for block in blocks:
                    process.stdin.write(np.ascontiguousarray(block, "<f4").tobytes())
        except BrokenPipeError as error:
            raise LoudnessError from error
        told.seek(0)
        return _of_lines(told)


def _of_lines(told: Iterable[bytes]) -> Loudness:
    """The loudness, from ffmpeg's account of every tenth of a second."""
    import numpy as np

    whole_lufs, curve = SILENT_LUFS, []
    for line in told:
        if line.startswith(b"lavfi.r128.I="):
            whole_lufs = float(line.partition(b"=")[2])
        elif line.startswith(b"lavfi.r128.S="):
            curve.append(float(line.partition(b"=")[2]))
    if not curve:
        raise LoudnessError
    steps = np.nan_to_num(np.array(curve), nan=-120.0, neginf=-120.0)
    # Where it is so quiet that it is not heard, it does not matter how quiet.
    heard = np.maximum(steps, whole_lufs - _QUIET_LU)[_EDGE_S * _STEPS_PER_SECOND : -_EDGE_S * _STEPS_PER_SECOND]
    rises = heard[_STEPS_PER_SECOND:] - heard[:-_STEPS_PER_SECOND]
    return Loudness(whole_lufs, float(steps.max()), float(max(0.0, rises.max(initial=0.0))))
