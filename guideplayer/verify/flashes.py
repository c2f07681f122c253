"""Flashes: pairs of opposing changes in light, or of saturated red, found in every cell and judged by the tile.

Each cell is followed by itself, so that two halves of a tile which flash against each other cannot cancel out.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from guideplayer.verify.display import Display
from guideplayer.verify.light import COLUMNS, ROWS, Light, Plane, tiles
from guideplayer.verify.measure import Limit, Worst, worst_of

# A flash is a pair of opposing changes of a tenth of the maximum luminance, the darker below 0.80 (WCAG 2.2, "general
# flash and red flash thresholds"; ITU-R BT.1702).
SWING, DARKER_BELOW = 0.10, 0.80
# A red flash: a pair of opposing changes of (R - G - B) * 320 of more than 20, one of the two states saturated, that is
# with R / (R + G + B) of 0.8 or more (WCAG 2.1, after Binnie et al.).
RED_SWING, RED_SCALE, SATURATED = 20.0, 320.0, 0.8
# Both changes lie within a second (ITU-R BT.1702). WCAG allows three pairs in one; for somebody who cannot look away
# there is none.
WITHIN_MS = 1000
# A quarter of ten degrees of sight is what WCAG lets flash; here it is a quarter of a tile of two and a half.
TILE_DEGREES, SHARE = 2.5, 0.25
# Cells of one flash turn within a few frames of each other.
TOGETHER_MS = 150

Mask = NDArray[np.bool_]

GENERAL = Limit("flashes", 0, "pairs", "WCAG 2.2 2.3.1 and ITU-R BT.1702 for a flash; none allowed by DESIGN")
RED = Limit("red flashes", 0, "pairs", "WCAG 2.1 2.3.1, red flash; none allowed by DESIGN")


class Swings:
    """Pairs of opposing changes of every cell: there and back by a least amount, all of it within a second.

    Exact, with what was seen in the last second: a direction that is remembered is wrong at the start, and after every
    slow change, and then misses the first flash in the dark.
    """

    def __init__(self, least: float) -> None:
        self._least = least
        # The oldest is what stood as the second began.
        self._seen: deque[tuple[int, Plane, Mask]] = deque()

    def feed(self, values: Plane, marks: Mask, at_ms: int) -> Mask:
        """Which cells complete a pair now. A change counts where either of its ends is marked."""
        while len(self._seen) > 1 and self._seen[1][0] < at_ms - WITHIN_MS:
            self._seen.popleft()
        pairs: Mask = np.zeros(values.shape, np.bool_)
        moved = [cells for _, cells, _ in self._seen if np.abs(values - cells).max() >= self._least]
        # Most of the time nothing has changed by so much anywhere, and then nothing has to be looked at closely.
        if moved:
            seen = np.stack([cells for _, cells, _ in self._seen])
            marked = np.stack([cells for _, _, cells in self._seen])
            pairs = self._back(seen, marked, values, marks) | self._back(-seen, marked, -values, marks)
            for _, cells, cells_marked in self._seen:
                # Each change belongs to one pair.
                cells[pairs], cells_marked[pairs] = values[pairs], marks[pairs]
        self._seen.append((at_ms, values.copy(), marks.copy()))
        return pairs

    def _back(self, seen: Plane, marked: Mask, values: Plane, marks: Mask) -> Mask:
        """Where there was a fall within what was seen, and there is a rise out of it now."""
        high = np.maximum.accumulate(seen, axis=0)
        marked_high = np.maximum.accumulate(np.where(marked, seen, -np.inf), axis=0)
        fell = ((high - seen >= self._least) & marked) | (marked_high - seen >= self._least)
        low = np.where(fell, seen, np.inf).min(axis=0)
        marked_low = np.where(fell & marked, seen, np.inf).min(axis=0)
        return np.asarray((values - marked_low >= self._least) | (marks & (values - low >= self._least)))


class Flashes:
    """Counts pairs of a whole film."""

    def __init__(self, display: Display) -> None:
        self._side = display.cells(TILE_DEGREES)
        self._swings = (Swings(SWING), Swings(SWING), Swings(RED_SWING))
        self._paired_ms = [np.full((ROWS, COLUMNS), -1e12) for _ in self._swings]
        self._counted_ms = dict.fromkeys((GENERAL, RED), -1e12)
        self.worst = dict.fromkeys((GENERAL, RED), Worst())

    def feed(self, light: Light, counts: bool) -> None:
        """Take the next frame; one that does not count only leads up to those that do."""
        red = np.clip(light.cells[..., 0] - light.cells[..., 1] - light.cells[..., 2], 0, None) * RED_SCALE
        saturated = light.cells[..., 0] >= SATURATED * light.cells.sum(axis=2)
        sampled = light.sampled()
        feeds = (
            (GENERAL, light.luminance, light.luminance < DARKER_BELOW),
            (GENERAL, sampled, sampled < DARKER_BELOW),
            (RED, red, saturated & (red > 0)),
        )
        for (limit, values, marks), swings, paired_ms in zip(feeds, self._swings, self._paired_ms, strict=True):
            pairs = swings.feed(values, marks, light.at_ms)
            if pairs.any():
                paired_ms[pairs] = light.at_ms
                self._judge(limit, paired_ms, light.at_ms, counts)

    def _judge(self, limit: Limit, paired_ms: Plane, at_ms: int, counts: bool) -> None:
        """Count a pair when enough of a tile has completed one."""
        together = (at_ms - paired_ms <= TOGETHER_MS).astype(float)
        found = worst_of(tiles(together, self._side), at_ms, self._side)
        if found.value >= SHARE and at_ms - self._counted_ms[limit] > TOGETHER_MS:
            self._counted_ms[limit] = at_ms
            if counts:
                before = self.worst[limit]
                # The first pair is where to look; the number says how bad it is.
                first = before if before.at_ms >= 0 else found
                self.worst[limit] = Worst(before.value + 1, first.at_ms, first.place)
