"""The session: `step(state, event, now_ms) -> state, effects`. Pure; `now_ms` is a value, no clock is held.

Time-driven changes happen at their exact instants, in order, whenever `step` is next called: `advance` walks from one
`next_due_ms` to the next, so a late tick changes nothing and a replayed journal gives the same state.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from guideplayer.core import call as calling
from guideplayer.core import course, infusion, readiness, rounds
from guideplayer.core.comfort import WORDS_FADE_MS, comforted
from guideplayer.core.fitting import UnfitError
from guideplayer.core.messages import (
    Acknowledged,
    Armed,
    Attended,
    Began,
    Chose,
    Cleared,
    Comforted,
    Confirmed,
    Delivered,
    Effect,
    Ended,
    Event,
    Held,
    Infused,
    InRoom,
    Looked,
    Met,
    Noted,
    Paged,
    Pressed,
    Recovered,
    Refused,
    Restored,
    Resumed,
    Returned,
    RoundsSet,
    StageIs,
    Tick,
)
from guideplayer.core.pausing import HOLD_FADE_MS, paused
from guideplayer.core.plan import REENTRY_LEAD_MS, Carried, Plan, Section, enter, plan, refit
from guideplayer.core.restoring import left_alone, restored
from guideplayer.core.script import HoldWords, Say
from guideplayer.core.state import (
    BEFORE,
    RUNNING,
    Basis,
    Fade,
    Flow,
    Play,
    Position,
    Rounds,
    State,
)
from guideplayer.core.units import SECOND_MS, format_duration

RESUME_FADE_MS = 6 * SECOND_MS
BEGIN_FADE_MS = 8 * SECOND_MS
END_FADE_MS = 12 * SECOND_MS
# No press waits longer for the room: a stage that hears nothing of it for so long has called by itself.
LATE_MS = 60 * SECOND_MS
REMEMBERED_PRESSES = 64
# Where a press comes from that nobody has made, as far as is known.
RECOVERY = "recovery"
ENDED_LIGHT = 0.4

Outcome = tuple[State, tuple[Effect, ...]]
change = msgspec.structs.replace


def opened(room: str, words: HoldWords, now_ms: int) -> State:
    """A room with nothing chosen."""
    return State(room, words, now_ms, flow=Flow(rate=Fade(1.0, 1.0, now_ms)))


def step(state: State, event: Event, now_ms: int) -> Outcome:
    """The state after an event, and what it asks of the world. Never raises: nonsense gives Refused and no change."""
    upto_ms = min(now_ms, event.alive_ms) if isinstance(event, Recovered) else now_ms
    state, before = advance(state, upto_ms)
    earlier = state
    state, effects = _HANDLERS[type(event)](state, event, now_ms)
    if state is not earlier:
        revision = max(earlier.revision, state.revision) + (not state.provisional)
        followed = state if isinstance(event, Restored) else course.followed(earlier, state, now_ms)
        state = change(followed, revision=revision)
    state, after = advance(state, now_ms)
    if state.play in BEFORE:
        state = change(state, play=Play.READY if state.ready else Play.WAITING)
    return state, (*before, *effects, *after)


def next_due_ms(state: State) -> int | None:
    """When something next happens by itself; None when nothing will."""
    due_ms = calling.due_ms(state.call) if state.call.open else None
    if state.play is Play.RESUMING:
        due_ms = calling.sooner(due_ms, state.resuming_until_ms)
    position = state.position
    if state.plan and position.running and (position.section is not Section.ARRIVAL or state.pump_follows):
        length_ms = state.plan.track(position.section).length_ms
        due_ms = calling.sooner(due_ms, position.at_ms + length_ms - position.base_ms)
    return due_ms


def advance(state: State, now_ms: int) -> Outcome:
    """Let everything happen that is due by now, each at its own instant."""
    effects: list[Effect] = []
    while (due_ms := next_due_ms(state)) is not None and due_ms <= now_ms:
        state, more = _happen(state, due_ms)
        effects += more
    return state, tuple(effects)


def _happen(state: State, due_ms: int) -> Outcome:
    """What is due at this instant."""
    if state.call.open and calling.due_ms(state.call) == due_ms:
        call, alerts = calling.advanced(state.call, due_ms)
        return change(state, call=call), alerts
    if state.play is Play.RESUMING and state.resuming_until_ms <= due_ms:
        return change(state, play=_play_of(state.position.section)), ()
    if state.position.section is Section.ARRIVAL:
        return infusion.started(state, due_ms), ()
    if state.position.section is Section.INFUSION:
        return infusion.to_return(state, due_ms), ()
    return _ended(state, due_ms), ()


def _play_of(section: Section) -> Play:
    return {Section.ARRIVAL: Play.ARRIVING, Section.INFUSION: Play.PLAYING, Section.RETURN: Play.RETURNING}[section]


def _refused(state: State, sentence: str) -> Outcome:
    return state, (Refused(sentence),)


def _ticked(state: State, event: Tick, now_ms: int) -> Outcome:
    return state, ()


def _outcome(state: State, after: State | str) -> Outcome:
    """What became of it; a sentence is a refusal."""
    return _refused(state, after) if isinstance(after, str) else (after, ())


def _chose(state: State, event: Chose, now_ms: int) -> Outcome:
    if state.play not in BEFORE and state.play is not Play.ENDED:
        return _refused(state, "A session is under way: end it before you choose another script.")
    if state.call.open:
        return _refused(state, "The patient is calling: answer the call first.")
    try:
        chosen = plan(event.script, event.infusion_ms)
    except UnfitError as unfit:
        return _refused(
            state,
            f"“{event.script.title}” cannot be fitted to {format_duration(event.infusion_ms)}: it fills "
            f"{format_duration(unfit.least_ms)} to {format_duration(unfit.most_ms)}.",
        )
    if not event.script.shortest_ms <= event.infusion_ms <= event.script.longest_ms:
        shortest, longest = format_duration(event.script.shortest_ms), format_duration(event.script.longest_ms)
        return _refused(state, f"“{event.script.title}” is for infusions of {shortest} to {longest}.")
    left = infusion.leaving(state, now_ms)
    if state.play is not Play.ENDED:
        return change(left, plan=chosen), ()
    fresh = change(
        opened(state.room, state.words, state.opened_ms),
        plan=chosen,
        calls=state.calls,
        presses=state.presses,
        left=left.left,
        heard=left.heard,
        entered_ms=now_ms,
        readiness=change(state.readiness, sound_heard=False, control=False, call=False, in_room=False),
        rounds=Rounds(state.rounds.every_ms),
        flow=state.flow.towards(1.0, now_ms, BEGIN_FADE_MS),
        **_softly_anew(state, now_ms),
    )
    return fresh, ()


def _softly_anew(state: State, now_ms: int) -> dict[str, Fade]:
    """What still shows of an ended session on its way to where a new one begins."""
    goals = {"hold": 0.0, "loudness": 0.0, "light": 1.0, "picture": 1.0, "volume": 1.0}
    return {name: getattr(state, name).towards(goal, now_ms, BEGIN_FADE_MS) for name, goal in goals.items()}


def _began(state: State, event: Began, now_ms: int) -> Outcome:
    if state.play not in BEFORE:
        return _refused(state, "The session has begun already.")
    if state.plan is None:
        return _refused(state, "Choose a script first.")
    if state.call.open:
        return _refused(state, "The patient is calling: answer and clear the call first.")
    if not (state.ready or event.unready):
        return _refused(state, "The room is not ready: see what is still to be shown to work.")
    state = change(
        state,
        play=Play.ARRIVING,
        pump_follows=event.pump_follows,
        position=Position(Section.ARRIVAL, 0, now_ms, running=True),
        loudness=state.loudness.towards(1.0, now_ms, BEGIN_FADE_MS),
        heard=state.heard if state.loudness.at(now_ms) > 0 else (),
    )
    return rounds.looked_after(state, now_ms), ()


def _pressed(state: State, event: Pressed, now_ms: int) -> Outcome:
    if event.press in state.presses:
        return state, ()
    # The stage holds from the press on, however late the room hears of it; nothing may jump back.
    at_ms = now_ms if event.at_ms is None else min(now_ms, max(event.at_ms, now_ms - LATE_MS))
    rehearsal = state.play in BEFORE and event.source != RECOVERY
    call, alerts = calling.pressed(state.call, event, state.calls + 1, at_ms, rehearsal=rehearsal)
    state = change(
        state,
        call=call,
        calls=state.calls if call.id == state.call.id else state.calls + 1,
        presses=(*state.presses, event.press)[-REMEMBERED_PRESSES:],
    )
    if rehearsal and event.source != "desk":
        state = change(state, readiness=change(state.readiness, control=True))
    return paused(state, at_ms), alerts


def _delivered(state: State, event: Delivered, now_ms: int) -> Outcome:
    return change(state, call=calling.delivered(state.call, event, now_ms)), ()


def _acknowledged(state: State, event: Acknowledged, now_ms: int) -> Outcome:
    call = calling.acknowledged(state.call, event, now_ms)
    return _refused(state, call) if isinstance(call, str) else (change(state, call=call), ())


def _attended(state: State, event: Attended, now_ms: int) -> Outcome:
    call = calling.attended(state.call, event, now_ms)
    return (
        _refused(state, call) if isinstance(call, str) else (rounds.looked_after(change(state, call=call), now_ms), ())
    )


def _cleared(state: State, event: Cleared, now_ms: int) -> Outcome:
    call = calling.cleared(state.call, event, now_ms)
    if isinstance(call, str):
        return _refused(state, call)
    # Who clears a call has been at the bedside.
    state = rounds.looked_after(change(state, call=call), now_ms)
    if state.play is not Play.HOLDING:
        state = change(state, hold=state.hold.towards(0.0, now_ms, RESUME_FADE_MS))
    # Who answers at a desk has seen the call there, also when the desk's receipt was still on its way.
    if call.rehearsal and call.acknowledged_ms is not None:
        state = change(state, readiness=change(state.readiness, call=True))
    return state, ()


def _held(state: State, event: Held, now_ms: int) -> Outcome:
    if state.play not in RUNNING:
        return _refused(state, "Nothing is playing that could be paused.")
    return paused(state, now_ms), ()


def _resumed(state: State, event: Resumed, now_ms: int) -> Outcome:
    if state.play is not Play.HOLDING or state.plan is None:
        return _refused(state, "Nothing is paused.")
    if state.call.open:
        return _refused(state, "The patient is still calling: clear the call at the bedside first.")
    current, position, reentry = state.plan, state.position, _welcome(state.plan, state.resumes)
    left_ms: int | None = None
    if position.section is Section.INFUSION:
        left_ms = state.pump.left_ms(now_ms)
        if left_ms <= 0:
            return _resumed_in_return(state, now_ms), ()
    elif position.section is Section.RETURN:
        left_ms = current.returning.length_ms - position.base_ms
    fitted = refit(current, position.section, position.base_ms, left_ms, reentry, cut=True)
    return _going_on(state, fitted, position, reentry, now_ms), ()


def _welcome(current: Plan, resumes: int) -> Say:
    """The words to go on with; the next of them at each pause."""
    return current.script.resume[resumes % len(current.script.resume)]


def _resumed_in_return(state: State, now_ms: int) -> State:
    """From a hold straight to the return."""
    current = state.plan
    assert current
    reentry = _welcome(current, state.resumes)
    state = change(infusion.leaving(state, now_ms), infusion_position_ms=infusion.goes_on_ms(state, now_ms))
    entered = enter(current, Section.RETURN, Carried(), reentry)
    return _going_on(state, entered, Position(Section.RETURN), reentry, now_ms)


def _going_on(state: State, fitted: Plan, position: Position, reentry: Say, now_ms: int) -> State:
    """Softly on from a hold, with words of welcome first."""
    return change(
        state,
        plan=fitted,
        play=Play.RESUMING,
        position=Position(position.section, position.base_ms, now_ms, running=True),
        resumes=state.resumes + 1,
        resuming_until_ms=now_ms + REENTRY_LEAD_MS + reentry.clip.length_ms,
        hold=state.hold.towards(0.0, now_ms, RESUME_FADE_MS),
        loudness=state.loudness.towards(1.0, now_ms, RESUME_FADE_MS),
        speech=state.speech.towards(1.0, now_ms, WORDS_FADE_MS),
    )


def _returned(state: State, event: Returned, now_ms: int) -> Outcome:
    if state.plan is None or (state.play not in RUNNING and state.play is not Play.HOLDING):
        return _refused(state, "No session is under way.")
    if state.call.open:
        return _refused(state, "The patient is still calling: clear the call at the bedside first.")
    if state.position.section is Section.RETURN and state.play is not Play.HOLDING:
        return _refused(state, "The return has begun already.")
    if state.play is not Play.HOLDING:
        return infusion.to_return(state, now_ms), ()
    if state.position.section is Section.RETURN:
        return _resumed(state, Resumed(event.by), now_ms)
    return _resumed_in_return(state, now_ms), ()


def _session_ended(state: State, event: Ended, now_ms: int) -> Outcome:
    if state.play in BEFORE or state.play is Play.ENDED:
        return _refused(state, "No session is under way.")
    return _ended(state, now_ms), ()


def _ended(state: State, now_ms: int) -> State:
    """The programme is over; an open call stays open, and the hold picture with it."""
    return change(
        state,
        play=Play.ENDED,
        ended_ms=now_ms,
        position=state.position.stopped(now_ms),
        loudness=state.loudness.towards(0.0, now_ms, END_FADE_MS),
        speech=state.speech.towards(0.0, now_ms, HOLD_FADE_MS),
        light=state.light.towards(min(ENDED_LIGHT, state.light.target), now_ms, END_FADE_MS),
        hold=state.hold if state.call.open else state.hold.towards(0.0, now_ms, RESUME_FADE_MS),
    )


def _recorded(state: State, event: Noted | Paged, now_ms: int) -> Outcome:
    """What is only to be remembered."""
    return state, ()


def _recovered(state: State, event: Recovered, now_ms: int) -> Outcome:
    """A short gap is nothing: the stage has gone on by itself. After a long one the patient has been left alone.

    Where the stage is gone too, nobody knows whether the patient pressed: then it is taken that they did.
    """
    if event.taken_up and not state.provisional:
        state = change(state, basis=Basis.RECORD)
    if not left_alone(state, event, now_ms):
        return state, ()
    if state.play in RUNNING:
        # It has stood still since then, and stops only now.
        stood_ms = max(event.alive_ms, state.position.at_ms)
        state = change(state, position=change(state.position.stopped(stood_ms), at_ms=now_ms))
    if event.taken_up:
        state = change(state, basis=Basis.GUESS)
    return _pressed(state, Pressed(f"recovered-{now_ms}", RECOVERY, event.code), now_ms)


_HANDLERS: dict[type, Callable[[State, Any, int], Outcome]] = {
    Tick: _ticked,
    Chose: _chose,
    Began: _began,
    InRoom: lambda state, event, now_ms: (readiness.in_room(state, event), ()),
    Confirmed: lambda state, event, now_ms: _outcome(state, readiness.confirmed(state, event)),
    StageIs: lambda state, event, now_ms: (readiness.stage_is(state, event), ()),
    Armed: lambda state, event, now_ms: (readiness.armed(state, event), ()),
    Pressed: _pressed,
    Delivered: _delivered,
    Acknowledged: _acknowledged,
    Attended: _attended,
    Cleared: _cleared,
    Held: _held,
    Resumed: _resumed,
    Returned: _returned,
    Ended: _session_ended,
    Comforted: lambda state, event, now_ms: _outcome(state, comforted(state, event, now_ms)),
    Infused: lambda state, event, now_ms: _outcome(state, infusion.infused(state, event, now_ms)),
    Looked: lambda state, event, now_ms: _outcome(state, rounds.looked(state, event, now_ms)),
    RoundsSet: lambda state, event, now_ms: _outcome(state, rounds.rounds_set(state, event)),
    Noted: _recorded,
    Paged: _recorded,
    Recovered: _recovered,
    Met: lambda state, event, now_ms: (change(state, basis=Basis.AGREED), ()),
    Restored: lambda state, event, now_ms: (restored(state, event), ()),
}
