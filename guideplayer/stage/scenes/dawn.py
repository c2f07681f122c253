"""Dawn: mist in a valley that fills with light; warm, rising over minutes, never bright."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Field, palette, shade, smooth, sway

_SKY = palette(
    [(0.0, "#26375c"), (0.3, "#4c5d85"), (0.55, "#8d86a0"), (0.75, "#c9a195"), (0.9, "#ecc293"), (1.0, "#f7dba5")]
)
_SUN = np.array([1.0, 0.8, 0.55], np.float32)
_RIDGES = (
    (0.60, 0.030, 1.1, (0.50, 0.45, 0.53)),
    (0.70, 0.035, 1.7, (0.37, 0.35, 0.45)),
    (0.82, 0.040, 1.3, (0.24, 0.25, 0.34)),
)


class Dawn:
    """Ridges one behind the other, mist between them, the sun not yet there."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._mist, self._streaks = canvas.clouds(1.8), canvas.clouds(1.6, 1.5)
        self._ridges = []
        for height, swing, pace, colour in _RIDGES:
            phases = canvas.random.uniform(0, 2 * np.pi, 4)
            line = height + swing * np.sin(canvas.x * pace + phases[0]) * 0.7
            line = line + swing * (0.4 * np.sin(canvas.x * pace * 2.3 + phases[1]))
            line = line + swing * 0.16 * np.sin(canvas.x * pace * 6.1 + phases[2])
            self._ridges.append((line.astype(np.float32), np.array(colour, np.float32)))

    def paint(self, time_s: float) -> Field:
        """The valley after a time."""
        canvas = self._canvas
        streaks = self._streaks.window(time_s * 0.4, 50 + 4 * sway(time_s, 430))
        risen = 0.5 + 0.5 * sway(time_s, 1790, -0.2)
        sun_y = 0.66 - 0.06 * risen
        glow = np.exp(-((canvas.x + 0.25) ** 2 * 0.5 + ((canvas.y - sun_y) * 2.1) ** 2)).astype(np.float32)
        height = canvas.y / 0.72 * (0.86 + 0.1 * risen) + (streaks - 0.5) * 0.12 * smooth(0.1, 0.6, canvas.y)
        field = shade(_SKY, height.astype(np.float32))
        field += _SUN * (glow * glow * 0.2)[..., None]
        for number, (line, colour) in enumerate(self._ridges):
            covered = smooth(0.0, 0.014, canvas.y - line)[..., None]
            lit = colour + _SUN * (glow * (0.16 - 0.04 * number))[..., None]
            field += (lit - field) * covered
            drift = self._mist.window(time_s * (0.5 + 0.35 * number) + 170 * number, 20 + 60 * number)
            lying = np.exp(-(((canvas.y - line - 0.075) / 0.07) ** 2)) * smooth(0.25, 0.85, drift)
            field += (np.array([0.86, 0.74, 0.68], np.float32) - field) * (lying * 0.42)[..., None]
        return field
