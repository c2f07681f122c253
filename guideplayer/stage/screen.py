"""The patient's screen: a window or the whole of a display, or nothing but memory where there is none."""

import io
import os

import pygame

from guideplayer.core.moment import Moment
from guideplayer.core.state import WINDOW
from guideplayer.stage.captions import PLATE, CaptionStyle
from guideplayer.stage.display import Desktop, desktop, open_display, seen
from guideplayer.stage.focus import COVERED, Focus
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.painter import Painter
from guideplayer.stage.plain import PlainPainter

OFF_SCREEN = "off-screen"
OFF_SCREEN_SIZE = (1280, 720)
SHOT_SIZE = (640, 360)


class Screen:
    """Shows moments. `kind` is `window` or `off-screen`; `in_step` says that `present` waits for the display, and
    `desktop` how that is.
    """

    def __init__(self, style: CaptionStyle = CaptionStyle(), *, plain: bool = False) -> None:  # noqa: B008
        """`plain` shows the picture of last resort."""
        self._style = style
        self._plain = plain
        self.kind = OFF_SCREEN
        self.in_step = False
        self.desktop = Desktop()
        self._display: pygame.Surface | None = None
        self._painter: Painter | PlainPainter | None = None
        self._changed = pygame.Rect(0, 0, 0, 0)
        self._uncovered = False
        self._focus: Focus | None = None

    def open(self, size: tuple[int, int] | None, fullscreen: bool, title: str) -> None:
        """Open the display; where there is none, go on off-screen."""
        os.environ.setdefault("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "0")
        self.kind = WINDOW
        try:
            pygame.display.init()
            if not seen():
                self.kind = OFF_SCREEN
        except pygame.error:
            self.kind = OFF_SCREEN
            os.environ["SDL_VIDEODRIVER"] = "dummy"
            pygame.display.init()
        self.desktop = desktop()
        wanted = size or (OFF_SCREEN_SIZE if self.kind == OFF_SCREEN else (0, 0))
        self._display, self.in_step = open_display(wanted, fullscreen and self.kind == WINDOW, plain=self._plain)
        # A window beside others is somebody's who tries it out; what fills the screen is all that there should be.
        self._focus = Focus() if fullscreen and self.kind == WINDOW else None
        pygame.display.set_caption(title)
        pygame.display.set_allow_screensaver(False)
        pygame.mouse.set_visible(False)
        if self._plain:
            self._painter = PlainPainter(self._display)
        else:
            self._painter = Painter(self._display.get_size(), self._display, self._style)

    def draw(self, moment: Moment, overlay: Overlay | None = None) -> None:
        """Draw a moment. Nothing is seen before `present`."""
        assert self._painter
        self._changed = self._painter.paint(moment, overlay)

    def enlarge_captions(self, larger: bool) -> None:
        """Whether captions are larger than usual, from the next one on."""
        assert self._painter
        self._painter.enlarge_captions(larger)

    def keep_focus(self, at_ms: int) -> None:
        """Once a frame: what comes up over the picture does not keep the keyboard."""
        if self._focus:
            self._focus.keep(at_ms)

    def uncover(self) -> None:
        """Show all of it again with the next frame: what had covered the window may have wiped it."""
        self._uncovered = True

    def present(self) -> bool:
        """Show what was drawn; False when nothing had changed."""
        if not self._changed and not self._uncovered:
            return False
        if self._uncovered:
            pygame.display.update()
        else:
            pygame.display.update(self._changed)
        self._uncovered = False
        return True

    def picture(self) -> bytes:
        """What is on the screen, small, as JPEG; without its codes, which are for those who are there."""
        assert self._painter
        small = pygame.transform.smoothscale(self._painter.surface, SHOT_SIZE)
        share = SHOT_SIZE[0] / self._painter.surface.get_width(), SHOT_SIZE[1] / self._painter.surface.get_height()
        for code in self._painter.codes:
            place = [edge * share[number % 2] for number, edge in enumerate(code)]
            small.fill(PLATE, pygame.Rect(place).inflate(4, 4))
        file = io.BytesIO()
        pygame.image.save(small, file, "shot.jpg")
        return file.getvalue()

    @property
    def faults(self) -> tuple[str, ...]:
        """What of the picture cannot be shown, or what keeps the hands from it, each a sentence."""
        covered = (COVERED,) if self._focus and self._focus.taken else ()
        return (*(self._painter.faults if self._painter else ()), *covered)

    def close(self) -> None:
        """Give the display back."""
        if self._painter:
            self._painter.close()
        pygame.display.quit()
