"""A session as the frames that its screen shows, with a press and a pause in it, on a virtual clock."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pygame
from numpy.typing import NDArray

from guideplayer.core.moment import Moment
from guideplayer.core.plan import plan
from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.rehearsal.events import inputs_of
from guideplayer.rehearsal.export import Session
from guideplayer.stage.captions import CaptionStyle
from guideplayer.stage.painter import Painter
from guideplayer.verify.display import FRAMES_PER_SECOND, SIZE_PX
from guideplayer.verify.light import Light

Moments = Callable[[int], Moment]


def pressed_once(script: Script, infusion_ms: int) -> tuple[Session, int]:
    """A session with one press in the middle of its infusion, resumed after two minutes, and its length in ms."""
    fitted = plan(script, infusion_ms)
    press_ms, begins_ms = infusion_ms // 2, fitted.arrival.length_ms
    inputs = [(begins_ms + at_ms, what) for at_ms, what in inputs_of([press_ms], [press_ms + 2 * MINUTE_MS])]
    return Session(script, infusion_ms, inputs), begins_ms + infusion_ms + fitted.returning.length_ms


def lights(
    moments: Moments,
    start_ms: int,
    end_ms: int,
    style: CaptionStyle = CaptionStyle(),  # noqa: B008
    *,
    keep: Callable[[bytes], None] = lambda pixels: None,
) -> Iterator[Light]:
    """Every frame of a time, as the screen paints it; `keep` is given each as RGB bytes."""
    pygame.font.init()
    painter = Painter(SIZE_PX, style=style)
    light: Light | None = None
    pixels = b""
    for at_ms in frame_times_ms(start_ms, end_ms):
        if painter.paint(moments(at_ms)) or light is None:
            pixels = pygame.image.tobytes(painter.surface, "RGB")
            light = Light(_array(pixels), at_ms)
        else:
            light = light.at(at_ms)
        keep(pixels)
        yield light


def frame_times_ms(start_ms: int, end_ms: int) -> Sequence[int]:
    """When the frames of a time are shown."""
    first = -(-start_ms * FRAMES_PER_SECOND // SECOND_MS)
    last = -(-end_ms * FRAMES_PER_SECOND // SECOND_MS)
    return [number * SECOND_MS // FRAMES_PER_SECOND for number in range(first, last)]


def _array(pixels: bytes) -> NDArray[np.uint8]:
    """Display values (height, width, 3)."""
    width, height = SIZE_PX
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
