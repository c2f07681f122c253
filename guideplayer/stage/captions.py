"""Words on the picture: lines broken by phrase, large type on a soft plate, rendered once and kept."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import pygame

from guideplayer.core.letters import cells, joined, tokens
from guideplayer.core.moment import Caption, HoldPart
from guideplayer.stage.rows import row_of

LINE_CHARACTERS = 37
# 90 px on a screen of 1080: readable at 2 to 3 m.
TYPE_SHARE = 90 / 1080
HOLD_SHARE, CODE_SHARE = 84 / 1080, 40 / 1080
SAFE_SHARE = 0.06
# Where nothing is heard the words are all there is; more than this would not leave room for them.
LARGER, LARGEST = 1.25, 1.6
PLATE = (10, 9, 18)
PLATE_OPACITY = 0.74
# In sizes of the type.
PLATE_MARGIN, LINE_STEP = 1.1, 1.28
INK = (240, 230, 214)
CODE_INK = (150, 132, 122)
_BREAK_AFTER = frozenset(",;:.!?،؛؟।，、；：。！？")
_BREAK_BEFORE = frozenset({"and", "or", "but", "that", "which", "who", "whenever", "when", "where", "as", "if", "to"})
_BREAK_BEFORE_LESS = frozenset(
    {"in", "on", "at", "with", "for", "of", "from", "by", "into", "under", "like", "is", "are"}
)


def break_lines(text: str, most: int = LINE_CHARACTERS) -> tuple[str, ...]:
    """Lines of a text: at its own line ends, else as few as fit, broken where a reader would breathe, and even."""
    return tuple(line for part in text.split("\n") for line in _broken(tokens(" ".join(part.split())), most))


def _broken(pieces: Sequence[str], most: int) -> tuple[str, ...]:
    """Of all ways to break pieces into the fewest lines, the one with the best places and the evenest lines."""
    whole = joined(pieces)
    if cells(whole) <= most or len(pieces) < 2:
        return (whole,) if whole else ()
    best: tuple[float, tuple[str, ...]] | None = None
    for number in range(1, len(pieces)):
        first = joined(pieces[:number])
        if cells(first) > most:
            break
        rest = _broken(pieces[number:], most)
        uneven = sum((cells(line) - cells(whole) / (1 + len(rest))) ** 2 for line in (first, *rest)) / 40
        cost = _cost(pieces, number) + uneven + 1000 * len(rest)
        if best is None or cost < best[0]:
            best = (cost, (first, *rest))
    return best[1] if best else (joined(pieces[:1]), *_broken(pieces[1:], most))


def _cost(pieces: Sequence[str], number: int) -> float:
    """How badly a break before a piece reads."""
    word = pieces[number].strip().casefold()
    if pieces[number - 1].rstrip()[-1:] in _BREAK_AFTER:
        return 0.0
    if word in _BREAK_BEFORE:
        return 3.0
    return 5.0 if word in _BREAK_BEFORE_LESS else 9.0


class Type:
    """One size of type for a screen's height, with its words kept as surfaces."""

    def __init__(
        self,
        height_px: int,
        share: float,
        ink: tuple[int, int, int] = INK,
        most_px: int | None = None,
        letters: int = LINE_CHARACTERS,
    ) -> None:
        """`share` is of the screen's height, `letters` how many go on a line. Lines wider than `most_px` shrink."""
        self._letters = letters
        self._most_px = most_px
        self.size_px = max(8, round(height_px * share))
        self._ink = ink
        self._kept: dict[tuple[str, bool], pygame.Surface] = {}

    def words(self, text: str, *, on_plate: bool) -> pygame.Surface:
        """The lines of a text, centred, with or without a plate behind them."""
        return self._keep((text, on_plate), lambda: self._rendered(break_lines(text, self._letters), on_plate))

    def line(self, text: str) -> pygame.Surface:
        """One line as it is."""
        return self._keep(("\n" + text, False), lambda: self._rendered((text,), on_plate=False))

    def _keep(self, key: tuple[str, bool], make: Callable[[], pygame.Surface]) -> pygame.Surface:
        if key not in self._kept:
            while len(self._kept) >= 8:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = make()
        return self._kept[key]

    def _rendered(self, lines: Sequence[str], on_plate: bool) -> pygame.Surface:
        rows = [row_of(line, self.size_px, self._ink) for line in lines]
        widest_px = max(row.get_width() for row in rows)
        if self._most_px and widest_px > self._most_px:
            rows = [pygame.transform.smoothscale_by(row, self._most_px / widest_px) for row in rows]
        step_px = round(self.size_px * LINE_STEP)
        margin_px = round(self.size_px * PLATE_MARGIN) if on_plate else 0
        width = max(row.get_width() for row in rows) + 2 * margin_px
        height = step_px * len(rows) + 2 * margin_px
        whole = plate((width, height), margin_px) if on_plate else pygame.Surface((width, height), pygame.SRCALPHA)
        for number, row in enumerate(rows):
            top = margin_px + number * step_px + (step_px - row.get_height()) // 2
            whole.blit(row, ((width - row.get_width()) // 2, top))
        return whole


def plate(size: tuple[int, int], margin_px: int) -> pygame.Surface:
    """A dark plate whose soft edge is the margin: at full strength inside of it, gone at the size."""
    # Soft edges need few pixels: it is drawn small and enlarged.
    grain = max(1, margin_px // 16)
    width, height = (side // grain + 1 for side in size)
    margin = margin_px / grain
    down, across = (np.abs(np.arange(side) + 0.5 - side / 2) - (side / 2 - margin) for side in (height, width))
    beyond = np.hypot(np.maximum(across, 0)[:, None], np.maximum(down, 0)[None, :]) / margin
    strength = np.clip(1 - beyond, 0, 1)
    strength = strength * strength * (3 - 2 * strength)
    small = pygame.Surface((width, height), pygame.SRCALPHA)
    small.fill(PLATE)
    pygame.surfarray.pixels_alpha(small)[:] = np.round(strength * PLATE_OPACITY * 255).astype(np.uint8)
    return pygame.transform.smoothscale(small, size)


class Place(StrEnum):
    """Where captions stand."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class CaptionStyle(NamedTuple):
    """How large captions are (1 is the usual), and where they stand."""

    size: float = 1.0
    place: Place = Place.LOW


class Captions:
    """Draws the words of a moment for one size of screen."""

    def __init__(self, size: tuple[int, int], style: CaptionStyle = CaptionStyle()) -> None:  # noqa: B008
        self._width, self._height = size
        self._place = style.place
        most_px = round(self._width * (1 - SAFE_SHARE))
        self._usual, self._larger = (
            Type(size[1], TYPE_SHARE * share, most_px=most_px, letters=round(LINE_CHARACTERS / share))
            for share in (style.size, max(style.size, min(LARGEST, style.size * LARGER)))
        )
        self._wanted = self._caption = self._usual
        self._shown = ""
        self._words = Type(size[1], HOLD_SHARE, most_px=most_px)
        self._code = Type(size[1], CODE_SHARE, CODE_INK)

    def enlarge(self, larger: bool) -> None:
        """Whether captions are larger than usual. It begins with the next one: words that are shown never jump."""
        self._wanted = self._larger if larger else self._usual

    def draw(self, caption: Caption, target: pygame.Surface) -> pygame.Rect:
        """Draw a caption in its place. The plate ends where the screen does, so the words keep their distance."""
        if caption.text != self._shown:
            self._shown, self._caption = caption.text, self._wanted
        words = self._caption.words(caption.text, on_plate=True)
        words.set_alpha(round(255 * caption.opacity))
        place = words.get_rect(centerx=self._width // 2)
        if self._place is Place.MIDDLE:
            place.centery = self._height // 2
        elif self._place is Place.LOW:
            place.bottom = self._height
        return target.blit(words, place)

    def draw_hold(self, hold: HoldPart, target: pygame.Surface) -> list[pygame.Rect]:
        """Draw a few large words in the middle, and the code for staff, small, in the corner."""
        places = []
        if hold.words:
            words = self._words.words(hold.words.text, on_plate=False)
            words.set_alpha(round(255 * hold.words.opacity))
            places.append(target.blit(words, words.get_rect(center=(self._width // 2, round(self._height * 0.44)))))
        if hold.code:
            code = self._code.line(f"staff code  {hold.code}")
            code.set_alpha(round(255 * hold.weight))
            margin = round(self._height * SAFE_SHARE)
            corner = (self._width - margin, self._height - margin)
            places.append(target.blit(code, code.get_rect(bottomright=corner)))
        return places
