"""Nebula: lit dust in deep space, folded into itself by slow currents; for the peak, so it is dim and without edges."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Field, palette, shade, smooth, sway

_DUST = palette(
    [(0.0, "#05060f"), (0.25, "#0d1230"), (0.45, "#22215a"), (0.62, "#4b3280"), (0.78, "#8a4a86"), (0.9, "#b7798c"),
     (1.0, "#d9b6a8")]
)  # fmt: skip
_TEAL = np.array([0.03, 0.22, 0.26], np.float32)
_STAR = np.array([0.8, 0.82, 0.95], np.float32)
FOLD_PX = 34.0


class Nebula:
    """Folded clouds of light."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._body = canvas.clouds(1.75)
        self._lit = canvas.clouds(1.5, 1.5)
        self._across, self._along = canvas.clouds(2.3), canvas.clouds(2.3)
        self._stars = canvas.points(150, 1.0, 0.75)
        rows, columns = np.indices((canvas.height, canvas.width), np.float32)
        self._rows, self._columns = rows, columns

    def paint(self, time_s: float) -> Field:
        """The cloud after a time."""
        # Places are looked up where slow currents have carried them: what makes clouds look grown and not computed.
        across = (self._across.window(time_s * 0.35, 20 * sway(time_s, 310)) - 0.5) * FOLD_PX
        along = (self._along.window(20 * sway(time_s, 370), time_s * 0.3) - 0.5) * FOLD_PX
        rise = 30 + 9 * sway(time_s, 670)
        body = self._body.at(self._columns + across + (time_s * 0.22 + 90), self._rows + along + rise)
        lit = self._lit.at(self._columns + along + (140 - time_s * 0.3), self._rows + across + 60)
        canvas = self._canvas
        heart_x, heart_y = 0.35 * sway(time_s, 830), 0.5 + 0.08 * sway(time_s, 590, 0.3)
        distance = (canvas.x - heart_x) ** 2 * 0.55 + ((canvas.y - heart_y) * 2) ** 2 * 0.7
        glow = np.exp(-distance * 0.9).astype(np.float32)
        field = shade(_DUST, 0.12 + body * 0.5 + (lit - 0.5) * 0.22 + glow * (0.18 + 0.22 * body))
        field += _TEAL * (smooth(0.45, 0.95, lit) * (1 - body) * (0.35 + 0.65 * glow))[..., None]
        shimmer = [0.6 + 0.4 * sway(time_s, period) for period in (19.0, 27.0, 37.0)]
        stars = (self._stars @ np.array(shimmer, np.float32)) * (1 - smooth(0.3, 0.8, body))
        return np.asarray(field + stars[..., None] * _STAR * 0.45)
