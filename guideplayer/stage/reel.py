"""A scene in motion: painted five times a second, and blended in between.

Scenes change so slowly that between two fields a fifth of a second apart a straight blend is as good as the scene
itself.
"""

import numpy as np

from guideplayer.stage.scenes import Scene
from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import Field

STEP_MS = 200


class Reel:
    """The fields of one scene around the present."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._fields: dict[int, Field] = {}

    def at(self, time_ms: int) -> Field:
        """The field at a time. It is nobody's to change."""
        number, rest_ms = divmod(time_ms, STEP_MS)
        self._fields = {kept: field for kept, field in self._fields.items() if kept in (number, number + 1)}
        before = self._field(number)
        if not rest_ms:
            return before
        return before + (self._field(number + 1) - before) * np.float32(rest_ms / STEP_MS)

    def stars(self, time_ms: int) -> Stars:
        """The stars at a time."""
        return self._scene.stars(time_ms / 1000)

    def _field(self, number: int) -> Field:
        if number not in self._fields:
            self._fields[number] = self._scene.paint(number * STEP_MS / 1000)
        return self._fields[number]
