"""Any key, button or touch is the press; the staff menu needs its whole chord."""

import ctypes

import psutil
import pygame
import pytest

from guideplayer.stage.controls import ALONE_MS, Controls, Gesture, Hand

CHORD = pygame.KMOD_CTRL | pygame.KMOD_SHIFT


@pytest.fixture
def controls():
    yield Controls()
    pygame.quit()


@pytest.fixture
def sdl():
    """The library below pygame, which can make a switch of its own."""
    mapped = (mapping.path for mapping in psutil.Process().memory_maps())
    return ctypes.CDLL(next(path for path in mapped if "libSDL2-" in path))


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


def test_a_switch_that_is_a_joystick_presses_whatever_window_has_the_keyboard(sdl):
    pygame.display.set_mode((320, 180), pygame.HIDDEN)
    controls = Controls()
    try:
        assert not pygame.key.get_focused()
        number = sdl.SDL_JoystickAttachVirtual(1, 0, 1, 0)
        assert meant(controls, *pygame.event.get()) == []
        switch = ctypes.c_int(sdl.SDL_JoystickGetDeviceInstanceID(number))
        sdl.SDL_JoystickFromInstanceID.restype = ctypes.c_void_p
        sdl.SDL_JoystickSetVirtualButton(ctypes.c_void_p(sdl.SDL_JoystickFromInstanceID(switch)), 0, 1)
        assert meant(controls, *pygame.event.get()) == [Gesture(Hand.PRESS, "joystick")]
    finally:
        pygame.quit()


def test_a_switch_whose_plug_bounces_takes_nothing_with_it(controls):
    """It is gone before it can be opened, and is there anew; the other events of the frame are not lost."""
    gone = pygame.event.Event(pygame.JOYDEVICEADDED, device_index=4711)
    assert meant(controls, gone, key(pygame.K_SPACE)) == [Gesture(Hand.PRESS, "key")]
