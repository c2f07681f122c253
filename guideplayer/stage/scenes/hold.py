"""The hold's picture: a dim, warm light that stays. The calmest thing here, nearly still, with nothing to look for."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Field, palette, shade, sway

_WARMTH = palette([(0.0, "#14101c"), (0.35, "#241a2c"), (0.6, "#42283a"), (0.82, "#6e4144"), (1.0, "#93604f")])
# Three breaths a minute: half of what is still pleasant for a whole screen.
BREATH_S = 20.0


class Hold:
    """A glow, low in the middle."""

    def __init__(self, canvas: Canvas) -> None:
        distance = (canvas.x * 0.62) ** 2 + ((canvas.y - 0.62) * 1.5) ** 2
        self._near = np.exp(-distance * 1.25).astype(np.float32)
        self._grain = canvas.clouds(2.1)

    def paint(self, time_s: float) -> Field:
        """The glow after a time."""
        drift = self._grain.window(time_s * 0.25, 40.0) - 0.5
        return shade(_WARMTH, self._near * (0.76 + 0.025 * sway(time_s, BREATH_S)) + drift * 0.06 + 0.03)
