"""The pump as staff tell of it, and what the programme makes of it: the infusion's start, its end, its changes."""

import msgspec

from guideplayer.core.blend import blend_at
from guideplayer.core.heard import heard_so_far
from guideplayer.core.messages import Infused
from guideplayer.core.plan import CARRIED, Carried, Section, carried_over, enter, reenter, refit
from guideplayer.core.script import Say
from guideplayer.core.state import RUNNING, UNDER_WAY, Play, Position, Pump, State
from guideplayer.core.units import MINUTE_MS

MOST_BY_MS = 60 * MINUTE_MS

change = msgspec.structs.replace


def _carried(state: State, now_ms: int) -> Carried:
    """What the section that is left hands on; nothing from one that stands still."""
    if state.plan is None or not state.position.running:
        return Carried()
    return carried_over(state.plan.track(state.position.section), state.position.at(now_ms))


def leaving(state: State, now_ms: int, position_ms: int = 0) -> State:
    """Remember what is seen and heard now, so that it can melt into the section that is entered at a position."""
    return change(
        state,
        left=blend_at(state, now_ms),
        heard=heard_so_far(state, now_ms),
        entered_ms=now_ms,
        entered_position_ms=position_ms,
    )


def started(state: State, now_ms: int) -> State:
    """The pump starts: the infusion's clock and its first phase begin at this instant."""
    assert state.plan
    running = state.play in RUNNING
    return change(
        leaving(state, now_ms),
        plan=enter(state.plan, Section.INFUSION, _carried(state, now_ms)),
        play=Play.PLAYING if state.play in (Play.ARRIVING, Play.RETURNING) else state.play,
        pump=Pump(state.plan.infusion_ms, 0, now_ms, running=True, started=True),
        position=Position(Section.INFUSION, 0, now_ms, running=running),
    )


def goes_on_ms(state: State, now_ms: int) -> int:
    """Where the infusion would go on if it were left now: after a line that is finished in the return, before one
    that a pause has cut."""
    if state.plan is None or state.position.section is not Section.INFUSION:
        return state.infusion_position_ms
    position_ms = state.position.at(now_ms)
    cue = state.plan.infusion.under_way(position_ms)
    if cue is None or not isinstance(cue.item, Say):
        return position_ms
    return cue.end_ms if state.position.running else cue.start_ms


def to_return(state: State, now_ms: int) -> State:
    """The programme goes to the return; a line under way is finished there."""
    assert state.plan
    return change(
        leaving(state, now_ms),
        plan=enter(state.plan, Section.RETURN, _carried(state, now_ms)),
        play=Play.RETURNING,
        infusion_position_ms=goes_on_ms(state, now_ms),
        position=Position(Section.RETURN, 0, now_ms, running=True),
    )


def infused(state: State, event: Infused, now_ms: int) -> State | str:
    """What staff say of the pump; a sentence says why it makes no sense now."""
    if state.plan is None or state.play not in UNDER_WAY:
        return "No session is under way: begin it first."
    match event.action:
        case "started":
            return "The infusion has started already." if state.pump.started else started(state, now_ms)
        case "extended" | "shortened" if state.pump.started and event.by_ms > 0:
            return _lengthened(state, event.by_ms if event.action == "extended" else -event.by_ms, now_ms)
        case "extended" | "shortened":
            return "Say by how much, once the infusion has started."
        case "stopped" if state.pump.running:
            return _stopped(state, now_ms)
        case "stopped":
            return "The pump is not running."
        case "restarted" if state.pump.started and not state.pump.running:
            return _restarted(state, now_ms)
        case "restarted":
            return "The pump has not been stopped."
    return f"“{event.action}” is not known: say started, extended, shortened, stopped or restarted."


def _lengthened(state: State, by_ms: int, now_ms: int) -> State | str:
    assert state.plan
    if state.position.section is not Section.INFUSION:
        return "The infusion part is over: the return has begun."
    if abs(by_ms) > MOST_BY_MS:
        return "That is more than an hour: check the number."
    length_ms = max(state.pump.length_ms + by_ms, state.pump.elapsed_ms(now_ms))
    fitted = change(state.plan, infusion_ms=length_ms)
    # One that had run out begins to count again only now.
    gone_ms = state.pump.elapsed_ms(now_ms)
    state = change(state, pump=change(state.pump, length_ms=length_ms, base_ms=gone_ms, at_ms=now_ms))
    if state.position.running:
        # A line under way is finished and a welcome is not said twice, so nothing is cut.
        position_ms = state.position.at(now_ms)
        fitted = refit(fitted, Section.INFUSION, position_ms, state.pump.left_ms(now_ms), cut=False)
    return change(state, plan=fitted)


def _stopped(state: State, now_ms: int) -> State:
    pump = change(state.pump, base_ms=state.pump.elapsed_ms(now_ms), at_ms=now_ms, running=False)
    state = change(state, pump=pump)
    if state.position.section is Section.INFUSION and state.play in RUNNING:
        return to_return(state, now_ms)
    return state


def _restarted(state: State, now_ms: int) -> State | str:
    current = state.plan
    assert current
    if state.pump.elapsed_ms(now_ms) >= state.pump.length_ms:
        return "The infusion is over."
    state = change(state, pump=change(state.pump, at_ms=now_ms, running=True))
    if state.position.section is not Section.RETURN:
        return state
    running = state.play in RUNNING
    position_ms, carried = _back_to(state, now_ms)
    fitted = reenter(current, position_ms, state.pump.left_ms(now_ms), carried)
    position_ms += carried.said_ms
    return change(
        leaving(state, now_ms, position_ms),
        plan=fitted,
        play=Play.PLAYING if running else state.play,
        position=Position(Section.INFUSION, position_ms, now_ms, running=running),
    )


def _back_to(state: State, now_ms: int) -> tuple[int, Carried]:
    """Where the infusion goes on after the return, and what the return hands on to it.

    A line of the infusion that the return was to finish is finished at its own place in the infusion, or said there
    from its start.
    """
    assert state.plan
    position_ms, track = state.position.at(now_ms), state.plan.returning
    line = next((cue for cue in track.cues if cue.index == CARRIED and isinstance(cue.item, Say)), None)
    if line is None or line.end_ms <= position_ms:
        return state.infusion_position_ms, _carried(state, now_ms)
    under_way = state.position.running and line.start_ms < position_ms
    left_ms = line.end_ms - position_ms if under_way else line.length_ms
    return state.infusion_position_ms - left_ms, Carried()
