"""One line of type: shaped for its script, from right to left where it is read so, in a font that has its letters."""

import functools

import numpy as np
import pygame
from PIL import Image, ImageDraw, ImageFont

from guideplayer.fonts import font_for


@functools.lru_cache(maxsize=64)
def _face(path: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px)


def row_of(text: str, size_px: int, ink: tuple[int, int, int]) -> pygame.Surface:
    """A line of a size in an ink, transparent around; as high as the font's ascent and descent, whatever is written."""
    face = _face(str(font_for(text)), size_px)
    ascent, descent = face.getmetrics()
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    above, below = max(ascent, -int(top)), max(descent, int(bottom))
    size = (max(1, int(right) - min(0, int(left)) + 1), above + below)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).text((-min(0, int(left)), above), text, fill=255, font=face, anchor="ls")
    surface = pygame.Surface(size, pygame.SRCALPHA)
    surface.fill((*ink, 0))
    pygame.surfarray.pixels_alpha(surface)[:] = np.asarray(mask).T
    return surface
