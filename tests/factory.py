"""Small scripts for tests, with every part that a script can have."""

from guideplayer.core.script import (
    BedChoice,
    Clip,
    HoldWords,
    Item,
    Phase,
    Rest,
    Say,
    SceneChoice,
    Script,
    Sound,
    Span,
    span,
)
from guideplayer.core.units import MINUTE_MS, SECOND_MS


def line(text: str, keep: int | None = None, length_ms: int = 3 * SECOND_MS) -> Say:
    return Say(text, Clip(f"voices/test/{text}.opus", length_ms), keep)


def phase(name: str, *items: Item, scene: str = "dusk", bed: str = "evening-pad", peak: bool = False) -> Phase:
    return Phase(name, SceneChoice(scene), BedChoice(bed), items, peak)


def rest(minimum_s: float, maximum_s: float) -> Rest:
    return Rest(span(round(minimum_s * SECOND_MS), round(maximum_s * SECOND_MS)))


WORDS = HoldWords(
    paused=line("We have paused."),
    delivered=line("The team has been told."),
    acknowledged=line("Someone is coming."),
    unanswered=line("I am still calling."),
    resting=line("We are resting."),
    grounding=(line("Feel the chair."), line("This will pass.")),
)


def script_of(*phases: Phase, length: Span | None = None) -> Script:
    """A script around some phases of the infusion."""
    return Script(
        title="Test",
        language="en",
        voice="test",
        infusion_length=length or span(10 * MINUTE_MS, 60 * MINUTE_MS),
        phases=phases,
        returning=phase("return", line("back"), rest(20, 900), line("hands"), rest(20, 900), scene="dawn", bed="tide"),
        return_length=span(8 * MINUTE_MS, 15 * MINUTE_MS),
        hold=WORDS,
        resume=(line("Welcome back."), line("We go on.")),
        arrival=phase("arrival", line("welcome"), rest(5, 60)),
    )


SCRIPT = script_of(
    phase("settling", Sound("bell"), line("one"), rest(20, 1800), line("two", 0), rest(20, 1800)),
    phase("widening", line("three", 3), rest(20, 1800), line("four"), rest(20, 1800), scene="tide", bed="tide"),
    phase("peak", line("five"), rest(60, 1800), line("six", 1), rest(60, 1800), scene="nebula", peak=True),
)
