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
from guideplayer.stage.own_reel import OwnReel
from guideplayer.stage.reel import Reel
from guideplayer.stage.scenes import HOLD, all_names, make_scene
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
# What is seen in place of a file or a scene that cannot be shown.
INSTEAD = "still"
CANNOT_BE_SHOWN = "The scene “{}” cannot be shown: {}. A still picture is shown in its place."
NOT_HERE = "there is none of this name on this machine"
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
    return scenes, round(moment.light, 3), round(moment.picture, 3), hold, round(moment.risen, 3)


class PicturePainter:
    """Paints pictures of one size; not from two threads at a time.

    Where it `waits`, a scene of somebody else's is waited for, as films need it; a patient's screen never does.
    """

    def __init__(self, size: tuple[int, int], *, waits: bool = True) -> None:
        self._field_size = (max(2, round(FIELD_HEIGHT * size[0] / size[1])), FIELD_HEIGHT)
        self._dither = Dither(size, self._field_size)
        self._starlight = Starlight(size)
        self._hold = Reel(make_scene(HOLD, *self._field_size))
        self._size = size
        self._waits = waits
        self._reels: dict[tuple[str, str, str], Reel | OwnReel] = {}
        self._given_up: set[tuple[str, str]] = set()
        self._layers: dict[tuple[str, str], Layer | None] = {}
        self.faults: tuple[str, ...] = ()
        # Whether the newest picture goes on changing, whatever the moment says.
        self.unsettled = False

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
        self.unsettled = False
        if hold < 1 and moment.picture > 0:
            for part in (part for part in moment.scenes if not self._layer(part)):
                share = part.weight * _share(moment) * (1 - hold)
                field += self._field_of(part) * np.float32(share)
        if moment.hold and hold > 0:
            field += self._hold.at(moment.hold.time_ms) * np.float32(hold * (HOLD_LIGHT * moment.risen) ** (1 / GAMMA))
        return np.clip(field, 0.0, 1.0, out=field)

    def _field_of(self, part: ScenePart) -> Field:
        reel = self._reel(part)
        field = reel.at(part.time_ms)
        if isinstance(reel, OwnReel):
            self.unsettled |= reel.unsettled
            if reel.fault:
                self._give_up(part, reel.fault)
        return field

    def _reel(self, part: ScenePart) -> Reel | OwnReel:
        """The part's scene in motion. It is made when it is first seen, which is faintly, and takes some 50 ms."""
        name, palette, file = part.name, part.palette, part.file
        if name in FILES:
            name, palette, file = INSTEAD, "", ""
        return _kept(self._reels, (name, palette, file), lambda: self._made(part, name, palette, file))

    def _made(self, part: ScenePart, name: str, palette: str, file: str) -> Reel | OwnReel:
        own = bool(file) and (name, file) not in self._given_up
        if not file and name not in all_names():
            self._give_up(part, NOT_HERE)
            own = False
        if own or name not in all_names():
            still = Reel(make_scene(INSTEAD, *self._field_size))
            return OwnReel(file, palette, self._field_size, still, waits=self._waits) if own else still
        return Reel(make_scene(name, *self._field_size, palette=palette))

    def _give_up(self, part: ScenePart, reason: str) -> None:
        """A scene that has failed is not tried again, and told once."""
        if (part.name, part.file) not in self._given_up:
            self._given_up.add((part.name, part.file))
            self.faults = (*self.faults, CANNOT_BE_SHOWN.format(part.name, reason))

    def close(self) -> None:
        """End what paints the scenes of others."""
        for reel in self._reels.values():
            _let_go(reel)

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
        _let_go(kept.pop(next(iter(kept))))
        give_back()
    kept[key] = value
    return value


def _let_go(value: object) -> None:
    if isinstance(value, OwnReel):
        value.close()


def _share(moment: Moment) -> float:
    """The share of display values that gives the moment's share of light."""
    return float((moment.light * moment.picture * moment.risen) ** (1 / GAMMA))
