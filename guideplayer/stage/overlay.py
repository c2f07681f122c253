"""What stands over the picture for staff: the card before a session, the staff menu, a notice."""

import msgspec
import pygame

from guideplayer.stage.captions import Type, plate

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
        self._heading = Type(height_px, 46 / 1080)
        self._line = Type(height_px, 38 / 1080, QUIET)
        self._selected = Type(height_px, 38 / 1080)
        self._code = Type(height_px, 110 / 1080)

    def draw(self, overlay: Overlay, target: pygame.Surface) -> pygame.Rect:
        """Draw an overlay; a menu in the middle, a card low in the left corner, out of the way of the picture."""
        width, height = target.get_size()
        rows = self._rows(overlay)
        margin = height // 14
        across, down = max(row.get_width() for row in rows), sum(row.get_height() for row in rows)
        box = plate((across + 2 * margin, down + 2 * margin), margin)
        top = margin
        for number, row in enumerate(rows):
            if number - bool(overlay.heading) == overlay.selected:
                mark = self._selected.line("›")
                box.blit(mark, (margin - 2 * mark.get_width(), top))
            box.blit(row, (margin, top))
            top += row.get_height()
        if overlay.selected is not None:
            place = ((width - box.get_width()) // 2, (height - box.get_height()) // 2)
        else:
            place = (margin // 2, height - box.get_height() - margin // 2)
        return target.blit(box, place)

    def _rows(self, overlay: Overlay) -> list[pygame.Surface]:
        rows = [self._heading.line(overlay.heading)] if overlay.heading else []
        for number, words in enumerate(overlay.lines):
            chosen = overlay.selected == number
            rows.append((self._selected if chosen else self._line).line(words))
        if overlay.code:
            rows.append(self._code.line(f"{overlay.code[:3]} {overlay.code[3:]}"))
        return rows
