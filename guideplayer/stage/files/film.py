"""A film: the frame for a time, as large as the screen; before it ends it melts into its beginning."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pygame

from guideplayer.pictures import film_errors, open_film
from guideplayer.stage.files.layer import Dimmer, Pixels, as_steps

if TYPE_CHECKING:
    from av import VideoFrame

# The end melts into the beginning for so long, or for a third of a very short film.
MELT_MS = 3000
# Farther ahead than this a film is searched, and not read frame by frame.
SEARCH_MS = 2000


class Reader:
    """One place in a film, that moves forwards."""

    def __init__(self, file: str, size: tuple[int, int]) -> None:
        """Open a film. Raises PictureError."""
        self._container, self.length_ms = open_film(file)
        self._errors = film_errors()
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._size = size
        width, height = self._stream.width, self._stream.height
        scale = min(size[0] / width, size[1] / height)
        self._inside = (max(2, round(width * scale)), max(2, round(height * scale)))
        self._frames: Iterator[VideoFrame] = iter(())
        self._asked_ms = 0
        self._pixels: Pixels = np.zeros((size[1], size[0], 4), np.uint8)
        self._next: VideoFrame | None = None
        self._search(0)

    def frame(self, at_ms: int) -> Pixels:
        """The frame that is seen at a time. Where the film cannot be read any further the last one stays."""
        if not self._asked_ms <= at_ms <= self._asked_ms + SEARCH_MS:
            self._search(at_ms)
        self._asked_ms = at_ms
        shown = None
        while self._next is not None and (self._next.time or 0) * 1000 <= at_ms:
            shown = self._next
            self._next = self._decoded()
        if shown is not None:
            self._show(shown)
        return self._pixels

    def _search(self, at_ms: int) -> None:
        """Go to the last place at or before a time from which the film can be read."""
        try:
            self._container.seek(at_ms * 1000)
        except self._errors:
            self._next = None
            return
        self._frames = self._container.decode(self._stream)
        self._next = self._decoded()

    def _decoded(self) -> "VideoFrame | None":
        """The next frame; None at the end, and where the film is broken."""
        try:
            return next(self._frames, None)
        except self._errors:
            return None

    def _show(self, frame: "VideoFrame") -> None:
        width, height = self._inside
        sized = frame.reformat(width, height, format="bgra").to_ndarray()
        top, left = (self._size[1] - height) // 2, (self._size[0] - width) // 2
        self._pixels[top : top + height, left : left + width] = sized


class Film:
    """One film for one size of screen, without an end."""

    def __init__(self, file: str, size: tuple[int, int]) -> None:
        """Open it. Raises PictureError."""
        self._now = Reader(file, size)
        length_ms = self._now.length_ms
        self._melt_ms = min(MELT_MS, length_ms // 3)
        self._turn_ms = length_ms - self._melt_ms
        # Where end and beginning are seen together two places have to be read.
        self._coming = Reader(file, size)
        self._dimmer = Dimmer(size)

    def add(self, time_ms: int, share: float, target: pygame.Surface) -> None:
        """Add the film at a time, at a share of its display values."""
        turn, at_ms = divmod(time_ms, self._turn_ms)
        steps = as_steps(share)
        shown = leaving = self._reader(turn).frame(at_ms)
        leaving_share = 0
        if turn > 0 and at_ms < self._melt_ms:
            # The beginning is seen while the end of the turn before still is, which the other reader reads.
            leaving = self._reader(turn - 1).frame(at_ms + self._turn_ms)
            leaving_share = round(steps * _eased(1 - at_ms / self._melt_ms))
        layer = self._dimmer.dim(shown, steps - leaving_share, leaving, leaving_share)
        target.blit(layer, (0, 0), special_flags=pygame.BLEND_RGB_ADD)

    def _reader(self, turn: int) -> Reader:
        return self._coming if turn % 2 else self._now


def _eased(share: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * share)
