"""The display that the screen draws on: a plain surface, or one that a graphics processor shows in step with it.

Whether a graphics processor is a gain is measured and not believed: one that is only imitated by software takes 14 ms
of the processor for each picture at 1920x1080, where handing over a plain surface takes 0.3 ms (X11, no processor for
graphics, two cores); a real one takes the time of a copy, and its pictures never tear.
"""

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pygame

# What draws where nobody sees it.
UNSEEN = ("dummy", "offscreen")
# The renderers of Linux's graphics processors; elsewhere the system always has one worth a try.
RENDERERS = Path("/dev/dri")
TRIAL_PICTURES = 4
# A third of what a frame's work may take (DESIGN: median 4 ms), for a copy of 8 MB.
MOST_TRIAL_MS = 4.0 / 3


class Display(NamedTuple):
    """A surface to draw on, and whether `pygame.display.update` waits until the display takes the picture."""

    surface: pygame.Surface
    in_step: bool


class Desktop(NamedTuple):
    """How large the first display is and how many pictures it shows in a second; 0 where that is not known."""

    width_px: int = 0
    height_px: int = 0
    refresh_hz: int = 0


def seen() -> bool:
    """Whether what is drawn can be seen by anybody."""
    return pygame.display.get_driver() not in UNSEEN


def desktop() -> Desktop:
    """How the display is, once pygame has begun with it; nothing is known of one that is not seen or does not tell."""
    if not seen():
        return Desktop()
    try:
        return Desktop(*pygame.display.get_desktop_sizes()[0], pygame.display.get_desktop_refresh_rates()[0])
    except (pygame.error, IndexError):
        return Desktop()


def open_display(
    size: tuple[int, int], fullscreen: bool, most_trial_ms: float = MOST_TRIAL_MS, *, plain: bool = False
) -> Display:
    """Open the display, (0, 0) being as large as it is. Raises pygame.error where there is none.

    A `plain` one asks for no graphics processor: a driver that fails may end the whole process.
    """
    flags = pygame.FULLSCREEN if fullscreen else 0
    if fullscreen and not plain and may_have_renderer() and (surface := _in_step(size, most_trial_ms)):
        return Display(surface, True)
    return Display(_plain(size, flags), False)


def try_display() -> None:
    """Open a plain surface that nobody sees. Raises pygame.error where the display is there and takes no picture."""
    _plain((0, 0), pygame.HIDDEN)


def may_have_renderer() -> bool:
    """Whether it is worth a try to ask for a graphics processor."""
    if not seen():
        return False
    return not sys.platform.startswith("linux") or any(RENDERERS.glob("renderD*"))


def _plain(size: tuple[int, int], flags: int) -> pygame.Surface:
    if pygame.display.get_driver() == "x11":
        # Without a GPU, SDL's accelerated window surface goes through software OpenGL: 10 to 17 ms a frame against 3.
        # Elsewhere (KMSDRM, Wayland) SDL has no other surface than that. It reads this when it makes the first one.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    return pygame.display.set_mode(size, flags)


def _in_step(size: tuple[int, int], most_trial_ms: float) -> pygame.Surface | None:
    """A surface that the graphics processor shows in step with the display; None when that is no gain."""
    wanted = size if all(size) else pygame.display.get_desktop_sizes()[0]
    try:
        surface = pygame.display.set_mode(wanted, pygame.FULLSCREEN | pygame.SCALED, vsync=1)
    except pygame.error:
        return None
    in_step = surface.get_size() == wanted and pygame.display.is_vsync() and _trial_ms() <= most_trial_ms
    return surface if in_step else None


def _trial_ms() -> float:
    """What a picture takes of this process's time, in ms; waiting for the display takes none."""
    pygame.display.update()
    began_s = time.process_time()
    for _ in range(TRIAL_PICTURES):
        pygame.display.update()
    return (time.process_time() - began_s) * 1000 / TRIAL_PICTURES
