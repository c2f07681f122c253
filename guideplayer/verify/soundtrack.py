"""The sound of a whole session, examined as it would be heard: how loud, how even, and without a click."""

from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from guideplayer.core.moment import Moment
from guideplayer.core.script import Script
from guideplayer.core.units import MINUTE_MS, SECOND_MS, format_clock
from guideplayer.media import Library
from guideplayer.stage.mixing import DUCK_RELEASE_S, render
from guideplayer.stage.sources import RATE_HZ, Samples
from guideplayer.verify.clicks import Clicks
from guideplayer.verify.film import pressed_once
from guideplayer.verify.loudness import EVERY_MS, Meter
from guideplayer.verify.measure import Limit, Measure

Progress = Callable[[int, int], None]

# Narration is at -20 LUFS, beds at -26, and between lines there are long rests.
LOUDNESS_LUFS = -25.0
LOUDNESS = Limit("loudness, off -25 LUFS", 3.0, "LU", "a session of -28 to -22 LUFS (EBU R 128)")
PEAK = Limit("true peak", -1.0, "dBTP", "DESIGN; EBU R 128 s1")
# A change that somebody with closed eyes turns to.
STEP = Limit("step where nothing begins", 3.0, "LU/s", "DESIGN: nothing jumps in loudness")
CLICKS = Limit("clicks", 0, "", "DESIGN: no click at a loop or fade")
# The meter's window, the second over which steps are taken, and the bed's way back after a line.
WINDOW_MS = 3 * SECOND_MS
SETTLED_MS = WINDOW_MS + SECOND_MS + round(DUCK_RELEASE_S * SECOND_MS)
# Beds in a crossfade have the power of one; with less, the programme itself is on its way in or out.
WHOLE = 0.98


class Soundtrack(msgspec.Struct, frozen=True):
    """What was found in a script's sound at one length; `faults` are sentences about what could not be heard."""

    title: str
    file: str
    infusion_ms: int
    integrated_lufs: float
    measures: tuple[Measure, ...]
    fails: bool
    faults: tuple[str, ...] = ()


class Calm:
    """When nothing begins or ends, so that nothing may change in loudness."""

    def __init__(self) -> None:
        self._restless_ms = [-SETTLED_MS]

    def see(self, moment: Moment, at_ms: int) -> None:
        """Take a moment, in order of time."""
        power = sum(bed.gain**2 for bed in moment.beds)
        fading = bool(moment.beds) and power < WHOLE
        if moment.speaks or moment.narration or moment.sounds or fading:
            self._restless_ms.append(at_ms)

    def at(self, times_ms: np.ndarray) -> np.ndarray:
        """Whether it has been calm for long enough, at each of some times."""
        restless = np.array(self._restless_ms)
        last = restless[np.searchsorted(restless, times_ms, side="right") - 1]
        return np.asarray(times_ms - last > SETTLED_MS)


def listen(script: Script, infusion_ms: int, library: Library, progress: Progress) -> Soundtrack:
    """Listen to a whole session with a press in it; `progress` is told minutes done and in all. Raises UnfitError."""
    session, length_ms = pressed_once(script, infusion_ms)
    calm = Calm()

    def moment_at(at_ms: int) -> Moment:
        moment = session.moment(at_ms)
        calm.see(moment, at_ms)
        return moment

    faults: list[str] = []
    blocks = render(moment_at, library, 0, length_ms, fault=faults.append)
    integrated_lufs, measures = measured(blocks, calm.at, length_ms, progress)
    fails = bool(faults) or any(measure.fails for measure in measures)
    return Soundtrack(script.title, script.file, infusion_ms, integrated_lufs, measures, fails, tuple(faults))


def measured(
    blocks: Iterable[Samples],
    calm_at: Callable[[np.ndarray], np.ndarray],
    length_ms: int,
    progress: Progress = lambda done, total: None,
) -> tuple[float, tuple[Measure, ...]]:
    """The integrated loudness of a sound of a length, and all measures against their limits."""
    clicks, frames = Clicks(), 0
    heard: list[tuple[int, float]] = []
    with Meter() as meter:
        for block in blocks:
            meter.feed(block)
            heard += clicks.feed(block)
            frames += len(block)
            progress(frames * SECOND_MS // RATE_HZ // MINUTE_MS, length_ms // MINUTE_MS)
        reading = meter.read()
    step_lu, step_ms = _steepest(np.array(reading.short_term_lufs), calm_at)
    off_lu = abs(reading.integrated_lufs - LOUDNESS_LUFS)
    clicked_ms = heard[0][0] * SECOND_MS // RATE_HZ if heard else -1
    return reading.integrated_lufs, (
        _measure(LOUDNESS, off_lu),
        _measure(PEAK, reading.true_peak_db),
        _measure(STEP, step_lu, step_ms),
        _measure(CLICKS, len(heard), clicked_ms),
    )


def _measure(limit: Limit, value: float, at_ms: int = -1) -> Measure:
    return Measure(
        name=limit.name,
        value=value,
        most=limit.most,
        unit=limit.unit,
        at_ms=at_ms,
        place=None,
        source=limit.source,
        fails=value > limit.most,
    )


def _steepest(short_term_lufs: np.ndarray, calm_at: Callable[[np.ndarray], np.ndarray]) -> tuple[float, int]:
    """The greatest change within a second where it is calm, and when."""
    apart = SECOND_MS // EVERY_MS
    if len(short_term_lufs) <= apart:
        return 0.0, -1
    steps = np.abs(short_term_lufs[apart:] - short_term_lufs[:-apart])
    # The meter's n-th reading is of the time up to the end of the n-th tenth of a second; the first are of too little.
    times_ms = (np.arange(len(steps)) + apart + 1) * EVERY_MS
    steps = np.where(calm_at(times_ms) & (times_ms > WINDOW_MS + SECOND_MS), steps, 0.0)
    worst = int(steps.argmax())
    return float(steps[worst]), int(times_ms[worst])


def render_table(soundtrack: Soundtrack) -> str:
    """The measures as a table for people."""
    head = (
        f"{soundtrack.title}, {soundtrack.infusion_ms // MINUTE_MS} min with a press in the middle: "
        f"{soundtrack.integrated_lufs:.1f} LUFS"
    )
    rows = [f"  {'':32}{'worst':>9}  {'at most':>8}  when"]
    for one in soundtrack.measures:
        when = format_clock(one.at_ms) if one.at_ms >= 0 and one.value > 0 else ""
        number = f"{one.value:.0f}" if one.name == "clicks" else f"{one.value:.2f}"
        most = f"{one.most:g} {one.unit}".strip()
        rows.append(f"{'!' if one.fails else ' '} {one.name:32}{number:>9}  {most:>8}  {when}".rstrip())
    return "\n".join([head, "", *rows, *(f"! {fault}" for fault in soundtrack.faults)])
