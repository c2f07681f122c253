"""The film strip of a preview: frames as the stage paints them, and the whole session's light as one band of colour."""

import io
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import Moment
from guideplayer.rehearsal.export import Session
from guideplayer.rehearsal.preview import Preview
from guideplayer.stage.painter import Painter
from guideplayer.stage.picture import PicturePainter, signature

FRAMES = 14
FRAME_SIZE = (640, 360)
# The share of the session before the middle of the first frame, and after that of the last.
EDGE = 1 / 16
# A phase melts into the next within 12 s, which is half a column of an hour.
COLUMNS, COLUMN_SIZE = 160, (96, 54)
# Slow scenes are painted every 200 ms of their own time, at half a session's pace, and blended in between: at these
# times there is nothing to blend, which is twice as fast.
COLUMN_STEP_MS = 400
# How long after the beginning of a line its caption stands fully there.
CAPTION_MS = 1500

Progress = Callable[[int, int], None]
Column = np.ndarray[tuple[int, int], np.dtype[np.float32]]


class Frame(msgspec.Struct, frozen=True):
    """What the screen shows at a time of the infusion's clock, as JPEG; `row` is the number of the line it shows."""

    at_ms: int
    jpeg: bytes
    text: str = ""
    row: int = 0


class Strip(msgspec.Struct, frozen=True):
    """Frames in order; the band as PNG, one column for each share of the session; the light (0..1) at each column."""

    frames: tuple[Frame, ...]
    band: bytes
    light: tuple[float, ...]


class StripPainter:
    """Paints strips, and keeps what it has painted: of a script that changed a little, only that is painted anew."""

    def __init__(self) -> None:
        pygame.font.init()
        self._painter = Painter(FRAME_SIZE)
        self._pictures = PicturePainter(COLUMN_SIZE)
        self._small = pygame.Surface(COLUMN_SIZE, depth=32)
        self._frames: dict[object, bytes] = {}
        self._columns: dict[object, Column] = {}

    def strip(self, preview: Preview, progress: Progress = lambda done, total: None) -> Strip:
        """The strip of a preview; `progress` is told pictures done and in all."""
        times = frame_times(preview)
        total = COLUMNS + len(times)
        session = Session(preview.script, preview.infusion_ms)
        columns, light = [], []
        before, self._columns = self._columns, {}
        for number in range(COLUMNS):
            share = (number + 0.5) / COLUMNS
            at_ms = int(share * preview.whole_ms) // COLUMN_STEP_MS * COLUMN_STEP_MS
            moment = session.moment(at_ms)
            columns.append(self._column(moment, before))
            light.append(moment.light)
            progress(number + 1, total)
        frames = self._painted(preview, times, lambda done: progress(COLUMNS + done, total))
        return Strip(frames, _png(np.stack(columns)), tuple(light))

    def _column(self, moment: Moment, before: dict[object, Column]) -> Column:
        """The colours of a moment from top to bottom, as 0..255."""
        key = signature(moment)
        if key not in before:
            self._pictures.paint(moment, self._small)
            before[key] = pygame.surfarray.array3d(self._small).mean(axis=0, dtype=np.float32)
        self._columns[key] = before[key]
        return before[key]

    def _painted(self, preview: Preview, times: Sequence[int], progress: Callable[[int], None]) -> tuple[Frame, ...]:
        session, zero_ms = Session(preview.script, preview.infusion_ms), -preview.begins_ms
        before, self._frames = self._frames, {}
        frames = []
        for number, at_ms in enumerate(times):
            moment = session.moment(zero_ms + at_ms)
            key = (signature(moment), moment.caption)
            if key not in before:
                self._painter.paint(moment)
                before[key] = _jpeg(self._painter.surface)
            self._frames[key] = before[key]
            text = moment.caption.text if moment.caption else ""
            shown = [row.number for row in preview.rows if row.at_ms is not None and row.text and row.at_ms <= at_ms]
            frames.append(Frame(at_ms, before[key], text, shown[-1] if text and shown else 0))
            progress(number + 1)
        return tuple(frames)


def frame_times(preview: Preview) -> list[int]:
    """When frames are taken: evenly over the session, at a line's caption when one is near, else at rest."""
    slot_ms = preview.whole_ms * (1 - 2 * EDGE) / (FRAMES - 1)
    captions = [row.at_ms + CAPTION_MS for row in preview.rows if row.at_ms is not None and row.text]
    times = []
    for number in range(FRAMES):
        middle_ms = round(preview.begins_ms + preview.whole_ms * EDGE + number * slot_ms)
        nearest_ms = min(captions, key=lambda at_ms: abs(at_ms - middle_ms), default=middle_ms)
        times.append(nearest_ms if abs(nearest_ms - middle_ms) <= slot_ms / 4 else middle_ms)
    return times


def _jpeg(surface: pygame.Surface) -> bytes:
    file = io.BytesIO()
    pygame.image.save(surface, file, "frame.jpg")
    return file.getvalue()


def _png(columns: np.ndarray[tuple[int, int, int], np.dtype[np.float32]]) -> bytes:
    """Columns of colours (across, down, 3) as a picture."""
    file = io.BytesIO()
    pygame.image.save(pygame.surfarray.make_surface(np.clip(columns, 0, 255).astype(np.uint8)), file, "band.png")
    return file.getvalue()
