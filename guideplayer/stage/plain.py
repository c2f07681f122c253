"""The picture of last resort: one dim colour and plain words, drawn by as little as can be, for when the other fails.

A scene, a font or a film that breaks would break again in the next stage, and the next: this one has none of them.
"""

import textwrap

import pygame

from guideplayer.core.moment import HoldPart, Moment
from guideplayer.stage.overlay import Overlay

# The colours of a scene at full light and of the hold, and of words: as dim as the real ones.
SCENE, HOLD, WORDS = (34, 38, 58), (58, 44, 36), (214, 204, 194)
WORDS_SHARE, CODE_SHARE = 1 / 24, 1 / 10
LINE_CHARACTERS = 40
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
        self._words = pygame.font.Font(None, round(height_px * WORDS_SHARE))
        self._digits = pygame.font.Font(None, round(height_px * CODE_SHARE))
        self._seen: object = None
        self.codes: list[pygame.Rect] = []

    def close(self) -> None:
        """Nothing is held."""

    def enlarge_captions(self, larger: bool) -> None:
        """They are large already."""

    def paint(self, moment: Moment, overlay: Overlay | None = None) -> pygame.Rect:
        """Paint a moment; what changed on the surface, which is nothing (and false) when nothing had to."""
        colour = _colour(moment)
        words = (_words(moment), moment.hold.code if moment.hold else "", overlay)
        if (colour, words) == self._seen:
            return NOWHERE
        self._seen = (colour, words)
        self.surface.fill(colour)
        self.codes = []
        if overlay:
            lines = (overlay.heading, *_marked(overlay))
            self._write(lines, overlay.code)
        else:
            self._write(_broken(words[0]), words[1])
        return self.surface.get_rect()

    def _write(self, lines: tuple[str, ...], code: str) -> None:
        """Lines in the middle, one below the other, and the code under them."""
        width, height = self.surface.get_size()
        top = height // 2 - len(lines) * self._words.get_linesize() // 2
        for line in lines:
            drawn = self._words.render(line, True, WORDS)
            self.surface.blit(drawn, ((width - drawn.get_width()) // 2, top))
            top += self._words.get_linesize()
        if code:
            drawn = self._digits.render(" ".join(code), True, WORDS)
            place = drawn.get_rect(midtop=(width // 2, top + self._words.get_linesize()))
            self.codes.append(self.surface.blit(drawn, place))


def _colour(moment: Moment) -> tuple[int, int, int]:
    hold = moment.hold.weight if moment.hold else 0.0
    light = moment.light * moment.picture
    parts = zip(SCENE, HOLD, strict=True)
    red, green, blue = (round(scene * light * (1 - hold) + held * hold) for scene, held in parts)
    return red, green, blue


def _words(moment: Moment) -> str:
    hold: HoldPart | None = moment.hold
    caption = hold.words if hold else moment.caption
    return caption.text if caption and caption.opacity > 0.5 else ""


def _marked(overlay: Overlay) -> tuple[str, ...]:
    return tuple(f"> {line}" if number == overlay.selected else line for number, line in enumerate(overlay.lines))


def _broken(text: str) -> tuple[str, ...]:
    return tuple(line for paragraph in text.splitlines() for line in textwrap.wrap(paragraph, LINE_CHARACTERS))
