"""What a hand does: anything is the press, but for one deliberate chord that opens the staff menu.

Ctrl and Shift begin that chord, so by themselves they count as a press only when they are let go, or held for a
while, without it.
"""

import contextlib
import os
from collections.abc import Sequence
from enum import StrEnum

import msgspec
import pygame

ALONE_MS = 800
_MODIFIERS = frozenset({pygame.K_LCTRL, pygame.K_RCTRL, pygame.K_LSHIFT, pygame.K_RSHIFT})
_KINDS = {
    pygame.KEYDOWN: "key",
    pygame.MOUSEBUTTONDOWN: "mouse",
    pygame.FINGERDOWN: "touch",
    pygame.JOYBUTTONDOWN: "joystick",
}
_MENU_KEYS = {
    pygame.K_UP: "up",
    pygame.K_DOWN: "down",
    pygame.K_RETURN: "take",
    pygame.K_KP_ENTER: "take",
    pygame.K_ESCAPE: "close",
}


class Hand(StrEnum):
    """What was meant."""

    PRESS = "press"
    MENU = "menu"
    UP = "up"
    DOWN = "down"
    TAKE = "take"
    CLOSE = "close"
    LEAVE = "leave"


class Gesture(msgspec.Struct, frozen=True):
    """Something that a hand meant, and with what."""

    hand: Hand
    source: str = ""


class Controls:
    """Turns pygame's events into gestures."""

    def __init__(self) -> None:
        # Else SDL drops what is pressed on a switch that is a joystick while another window has the keyboard.
        os.environ.setdefault("SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS", "1")
        pygame.joystick.init()
        self._joysticks: dict[int, pygame.joystick.JoystickType] = {}
        self._modifier_since_ms: int | None = None

    def gestures(self, events: Sequence[pygame.event.Event], now_ms: int, *, menu_open: bool) -> list[Gesture]:
        """The gestures of these events; called every frame, since a modifier held alone is one too."""
        found = [gesture for event in events if (gesture := self._gesture(event, now_ms, menu_open=menu_open))]
        if self._modifier_since_ms is not None and now_ms - self._modifier_since_ms >= ALONE_MS:
            self._modifier_since_ms = None
            found.append(Gesture(Hand.PRESS, "key"))
        return found

    def _gesture(self, event: pygame.event.Event, now_ms: int, *, menu_open: bool) -> Gesture | None:
        if event.type == pygame.QUIT:
            return Gesture(Hand.LEAVE)
        if event.type == pygame.JOYDEVICEADDED:
            # One whose plug bounces is gone again by now.
            with contextlib.suppress(pygame.error):
                joystick = pygame.joystick.Joystick(event.device_index)
                self._joysticks[joystick.get_instance_id()] = joystick
            return None
        if event.type == pygame.KEYUP and event.key in _MODIFIERS and self._modifier_since_ms is not None:
            self._modifier_since_ms = None
            return Gesture(Hand.PRESS, "key")
        if event.type == pygame.KEYDOWN:
            return self._key(event, now_ms, menu_open=menu_open)
        # A finger makes mouse events too; they would be a second press of the same touch.
        if event.type == pygame.MOUSEBUTTONDOWN and getattr(event, "touch", False):
            return None
        kind = _KINDS.get(event.type)
        return Gesture(Hand.PRESS, kind) if kind else None

    def _key(self, event: pygame.event.Event, now_ms: int, *, menu_open: bool) -> Gesture | None:
        if event.key == pygame.K_s and event.mod & pygame.KMOD_CTRL and event.mod & pygame.KMOD_SHIFT:
            self._modifier_since_ms = None
            return Gesture(Hand.MENU)
        if event.key in _MODIFIERS:
            if self._modifier_since_ms is None:
                self._modifier_since_ms = now_ms
            return None
        if menu_open and event.key in _MENU_KEYS:
            return Gesture(Hand(_MENU_KEYS[event.key]))
        return Gesture(Hand.PRESS, "key")
