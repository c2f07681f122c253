"""What stands over the picture for staff: the card before a session, the staff menu, a notice."""

import msgspec
import pygame
import segno

from guideplayer.stage.captions import PLATE, Type, plate

QUIET = (176, 166, 158)
# A camera reads a square from ten times its width: on a small screen (24 inches, 30 cm high) this is 1 m.
SQUARE_SHARE = 0.34
# The standard's margin, in the square's own fields.
SQUARE_BORDER = 4


class Overlay(msgspec.Struct, frozen=True):
    """A heading, lines of which one may be selected, a code in large, spaced digits, and a link as a square to scan."""

    heading: str
    lines: tuple[str, ...] = ()
    selected: int | None = None
    code: str = ""
    link: str = ""


def square(link: str, side_px: int) -> pygame.Surface:
    """A link as a QR code of about this size, its margin included; never smaller, and sharp.

    It is no brighter than the words beside it: a white one would be the brightest thing in a dark room.
    """
    fields = [list(row) for row in segno.make_qr(link, error="m").matrix_iter(border=SQUARE_BORDER)]
    small = pygame.Surface((len(fields), len(fields)))
    small.fill(QUIET)
    for down, row in enumerate(fields):
        for across, dark in enumerate(row):
            if dark:
                small.set_at((across, down), PLATE)
    return pygame.transform.scale_by(small, -(-side_px // len(fields)))


class OverlayPainter:
    """Draws overlays for one size of screen."""

    def __init__(self, height_px: int) -> None:
        self._heading = Type(height_px, 46 / 1080)
        self._line = Type(height_px, 38 / 1080, QUIET)
        self._selected = Type(height_px, 38 / 1080)
        self._code = Type(height_px, 110 / 1080)
        self._side_px = round(height_px * SQUARE_SHARE)
        self._square: tuple[str, pygame.Surface | None] = ("", None)

    def draw(self, overlay: Overlay, target: pygame.Surface) -> pygame.Rect:
        """Draw an overlay; a menu in the middle, a card low in the left corner, out of the way of the picture."""
        width, height = target.get_size()
        rows = self._rows(overlay)
        margin = height // 14
        across, down = max(row.get_width() for row in rows), sum(row.get_height() for row in rows)
        scan = self._scan(overlay.link)
        inside = max(down, scan.get_height() if scan else 0)
        box = plate((across + 2 * margin + (scan.get_width() + margin if scan else 0), inside + 2 * margin), margin)
        if scan:
            box.blit(scan, (across + 2 * margin, margin + (inside - scan.get_height()) // 2))
        top = margin + (inside - down) // 2
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

    def _scan(self, link: str) -> pygame.Surface | None:
        """The square of a link, made once."""
        if link != self._square[0]:
            self._square = (link, square(link, self._side_px) if link else None)
        return self._square[1]

    def _rows(self, overlay: Overlay) -> list[pygame.Surface]:
        rows = [self._heading.line(overlay.heading)] if overlay.heading else []
        for number, words in enumerate(overlay.lines):
            chosen = overlay.selected == number
            rows.append((self._selected if chosen else self._line).line(words))
        if overlay.code:
            rows.append(self._code.line(f"{overlay.code[:3]} {overlay.code[3:]}"))
        return rows
