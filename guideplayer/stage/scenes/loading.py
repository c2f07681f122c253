"""Reading the code of a scene of somebody else's, and making it as the shipped ones are made."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from guideplayer.stage.scenes.canvas import NO_STARS, Canvas, Stars
from guideplayer.stage.scenes.colours import Field
from guideplayer.stage.scenes.palettes import Palette, Role

# What the scene of a file is called in it.
IN_A_FILE = "Scene"
MODULE = "guideplayer_own_scene"

Colours = Mapping[str, Mapping[str, Role]]


class UnloadableError(Exception):
    """There is no scene in what was named; the text says why, in one clause."""


class OwnScene:
    """A loaded scene, not made yet: `palettes` are its colours by name, its usual ones first."""

    def __init__(self, make: Callable[[Canvas, Palette], Any]) -> None:
        self._make = make
        self.palettes: Colours = getattr(make, "PALETTES", {})

    def made(self, width: int, height: int, palette: str = "", seed: int = 1) -> "MadeScene":
        """The scene for a size. Raises UnloadableError, and whatever its code does."""
        name = palette or next(iter(self.palettes), "")
        if name and name not in self.palettes:
            raise UnloadableError(f"it has no palette '{name}'")
        return MadeScene(self._make(Canvas(width, height, seed), Palette(self.palettes.get(name, {}))))


class MadeScene:
    """A scene for a size, with or without stars of its own."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene

    def paint(self, time_s: float) -> Field:
        """Whatever it paints."""
        field: Field = self._scene.paint(time_s)
        return field

    def stars(self, time_s: float) -> Stars:
        """Its stars; none when it has no such method."""
        stars: Stars = self._scene.stars(time_s) if hasattr(self._scene, "stars") else NO_STARS
        return stars


def load(file: str) -> OwnScene:
    """The scene of a Python file, or of a `package.module:name`. Raises UnloadableError, and whatever its code does."""
    if not file.endswith(".py"):
        module, _, name = file.partition(":")
        return OwnScene(_named(importlib.import_module(module), name or IN_A_FILE, file))
    if not Path(file).is_file():
        raise UnloadableError("its file is gone")
    spec = importlib.util.spec_from_file_location(MODULE, file)
    assert spec
    assert spec.loader
    module_of_file = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module_of_file
    spec.loader.exec_module(module_of_file)
    return OwnScene(_named(module_of_file, IN_A_FILE, Path(file).name))


def _named(module: Any, name: str, where: str) -> Callable[[Canvas, Palette], Any]:
    made = module
    for part in name.split("."):
        made = getattr(made, part, None)
    if not callable(made):
        raise UnloadableError(f"there is no class `{name}` in {where}")
    return made  # type: ignore[no-any-return]
