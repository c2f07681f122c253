"""The square on the room's card, read off the picture as a phone's camera reads it."""

import secrets

import numpy as np
import pygame
import pytest
import zxingcpp

from guideplayer.stage.overlay import Overlay
from guideplayer.stage.painter import Painter
from tests.stage.moments import moment

LINK = f"https://192.168.100.200:8765/#pair={secrets.token_urlsafe(16)}"
CARD = Overlay("Room 1", ("Open Sky", "Desk: https://192.168.100.200:8765/"), None, "482913", LINK)
SIZES = [(1280, 720), (1920, 1080), (3840, 2160)]


def shown(size: tuple[int, int], scene: str) -> pygame.Surface:
    painter = Painter(size)
    painter.paint(moment((scene, 1.0)), CARD)
    return painter.surface


def read(picture: pygame.Surface) -> list[tuple[str, int]]:
    """The texts of the squares in a picture, each with its side in pixels, its margin not counted."""
    pixels = np.ascontiguousarray(pygame.surfarray.array3d(picture).swapaxes(0, 1))
    codes = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode)
    return [(code.text, code.position.top_right.x - code.position.top_left.x) for code in codes]


@pytest.mark.parametrize("scene", ["dusk", "dawn"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_phone_reads_the_link(size: tuple[int, int], scene: str) -> None:
    [(text, side_px)] = read(shown(size, scene))
    assert text == LINK
    # A quarter of a screen's height: 7.5 cm even on one that is 30 cm high.
    assert side_px >= size[1] / 4


def test_a_phone_reads_it_from_afar_and_from_the_side() -> None:
    far = pygame.transform.smoothscale_by(pygame.transform.rotate(shown((1920, 1080), "dusk"), 12), 0.45)
    assert [text for text, _ in read(far)] == [LINK]


def test_it_is_no_brighter_than_the_words() -> None:
    with_link = pygame.surfarray.array3d(shown((1920, 1080), "dusk"))
    assert with_link.max() <= 240
    assert (pygame.surfarray.array3d(shown((1920, 1080), "dusk")).mean() / 255) < 0.2


def test_without_a_link_there_is_no_square() -> None:
    painter = Painter((1280, 720))
    painter.paint(moment(("dusk", 1.0)), Overlay("Room 1", ("Desk: http://127.0.0.1:8765/",), None, "482913"))
    assert read(painter.surface) == []
