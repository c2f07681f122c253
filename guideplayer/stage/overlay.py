"""What stands over the picture for staff: the card before a session, the staff menu, a notice."""

import msgspec
import pygame

from guideplayer.stage.captions import Type

QUIET = (176, 166, 158)


class Overlay(msgspec.Struct, frozen=True):
    """A heading, lines of which one may be selected, and a code in large, spaced digits."""

    heading: str
    lines: tuple[str, ...] = ()
    selected: int | None = None
    code: str = ""


class OverlayPainter:
    """Draws overlays for one size of screen."""

    def __init__(self, height_px: int) -> None:
        self._heading = Type(height_px, 44 / 1080)
        self._line = Type(height_px, 34 / 1080, QUIET)
        self._selected = Type(height_px, 34 / 1080)
        self._code = Type(height_px, 84 / 1080)

    def draw(self, overlay: Overlay, target: pygame.Surface) -> None:
        """Draw an overlay; a menu in the middle, a card low in the left corner, out of the way of the picture."""
        rows = [self._heading.line(overlay.heading)] if overlay.heading else []
        for number, words in enumerate(overlay.lines):
            chosen = overlay.selected == number
            marked = f"›  {words}" if chosen else words
            rows.append((self._selected if chosen else self._line).line(marked))
        if overlay.code:
            rows.append(self._code.line(f"{overlay.code[:3]} {overlay.code[3:]}"))
        width, height = target.get_size()
        margin = height // 14
        total = sum(row.get_height() for row in rows)
        box = pygame.Surface((max(row.get_width() for row in rows) + margin, total + margin), pygame.SRCALPHA)
        box.fill((0, 0, 0, 190 if overlay.selected is not None else 110))
        top = margin // 2
        for row in rows:
            box.blit(row, (margin // 2, top))
            top += row.get_height()
        if overlay.selected is not None:
            place = ((width - box.get_width()) // 2, (height - box.get_height()) // 2)
        else:
            place = (margin, height - box.get_height() - margin)
        target.blit(box, place)
