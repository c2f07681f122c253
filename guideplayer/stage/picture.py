"""A moment's picture without words: scenes lit and blended, the hold over them, dithered, with stars."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pygame

from guideplayer.core.moment import Moment, ScenePart
from guideplayer.core.scenes import IMAGE, VIDEO
from guideplayer.pictures import PictureError
from guideplayer.stage.dither import Dither
from guideplayer.stage.files.film import Film
from guideplayer.stage.files.layer import Layer
from guideplayer.stage.files.photograph import Photograph
from guideplayer.stage.memory import give_back
from guideplayer.stage.reel import Reel
from guideplayer.stage.scenes import HOLD, make_scene
from guideplayer.stage.scenes.canvas import FIELD_HEIGHT
from guideplayer.stage.scenes.colours import Field
from guideplayer.stage.starlight import Starlight, hidden_by

# The picture is made anew fifteen times a second, and at once while it fades. At 1080p its parts move by 2 to 5 pixels
# a second, the nearest of the sea's swell by 27: less than two pixels, and soft ones, from one picture to the next.
REPAINT_MS = 66
HOLD_LIGHT = 0.9
# Each scene holds some megabytes: those of a crossfade stay, and one more for the way back.
KEPT = 3
FILES: Mapping[str, Callable[[str, tuple[int, int]], Layer]] = {IMAGE: Photograph, VIDEO: Film}
# What is seen in place of a file that cannot be shown.
INSTEAD = "still"
GAMMA = 2.2

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def signature(moment: Moment) -> object:
    """What decides the picture, in steps too small to be seen: equal signatures are equal pictures."""
    scenes = tuple(
        (part.name, part.palette, part.file, round(part.weight, 2), part.time_ms // REPAINT_MS)
        for part in moment.scenes
    )
    hold = moment.hold and (round(moment.hold.weight, 3), moment.hold.time_ms // REPAINT_MS)
    return scenes, round(moment.light, 3), round(moment.picture, 3), hold


class PicturePainter:
    """Paints pictures of one size; not from two threads at a time."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._field_size = (max(2, round(FIELD_HEIGHT * size[0] / size[1])), FIELD_HEIGHT)
        self._dither = Dither(size, self._field_size)
        self._starlight = Starlight(size)
        self._hold = Reel(make_scene(HOLD, *self._field_size))
        self._size = size
        self._reels: dict[tuple[str, str], Reel] = {}
        self._layers: dict[tuple[str, str], Layer | None] = {}
        self.faults: tuple[str, ...] = ()

    def paint(self, moment: Moment, target: pygame.Surface) -> None:
        """Paint a moment's picture over the whole of a 32-bit surface."""
        field = self.field(moment)
        self._dither.draw(field, target)
        seen = 1 - moment.hold.weight if moment.hold else 1.0
        if seen > 0 and moment.picture > 0:
            for part in moment.scenes:
                share = seen * part.weight * _share(moment)
                if layer := self._layer(part):
                    layer.add(part.time_ms, share, target)
                else:
                    stars = hidden_by(field, self._reel(part).stars(part.time_ms))
                    self._starlight.draw(stars, share, target)

    def field(self, moment: Moment) -> Field:
        """The picture, small and exact: display values 0..1."""
        hold = moment.hold.weight if moment.hold else 0.0
        width, height = self._field_size
        field: Field = np.zeros((height, width, 3), np.float32)
        if hold < 1 and moment.picture > 0:
            for part in (part for part in moment.scenes if not self._layer(part)):
                share = part.weight * _share(moment) * (1 - hold)
                field += self._reel(part).at(part.time_ms) * np.float32(share)
        if moment.hold and hold > 0:
            field += self._hold.at(moment.hold.time_ms) * np.float32(hold * HOLD_LIGHT ** (1 / GAMMA))
        return np.clip(field, 0.0, 1.0, out=field)

    def _reel(self, part: ScenePart) -> Reel:
        """The part's scene in motion. It is made when it is first seen, which is faintly, and takes some 50 ms."""
        name = part.name if part.name not in FILES else INSTEAD
        return _kept(
            self._reels, (name, part.palette), lambda: Reel(make_scene(name, *self._field_size, palette=part.palette))
        )

    def _layer(self, part: ScenePart) -> Layer | None:
        """The part's photograph or film; None when it is a scene, and when the file cannot be shown."""
        kind = FILES.get(part.name)
        return kind and _kept(self._layers, (part.name, part.file), lambda: self._read(kind, part.file))

    def _read(self, kind: Callable[[str, tuple[int, int]], Layer], file: str) -> Layer | None:
        try:
            return kind(file, self._size)
        except PictureError as error:
            self.faults = (*self.faults, str(error))
            return None


def _kept(kept: dict[_Key, _Value], key: _Key, make: Callable[[], _Value]) -> _Value:
    """What was made for a key, now the newest; the oldest gives way."""
    value = kept.pop(key) if key in kept else make()
    while len(kept) >= KEPT:
        del kept[next(iter(kept))]
        give_back()
    kept[key] = value
    return value


def _share(moment: Moment) -> float:
    """The share of display values that gives the moment's share of light."""
    return float((moment.light * moment.picture) ** (1 / GAMMA))
