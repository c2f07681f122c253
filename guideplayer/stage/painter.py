"""A moment as the patient sees it: the picture, with the words of the hold, captions and overlays over it."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

import pygame

from guideplayer.core.moment import Moment
from guideplayer.stage.captions import Captions, CaptionStyle
from guideplayer.stage.overlay import Overlay, OverlayPainter
from guideplayer.stage.picture import REPAINT_MS, PicturePainter, signature

NOWHERE = pygame.Rect(0, 0, 0, 0)


class Painter:
    """Paints moments on its `surface`.

    Given a screen's surface, pictures are painted by a thread and a frame only lays the newest one under the words:
    its work is small and even, and a machine out of breath slows down clouds, never words or the answer to a press.
    Without one every picture is painted when it is asked for, for films and tests. `captions` draws the words; `codes`
    are the places of what proves that somebody is in the room.
    """

    def __init__(
        self,
        size: tuple[int, int],
        surface: pygame.Surface | None = None,
        style: CaptionStyle = CaptionStyle(),  # noqa: B008
    ) -> None:
        self.surface = surface or pygame.Surface(size, depth=32)
        self._pictures = PicturePainter(size, waits=surface is None)
        self._front = pygame.Surface(size, depth=32)
        self._worker = ThreadPoolExecutor(1, "picture") if surface else None
        self._back = pygame.Surface(size, depth=32) if surface else self._front
        self._coming: tuple[object, Future[None]] | None = None
        self.captions = Captions(size, style)
        self._overlays = OverlayPainter(size[1])
        self._painted: object = None
        self._words: object = None
        self._over = NOWHERE
        self.codes: list[pygame.Rect] = []

    @property
    def faults(self) -> tuple[str, ...]:
        """What of the picture cannot be shown, each a sentence."""
        return self._pictures.faults

    def enlarge_captions(self, larger: bool) -> None:
        """Whether captions are larger than usual, from the next one on."""
        self.captions.enlarge(larger)

    def close(self) -> None:
        """Stop the thread."""
        if self._worker:
            self._worker.shutdown(cancel_futures=True)
        self._pictures.close()

    def paint(self, moment: Moment, overlay: Overlay | None = None) -> pygame.Rect:
        """Paint a moment; what changed on the surface, which is nothing (and false) when nothing had to."""
        hold = moment.hold and (moment.hold.words, moment.hold.code, round(moment.hold.weight, 3))
        words = (moment.caption, hold, overlay)
        renewed = self._renew(moment)
        if not renewed and words == self._words:
            return NOWHERE
        before, self._words = self._over, words
        if renewed:
            self.surface.blit(self._front, (0, 0))
        elif before:
            self.surface.blit(self._front, before, before)
        self._over = self._paint_over(moment, overlay)
        if renewed:
            return self.surface.get_rect()
        # A caption's fade changes nothing but the caption's place.
        return before.union(self._over) if before and self._over else before or self._over

    def _renew(self, moment: Moment) -> bool:
        """Bring the picture up to date, or order that; whether there is another one than before."""
        wanted = (signature(moment), self._stir())
        if self._worker is None or self._painted is None:
            if wanted == self._painted:
                return False
            self._pictures.paint(moment, self._front)
            self._painted = wanted
            return True
        arrived = self._coming is not None and self._coming[1].done()
        if self._coming and arrived:
            self._painted, coming = self._coming
            coming.result()
            self._front, self._back, self._coming = self._back, self._front, None
        if self._coming is None and wanted != self._painted:
            self._coming = (wanted, self._worker.submit(self._pictures.paint, moment, self._back))
        return arrived

    def _stir(self) -> int:
        """A number that changes while the picture does so by itself: a scene of somebody else's melts in or out."""
        return time.monotonic_ns() // (REPAINT_MS * 1_000_000) if self._pictures.unsettled else 0

    def _paint_over(self, moment: Moment, overlay: Overlay | None) -> pygame.Rect:
        """Paint all that stands over the picture; its place."""
        places = []
        self.codes = []
        if moment.hold:
            places += self.captions.draw_hold(moment.hold, self.surface)
            self.codes += places[-1:] if moment.hold.code else []
        if moment.caption:
            places.append(self.captions.draw(moment.caption, self.surface))
        if overlay:
            places.append(self._overlays.draw(overlay, self.surface))
            self.codes += places[-1:] if overlay.code else []
        return places[0].unionall(places[1:]) if places else NOWHERE
