"""Lights out of focus: soft discs that are added to a field."""

from typing import NamedTuple

import numpy as np

from guideplayer.stage.scenes.canvas import FIELD_HEIGHT, Canvas
from guideplayer.stage.scenes.colours import Field, Plane


class Disc(NamedTuple):
    """One disc's place in a field, and how strong it is there."""

    rows: slice
    columns: slice
    shape: Plane


class Discs:
    """Discs of a canvas: places from 0 to 1 across and down, radii in pixels of a field of FIELD_HEIGHT."""

    def __init__(self, canvas: Canvas, across: Plane, down: Plane, radius_px: Plane, edge: float = 0.45) -> None:
        """`edge` is how much of the radius is soft."""
        scale = canvas.height / FIELD_HEIGHT
        self._discs = [
            self._disc(canvas, x * canvas.width, y * canvas.height, max(1.0, r * scale), edge)
            for x, y, r in zip(across.tolist(), down.tolist(), radius_px.tolist(), strict=True)
        ]

    @staticmethod
    def _disc(canvas: Canvas, x: float, y: float, radius_px: float, edge: float) -> Disc:
        reach = int(radius_px * (1 + edge)) + 2
        rows = slice(max(0, int(y) - reach), max(0, min(canvas.height, int(y) + reach)))
        columns = slice(max(0, int(x) - reach), max(0, min(canvas.width, int(x) + reach)))
        away = np.hypot(canvas.columns[:, columns] + 0.5 - x, canvas.rows[rows] + 0.5 - y) / radius_px
        share = np.clip((1 + edge / 2 - away) / edge, 0, 1)
        # A little brighter at the rim, as real lenses make them.
        shape = share * share * (3 - 2 * share) * (0.82 + 0.18 * np.minimum(away, 1) ** 2)
        return Disc(rows, columns, shape.astype(np.float32)[..., None])

    def add(self, field: Field, colours: Field) -> None:
        """Add each disc in its colour (display values, a row for each) to a field in place."""
        for disc, tone in zip(self._discs, colours, strict=True):
            field[disc.rows, disc.columns] += disc.shape * tone
