"""A session told anew from its record: the same `step` with the same events, watched from instant to instant. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from guideplayer.core.direction import phase_name
from guideplayer.core.messages import (
    Acknowledged,
    Alert,
    Attended,
    Began,
    Cleared,
    Delivered,
    Effect,
    Ended,
    Event,
    Held,
    Looked,
    Pressed,
    Recovered,
    Restored,
    Resumed,
    Returned,
    StageIs,
    Tick,
)
from guideplayer.core.plan import Section
from guideplayer.core.session import advance, next_due_ms, step
from guideplayer.core.state import BEFORE, RUNNING, UNDER_WAY, WINDOW, Call, CallState, Play, State
from guideplayer.journal.record import Entry, Record
from guideplayer.report.calls import Calls
from guideplayer.report.lines import Lines
from guideplayer.report.summary import Beginning, Gap, Happening, Look, Part, Pause, Standing, Summary
from guideplayer.report.wording import NOT_SHOWN, REACHES, length, source, telling

change = msgspec.structs.replace


def summary_of(record: Record) -> Summary:
    """The summary of a session; of one under way so far as it has come, of a damaged one so far as it is readable."""
    return _Retelling(record).summary()


class _Retelling:
    """Follows a session; all times are of the room's clock until the summary is made."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._state = record.first_state()
        self._now_ms = record.opened_ms
        self._calls, self._lines = Calls(), Lines()
        self._happenings: list[Happening] = []
        self._parts: list[Part] = []
        self._pauses: list[Pause] = []
        self._looks: list[Look] = []
        self._pump: list[Gap] = []
        self._silences: list[Gap] = []
        self._staff: dict[str, None] = {}
        self._beginning: Beginning | None = None
        self._begun_ms: int | None = None
        self._begun_length_ms = 0
        self._ended_by = ""
        self._phase: tuple[Section, int] | None = None
        for entry in record.entries:
            self._live(entry)
        self._until_the_end()

    # Walking.

    def _live(self, entry: Entry) -> None:
        event, at_ms = entry.event, entry.at_ms
        self._pass(min(at_ms, event.alive_ms) if isinstance(event, Recovered) else at_ms)
        before = self._state
        self._state, effects = step(before, event, at_ms)
        self._watch(before, event, effects, at_ms)
        self._now_ms = max(self._now_ms, at_ms)

    def _pass(self, until_ms: int | None) -> None:
        """Let time pass; without an instant, as long as the programme goes on by itself."""
        while (due_ms := next_due_ms(self._state)) is not None:
            if due_ms > until_ms if until_ms is not None else self._state.play not in RUNNING or self._state.call.open:
                break
            self._between(due_ms)
            before = self._state
            self._state, effects = advance(before, due_ms)
            self._watch(before, Tick(), effects, due_ms)
        if until_ms is not None:
            self._between(until_ms)

    def _until_the_end(self) -> None:
        """From the last entry to where the room is known to have run; of a damaged record nobody knows."""
        until_ms = self._record.until_ms
        if self._record.damaged:
            return
        if until_ms is not None:
            self._pass(max(until_ms, self._now_ms))
        elif self._record.closed:
            self._pass(None)

    def _between(self, to_ms: int) -> None:
        """Nothing but time passes: lines and phases begin."""
        from_ms, state = self._now_ms, self._state
        if to_ms <= from_ms:
            return
        self._now_ms = to_ms
        if state.play not in RUNNING or state.plan is None:
            return
        self._lines.pass_over(state, from_ms, to_ms)
        first_ms, last_ms = state.position.at(from_ms), state.position.at(to_ms)
        for stretch in state.plan.track(state.position.section).stretches:
            if first_ms < stretch.start_ms < last_ms:
                self._enter(state, from_ms + stretch.start_ms - first_ms)

    # Watching.

    def _watch(self, before: State, event: Event, effects: Sequence[Effect], at_ms: int) -> None:
        state = self._state
        if told := telling(event, before, at_ms):
            self._tell(at_ms, *told, getattr(event, "by", ""))
        for name in (getattr(event, "by", ""), getattr(event, "name", "")):
            if name:
                self._staff.setdefault(name)
        self._calls.follow(state, event, effects, at_ms)
        self._watch_call(before.call, event, effects, at_ms)
        self._watch_beginning(before, event, at_ms)
        if isinstance(event, Restored):
            self._lines.pass_unseen(before, state, at_ms)
        if state.play is not before.play:
            self._watch_play(before, event, at_ms)
        self._watch_rounds(before, event, at_ms)
        infusing = state.pump.left_ms(at_ms) > 0 and state.play is not Play.ENDED
        _watch_gap(self._pump, infusing, at_ms, _pump_until_ms(before, at_ms))
        if isinstance(event, StageIs):
            silent = event.sound == "no sound" or (not event.sound and bool(before.readiness.sound))
            _watch_gap(self._silences, silent, at_ms, at_ms)
        self._enter(state, at_ms)

    def _watch_beginning(self, before: State, event: Event, at_ms: int) -> None:
        """By a person; or it was before, and the record does not tell when."""
        if before.play not in BEFORE:
            return
        begun = self._state.play not in BEFORE
        if begun and isinstance(event, Began):
            self._beginning = _beginning(before, event)
        elif self._begun_ms is not None or not (begun or (isinstance(event, Recovered) and event.lost)):
            return
        self._begun_ms, self._begun_length_ms = at_ms, self._state.pump.length_ms

    def _watch_play(self, before: State, event: Event, at_ms: int) -> None:
        play, by = self._state.play, getattr(event, "by", "")
        if play is Play.HOLDING:
            self._lines.cut(before, at_ms)
            call, held_ms = self._state.call, self._state.held_ms
            # Of a pause that only the stage has told, a call that was cleared before it is no reason.
            called = call.open or (call.cleared_ms is not None and call.cleared_ms >= held_ms)
            held = isinstance(event, Held) or not called
            self._pauses.append(Pause(at_ms, None, "staff paused" if held else source(call.source), by))
            self._tell(at_ms, "pause", "staff paused" if held else "the programme stands still", by)
        elif before.play is Play.HOLDING:
            then = {Resumed: "went on", Returned: "went to the return", Ended: "was ended"}.get(type(event), "went on")
            self._pauses[-1] = change(self._pauses[-1], until_ms=at_ms, then=then, by=by or self._pauses[-1].by)
            self._tell(at_ms, "pause", f"{then} after {length(at_ms - self._pauses[-1].from_ms)}", by)
        if play is Play.ENDED:
            self._ended_by = by
            self._tell(at_ms, "state", "ended by staff" if by else "ended", "" if by == "" else by)

    def _watch_call(self, before: Call, event: Event, effects: Sequence[Effect], at_ms: int) -> None:
        """What a person who reads of a call wants to know, in the order in which it was."""
        call = self._state.call
        if not call.id:
            return
        kind = "rehearsal" if call.rehearsal else "call"
        name = f"call {self._calls.number(call)}"
        if call.id != before.id:
            self._tell(at_ms, kind, f"{name}: {source(call.source)}")
        elif isinstance(event, Pressed) and call.presses > before.presses:
            self._tell(at_ms, kind, f"{name}: pressed again")
        if len(call.lapses_ms) > len(before.lapses_ms) and call.id == before.id:
            self._tell(at_ms, kind, f"{name}: {before.name} has not come, open to all again")
        for effect in effects:
            if isinstance(effect, Alert) and effect.level > (before.level if call.id == before.id else 0):
                self._tell(at_ms, kind, f"{name}: no answer, calling {REACHES[effect.level]}")
        if call.state is not before.state or isinstance(event, Acknowledged):
            words = {Delivered: "shown at a desk", Attended: "somebody is with the patient", Cleared: "cleared"}
            if isinstance(event, Acknowledged) and call.state is CallState.ACKNOWLEDGED:
                self._tell(at_ms, kind, f"{name}: {event.name.strip()} is coming", event.name.strip())
            elif (word := words.get(type(event))) and call.state is not before.state:
                self._tell(at_ms, kind, f"{name}: {word}", getattr(event, "by", "") or getattr(event, "desk", ""))

    def _watch_rounds(self, before: State, event: Event, at_ms: int) -> None:
        """Somebody was with the patient: how late, against when it was due."""
        due_ms = before.rounds.due_ms
        if due_ms is None or self._state.rounds.looked_ms == before.rounds.looked_ms or isinstance(event, Restored):
            return
        late_ms = max(0, at_ms - due_ms)
        by = getattr(event, "by", "")
        self._looks.append(Look(at_ms, by, late_ms, at_bedside=not isinstance(event, Looked)))
        if late_ms:
            self._tell(at_ms, "round", f"was due for {length(late_ms)}", by)

    def _enter(self, state: State, at_ms: int) -> None:
        """The phase that plays at an instant, if it is another than before."""
        stretch = state.stretch(at_ms) if state.play in UNDER_WAY else None
        if stretch is None:
            return
        place = (state.position.section, stretch.phase)
        if place != self._phase:
            self._phase = place
            aside = place[0] is not Section.INFUSION
            name = phase_name(state, at_ms)
            self._parts.append(Part(name, at_ms, at_ms, stretch.peak and not aside, aside))
            self._tell(at_ms, "phase", name)

    def _tell(self, at_ms: int, kind: str, text: str, by: str = "") -> None:
        pump = self._state.pump
        self._happenings.append(Happening(at_ms, kind, text, by, pump.elapsed_ms(at_ms) if pump.started else None))

    # Telling.

    def summary(self) -> Summary:
        """Everything, with times from the beginning on."""
        record, state = self._record, self._state
        zero_ms = self._zero_ms()
        end_ms = state.ended_ms if state.ended_ms is not None else self._now_ms
        standing = self._standing()
        script = state.plan.script if state.plan else None
        due_ms = state.rounds.due_ms
        return Summary(
            session=record.session,
            room=record.room,
            standing=standing,
            begun_wall_ms=self._wall_ms(zero_ms),
            length_ms=max(0, end_ms - zero_ms),
            damaged=record.damaged,
            script=script.title if script else "",
            voice=script.voice if script else "",
            language=script.language if script else "",
            planned_ms=self._planned_ms(),
            infusion_ms=state.pump.length_ms,
            infused_ms=state.pump.elapsed_ms(end_ms),
            ended_by=self._ended_by,
            beginning=self._beginning,
            staff=tuple(self._staff),
            parts=tuple(self._told_parts(zero_ms, end_ms)),
            pump=_since(_closed(self._pump, _pump_until_ms(state, end_ms)), zero_ms),
            pauses=tuple(
                change(one, from_ms=one.from_ms - zero_ms, until_ms=_from(one.until_ms, zero_ms))
                for one in self._pauses
            ),
            calls=self._calls.told(zero_ms),
            looks=tuple(change(one, at_ms=one.at_ms - zero_ms) for one in self._looks if one.at_ms <= end_ms),
            unlooked_ms=max(0, end_ms - due_ms) if due_ms is not None and self._begun_ms is not None else 0,
            silences=_since([gap for gap in self._silences if self._in_session(gap, end_ms)], zero_ms),
            omissions=self._lines.omissions(state, over=standing is not Standing.UNDER_WAY and not record.damaged)
            if self._begun_ms is not None
            else (),
            happenings=tuple(change(one, at_ms=one.at_ms - zero_ms) for one in self._happenings),
        )

    def _zero_ms(self) -> int:
        if self._begun_ms is not None:
            return self._begun_ms
        return self._record.entries[0].at_ms if self._record.entries else self._record.opened_ms

    def _wall_ms(self, at_ms: int) -> int:
        """An instant as people date it, by the entry nearest before it."""
        entries = self._record.entries
        near = next((entry for entry in reversed(entries) if entry.at_ms <= at_ms), entries[0] if entries else None)
        return near.wall_ms + at_ms - near.at_ms if near else self._record.wall_ms

    def _standing(self) -> Standing:
        if self._begun_ms is None:
            # Of a damaged record nobody knows: it may have been begun behind what can be read.
            return Standing.CUT if self._record.damaged else Standing.NEVER_BEGUN
        if self._state.play is Play.ENDED:
            return Standing.ENDED
        return Standing.CUT if self._record.closed or self._record.damaged else Standing.UNDER_WAY

    def _planned_ms(self) -> int:
        """The infusion that was chosen last before the beginning; the pump's own length may have been changed since."""
        lengths = [
            entry.event.infusion_ms
            for entry in self._record.entries
            if hasattr(entry.event, "infusion_ms") and (self._begun_ms is None or entry.at_ms <= self._begun_ms)
        ]
        return lengths[-1] if lengths else self._begun_length_ms

    def _told_parts(self, zero_ms: int, end_ms: int) -> Iterator[Part]:
        """The phases, each until the next begins."""
        ends = [*(one.from_ms for one in self._parts[1:]), end_ms]
        for part, until_ms in zip(self._parts, ends, strict=False):
            yield change(part, from_ms=part.from_ms - zero_ms, until_ms=until_ms - zero_ms)

    def _in_session(self, gap: Gap, end_ms: int) -> bool:
        begun_ms = self._begun_ms
        return begun_ms is not None and gap.from_ms < end_ms and (gap.until_ms is None or gap.until_ms > begun_ms)


