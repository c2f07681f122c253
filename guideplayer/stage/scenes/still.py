"""Still: an evening's last light that does not move at all, for eyes that any motion makes sick."""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars
from guideplayer.stage.scenes.colours import Field, shade
from guideplayer.stage.scenes.palettes import Palette


class Still:
    """A soft gradient."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        self._light_colours = palette.gradient("light")
        grain = canvas.wide(canvas.clouds(3.2, 200, 2.5), 0.0, 40.0) - np.float32(0.5)
        # The light lies along the lower edge, wide and flat, as after the sun has gone.
        low = canvas.y * 0.92 - 0.09 * canvas.x * canvas.x - 0.04
        self._field = shade(self._light_colours, low + grain * 0.1 * (1 - np.abs(canvas.y - 0.6)))

    def paint(self, time_s: float) -> Field:
        """The light, whatever the time."""
        return self._field.copy()

    def stars(self, time_s: float) -> Stars:
        """None."""
        return NO_STARS
