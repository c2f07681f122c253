"""A room as the desk shows it: the contract's JSON, read off the state at an instant."""

from collections.abc import Callable

from guideplayer.core.call import asks
from guideplayer.core.course import clock_ms
from guideplayer.core.direction import phase_name
from guideplayer.core.plan import Section, Track
from guideplayer.core.script import Say
from guideplayer.core.state import BEFORE, RUNNING, WINDOW, CallState, Play, State

View = dict[str, object]


def view(state: State, now_ms: int, wall_ms: int, health: View) -> View:
    """Everything that staff see of a room; times are epoch milliseconds."""

    def dated(time_ms: int | None) -> int | None:
        return None if time_ms is None else wall_ms - now_ms + time_ms

    plan = state.plan
    steps = readiness(state)
    return {
        "room": state.room,
        "at": wall_ms,
        "play": state.play,
        "call": _call(state, dated),
        "script": plan.script.title if plan else "",
        "infusion_ms": (state.pump.length_ms if state.pump.started else plan.infusion_ms) if plan else 0,
        "infusion_elapsed_ms": state.pump.elapsed_ms(now_ms),
        "infusion_running": state.pump.running and state.pump.left_ms(now_ms) > 0,
        "infusion_started": state.pump.started,
        "section": state.position.section,
        "position_ms": state.position.at(now_ms),
        "phase": phase_name(state, now_ms),
        "phases": _phases(state, now_ms),
        "course": _course(state, now_ms),
        "line": _line(state, now_ms),
        "next_line": _next_line(state, now_ms),
        "comfort": state.comfort,
        "rounds": {"every_ms": state.rounds.every_ms, "due_at": dated(state.rounds.due_ms)},
        "readiness": steps,
        "can": sensible(state),
        "next": _next(state, all(step["ok"] for step in steps)),
        "health": health,
        "armed": state.readiness.armed,
    }


def _call(state: State, dated: Callable[[int | None], int | None]) -> View:
    call = state.call
    return {
        "state": call.state,
        "id": call.id,
        "raised_at": dated(call.raised_ms) if call.id else None,
        "delivered_at": dated(call.delivered_ms),
        "acknowledged_at": dated(call.acknowledged_ms),
        "name": call.name,
        "level": call.level,
        "presses": call.presses,
        "source": call.source,
        "rehearsal": call.rehearsal,
        "silenced_until": dated(call.alert_ms) if call.state is CallState.ACKNOWLEDGED else None,
    }


def _track(state: State) -> Track | None:
    return state.plan.track(state.position.section) if state.plan else None


def _phases(state: State, now_ms: int) -> list[View]:
    """The infusion's phases on the infusion's clock: what is still to come is later by what was paused."""
    if state.plan is None:
        return []
    infusing = state.position.section is Section.INFUSION
    position_ms = state.position.at(now_ms) if infusing else state.infusion_position_ms
    paused_ms = max(0, state.pump.elapsed_ms(now_ms) - position_ms) if infusing else 0
    return [
        {
            "name": stretch.name,
            "start_ms": stretch.start_ms + (paused_ms if stretch.start_ms > position_ms else 0),
            "end_ms": min(state.plan.infusion_ms, stretch.end_ms + (paused_ms if stretch.end_ms > position_ms else 0)),
            "peak": stretch.peak,
        }
        for stretch in state.plan.infusion.stretches
    ]


