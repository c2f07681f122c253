"""A moment as a picture of one size: scenes lit and blended, dithered, with the hold, captions and overlays over it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pygame

from guideplayer.core.moment import Moment
from guideplayer.stage.captions import Captions
from guideplayer.stage.dither import Dither
from guideplayer.stage.overlay import Overlay, OverlayPainter
from guideplayer.stage.reel import Reel
from guideplayer.stage.scenes import HOLD, Scene, all_names, make_scene
from guideplayer.stage.scenes.canvas import FIELD_HEIGHT
from guideplayer.stage.scenes.colours import Field
from guideplayer.stage.starlight import Starlight, hidden_by

# The picture is made anew twenty times a second, and at once while it fades: nothing in it moves faster than
# ten pixels a second, half a pixel from one picture to the next.
REPAINT_MS = 50
HOLD_LIGHT = 0.9
GAMMA = 2.2


class Painter:
    """Paints moments on its `surface`."""

    def __init__(self, size: tuple[int, int], *, ahead: bool = False) -> None:
        """`ahead` paints scenes ahead of time in a thread, for a screen; without it every picture is exact."""
        width, height = size
        self.surface = pygame.Surface(size, depth=32)
        self._picture = pygame.Surface(size, depth=32)
        self._field_size = (max(2, round(FIELD_HEIGHT * width / height)), FIELD_HEIGHT)
        self._worker = ThreadPoolExecutor(1, "scenes") if ahead else None
        self._dither = Dither(size, self._field_size)
        self._starlight = Starlight(size)
        self._reels: dict[str, Reel] = {}
        # Making a scene takes tens of milliseconds: with a worker all are made before they are needed.
        self._made = {name: self._worker.submit(self._make, name) for name in all_names()} if self._worker else {}
        self._captions = Captions(size)
        self._overlays = OverlayPainter(height)
        self._painted: object = None
        self._shown: object = None

    def close(self) -> None:
        """Stop painting ahead."""
        if self._worker:
            self._worker.shutdown(cancel_futures=True)

    def paint(self, moment: Moment, overlay: Overlay | None = None) -> bool:
        """Paint a moment; False when nothing on the surface had to change."""
        picture, words = self._signature(moment), (moment.caption, moment.hold and moment.hold.words, overlay)
        if (picture, words) == self._shown:
            return False
        if picture != self._painted:
            self._paint_picture(moment)
            self._painted = picture
        self._shown = (picture, words)
        self.surface.blit(self._picture, (0, 0))
        if moment.hold:
            self._captions.draw_hold(moment.hold, self.surface)
        if moment.caption:
            self._captions.draw(moment.caption, self.surface)
        if overlay:
            self._overlays.draw(overlay, self.surface)
        return True

    @staticmethod
    def _signature(moment: Moment) -> object:
        """What decides the picture, in steps too small to be seen."""
        scenes = tuple((part.name, part.time_ms // REPAINT_MS) for part in moment.scenes)
        hold = moment.hold and (round(moment.hold.weight, 3), moment.hold.time_ms // REPAINT_MS, moment.hold.code)
        return scenes, round(moment.light, 3), round(moment.picture, 3), hold

    def _paint_picture(self, moment: Moment) -> None:
        field = self.field(moment)
        self._dither.draw(field, self._picture)
        seen = 1 - moment.hold.weight if moment.hold else 1.0
        if seen > 0 and moment.picture > 0:
            for part in moment.scenes:
                stars = hidden_by(field, self._reel(part.name).stars(part.time_ms))
                self._starlight.draw(stars, seen * part.weight * self._lit(moment), self._picture)

    @staticmethod
    def _lit(moment: Moment) -> float:
        """The share of display values that gives the moment's share of light."""
        return float((moment.light * moment.picture) ** (1 / GAMMA))

    def field(self, moment: Moment) -> Field:
        """The moment's picture, small and exact: display values 0..1."""
        hold = moment.hold.weight if moment.hold else 0.0
        width, height = self._field_size
        field: Field = np.zeros((height, width, 3), np.float32)
        if hold < 1 and moment.picture > 0:
            lit = self._lit(moment) * (1 - hold)
            for part in moment.scenes:
                field += self._reel(part.name).at(part.time_ms) * np.float32(part.weight * lit)
        if moment.hold and hold > 0:
            field += self._reel(HOLD).at(moment.hold.time_ms) * np.float32(hold * HOLD_LIGHT ** (1 / GAMMA))
        return np.clip(field, 0.0, 1.0, out=field)

    def _reel(self, name: str) -> Reel:
        if name not in self._reels:
            scene = self._made[name].result() if name in self._made else self._make(name)
            self._reels[name] = Reel(scene, self._worker)
        return self._reels[name]

    def _make(self, name: str) -> Scene:
        return make_scene(name, *self._field_size)
