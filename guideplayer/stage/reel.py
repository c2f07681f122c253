"""A scene in motion: painted ten times a second ahead of time, and blended in between.

Scenes change slowly, so a field a tenth of a second is enough; the next one is painted by a thread while this one is
shown, which keeps the work of a frame small and even.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from guideplayer.stage.scenes import Scene
from guideplayer.stage.scenes.canvas import Field

STEP_MS = 100
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
        before = self._field(number, needed=True)
        if self._worker:
            for ahead in range(1, AHEAD + 1):
                self._order(number + ahead)
        after = self._field(number + 1, needed=not self._worker)
        if before is None or after is None or not rest_ms:
            return before if before is not None else self._scene.paint(time_ms / 1000)
        return before + (after - before) * np.float32(rest_ms / STEP_MS)

    def _field(self, number: int, *, needed: bool) -> Field | None:
        """A field if it is there; if it is needed, painted now."""
        if number not in self._fields:
            coming = self._coming.get(number)
            if coming and coming.done():
                self._fields[number] = self._coming.pop(number).result()
            elif needed:
                self._fields[number] = self._scene.paint(number * STEP_MS / 1000)
        return self._fields.get(number)

    def _order(self, number: int) -> None:
        if self._worker and number not in self._fields and number not in self._coming:
            self._coming[number] = self._worker.submit(self._scene.paint, number * STEP_MS / 1000)

    def _forget(self, number: int) -> None:
        for kept in (self._fields, self._coming):
            for old in [one for one in kept if not number <= one <= number + AHEAD]:
                del kept[old]
