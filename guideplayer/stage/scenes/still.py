"""Still: an evening's last light that does not move at all, for eyes that any motion makes sick."""

import numpy as np

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars
from guideplayer.stage.scenes.colours import Field, palette, shade

_LIGHT = palette(
    [(0.0, "#0d1326"), (0.3, "#1b2a4a"), (0.5, "#3a4566"), (0.68, "#75607a"), (0.84, "#b98478"), (1.0, "#e0ae84")]
)


class Still:
    """A soft gradient."""

    def __init__(self, canvas: Canvas) -> None:
        grain = canvas.wide(canvas.clouds(3.2, 200, 2.5), 0.0, 40.0) - np.float32(0.5)
        # The light lies along the lower edge, wide and flat, as after the sun has gone.
        low = canvas.y * 0.92 - 0.09 * canvas.x * canvas.x - 0.04
        self._field = shade(_LIGHT, low + grain * 0.1 * (1 - np.abs(canvas.y - 0.6)))

    def paint(self, time_s: float) -> Field:
        """The light, whatever the time."""
        return self._field.copy()

    def stars(self, time_s: float) -> Stars:
        """None."""
        return NO_STARS
