"""All measures of a film, taken in one walk through its frames."""

from collections import deque
from collections.abc import Iterable

from guideplayer.core.units import SECOND_MS
from guideplayer.verify.brightness import Brightness
from guideplayer.verify.display import Display
from guideplayer.verify.flashes import Flashes
from guideplayer.verify.light import Light
from guideplayer.verify.measure import Limit, Measure, Worst
from guideplayer.verify.motion import APART_MS, Motion
from guideplayer.verify.stripes import Stripes

# Stripes harm by lasting: a look every second and a half misses none that do.
STRIPES_EVERY_MS = 1500
# Four looks a second, each over the fifth of a second before it, leave no rush out that is longer than a blink.
MOTION_EVERY_MS = 250
# A slice of a film begins so much earlier than what it counts: a flash that spans its edge is seen whole.
LEAD_MS = 3 * SECOND_MS


class Examination:
    """Looks at frames in their order."""

    def __init__(self, display: Display, counts_from_ms: int = 0) -> None:
        self._from_ms = counts_from_ms
        self._flashes = Flashes(display)
        self._brightness = Brightness(display)
        self._motion = Motion(display)
        self._stripes = Stripes(display)
        self._stripes_due_ms = self._motion_due_ms = 0
        self._recent: deque[Light] = deque()

    def walk(self, lights: Iterable[Light]) -> None:
        """Look at every frame."""
        before: Light | None = None
        for light in lights:
            counts = light.at_ms >= self._from_ms
            if before is None or light.luminance is not before.luminance:
                self._flashes.feed(light, counts)
                self._brightness.feed(light, counts)
            self._recent.append(light)
            while self._recent[0].at_ms < light.at_ms - max(APART_MS):
                self._recent.popleft()
            if counts:
                self._look(light)
            before = light

    def _look(self, light: Light) -> None:
        """What is looked at now and then."""
        if light.at_ms >= self._motion_due_ms:
            self._motion_due_ms = light.at_ms + MOTION_EVERY_MS
            for apart_ms in APART_MS:
                before_ms = light.at_ms - apart_ms
                self._motion.compare(min(self._recent, key=lambda one: abs(one.at_ms - before_ms)), light)
        if light.at_ms >= self._stripes_due_ms:
            self._stripes_due_ms = light.at_ms + STRIPES_EVERY_MS
            self._stripes.look(light)

    def worst(self) -> dict[Limit, Worst]:
        """The worst of each measure."""
        return {**self._flashes.worst, **self._brightness.worst, **self._motion.worst, **self._stripes.worst}


def merged(parts: Iterable[dict[Limit, Worst]]) -> list[Measure]:
    """The measures of a film from those of its slices, in time's order: pairs add up, of the rest the worst counts."""
    whole: dict[Limit, Worst] = {}
    for part in parts:
        for limit, worst in part.items():
            before = whole.get(limit, Worst())
            if limit.unit == "pairs":
                first = before if before.at_ms >= 0 else worst
                whole[limit] = Worst(before.value + worst.value, first.at_ms, first.place)
            else:
                whole[limit] = before.or_more(worst)
    return [
        Measure(
            name=limit.name,
            value=worst.value,
            most=limit.most,
            unit=limit.unit,
            at_ms=worst.at_ms,
            place=worst.place,
            source=limit.source,
            fails=worst.value > limit.most,
        )
        for limit, worst in whole.items()
    ]
