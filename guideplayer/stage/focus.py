"""Keeping the keyboard: a window that comes up over the picture would get the patient's presses instead of it."""

import warnings

import pygame

RAISE_EVERY_MS = 500
# A window manager may take the keyboard for a moment, for instance while it shows this window.
AWAY_FOR_MS = 1500
COVERED = (
    "Another window keeps taking the keyboard from the picture: a press on a key may not arrive. "
    "Close what has come up over it."
)


class Focus:
    """The window's hold on the keyboard. `taken` is whether something else has kept it for longer than a moment."""

    def __init__(self) -> None:
        self._had_ms: int | None = None
        self._raised_ms = 0
        self.taken = False

    def keep(self, at_ms: int) -> None:
        """Once a frame: take it back when it is gone."""
        if self._had_ms is None or pygame.key.get_focused():
            self._had_ms, self.taken = at_ms, False
            return
        self.taken = at_ms - self._had_ms > AWAY_FOR_MS
        if at_ms - self._raised_ms >= RAISE_EVERY_MS:
            self._raised_ms = at_ms
            _raise()


def _raise() -> None:
    """To the front, and the keyboard to it: without a window manager the one does not bring the other."""
    with warnings.catch_warnings():
        # What pygame would rather have is a window of another kind, which cannot be had without opening it anew.
        warnings.simplefilter("ignore", DeprecationWarning)
        window = pygame.Window.from_display_module()
    window.focus()
    window.focus(input_only=True)
