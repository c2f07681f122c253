"""The screen: a window where there is a display, memory where there is none."""

import io

import numpy as np
import pygame
import pytest

from guideplayer.stage.screen import OFF_SCREEN, SHOT_SIZE, Screen
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


def test_the_desk_gets_a_small_picture_of_it(screen):
    screen.draw(moment(("tide", 1.0), light=1.0))
    shot = pygame.image.load(io.BytesIO(screen.picture()), "shot.jpg")
    assert shot.get_size() == SHOT_SIZE
    whole = pygame.surfarray.array3d(pygame.display.get_surface())
    assert abs(np.mean(pygame.surfarray.array3d(shot)) - whole.mean()) < 3
