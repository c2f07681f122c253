"""`python -m guideplayer.pager.plugin NAME`: tell one service by another package's function, in a process of its own.

The function is the entry point NAME of the group `guideplayer.pagers`. It is called with the title, the body and the
options of the settings by their names; when it returns the service has taken it, and what it raises says why not.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from guideplayer.authoring.problems import nearest
from guideplayer.authoring.words import listed, quoted
from guideplayer.installed import PAGERS, installed
from guideplayer.pager.letter import Letter


class PluginError(Exception):
    """There is no such plugin; the text is one plain sentence."""


def plugin_named(name: str) -> str:
    """Where a plugin's code is. Raises PluginError."""
    there = installed(PAGERS)
    if name in there:
        return there[name]
    meant = nearest(name, there)
    told = f"Did you mean '{meant}'?" if meant else f"There is {listed(there)}." if there else "None is installed."
    raise PluginError(f"There is no pager plugin {quoted(name)}. {told}")


def function_of(name: str) -> Callable[..., Any]:
    """The function of a plugin. Raises PluginError, and whatever its code does."""
    module, _, path = plugin_named(name).partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise PluginError(f"The pager plugin {quoted(name)} has no function `{path}` in {module}.")
    return found  # type: ignore[no-any-return]


class _Told:
    """What is told on our own way out. What a plugin prints by the way goes nowhere: it is no reason."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        self._ready = False

    def letter(self) -> bytes:
        """Say that all is read, and wait for the words."""
        self._ready = True
        self._say("ready")
        return sys.stdin.buffer.read()

    def failed(self, kind: type[BaseException], error: BaseException, _trace: object) -> None:
        """What a plugin raises ends this process, and is why the service has not been told."""
        if not self._ready:
            # Nobody listens for reasons before the words have come.
            self.letter()
        said = " ".join(str(error).split())
        self._say(said if isinstance(error, PluginError) else f"{kind.__name__}: {said}".removesuffix(": "))

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            print(line, file=self._out, flush=True)


def main() -> None:
    """Read the plugin's code, say so, wait, and tell what comes on the input."""
    told = _Told()
    sys.excepthook = told.failed
    function = function_of(sys.argv[1])
    letter = msgspec.json.decode(told.letter(), type=Letter)
    function(letter.title, letter.body, **msgspec.json.decode(letter.options))


if __name__ == "__main__":
    main()