def _beginning(before: State, event: Began) -> Beginning:
    shown = before.readiness
    proofs = {
        "screen": shown.screen == WINDOW,
        "sound": shown.sound == "sound" and shown.sound_heard,
        "control": shown.control,
        "call": shown.call,
        "desk": bool(shown.armed or shown.in_room),
    }
    missing = tuple(NOT_SHOWN[what] for what, good in proofs.items() if not good)
    return Beginning(event.by, shown.armed, shown.in_room, missing)


def _pump_until_ms(state: State, at_ms: int) -> int:
    """Until when the pump ran that was running: by itself it stops at the infusion's end, also in a pause."""
    pump = state.pump
    return min(at_ms, pump.at_ms + pump.length_ms - pump.base_ms) if pump.running else at_ms


def _watch_gap(gaps: list[Gap], lasts: bool, at_ms: int, until_ms: int) -> None:
    """Whether something lasts: it begins at the one instant, or has ended at the other."""
    running = bool(gaps) and gaps[-1].until_ms is None
    if lasts and not running:
        gaps.append(Gap(at_ms, None))
    elif running and not lasts:
        gaps[:] = _closed(gaps, until_ms)


def _closed(gaps: Sequence[Gap], until_ms: int) -> list[Gap]:
    return [change(one, until_ms=max(one.from_ms, until_ms)) if one.until_ms is None else one for one in gaps]


def _from(at_ms: int | None, zero_ms: int) -> int | None:
    return None if at_ms is None else at_ms - zero_ms


def _since(gaps: Sequence[Gap], zero_ms: int) -> tuple[Gap, ...]:
    return tuple(Gap(one.from_ms - zero_ms, _from(one.until_ms, zero_ms)) for one in gaps)
