"""A whole session on a virtual clock, as a trace of what is seen, said and sent.

The session is the real one: the same `step` with the same events, only nobody waits. Time jumps from one instant at
which something happens to the next.
"""

from collections.abc import Sequence

import msgspec

from guideplayer.core.call import alarm_sounds
from guideplayer.core.direction import phase_name
from guideplayer.core.hold import spoken_until
from guideplayer.core.messages import Alert, Began, Chose, Comforted, Event, Infused, Noted, Tick
from guideplayer.core.plan import Cue, Section
from guideplayer.core.script import Rest, Say, Script, Sound
from guideplayer.core.session import next_due_ms, opened, step
from guideplayer.core.state import RUNNING, Call, Narration, Play, State
from guideplayer.core.units import format_clock, format_duration
from guideplayer.rehearsal.changes import refit_change
from guideplayer.rehearsal.events import NURSE, Input, in_order, inputs_of
from guideplayer.report.changes import comfort_change, pump_change


class Entry(msgspec.Struct, frozen=True):
    """One thing that happens: when in the session, on the infusion's clock (None without pump), and in the script."""

    at_ms: int
    infusion_ms: int | None
    position_ms: int
    kind: str
    text: str
    length_ms: int | None = None


class Trace(msgspec.Struct, frozen=True):
    """A rehearsed session. Times are from its beginning, in ms; `entries` are in order."""

    script: Script
    infusion_ms: int
    infusion_begins_ms: int
    infusion_ends_ms: int
    return_ends_ms: int
    entries: tuple[Entry, ...]
    presses_ms: tuple[int, ...]
    rests_ms: tuple[int, ...]
    left_out: tuple[str, ...]


# Whom an alert reaches, by its level.
_REACHES = ("the desks", "the desks and the room's alarm", "the desks and pagers", "everyone")


def _call_text(before: Call, after: Call) -> str:
    """How a call has gone on; one that was answered in vain is open to all again."""
    if len(after.lapses_ms) > len(before.lapses_ms):
        return f"{before.name} has not come: open to all again"
    return " ".join(filter(None, (after.state, after.name)))


