"""A session as a film: the pictures of the stage's painter and the sound of its mixer, from the same `moment_at`."""

import contextlib
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import imageio_ffmpeg
import msgspec
import pygame
import soundfile

from guideplayer.core.direction import moment_at
from guideplayer.core.messages import Began, Chose
from guideplayer.core.moment import Moment
from guideplayer.core.plan import plan
from guideplayer.core.script import Script
from guideplayer.core.session import advance, opened, step
from guideplayer.core.state import State
from guideplayer.media import Library
from guideplayer.rehearsal.events import Input
from guideplayer.stage.mixing import render
from guideplayer.stage.painter import Painter
from guideplayer.stage.sources import CHANNELS, RATE_HZ
from guideplayer.whole_file import put_whole

Progress = Callable[[int, int], None]

# Dithered dark gradients are what encoders throw away first: a low rate factor and no block-wise smoothing keep them.
_LOSSY = ("-c:v", "libx264", "-preset", "medium", "-crf", "15", "-tune", "grain", "-pix_fmt", "yuv420p")
_LOSSY_SOUND = ("-c:a", "aac", "-b:a", "192k")
_LOSSLESS = ("-c:v", "ffv1", "-level", "3", "-pix_fmt", "bgr0")
_LOSSLESS_SOUND = ("-c:a", "flac")


class ExportError(Exception):
    """The film cannot be made; the text is one plain sentence."""


class Film(msgspec.Struct, frozen=True):
    """What film is wanted. `start_ms` and `end_ms` are times of the infusion; without them it is the whole session."""

    path: Path
    size: tuple[int, int] = (1920, 1080)
    fps: int = 30
    lossless: bool = False
    captions: bool = True
    start_ms: int | None = None
    end_ms: int | None = None


class Session:
    """A session at any of its times; nobody interrupts it unless inputs, at times of the session in order, say so."""

    def __init__(self, script: Script, infusion_ms: int, inputs: Sequence[Input] = ()) -> None:
        self._inputs = deque(inputs)
        state = opened("Film", script.hold, 0)
        state, _ = step(state, Chose(script, infusion_ms), 0)
        self._state, _ = step(state, Began("film", unready=True, pump_follows=True), 0)
        self._now_ms = 0

    def moment(self, now_ms: int) -> Moment:
        """The moment at a time; times must not go back."""
        return moment_at(self._at(now_ms), now_ms)

    def _at(self, now_ms: int) -> State:
        while self._inputs and self._inputs[0][0] <= now_ms:
            at_ms, what = self._inputs.popleft()
            self._state, _ = advance(self._state, at_ms)
            if event := what(self._state):
                self._state, _ = step(self._state, event, at_ms)
        self._state, _ = advance(self._state, max(now_ms, self._now_ms))
        self._now_ms = now_ms
        return self._state


def span_of(script: Script, infusion_ms: int, film: Film) -> tuple[int, int]:
    """Beginning and end of a film, in ms of the session. Raises ExportError for a span that is empty or outside."""
    fitted = plan(script, infusion_ms)
    zero_ms = fitted.arrival.length_ms
    whole_ms = zero_ms + infusion_ms + fitted.returning.length_ms
    start_ms = 0 if film.start_ms is None else zero_ms + film.start_ms
    end_ms = whole_ms if film.end_ms is None else zero_ms + film.end_ms
    if not 0 <= start_ms < end_ms <= whole_ms:
        raise ExportError("The film would be empty: --from must be before --to, and both within the session.")
    return start_ms, end_ms


def export_film(script: Script, infusion_ms: int, film: Film, library: Library, progress: Progress) -> None:
    """Make a film; `progress` is told frames done and frames in all. Raises ExportError, and then leaves no file."""
    if film.lossless and film.path.suffix != ".mkv":
        raise ExportError("A lossless film needs a name that ends in .mkv.")
    if film.path.suffix not in (".mkv", ".mp4"):
        raise ExportError("A film's name ends in .mkv or .mp4.")
    start_ms, end_ms = span_of(script, infusion_ms, film)
    try:
        with put_whole(film.path) as partial, tempfile.TemporaryDirectory(prefix="guideplayer-") as folder:
            sound = Path(folder) / "sound.wav"
            _write_sound(Session(script, infusion_ms), library, start_ms, end_ms, sound)
            _encode(_frames(Session(script, infusion_ms), film, start_ms, end_ms, progress), sound, film, partial)
    except OSError as error:
        raise ExportError(f"{film.path} cannot be written: {error.strerror or error}.") from error


def _write_sound(session: Session, library: Library, start_ms: int, end_ms: int, path: Path) -> None:
    with soundfile.SoundFile(path, "w", RATE_HZ, CHANNELS, "PCM_24", format="RF64") as file:
        for block in render(session.moment, library, start_ms, end_ms):
            file.write(block)


def _frames(session: Session, film: Film, start_ms: int, end_ms: int, progress: Progress) -> Iterator[bytes]:
    """Every frame as RGB bytes, each at its own exact time. Raises ExportError when one would not be as it should."""
    pygame.font.init()
    painter = Painter(film.size)
    count = (end_ms - start_ms) * film.fps // 1000
    for number in range(count):
        moment = session.moment(start_ms + number * 1000 // film.fps)
        painter.paint(moment if film.captions else msgspec.structs.replace(moment, caption=None))
        if painter.faults:
            raise ExportError(painter.faults[0])
        yield pygame.image.tobytes(painter.surface, "RGB")
        progress(number + 1, count)


def _encode(frames: Iterator[bytes], sound: Path, film: Film, path: Path) -> None:
    """Give frames and sound to ffmpeg. Raises ExportError with its last word when it fails."""
    width, height = film.size
    codecs = (*_LOSSLESS, *_LOSSLESS_SOUND) if film.lossless else (*_LOSSY, *_LOSSY_SOUND)
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(film.fps), "-i", "-")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, "-i", str(sound), *codecs, str(path)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said)
        assert process.stdin
        try:
            # It may end early; then its exit code and last line say why.
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                for frame in frames:
                    pipe.write(frame)
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        if code:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines()
            raise ExportError(f"The film could not be encoded: {lines[-1] if lines else 'ffmpeg ended early'}.")