def _course(state: State, now_ms: int) -> View | None:
    """The session on its scale: where it is, what is to be said, where it stood still and where the patient called."""
    if state.plan is None:
        return None
    infusion_ms = state.pump.length_ms if state.pump.started else state.plan.infusion_ms
    begins_ms = {Section.ARRIVAL: -state.plan.arrival.length_ms, Section.INFUSION: 0, Section.RETURN: infusion_ms}
    at_ms, position_ms = clock_ms(state, now_ms), state.position.at(now_ms)
    sections = list(Section)
    lines = []
    for section in sections[sections.index(state.position.section) :]:
        track, here = state.plan.track(section), section is state.position.section
        shift_ms = at_ms - position_ms if here else begins_ms[section]
        lines += [
            cue.start_ms + shift_ms
            for cue in track.cues
            if isinstance(cue.item, Say) and (not here or cue.start_ms > position_ms)
        ]
    return {
        "at_ms": at_ms,
        "begins_ms": begins_ms[Section.ARRIVAL],
        "ends_ms": infusion_ms + state.plan.returning.length_ms,
        "lines": lines,
        "stops": state.stops,
        "called": state.called,
    }


def _line(state: State, now_ms: int) -> str:
    track = _track(state)
    cue = track.cue_at(state.position.at(now_ms)) if track and state.play in RUNNING else None
    return cue.item.text if cue and isinstance(cue.item, Say) else ""


def _next_line(state: State, now_ms: int) -> View | None:
    track = _track(state)
    if track is None or state.play is Play.ENDED:
        return None
    position_ms = state.position.at(now_ms)
    for cue in track.cues:
        if cue.start_ms > position_ms and isinstance(cue.item, Say):
            return {"text": cue.item.text, "in_ms": cue.start_ms - position_ms}
    return None


def readiness(state: State) -> list[View]:
    """What must be shown to work before a session begins: each with its plain state and what to do."""
    shown = state.readiness
    screens = {WINDOW: "The patient's screen shows the picture.", "off-screen": "There is no screen in the room."}
    if shown.sound == "sound":
        sound = "The chime was heard." if shown.sound_heard else "Play the chime, and ask whether it was heard."
    else:
        sound = "There is no sound in the room." if shown.sound else "The stage is starting."
    control = "The patient has pressed the control." if shown.control else "Ask the patient to press the control once."
    call = (
        "The call was shown, answered and cleared."
        if shown.call
        else "Press the control, answer the call at a desk, and clear it with the code on the screen."
    )
    desk = ", ".join(shown.armed) or (
        "Staff stay in the room." if shown.in_room else "Arm a desk, or state that you stay in the room."
    )
    rows = [
        ("script", state.plan is not None, "Chosen." if state.plan else "Choose a script."),
        ("screen", shown.screen == WINDOW, screens.get(shown.screen, "The stage is starting.")),
        ("sound", shown.sound == "sound" and shown.sound_heard, sound),
        ("control", shown.control, control),
        ("call", shown.call, call),
        ("desk", bool(shown.armed or shown.in_room), desk),
    ]
    return [{"what": what, "ok": ok, "sentence": sentence} for what, ok, sentence in rows]


def sensible(state: State) -> list[str]:
    """The commands that make sense now."""
    can = ["note", "comfort", "rounds"]
    if state.call.open:
        can += ["acknowledge"] if asks(state.call) else []
        can += ["clear"]
    elif state.play in BEFORE:
        can += ["choose", "rehearse"] + (["begin"] if state.plan else [])
        can += ["confirm"] if state.readiness.sound == "sound" else []
    elif state.play is Play.HOLDING:
        can += ["resume", "return"]
    elif state.play is Play.ENDED:
        can += ["choose"]
    if state.play in RUNNING:
        can += ["hold"] + ([] if state.position.section is Section.RETURN else ["return"])
    if state.play in RUNNING or state.play is Play.HOLDING:
        can += ["end", "infusion"] + ([] if state.call.open else ["looked"])
    return can


def _next(state: State, ready: bool) -> str:
    """The next sensible command: what the desk shows largest."""
    if state.call.open:
        return "acknowledge" if asks(state.call) else "clear"
    if state.play in BEFORE:
        if state.plan is None:
            return "choose"
        return "begin" if ready else "confirm"
    return {Play.ARRIVING: "infusion", Play.HOLDING: "resume", Play.ENDED: "choose"}.get(state.play, "hold")