class Rehearsal:
    """Walks through a session and writes down what happens."""

    def __init__(self, script: Script, infusion_ms: int) -> None:
        self.state = opened("Rehearsal", script.hold, 0)
        self.entries: list[Entry] = []
        self._cue: Cue | None = None
        self._phase = ""
        self._spoken: set[int] = set()
        self._alarm = False
        self.return_begins_ms: int | None = None
        self._happen(Chose(script, infusion_ms), 0)
        self._happen(Began(NURSE, unready=True, pump_follows=True), 0)
        self._look(0)

    def walk(self, inputs: Sequence[Input]) -> None:
        """To the end of the session, or to where nothing more happens without a person."""
        waiting = list(inputs)
        now_ms = 0
        while True:
            due_ms, cue_ms = next_due_ms(self.state), self._next_cue_ms(now_ms)
            times = [time for time in (due_ms, cue_ms, waiting[0][0] if waiting else None) if time is not None]
            held = self.state.play is Play.HOLDING and not waiting
            if not times or self.state.play is Play.ENDED or held:
                if held:
                    self._write(now_ms, "state", "holding until somebody lets it go on")
                return
            now_ms = max(now_ms, min(times))
            self._advance(now_ms)
            while waiting and waiting[0][0] <= now_ms:
                if event := waiting.pop(0)[1](self.state):
                    self._happen(event, now_ms)
            self._look(now_ms)

    def _advance(self, now_ms: int) -> None:
        # What begins at this very instant is decided by what happens at it.
        self._hear_hold(now_ms - 1)
        self._happen(Tick(), now_ms)

    def _happen(self, event: Event, now_ms: int) -> None:
        """Let an event happen, and write down how the session's state and the call have changed."""
        before = self.state
        self.state, effects = step(before, event, now_ms)
        if self.state.play is not before.play:
            self._write(now_ms, "state", self.state.play)
        if self.state.call.state is not before.call.state:
            self._write(now_ms, "call", _call_text(before.call, self.state.call))
        refused = any(not isinstance(effect, Alert) for effect in effects)
        if not refused:
            self._changed(event, before, now_ms)
        for effect in effects:
            if isinstance(effect, Alert):
                self._write(now_ms, "alert", f"call {effect.call}: {_REACHES[effect.level]}")
            else:
                self._write(now_ms, "refuse", effect.sentence)
        sounds = alarm_sounds(self.state.call, now_ms)
        if sounds is not self._alarm:
            self._alarm = sounds
            self._write(now_ms, "alarm", "the alarm in the room sounds" if sounds else "the alarm in the room stops")
        if self.state.position.section is Section.RETURN and self.return_begins_ms is None:
            self.return_begins_ms = now_ms

    def _changed(self, event: Event, before: State, now_ms: int) -> None:
        """Write down what staff have changed, and what it makes of the script."""
        if isinstance(event, Comforted):
            self._write(now_ms, "change", comfort_change(event))
        elif isinstance(event, Infused):
            self._write(now_ms, "pump", pump_change(event))
        elif isinstance(event, Noted):
            self._write(now_ms, "note", event.text)
        if before.plan and self.state.plan and self.state.plan is not before.plan:
            section = self.state.position.section
            position_ms = self.state.position.at(now_ms)
            if section is before.position.section and (
                text := refit_change(before.plan.track(section), self.state.plan.track(section), position_ms)
            ):
                self._write(now_ms, "refit", text)

    def _look(self, now_ms: int) -> None:
        """Write down the phase and the line that have begun."""
        if self.state.play not in RUNNING or self.state.plan is None:
            self._cue = None
            return
        phase = phase_name(self.state, now_ms)
        if phase != self._phase:
            self._phase = phase
            if stretch := self.state.stretch(now_ms):
                bed = stretch.bed.name or "no bed"
                self._write(now_ms, "phase", f"{phase}: {stretch.scene.name} at light {stretch.scene.light:g}, {bed}")
        position_ms = self.state.position.at(now_ms)
        for cue in self.state.plan.track(self.state.position.section).cues:
            if isinstance(cue.item, Sound) and cue.start_ms == position_ms:
                self._write(now_ms, "sound", cue.item.name)
        begun = self.state.plan.track(self.state.position.section).cue_at(position_ms)
        if begun and begun.start_ms == position_ms and isinstance(begun.item, Say) and begun != self._cue:
            self._write(now_ms, "say" if self._heard(begun.item) else "unsaid", begun.item.text, begun.length_ms)
        elif begun and begun.start_ms == position_ms and isinstance(begun.item, Rest) and begun != self._cue:
            self._write(now_ms, "rest", format_duration(round(begun.length_ms, -3)), begun.length_ms)
        self._cue = begun

    def _heard(self, say: Say) -> bool:
        """Whether a line of the script is said and shown, or left out for comfort."""
        narration = self.state.comfort.narration
        return narration is Narration.FULL or (narration is Narration.SPARSE and say.keep is None)

    def _hear_hold(self, now_ms: int) -> None:
        """Write down what has been said to a paused patient up to now."""
        if self.state.play is not Play.HOLDING and not self.state.call.open:
            return
        for spoken in spoken_until(self.state, now_ms):
            if spoken.start_ms not in self._spoken:
                self._spoken.add(spoken.start_ms)
                self._write(spoken.start_ms, "hold", spoken.say.text, spoken.say.clip.length_ms)

    def _next_cue_ms(self, now_ms: int) -> int | None:
        """When a cue of the track next begins or ends."""
        if self.state.plan is None or not self.state.position.running:
            return None
        position_ms = self.state.position.at(now_ms)
        edge_ms = self.state.plan.track(self.state.position.section).next_change_ms(position_ms)
        return None if edge_ms is None else now_ms + edge_ms - position_ms

    def _write(self, at_ms: int, kind: str, text: str, length_ms: int | None = None) -> None:
        infusion_ms = self.state.pump.elapsed_ms(at_ms) if self.state.pump.started else None
        position_ms = self.state.position.at(at_ms)
        self.entries.append(Entry(at_ms, infusion_ms, position_ms, kind, text, length_ms))


