"""The arc of a session: its light, its words and the expected effect over time, as shares."""

from guideplayer.core.effect import effect_at
from guideplayer.core.plan import Section, plan
from guideplayer.core.script import Say, Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.rehearsal.export import Session
from guideplayer.room.card_files import Arc

POINTS = 73
# Words count for so long before and after them, less and less: a line is a swelling of the curve, not a spike.
REACH_MS = 3 * MINUTE_MS


def arc_of(script: Script, infusion_ms: int) -> Arc:
    """The arc of a script at an infusion's length. Raises UnfitError."""
    fitted = plan(script, infusion_ms)
    begins_ms, ends_ms = -fitted.arrival.length_ms, infusion_ms + fitted.returning.length_ms
    zeros = {Section.ARRIVAL: begins_ms, Section.INFUSION: 0, Section.RETURN: infusion_ms}
    spoken = [
        (cue.start_ms + zero_ms, cue.end_ms + zero_ms)
        for section, zero_ms in zeros.items()
        for cue in fitted.track(section).cues
        if isinstance(cue.item, Say)
    ]
    session = Session(script, infusion_ms)
    times = [begins_ms + (ends_ms - begins_ms) * number // (POINTS - 1) for number in range(POINTS)]
    return Arc(
        begins_ms=begins_ms,
        infusion_ms=infusion_ms,
        ends_ms=ends_ms,
        # At the very end the session is over and shows what waits for the next one.
        light=tuple(_share(session.moment(min(at_ms, ends_ms - 1) - begins_ms).light) for at_ms in times),
        words=tuple(_share(_spoken_about(at_ms, spoken, begins_ms, ends_ms)) for at_ms in times),
        effect=tuple(_share(effect_at(at_ms, infusion_ms)) for at_ms in times),
    )


def _spoken_about(at_ms: int, spoken: list[tuple[int, int]], begins_ms: int, ends_ms: int) -> float:
    """The share of the time about an instant in which somebody speaks; what is near counts more, in a triangle."""
    said = sum(_nearness(start_ms - at_ms, end_ms - at_ms) for start_ms, end_ms in spoken)
    return said / _nearness(begins_ms - at_ms, ends_ms - at_ms)


def _nearness(from_ms: int, to_ms: int) -> float:
    """The area of a triangle of height 1 over -REACH_MS..REACH_MS between two places."""
    return _nearness_until(to_ms) - _nearness_until(from_ms)


def _nearness_until(place_ms: int) -> float:
    place = min(REACH_MS, max(-REACH_MS, place_ms))
    return place - place * abs(place) / (2 * REACH_MS)


def _share(value: float) -> float:
    """Three digits are finer than any drawing."""
    return round(min(1.0, max(0.0, value)), 3)
