"""A picture of a script: what the patient's screen shows at a moment that tells it from others, without words."""

from pathlib import Path

import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import Moment
from guideplayer.core.plan import plan
from guideplayer.core.script import Script
from guideplayer.rehearsal.export import Session
from guideplayer.stage.painter import Painter

SIZE = (640, 360)
# How far into each phase it is looked at: its scene has come by then, and has not begun to go.
LOOKS = (0.4, 0.7)
# The phase that is heard in the sample is seen too, unless another one is seen this much better.
SAME_PHASE = 1.5


def paint_picture(script: Script, infusion_ms: int, phase: int, file: Path) -> None:
    """Write the most telling picture of the infusion as JPEG. Raises UnfitError, OSError."""
    pygame.font.init()
    painter = Painter(SIZE)
    fitted = plan(script, infusion_ms)
    session = Session(script, infusion_ms)
    best, best_score = painter.surface, -1.0
    for stretch in fitted.infusion.stretches:
        for look in LOOKS:
            at_ms = round(stretch.start_ms + look * (stretch.end_ms - stretch.start_ms))
            painter.paint(_wordless(session.moment(fitted.arrival.length_ms + at_ms)))
            score = _seen(painter.surface) * (SAME_PHASE if stretch.phase == phase else 1.0)
            if score > best_score:
                best, best_score = painter.surface.copy(), score
    try:
        with file.open("wb") as opened:
            pygame.image.save(best, opened, "picture.jpg")
    except pygame.error as error:
        raise OSError(str(error)) from error


def _wordless(moment: Moment) -> Moment:
    return msgspec.structs.replace(moment, caption=None)


def _seen(surface: pygame.Surface) -> float:
    """How much there is to see: how light it is, and how its parts differ."""
    pixels = pygame.surfarray.array3d(surface)[::8, ::8].astype(np.float32) / 255
    return float(pixels.mean() + 2 * pixels.mean(axis=2).std())
