"""How much of each playlist has been heard: music goes on where it was, after a pause, another phase, another section.

It runs with the script's position, not with the clock: what would have sounded in a pause is not lost.
"""

from collections.abc import Iterator

from guideplayer.core.blend import blend_at
from guideplayer.core.plan import Track
from guideplayer.core.state import BEFORE, Heard, State


def heard_ms(state: State, file: str, now_ms: int) -> int:
    """How far in its course a playlist is that sounds at an instant; once stopped it runs on while it dies away."""
    if state.play in BEFORE:
        # What sounds before a session is the end of another, dying away.
        return _earlier_ms(state, file) + now_ms - state.entered_ms
    return _heard_by(state, file, _running_on_ms(state, now_ms), sounds=True)


def heard_so_far(state: State, now_ms: int) -> tuple[Heard, ...]:
    """How far in its course each playlist is when a section is left."""
    if state.play in BEFORE:
        return state.heard
    track = _track(state)
    files = {one.file for one in state.heard} | {stretch.bed.file for stretch in (track.stretches if track else ())}
    dying = state.loudness.at(now_ms) > 0
    position_ms = _running_on_ms(state, now_ms) if dying else state.position.at(now_ms)
    sounding = {bed.file for bed in blend_at(state, now_ms).beds}
    return tuple(
        Heard(file, _heard_by(state, file, position_ms, sounds=file in sounding)) for file in sorted(files - {""})
    )


def _running_on_ms(state: State, now_ms: int) -> int:
    return state.position.base_ms + now_ms - state.position.at_ms


def _track(state: State) -> Track | None:
    return state.plan.track(state.position.section) if state.plan else None


def _earlier_ms(state: State, file: str) -> int:
    return next((one.course_ms for one in state.heard if one.file == file), 0)


def _heard_by(state: State, file: str, position_ms: int, *, sounds: bool) -> int:
    """What was heard before the section was entered, and in it up to a position."""
    runs = list(_runs(state, file, position_ms))
    if not runs:
        return _earlier_ms(state, file)
    *before, (start_ms, end_ms) = runs
    # One that sounds still, though its phase is over, dies away.
    last_ms = (position_ms if sounds else min(position_ms, end_ms)) - start_ms
    return _earlier_ms(state, file) + sum(end - start for start, end in before) + last_ms


def _runs(state: State, file: str, position_ms: int) -> Iterator[tuple[int, int]]:
    """From where to where in the section the playlist has been the bed; phases that adjoin are one run."""
    entered_ms, track = state.entered_position_ms, _track(state)
    run = (entered_ms, entered_ms) if any(bed.file == file for bed in state.left.beds) else None
    for stretch in track.stretches if track else ():
        start_ms = max(stretch.start_ms, entered_ms)
        if stretch.bed.file != file or stretch.end_ms <= entered_ms or start_ms > position_ms:
            continue
        if run and run[1] == start_ms:
            run = run[0], stretch.end_ms
            continue
        if run:
            yield run
        run = start_ms, stretch.end_ms
    if run:
        yield run