def rehearse_session(
    script: Script,
    infusion_ms: int,
    presses: Sequence[int] = (),
    resumes: Sequence[int] = (),
    events: Sequence[Input] = (),
) -> Trace:
    """Rehearse a session; all times are the infusion's, in ms, as it was planned. Raises UnfitError.

    To `presses` a nurse comes by herself; `events` are all that people do there.
    """
    rehearsal = Rehearsal(script, infusion_ms)
    plan = rehearsal.state.plan
    assert plan
    begins_ms = plan.arrival.length_ms
    inputs = in_order([*inputs_of(presses, resumes), *events])
    rehearsal.walk([(max(0, begins_ms + at_ms), what) for at_ms, what in inputs])
    final = rehearsal.state.plan
    assert final
    said = {(cue.phase, cue.index) for cue in final.infusion.cues if isinstance(cue.item, Say)}
    rests = tuple(cue.length_ms for cue in final.infusion.cues if isinstance(cue.item, Rest))
    left_out = tuple(
        item.text
        for number, phase in enumerate(script.phases)
        for index, item in enumerate(phase.items)
        if isinstance(item, Say) and (number, index) not in said
    )
    ends_ms = rehearsal.return_begins_ms if rehearsal.return_begins_ms is not None else begins_ms + infusion_ms
    entries = tuple(sorted(rehearsal.entries, key=lambda entry: entry.at_ms))
    last_ms = entries[-1].at_ms
    return Trace(script, infusion_ms, begins_ms, ends_ms, last_ms, entries, tuple(sorted(presses)), rests, left_out)


def document(trace: Trace) -> dict[str, object]:
    """The trace for machines: JSON-ready, all times whole milliseconds."""
    speech = [entry for entry in trace.entries if entry.kind == "say"]
    return {
        "script": trace.script.title,
        "voice": trace.script.voice,
        "infusion_ms": trace.infusion_ms,
        "infusion_begins_ms": trace.infusion_begins_ms,
        "infusion_ends_ms": trace.infusion_ends_ms,
        "infusion_part_ms": trace.infusion_ends_ms - trace.infusion_begins_ms,
        "session_ends_ms": trace.return_ends_ms,
        "speech": [{"text": one.text, "at_ms": one.at_ms, "length_ms": one.length_ms} for one in speech],
        "rests": {"count": len(trace.rests_ms), "total_ms": sum(trace.rests_ms)},
        "left_out": trace.left_out,
        "presses_ms": trace.presses_ms,
        "trace": [msgspec.to_builtins(entry) for entry in trace.entries],
    }


def render_text(trace: Trace) -> str:
    """The trace for people: a row for each thing that happens, with the infusion's clock; after words their rest."""
    title = f"{trace.script.title}, fitted to {format_duration(trace.infusion_ms)}, told by {trace.script.voice}"
    rows = [title, "", "session  infusion  what"]
    before = None
    for entry in trace.entries:
        if entry.kind == "rest" and before in ("say", "unsaid"):
            rows[-1] += f"  … {entry.text}"
            before = None
            continue
        before = entry.kind
        infusion = format_clock(entry.infusion_ms) if entry.infusion_ms is not None else ""
        text = f"“{entry.text}”" if entry.kind in ("say", "hold", "unsaid") else entry.text
        rows.append(f"{format_clock(entry.at_ms):>7}  {infusion:>8}  {entry.kind:<6} {text}")
    total = format_duration(round(sum(trace.rests_ms), -3))
    rows += ["", f"{len(trace.rests_ms)} rests in the infusion, together {total}."]
    rows += [f"Left out: “{text}”" for text in trace.left_out]
    return "\n".join(rows)
