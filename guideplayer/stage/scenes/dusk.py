"""Dusk: a wide evening sky over far hills; veils of cloud pass, and stars come out one by one."""

import numpy as np

from guideplayer.stage.scenes.canvas import Canvas, Field, palette, shade, smooth, sway

_SKY = palette(
    [(0.0, "#141a3d"), (0.3, "#2b2a5c"), (0.52, "#5b3f74"), (0.7, "#96566f"), (0.84, "#c97f62"), (1.0, "#e6ab72")]
)
_HILLS = np.array([[0.17, 0.12, 0.22], [0.09, 0.07, 0.14]], np.float32)
_STAR = np.array([0.75, 0.78, 0.9], np.float32)


class Dusk:
    """The evening sky."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._veils = canvas.clouds(1.9)
        self._fine = canvas.clouds(1.75, 2.0)
        self._stars = canvas.points(110, 0.55)
        x = canvas.x
        rises = canvas.random.uniform(0, 2 * np.pi, 8)
        self._far = 0.82 + 0.018 * np.sin(x * 1.9 + rises[0]) + 0.009 * np.sin(x * 4.7 + rises[1])
        self._near = 0.89 + 0.022 * np.sin(x * 1.3 + rises[2]) + 0.008 * np.sin(x * 5.9 + rises[3])

    def paint(self, time_s: float) -> Field:
        """The sky after a time."""
        canvas = self._canvas
        veil = self._veils.window(time_s * 0.55, 40 + 6 * sway(time_s, 530))
        fine = self._fine.window(time_s * 0.9, 10 + time_s * 0.05)
        deepening = 0.05 * sway(time_s, 1130, 0.2) + 0.02 * sway(time_s, 410)
        height = canvas.y / 0.86 - deepening
        height = height + (veil - 0.5) * 0.16 * smooth(0.05, 0.7, canvas.y) + (fine - 0.5) * 0.035
        field = shade(_SKY, height.astype(np.float32))
        field *= (0.9 + 0.2 * veil)[..., None]
        shimmer = [0.55 + 0.45 * sway(time_s, period) for period in (17.0, 23.0, 31.0)]
        stars = self._stars @ np.array(shimmer, np.float32)
        stars *= (1 - smooth(0.35, 0.75, veil)) * (1 - smooth(0.2, 0.55, canvas.y))
        field += stars[..., None] * _STAR * 0.5
        for line, colour, softness in ((self._far, _HILLS[0], 0.012), (self._near, _HILLS[1], 0.018)):
            covered = smooth(0.0, softness, (canvas.y - line).astype(np.float32))[..., None]
            field += (colour - field) * covered * 0.93
        return field
