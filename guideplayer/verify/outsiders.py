"""What others say of the same film: IRIS, and ffmpeg's filter against flashes. They judge beside us, not in our place.

IRIS (Electronic Arts' analyser, here the package iris-pse-detection) follows the rules of broadcast: flashes, red
flashes, patterns. ffmpeg's photosensitivity filter sums changes of brightness over a second; at 1 it would step in.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import imageio_ffmpeg
import msgspec

from guideplayer.core.units import SECOND_MS
from guideplayer.verify.display import FRAMES_PER_SECOND, SIZE_PX

IRIS, FFMPEG = "IRIS", "ffmpeg photosensitivity"
ABSENT = "IRIS and ffmpeg's filter are not asked: install the extra with `pip install 'guideplayer[verify]'`."
# IRIS's own files make 1920x1080 five times smaller; our film is larger than that.
IRIS_HEIGHT_PX = 1080 * 0.2
# Of a film's first second ffmpeg's filter knows no past, and takes what there is for a change.
SETTLES_MS = SECOND_MS
STEPS_IN = 1.0
_VERDICTS = ("passes", "passes with a warning", "fails: flashes for too long", "fails: flashes")
_PATTERN = "fails: a pattern"
_BADNESS = "lavfi.photosensitivity.badness="


class Opinion(msgspec.Struct, frozen=True):
    """What one of them says at its worst: how bad (0 is well), in words, and when."""

    name: str
    worst: float
    says: str
    at_ms: int = -1

    @property
    def objects(self) -> bool:
        """Whether it would not let the film pass."""
        return "fails" in self.says or "would step in" in self.says


def installed() -> bool:
    """Whether they can be asked: the extra `verify` is there, and works on this machine."""
    try:
        import iris_pse_detection.video_analyser  # noqa: F401
    except ImportError:
        return False
    return True


class Reel:
    """A part of a film on disk, without loss, for others to look at: use it with `with`, and `add` frames."""

    def __init__(self, start_ms: int) -> None:
        """`start_ms` is when its first frame is shown, in the session."""
        self._start_ms = start_ms
        self._folder = tempfile.TemporaryDirectory(prefix="guideplayer-")
        self.path = Path(self._folder.name) / "film.mkv"
        width, height = SIZE_PX
        raw = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {FRAMES_PER_SECOND} -i -"
        coded = "-c:v libx264rgb -preset ultrafast -qp 0"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw.split(), *coded.split(), str(self.path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)

    def add(self, pixels: bytes) -> None:
        """One more frame, as RGB bytes."""
        assert self._process.stdin
        self._process.stdin.write(pixels)

    def finish(self) -> None:
        """No frame follows."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def at_ms(self, frame: int) -> int:
        """When a frame is shown, in the session."""
        return self._start_ms + frame * SECOND_MS // FRAMES_PER_SECOND

    def __enter__(self) -> "Reel":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def opinions(reel: Reel, from_ms: int) -> tuple[Opinion, Opinion]:
    """What both say of a finished reel; what was before `from_ms` only leads into it."""
    return _iris(reel, from_ms), _ffmpeg(reel, from_ms)


def worse(one: Opinion, other: Opinion) -> Opinion:
    """The worse of two opinions of one author; of equals the earlier."""
    return other if other.worst > one.worst else one


def _iris(reel: Reel, from_ms: int) -> Opinion:
    from iris_pse_detection.configuration import Configuration
    from iris_pse_detection.video_analyser import VideoAnalyser

    asked = Configuration(
        pattern_detection_enabled=True,
        frame_resize_enabled=True,
        frame_resize_proportion=IRIS_HEIGHT_PX / SIZE_PX[1],
        results_path=str(reel.path.parent / "results"),
    )
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        analyser = VideoAnalyser(asked)
        analyser.analyse_video(str(reel.path), output_json=True)
    told = json.loads(Path(analyser.frame_data_json_path).read_text("utf-8"))["LineGraphFrameData"]
    worst = Opinion(IRIS, 0, _VERDICTS[0])
    for frame in told:
        at_ms = reel.at_ms(frame["Frame"] - 1)
        if at_ms >= from_ms:
            worst = worse(worst, _verdict(frame, at_ms))
    return worst


def _verdict(frame: dict[str, int], at_ms: int) -> Opinion:
    """What IRIS says of one frame: of flashes 0 passes, 1 warns, 2 and 3 fail; of patterns 1 fails."""
    flashes = max(frame["LuminanceFrameResult"], frame["RedFrameResult"])
    if frame["PatternFrameResult"] and flashes < 2:
        return Opinion(IRIS, 2, _PATTERN, at_ms)
    return Opinion(IRIS, flashes, _VERDICTS[flashes], at_ms)


def _ffmpeg(reel: Reel, from_ms: int) -> Opinion:
    worst = Opinion(FFMPEG, 0, _sum_of(0))
    for frame, badness in enumerate(_badness(reel.path)):
        at_ms = reel.at_ms(frame)
        if at_ms >= from_ms and frame * SECOND_MS >= SETTLES_MS * FRAMES_PER_SECOND:
            worst = worse(worst, Opinion(FFMPEG, badness, _sum_of(badness), at_ms))
    return worst


def _sum_of(badness: float) -> str:
    return f"sums to {badness:.3f}" + (", and would step in" if badness >= STEPS_IN else f" of {STEPS_IN:g}")


def _badness(path: Path) -> Iterator[float]:
    """The filter's sum at each frame."""
    looked = "photosensitivity=bypass=1,metadata=print:file=-"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-vf", looked, "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in told.splitlines():
        if line.startswith(_BADNESS):
            yield float(line.removeprefix(_BADNESS))
