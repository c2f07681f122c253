"""The picture of last resort: one dim colour and plain words, drawn by as little as can be, for when the other fails.

A scene, a font or a film that breaks would break again in the next stage, and the next: this one has none of them, and
asks for no graphics processor either.
"""

import textwrap

import pygame

from guideplayer.core.moment import Moment
from guideplayer.stage.overlay import Overlay

Colour = tuple[int, int, int]
# The colours of a scene at full light and of the hold, and of words: as dim as the real ones.
SCENE, HOLD, WORDS = (34, 38, 58), (58, 44, 36), (214, 204, 194)
QUIET = (150, 142, 136)
# Of the screen's height: what the patient reads, and what staff read from near by. pygame's own font is small for its
# size, so that these are letters as high as the real ones.
SHARES = (1 / 9, 1 / 19)
LINE_CHARACTERS = 34
NOWHERE = pygame.Rect(0, 0, 0, 0)
PLAIN = "The picture kept failing: a plain one is shown. When this session has ended, start guideplayer anew."


class PlainPainter:
    """Paints moments on a surface, as Painter does; `faults` says why it is there."""

    faults = (PLAIN,)

    def __init__(self, surface: pygame.Surface) -> None:
        self.surface = surface
        pygame.font.init()
        height_px = surface.get_height()
        # The font that pygame carries: nothing has to be found or read.
        self._words, self._staff = (pygame.font.Font(None, round(height_px * share)) for share in SHARES)
        self._seen: object = None
        self.codes: list[pygame.Rect] = []

    def close(self) -> None:
        """Nothing is held."""

    def enlarge_captions(self, larger: bool) -> None:
        """They are large already."""

    def paint(self, moment: Moment, overlay: Overlay | None = None) -> pygame.Rect:
        """Paint a moment; what changed on the surface, which is nothing (and false) when nothing had to."""
        colour = _colour(moment)
        words, ink = _words(moment, colour)
        code = moment.hold.code if moment.hold else ""
        if (colour, words, ink, code, overlay) == self._seen:
            return NOWHERE
        self._seen = (colour, words, ink, code, overlay)
        self.surface.fill(colour)
        self.codes = []
        width, height = self.surface.get_size()
        margin = height // 30
        menu = overlay is not None and overlay.selected is not None
        if not menu:
            lines = _broken(words)
            self._write(lines, self._words, ink, (height - len(lines) * self._words.get_linesize()) // 2)
        if overlay:
            lines = tuple(filter(None, (overlay.heading, *_marked(overlay), " ".join(overlay.code))))
            tall = len(lines) * self._staff.get_linesize()
            places = self._write(lines, self._staff, QUIET, (height - tall) // 2 if menu else height - tall - margin)
            self.codes += places[-1:] if overlay.code else []
        if code:
            drawn = self._staff.render(f"staff code  {code}", True, QUIET)
            self.codes.append(self.surface.blit(drawn, drawn.get_rect(topright=(width - margin, margin))))
        return self.surface.get_rect()

    def _write(self, lines: tuple[str, ...], font: pygame.font.Font, colour: Colour, top: int) -> list[pygame.Rect]:
        """Lines across the middle, one below the other; their places."""
        places = []
        for number, line in enumerate(lines):
            drawn = font.render(line, True, colour)
            across = (self.surface.get_width() - drawn.get_width()) // 2
            places.append(self.surface.blit(drawn, (across, top + number * font.get_linesize())))
        return places


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _colour(moment: Moment) -> Colour:
    scene = _mixed((0, 0, 0), SCENE, moment.light * moment.picture)
    whole = _mixed(scene, HOLD, moment.hold.weight if moment.hold else 0.0)
    return _mixed((0, 0, 0), whole, moment.risen)


def _words(moment: Moment, ground: Colour) -> tuple[str, Colour]:
    """What the patient reads, and in which colour: it comes and goes as softly as elsewhere."""
    caption = moment.hold.words if moment.hold else moment.caption
    return (caption.text, _mixed(ground, WORDS, caption.opacity)) if caption else ("", ground)


def _marked(overlay: Overlay) -> tuple[str, ...]:
    return tuple(f"> {line}" if number == overlay.selected else line for number, line in enumerate(overlay.lines))


def _broken(text: str) -> tuple[str, ...]:
    return tuple(line for paragraph in text.splitlines() for line in textwrap.wrap(paragraph, LINE_CHARACTERS))
