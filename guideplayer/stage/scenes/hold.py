"""The hold's picture: a dim, warm light that stays. The calmest thing here, nearly still, with nothing to look for."""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars, sway
from guideplayer.stage.scenes.colours import Field, shade
from guideplayer.stage.scenes.palettes import Palette

# Three breaths a minute: half of what is still pleasant for a whole screen.
BREATH_S = 20.0


class Hold:
    """A glow, low in the middle."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._light_colours = palette.gradient("light")
        distance = (canvas.x * 0.52) ** 2 + ((canvas.y - 0.72) * 1.25) ** 2
        self._near = np.exp(-distance * 1.5).astype(np.float32)
        self._canvas = canvas
        self._grain = canvas.clouds(3.0, 150, 1.5)

    def paint(self, time_s: float) -> Field:
        """The glow after a time."""
        drift = self._canvas.wide(self._grain, time_s * 0.25, 40.0) - np.float32(0.5)
        breath = np.float32(0.78 + 0.02 * sway(time_s, BREATH_S))
        return shade(self._light_colours, self._near * breath + drift * np.float32(0.05) + np.float32(0.04))

    def stars(self, time_s: float) -> Stars:
        """None: nothing here asks to be looked at."""
        return NO_STARS
