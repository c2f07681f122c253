"""A moment as a picture of one size: scenes lit and blended, dithered, with the hold, captions and overlays over it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pygame

from guideplayer.core.moment import Caption, HoldPart, Moment
from guideplayer.stage.captions import TYPE_SHARE, Type
from guideplayer.stage.dither import Dither
from guideplayer.stage.overlay import Overlay, OverlayPainter
from guideplayer.stage.reel import Reel
from guideplayer.stage.scenes import HOLD, Scene, all_names, make_scene
from guideplayer.stage.scenes.canvas import Field

FIELD_WIDTH = 320
# The picture is made anew twenty times a second, and at once while it fades: nothing in it moves faster.
REPAINT_MS = 50
HOLD_LIGHT = 0.9
GAMMA = 2.2
CODE_INK = (150, 132, 122)


class Painter:
    """Paints moments on its `surface`."""

    def __init__(self, size: tuple[int, int], *, ahead: bool = False) -> None:
        """`ahead` paints scenes ahead of time in a thread, for a screen; without it every picture is exact."""
        width, height = size
        self.surface = pygame.Surface(size, depth=32)
        self._picture = pygame.Surface(size, depth=32)
        self._field_size = (FIELD_WIDTH, max(2, round(FIELD_WIDTH * height / width)))
        self._worker = ThreadPoolExecutor(1, "scenes") if ahead else None
        self._dither = Dither(size, self._field_size)
        self._reels: dict[str, Reel] = {}
        # Making a scene takes tens of milliseconds: with a worker all are made before they are needed.
        self._made = {name: self._worker.submit(self._make, name) for name in all_names()} if self._worker else {}
        self._caption = Type(height, TYPE_SHARE)
        self._words = Type(height, 84 / 1080)
        self._code = Type(height, 40 / 1080, CODE_INK)
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
            self._dither.draw(self.field(moment), self._picture)
            self._painted = picture
        self._shown = (picture, words)
        self.surface.blit(self._picture, (0, 0))
        if moment.hold:
            self._draw_hold(moment.hold)
        if moment.caption:
            self._draw_caption(moment.caption)
        if overlay:
            self._overlays.draw(overlay, self.surface)
        return True

    @staticmethod
    def _signature(moment: Moment) -> object:
        """What decides the picture, in steps too small to be seen."""
        scenes = tuple((part.name, part.time_ms // REPAINT_MS) for part in moment.scenes)
        hold = moment.hold and (round(moment.hold.weight, 3), moment.hold.time_ms // REPAINT_MS, moment.hold.code)
        return scenes, round(moment.light, 3), round(moment.picture, 3), hold

    def field(self, moment: Moment) -> Field:
        """The moment's picture, small and exact: display values 0..1."""
        hold = moment.hold.weight if moment.hold else 0.0
        field: Field | None = None
        if hold < 1 and moment.picture > 0:
            for part in moment.scenes:
                scene = self._reel(part.name).at(part.time_ms)
                field = scene * np.float32(part.weight) if field is None else field + scene * np.float32(part.weight)
        if field is None:
            width, height = self._field_size
            field = np.zeros((height, width, 3), np.float32)
        field = field * np.float32((moment.light * moment.picture) ** (1 / GAMMA))
        if moment.hold and hold > 0:
            calm = self._reel(HOLD).at(moment.hold.time_ms) * np.float32(HOLD_LIGHT ** (1 / GAMMA))
            field += (calm - field) * np.float32(hold)
        return np.clip(field, 0.0, 1.0, out=field)

    def _reel(self, name: str) -> Reel:
        if name not in self._reels:
            scene = self._made[name].result() if name in self._made else self._make(name)
            self._reels[name] = Reel(scene, self._worker)
        return self._reels[name]

    def _make(self, name: str) -> Scene:
        return make_scene(name, *self._field_size)

    def _draw_hold(self, hold: HoldPart) -> None:
        """A few large words in the middle; the code for staff, small, in the corner."""
        width, height = self.surface.get_size()
        if hold.words:
            words = self._words.words(hold.words.text, plate=False)
            words.set_alpha(round(255 * hold.words.opacity))
            self.surface.blit(words, ((width - words.get_width()) // 2, (height - words.get_height()) // 2))
        if hold.code:
            code = self._code.line(f"staff code  {hold.code}")
            code.set_alpha(round(255 * hold.weight))
            margin = height // 20
            self.surface.blit(code, (width - code.get_width() - margin, height - code.get_height() - margin))

    def _draw_caption(self, caption: Caption) -> None:
        width, height = self.surface.get_size()
        plate = self._caption.words(caption.text, plate=True)
        plate.set_alpha(round(255 * caption.opacity))
        bottom = height - height // 18
        self.surface.blit(plate, ((width - plate.get_width()) // 2, bottom - plate.get_height()))
