"""The machine's displays, seen from outside of the stage: whether there is one, how large it is, and that it stays on.

SDL does not hear of a display that is plugged in anew, or set to another size: a stage that is begun anew does.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

# Linux tells here what is plugged in, whatever draws on it.
CONNECTORS = Path("/sys/class/drm")
LOOK_EVERY_S = 1.0
END_WITHIN_S = 0.5
UNPLUGGED = "No display is plugged in: look at its cable and whether it is switched on."
# Which one of several the patient sees is not known.
ONE_GONE = (
    "The display at {} was unplugged or switched off, and the patient may see nothing: "
    "look at its cable and whether it is switched on."
)


class Seen(NamedTuple):
    """What a stage would find if it began now: whether X answers and with which size, and what is plugged in."""

    size_px: tuple[int, int] | None
    plugged: tuple[str, ...]
    connectors: int

    @property
    def usable(self) -> bool:
        """Whether it is worth beginning a stage for it: there is something that it could be seen on."""
        return self.size_px is not None or bool(self.plugged)

    def faults(self, needed: Collection[str] = ()) -> tuple[str, ...]:
        """What staff should know of it, each a sentence; `needed` are the connectors that should have a display."""
        if self.connectors and not self.plugged:
            return (UNPLUGGED,)
        # The kernel's name begins with the graphics card: card1-HDMI-A-1.
        return tuple(ONE_GONE.format(name.partition("-")[2]) for name in sorted(set(needed) - set(self.plugged)))


class Displays:
    """Looks at the displays, and keeps X from switching them off. Used from one thread at a time."""

    def __init__(self, environment: Mapping[str, str] = os.environ, connectors: Path = CONNECTORS) -> None:
        self._name = environment.get("DISPLAY", "") if sys.platform == "linux" else ""
        self._connectors = connectors
        # python-xlib has no types.
        self._display: Any = None
        self._saver: tuple[int, int, int, int] | None = None
        self._power = False

    def look(self) -> Seen:
        """How they are now; what would make them dark is set aside. May wait for X."""
        states = {path.parent.name: _read(path) for path in self._connectors.glob("card*-*/status")}
        plugged = tuple(sorted(name for name, state in states.items() if state == "connected"))
        return Seen(self._size_px(), plugged, len(states))

    def _size_px(self) -> tuple[int, int] | None:
        if not self._name:
            return None
        try:
            if self._display is None:
                self._display = _opened(self._name)
            geometry = self._display.screen().root.get_geometry()
            self._keep_on(self._display)
        except _failures():
            self._display = self._saver = None
            return None
        return geometry.width, geometry.height

    def _keep_on(self, display: Any) -> None:
        """Neither a screen saver nor a display that saves power, as long as this connection lives."""
        from Xlib import X

        saver = display.get_screen_saver()
        if saver.timeout:
            now = (saver.timeout, saver.interval, saver.prefer_blanking, saver.allow_exposures)
            self._saver = self._saver or now
            display.set_screen_saver(0, 0, X.DefaultBlanking, X.DefaultExposures)
        if display.has_extension("DPMS") and display.dpms_info().state:
            self._power = True
            display.dpms_disable()
        display.sync()

    def watch(self, told: Callable[[Seen], None]) -> Callable[[], None]:
        """Look again and again, in a thread of its own that nobody has to wait for: X may hang. Gives how to end it."""
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                told(self.look())
                over.wait(LOOK_EVERY_S)
            self.close()

        thread = threading.Thread(target=run, name="displays", daemon=True)
        thread.start()

        def end() -> None:
            over.set()
            thread.join(END_WITHIN_S)

        return end

    def close(self) -> None:
        """Give back what was set aside."""
        if self._display is None:
            return
        with contextlib.suppress(*_failures()):
            if self._saver:
                self._display.set_screen_saver(*self._saver)
            if self._power:
                self._display.dpms_enable()
            self._display.sync()
            self._display.close()


def _failures() -> tuple[type[Exception], ...]:
    """All that python-xlib raises when X is not there, does not let anybody in, or goes away.

    Where there is no socket it makes a port of the display's number, which may be none: that is an OverflowError.
    """
    from Xlib.error import ConnectionClosedError, DisplayError, XauthError, XError, XNoAuthError

    return (DisplayError, ConnectionClosedError, XauthError, XNoAuthError, XError, OSError, OverflowError)


def _opened(name: str) -> Any:
    from Xlib.display import Display

    return Display(name)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
