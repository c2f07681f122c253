"""Words on the picture: lines broken by phrase, large type on a soft plate, rendered once and kept."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pygame

from guideplayer.media import media_folder

LINE_CHARACTERS = 37
# 90 px on a screen of 1080: readable at 2 to 3 m.
TYPE_SHARE = 90 / 1080
PLATE_OPACITY = 0.72
INK = (240, 230, 214)
_BREAK_AFTER = ",;:.!?"
_BREAK_BEFORE = frozenset({"and", "or", "but", "that", "which", "who", "whenever", "when", "where", "as", "if", "to"})
_BREAK_BEFORE_LESS = frozenset(
    {"in", "on", "at", "with", "for", "of", "from", "by", "into", "under", "like", "is", "are"}
)


def font_path() -> Path:
    """The type of the captions."""
    return media_folder() / "fonts" / "NotoSans-Regular.ttf"


def break_lines(text: str, most: int = LINE_CHARACTERS) -> tuple[str, ...]:
    """Lines of a text: at its own line ends, else as few as fit, broken where a reader would breathe, and even."""
    return tuple(line for part in text.split("\n") for line in _broken(part.split(), most))


def _broken(words: Sequence[str], most: int) -> tuple[str, ...]:
    """Of all ways to break words into the fewest lines, the one with the best places and the evenest lines."""
    whole = " ".join(words)
    if len(whole) <= most or len(words) < 2:
        return (whole,) if whole else ()
    best: tuple[float, tuple[str, ...]] | None = None
    for number in range(1, len(words)):
        first = " ".join(words[:number])
        if len(first) > most:
            break
        rest = _broken(words[number:], most)
        cost = (
            _cost(words, number) + sum((len(line) - len(whole) / (1 + len(rest))) ** 2 for line in (first, *rest)) / 40
        )
        cost += 1000 * len(rest)
        if best is None or cost < best[0]:
            best = (cost, (first, *rest))
    return best[1] if best else (words[0], *_broken(words[1:], most))


def _cost(words: Sequence[str], number: int) -> float:
    """How badly a break before a word reads."""
    if words[number - 1][-1] in _BREAK_AFTER:
        return 0.0
    if words[number].casefold() in _BREAK_BEFORE:
        return 3.0
    return 5.0 if words[number].casefold() in _BREAK_BEFORE_LESS else 9.0


class Type:
    """One size of type for a screen's height, with its words kept as surfaces."""

    def __init__(self, height_px: int, share: float, ink: tuple[int, int, int] = INK) -> None:
        pygame.font.init()
        self.size_px = max(8, round(height_px * share))
        self._font = pygame.font.Font(font_path(), self.size_px)
        self._ink = ink
        self._kept: dict[tuple[str, bool], pygame.Surface] = {}

    def words(self, text: str, *, plate: bool) -> pygame.Surface:
        """The lines of a text, centred, with or without a plate behind them."""
        return self._keep((text, plate), lambda: self._rendered(break_lines(text), plate))

    def line(self, text: str) -> pygame.Surface:
        """One line as it is."""
        return self._keep(("\n" + text, False), lambda: self._rendered((text,), plate=False))

    def _keep(self, key: tuple[str, bool], make: Callable[[], pygame.Surface]) -> pygame.Surface:
        if key not in self._kept:
            while len(self._kept) >= 8:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = make()
        return self._kept[key]

    def _rendered(self, lines: Sequence[str], plate: bool) -> pygame.Surface:
        rows = [self._font.render(line, True, self._ink) for line in lines]
        step_px = round(self.size_px * 1.3)
        margin_px = self.size_px if plate else 0
        width = max(row.get_width() for row in rows) + 2 * margin_px
        height = step_px * len(rows) + 2 * margin_px
        whole = _plate(width, height, margin_px) if plate else pygame.Surface((width, height), pygame.SRCALPHA)
        for number, row in enumerate(rows):
            top = margin_px + number * step_px + (step_px - row.get_height()) // 2
            whole.blit(row, ((width - row.get_width()) // 2, top))
        return whole


def _plate(width: int, height: int, margin_px: int) -> pygame.Surface:
    """A dark plate that fades out over its margin."""
    plate = pygame.Surface((width, height), pygame.SRCALPHA)
    across = np.minimum(np.arange(width), np.arange(width)[::-1])[:, None] / margin_px
    down = np.minimum(np.arange(height), np.arange(height)[::-1])[None, :] / margin_px
    # Full strength is reached well before the words: their contrast must not fade with the edge.
    sides = [np.clip(side / 0.8, 0, 1) for side in (across, down)]
    strength = sides[0] * sides[0] * (3 - 2 * sides[0]) * sides[1] * sides[1] * (3 - 2 * sides[1])
    pygame.surfarray.pixels_alpha(plate)[:] = np.round(strength * PLATE_OPACITY * 255).astype(np.uint8)
    return plate
