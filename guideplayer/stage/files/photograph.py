"""A photograph: turned upright, as large as the screen, over which it moves very slowly from side to side."""

import math

import numpy as np
import pygame
from PIL import Image

from guideplayer.pictures import read_upright
from guideplayer.stage.files.layer import Dimmer, Pixels, as_steps
from guideplayer.stage.scenes.colours import luminance

# A picture that has to lose more than this share to fill the screen is shown whole, with soft dark borders, instead.
MOST_CUT = 0.3
# How much larger than the screen it is, so that there is a way to go.
MARGIN = 0.06
# The fastest that it moves, on a screen of 1080 lines: a twentieth of a degree a second at arm's length and more.
PAN_PX_S = 1.5
# No picture is brighter in the mean than the scenes are.
MEAN_LUMINANCE = 0.10
# It moves by quarters of a pixel: whole ones would be seen.
QUARTERS = 4
GAMMA = 2.2
BORDER = 0.06


class Photograph:
    """One photograph for one size of screen."""

    def __init__(self, file: str, size: tuple[int, int]) -> None:
        """Read it. Raises PictureError."""
        image = read_upright(file, (round(size[0] * 1.5), round(size[1] * 1.5)))
        self._size = size
        self._pixels, self._ways = _fitted(image, size)
        seen = luminance(self._pixels[::8, ::8, 2::-1].astype(np.float32) / 255).mean()
        self._exposure = min(1.0, MEAN_LUMINANCE / max(float(seen), 1e-6)) ** (1 / GAMMA)
        self._dimmer = Dimmer(size)
        self._made: tuple[int, int, int] | None = None

    def add(self, time_ms: int, share: float, target: pygame.Surface) -> None:
        """Add the photograph at a time, at a share of its display values."""
        right, down = (self._offset(time_ms, way) for way in self._ways)
        key = (round(right * QUARTERS), round(down), as_steps(share * self._exposure))
        if key != self._made:
            column, quarters = divmod(key[0], QUARTERS)
            width, height = self._size
            rows = self._pixels[key[1] : key[1] + height]
            beside = min(column + 1, rows.shape[1] - width)
            beside_share = key[2] * quarters // QUARTERS
            self._dimmer.dim(
                rows[:, column : column + width], key[2] - beside_share, rows[:, beside : beside + width], beside_share
            )
            self._made = key
        target.blit(self._dimmer.surface, (0, 0), special_flags=pygame.BLEND_RGB_ADD)

    def _offset(self, time_ms: int, way_px: int) -> float:
        """How far along its way it is, in pixels: to and fro, slowest at the ends."""
        fastest_px_s = PAN_PX_S * self._size[1] / 1080
        period_s = math.pi * way_px / fastest_px_s
        return way_px * (0.5 - 0.5 * math.cos(2 * math.pi * time_ms / 1000 / period_s)) if way_px else 0.0


def _fitted(image: Image.Image, size: tuple[int, int]) -> tuple[Pixels, tuple[int, int]]:
    """The pixels, at least as large as the screen, and how far they may move to the right and down."""
    width, height = size
    fills, whole = (choose(width / image.width, height / image.height) for choose in (max, min))
    if 1 - whole / fills <= MOST_CUT:
        scale = fills * (1 + MARGIN)
        wide = _pixels(image, (max(width, round(image.width * scale)), max(height, round(image.height * scale))))
        right, down = wide.shape[1] - width, wide.shape[0] - height
        # It moves one way only, the longer one; along the other it stands in the middle.
        if right >= down:
            return wide[down // 2 : down // 2 + height], (right, 0)
        return wide[:, right // 2 : right // 2 + width], (0, down)
    inside = _pixels(image, (max(1, round(image.width * whole)), max(1, round(image.height * whole))))
    framed = np.zeros((height, width, 4), np.uint8)
    left, top = (width - inside.shape[1]) // 2, (height - inside.shape[0]) // 2
    framed[top : top + inside.shape[0], left : left + inside.shape[1]] = inside * _edges(inside.shape[:2], size)
    return framed, (0, 0)


def _edges(shape: tuple[int, ...], size: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Soft borders where a picture ends before the screen does."""
    soft_px = max(2, round(min(size) * BORDER))
    across = np.minimum(1, (np.minimum(np.arange(shape[1]), np.arange(shape[1])[::-1]) + 1) / soft_px)
    down = np.minimum(1, (np.minimum(np.arange(shape[0]), np.arange(shape[0])[::-1]) + 1) / soft_px)
    across, down = (
        np.ones_like(edge) if length >= side else edge * edge * (3 - 2 * edge)
        for edge, length, side in ((across, shape[1], size[0]), (down, shape[0], size[1]))
    )
    return (down[:, None] * across[None, :])[..., None].astype(np.float32)


def _pixels(image: Image.Image, size: tuple[int, int]) -> Pixels:
    """A picture's pixels at a size, blue first."""
    sized = np.asarray(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    pixels[..., :3] = sized[..., ::-1]
    return pixels
