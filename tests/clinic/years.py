"""Figures of sessions as rooms tell them, made up by a seed: quick and slow rooms, calls that nobody answered."""

import random
from collections.abc import Iterator

from guideplayer.clinic.past import CallFigures, SessionFigures
from guideplayer.report.summary import Standing

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
# 1 January 2026, 0:00 UTC.
FIRST_MS = 1_767_225_600_000


def call(raised_at: int = FIRST_MS, answered_s: float | None = 8, *, rehearsal: bool = False) -> CallFigures:
    """A call that a desk shows at once."""
    answered_ms = None if answered_s is None else round(answered_s * 1000)
    return CallFigures(raised_at, 200, answered_ms, answered_ms, answered_ms, rehearsal=rehearsal)


def session(number: int, *calls: CallFigures, begun_at: int = FIRST_MS, key: str = "") -> SessionFigures:
    """A session of an hour."""
    return SessionFigures(
        number, key or str(begun_at), Standing.ENDED, begun_at, HOUR_MS, "Open Sky", calls=tuple(calls)
    )


def sessions(days: int, seed: int = 1, each_day: int = 3) -> Iterator[SessionFigures]:
    """What a room has done on so many days."""
    chance = random.Random(seed)
    slowness = chance.uniform(0.6, 1.8)
    for number in range(days * each_day):
        day, place = divmod(number, each_day)
        begun_at = FIRST_MS + day * DAY_MS + (8 + 3 * place) * HOUR_MS + chance.randrange(HOUR_MS)
        waits = (slowness * chance.lognormvariate(2.6, 0.8) for _ in range(chance.choice((0, 0, 1, 1, 2))))
        calls = (
            call(begun_at + 10 * MINUTE_MS * (at + 1), None if chance.random() < 0.004 else wait)
            for at, wait in enumerate(waits)
        )
        yield session(number + 1, *calls, begun_at=begun_at)
