"""The scenes: each a pure function of time and seed that paints a small field of display values.

A scene is made for a size and painted at a time in seconds; the painter lights it, dithers it and brings it to the
size of the screen. To add one: a class with `paint` and `stars`, its line here, and its name in `core/scenes.py`.
Those of other packages and of clinics are not made here: `stage/own_reel.py` has a process of its own for each.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from guideplayer.stage.scenes.aurora import Aurora
from guideplayer.stage.scenes.canvas import Canvas, Stars
from guideplayer.stage.scenes.colours import Field
from guideplayer.stage.scenes.dawn import Dawn
from guideplayer.stage.scenes.dusk import Dusk
from guideplayer.stage.scenes.embers import Embers
from guideplayer.stage.scenes.forest import Forest
from guideplayer.stage.scenes.halo import Halo
from guideplayer.stage.scenes.hold import Hold
from guideplayer.stage.scenes.nebula import Nebula
from guideplayer.stage.scenes.palettes import Palette, palette_of
from guideplayer.stage.scenes.rain import Rain
from guideplayer.stage.scenes.snow import Snow
from guideplayer.stage.scenes.still import Still
from guideplayer.stage.scenes.tide import Tide

HOLD = "hold"


class Scene(Protocol):
    """A picture in time."""

    def paint(self, time_s: float) -> Field:
        """A new array (height, width, 3), float32, of display values around 0..1; the same for the same time."""
        ...

    def stars(self, time_s: float) -> Stars:
        """The lights over it that are too fine for a field."""
        ...


_SCENES: Mapping[str, Callable[[Canvas, Palette], Scene]] = {
    "dusk": Dusk,
    "nebula": Nebula,
    "tide": Tide,
    "dawn": Dawn,
    "aurora": Aurora,
    "halo": Halo,
    "still": Still,
    "embers": Embers,
    "snow": Snow,
    "forest": Forest,
    "rain": Rain,
    HOLD: Hold,
}


def make_scene(name: str, width: int, height: int, seed: int = 1, palette: str = "") -> Scene:
    """A scene for a size, in its usual palette unless another is named. Raises KeyError for an unknown name."""
    return _SCENES[name](Canvas(width, height, seed), palette_of(name, palette))


def all_names() -> tuple[str, ...]:
    """Every scene that can be made: those that a script may choose, and the hold's."""
    return tuple(_SCENES)
