"""A scene in motion: painted five times a second ahead of time, and blended in between.

Scenes change so slowly that between two fields a fifth of a second apart a straight blend is as good as the scene
itself. The next ones are painted by a thread while these are shown, which keeps the work of a frame small and even.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from guideplayer.stage.scenes import Scene
from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import Field

STEP_MS = 200
AHEAD = 2


class Reel:
    """The fields of one scene around the present."""

    def __init__(self, scene: Scene, worker: ThreadPoolExecutor | None) -> None:
        """Without a worker every field is painted when it is asked for, for films and tests."""
        self._scene = scene
        self._worker = worker
        self._fields: dict[int, Field] = {}
        self._coming: dict[int, Future[Field]] = {}

    def at(self, time_ms: int) -> Field:
        """The field at a time. It is nobody's to change."""
        number, rest_ms = divmod(time_ms, STEP_MS)
        self._forget(number)
        before = self._field(number)
        if self._worker:
            for ahead in range(1, AHEAD + 1):
                self._order(number + ahead)
        coming = self._coming.get(number + 1)
        # A field that is late is not waited for: no frame may be held up for a movement too small to be missed.
        if not rest_ms or (coming and not coming.done()):
            return before
        return before + (self._field(number + 1) - before) * np.float32(rest_ms / STEP_MS)

    def stars(self, time_ms: int) -> Stars:
        """The stars at a time."""
        return self._scene.stars(time_ms / 1000)

    def _field(self, number: int) -> Field:
        """A field, painted now unless it is there."""
        if number not in self._fields:
            coming = self._coming.pop(number, None)
            self._fields[number] = coming.result() if coming else self._scene.paint(number * STEP_MS / 1000)
        return self._fields[number]

    def _order(self, number: int) -> None:
        if self._worker and number not in self._fields and number not in self._coming:
            self._coming[number] = self._worker.submit(self._scene.paint, number * STEP_MS / 1000)

    def _forget(self, number: int) -> None:
        for old in [one for one in self._fields if not number <= one <= number + AHEAD]:
            del self._fields[old]
        for old in [one for one in self._coming if not number <= one <= number + AHEAD]:
            self._coming.pop(old).cancel()
