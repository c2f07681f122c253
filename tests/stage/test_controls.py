"""Any key, button or touch is the press; the staff menu needs its whole chord."""

import pygame
import pytest

from guideplayer.stage.controls import ALONE_MS, Controls, Gesture, Hand

CHORD = pygame.KMOD_CTRL | pygame.KMOD_SHIFT


@pytest.fixture
def controls():
    pygame.init()
    yield Controls()
    pygame.quit()


def key(number, mod=0, kind=pygame.KEYDOWN):
    return pygame.event.Event(kind, key=number, mod=mod)


def meant(controls, *events, now_ms=0, menu_open=False):
    return controls.gestures(events, now_ms, menu_open=menu_open)


@pytest.mark.parametrize(
    ("event", "source"),
    [
        (key(pygame.K_SPACE), "key"),
        (key(pygame.K_ESCAPE), "key"),
        (key(pygame.K_s), "key"),
        (key(pygame.K_q, pygame.KMOD_CTRL), "key"),
        (key(pygame.K_F4, pygame.KMOD_ALT), "key"),
        (pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=3, pos=(1, 1)), "mouse"),
        (pygame.event.Event(pygame.FINGERDOWN, finger_id=1, x=0.5, y=0.5), "touch"),
        (pygame.event.Event(pygame.JOYBUTTONDOWN, button=7, instance_id=0), "joystick"),
    ],
)
def test_anything_is_the_press(controls, event, source):
    assert meant(controls, event) == [Gesture(Hand.PRESS, source)]


def test_a_touch_is_one_press(controls):
    finger = pygame.event.Event(pygame.FINGERDOWN, finger_id=1, x=0.5, y=0.5)
    mouse = pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(1, 1), touch=True)
    assert meant(controls, finger, mouse) == [Gesture(Hand.PRESS, "touch")]


def test_the_chord_opens_the_menu_and_presses_nothing(controls):
    found = meant(
        controls,
        key(pygame.K_LCTRL),
        key(pygame.K_LSHIFT, pygame.KMOD_CTRL),
        key(pygame.K_s, CHORD),
        key(pygame.K_LCTRL, kind=pygame.KEYUP),
        key(pygame.K_LSHIFT, kind=pygame.KEYUP),
    )
    assert found == [Gesture(Hand.MENU)]


def test_a_modifier_alone_is_a_press_when_let_go(controls):
    assert meant(controls, key(pygame.K_LCTRL)) == []
    assert meant(controls, key(pygame.K_LCTRL, kind=pygame.KEYUP), now_ms=200) == [Gesture(Hand.PRESS, "key")]


def test_a_modifier_held_is_a_press(controls):
    assert meant(controls, key(pygame.K_RSHIFT)) == []
    assert meant(controls, now_ms=ALONE_MS - 1) == []
    assert meant(controls, now_ms=ALONE_MS) == [Gesture(Hand.PRESS, "key")]
    assert meant(controls, now_ms=ALONE_MS + 100) == []


def test_arrows_are_for_the_menu_only_while_it_is_open(controls):
    assert meant(controls, key(pygame.K_UP)) == [Gesture(Hand.PRESS, "key")]
    assert meant(controls, key(pygame.K_UP), menu_open=True) == [Gesture(Hand.UP)]
    assert meant(controls, key(pygame.K_a), menu_open=True) == [Gesture(Hand.PRESS, "key")]


def test_closing_the_window_is_no_press(controls):
    assert meant(controls, pygame.event.Event(pygame.QUIT)) == [Gesture(Hand.LEAVE)]
