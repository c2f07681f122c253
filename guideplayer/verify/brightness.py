"""How light the picture is, and how fast that changes: in the whole, and in each tile."""

from collections import deque

import numpy as np

from guideplayer.verify.display import Display
from guideplayer.verify.light import Light, Plane, tiles
from guideplayer.verify.measure import Limit, Worst, worst_of

TILE_DEGREES = 2.5
SECOND_MS = 1000

MEAN = Limit("mean luminance", 0.10, "", "DESIGN: a dim room, eyes adapted to it")
BRIGHT = Limit("99th percentile of luminance", 0.80, "", "WCAG 2.2: above 0.80 a change counts as a flash of its own")
FRAME = Limit("change in a frame", 0.02, "", "DESIGN, whole screen")
# A soft fade of the whole screen from the lightest mean there may be (0.10) to the hold's (0.025), over within one and
# a half seconds, changes by 0.072 in its steepest second.
SECOND = Limit("change in a second", 0.08, "", "DESIGN: quiet within 2 s, from a mean of 0.10")
# The same of the lightest tile, which a caption's plate covers within half a second.
TILE_SECOND = Limit("change of a tile in a second", 0.6, "", "DESIGN: quiet within 2 s, of the lightest tile")
TILE_FRAME = Limit("change of a tile in a frame", 0.10, "", "WCAG 2.2: half of a flash, in a single frame")


class Brightness:
    """Follows the light of a film."""

    def __init__(self, display: Display) -> None:
        self._side = display.cells(TILE_DEGREES)
        self._before: tuple[float, Plane] | None = None
        self._second: deque[tuple[int, float, Plane]] = deque()
        self.worst = dict.fromkeys((MEAN, BRIGHT, FRAME, SECOND, TILE_FRAME, TILE_SECOND), Worst())

    def feed(self, light: Light, counts: bool) -> None:
        """Take the next frame that differs."""
        tiled = tiles(light.luminance, self._side)
        # The newest of those before the second stays: it is what stood on the screen as the second began.
        while len(self._second) > 1 and self._second[1][0] <= light.at_ms - SECOND_MS:
            self._second.popleft()
        if counts:
            self._note(MEAN, Worst(light.mean, light.at_ms))
            self._note(BRIGHT, Worst(float(np.percentile(light.luminance, 99)), light.at_ms))
            if self._before:
                mean, before = self._before
                self._note(FRAME, Worst(abs(light.mean - mean), light.at_ms))
                self._note(TILE_FRAME, worst_of(np.abs(tiled - before), light.at_ms, self._side))
            change = max((abs(light.mean - mean) for _, mean, _ in self._second), default=0.0)
            self._note(SECOND, Worst(change, light.at_ms))
            if self._second:
                began = self._second[0][2]
                self._note(TILE_SECOND, worst_of(np.abs(tiled - began), light.at_ms, self._side))
        self._before = light.mean, tiled
        self._second.append((light.at_ms, light.mean, tiled))

    def _note(self, limit: Limit, found: Worst) -> None:
        self.worst[limit] = self.worst[limit].or_more(found)
