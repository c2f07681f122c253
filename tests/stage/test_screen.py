"""The screen: a window where there is a display, memory where there is none."""

import io
import os

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.core.moment import HoldPart
from guideplayer.stage import display
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.screen import OFF_SCREEN, SHOT_SIZE, WINDOW, Screen
from tests.stage.moments import moment


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    screen = Screen()
    screen.open((320, 180), False, "guideplayer")
    yield screen
    screen.close()


def test_without_a_display_it_goes_on_off_screen(screen):
    assert screen.kind == OFF_SCREEN
    assert not pygame.mouse.get_visible()
    assert not pygame.display.get_allow_screensaver()


def test_of_a_display_that_nobody_sees_neither_size_nor_pace_is_told(screen):
    assert screen.desktop == (0, 0, 0)


def test_how_the_display_is_comes_from_the_system_and_not_from_the_window(screen, monkeypatch):
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "x11")
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(1920, 1080), (800, 600)])
    monkeypatch.setattr(pygame.display, "get_desktop_refresh_rates", lambda: [60, 30])
    screen.open((320, 180), False, "guideplayer")
    assert screen.desktop == (1920, 1080, 60)


def test_a_display_that_does_not_tell_how_it_is_is_drawn_on_all_the_same(screen, monkeypatch):
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "x11")
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", list)
    screen.open((320, 180), False, "guideplayer")
    assert (screen.kind, screen.desktop) == (WINDOW, (0, 0, 0))


def test_it_presents_what_was_drawn_and_nothing_twice(screen):
    screen.draw(moment(("tide", 1.0)))
    assert screen.present()
    assert pygame.surfarray.array3d(pygame.display.get_surface()).max() > 40
    screen.draw(moment(("tide", 1.0)))
    assert not screen.present()


def test_what_was_covered_is_shown_again_though_nothing_changed(screen):
    screen.draw(moment(("still", 1.0)))
    assert screen.present()
    screen.draw(moment(("still", 1.0)))
    screen.uncover()
    assert screen.present()
    screen.draw(moment(("still", 1.0)))
    assert not screen.present()


def test_a_display_that_cannot_be_opened_is_none(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("DISPLAY", ":4711")
    screen = Screen()
    screen.open(None, True, "guideplayer")
    try:
        assert screen.kind == OFF_SCREEN
        assert pygame.display.get_surface().get_size() == (1280, 720)
    finally:
        screen.close()


@pytest.mark.parametrize(("driver", "wanted"), [("x11", "0"), ("KMSDRM", None), ("wayland", None)])
def test_only_x11_is_asked_for_a_surface_without_a_graphics_processor(screen, monkeypatch, driver, wanted):
    """The others have none: asked for it, they open no display at all."""
    asked = []
    opened = pygame.display.set_mode

    def set_mode(*arguments):
        asked.append(os.environ.get("SDL_FRAMEBUFFER_ACCELERATION"))
        return opened(*arguments)

    # Set first, so that it is unset again whatever happens.
    monkeypatch.setenv("SDL_FRAMEBUFFER_ACCELERATION", "1")
    monkeypatch.delenv("SDL_FRAMEBUFFER_ACCELERATION")
    monkeypatch.setattr(pygame.display, "get_driver", lambda: driver)
    monkeypatch.setattr(pygame.display, "set_mode", set_mode)
    screen.open((320, 180), False, "guideplayer")
    assert asked == [wanted]


def test_the_desk_gets_a_small_picture_of_it(screen):
    screen.draw(moment(("tide", 1.0), light=1.0))
    shot = pygame.image.load(io.BytesIO(screen.picture()), "shot.jpg")
    assert shot.get_size() == SHOT_SIZE
    whole = pygame.surfarray.array3d(pygame.display.get_surface())
    assert abs(np.mean(pygame.surfarray.array3d(shot)) - whole.mean()) < 3


@pytest.mark.parametrize(
    ("hold", "overlay", "corner"),
    [
        (HoldPart(1.0, 60_000, None, "47"), None, (0.93, 0.92)),
        (
            None,
            Overlay("Room 1", ("Desk: http://192.0.2.7/",), None, "482913", "http://192.0.2.7/#pair=x"),
            (0.2, 0.85),
        ),
    ],
    ids=["of the bedside", "of the card"],
)
def test_the_small_picture_shows_no_code(screen, hold, overlay, corner):
    """Who is not in the room must neither pair a desk nor prove presence by looking at the picture."""
    shots = []
    for digits in ("47", "74"):
        one = hold and msgspec.structs.replace(hold, code=digits)
        other = overlay and msgspec.structs.replace(overlay, code=digits * 3, link=f"{overlay.link}{digits}")
        screen.draw(moment(("still", 1.0), hold=one), other)
        shots.append(screen.picture())
    assert shots[0] == shots[1]
    shot = pygame.image.load(io.BytesIO(shots[0]), "shot.jpg")
    assert sum(shot.get_at([round(side * share) for side, share in zip(SHOT_SIZE, corner, strict=True)])[:3]) < 80


@pytest.mark.parametrize("plain", [False, True])
def test_the_picture_of_last_resort_asks_for_no_graphics_processor(monkeypatch, plain):
    """A driver that ends the process would end that one too."""
    asked = []
    monkeypatch.setattr(display, "may_have_renderer", lambda: True)
    monkeypatch.setattr(display, "_in_step", lambda *given: asked.append(given))
    # As on a display that is there.
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "x11")
    screen = Screen(plain=plain)
    screen.open((320, 180), True, "guideplayer")
    try:
        assert pygame.display.get_surface().get_flags() & pygame.FULLSCREEN
        assert bool(asked) is not plain
    finally:
        screen.close()
