"""Which lines of a script were said in a session, and which were not, and why."""

from collections.abc import Iterator

from guideplayer.core.plan import Cue, Section, Track
from guideplayer.core.script import Say
from guideplayer.core.state import Narration, State
from guideplayer.report.summary import Omission

NO_TIME = "there was no time for it"
COMFORT = "the narration was made sparser"
CUT = "a pause cut it off"
NOT_REACHED = "the programme did not come to it"

Place = tuple[Section, int, int]


def heard(say: Say, narration: Narration) -> bool:
    """Whether a line is said at this setting, or left out for comfort."""
    return narration is Narration.FULL or (narration is Narration.SPARSE and say.keep is None)


class Lines:
    """Follows a session's track: `pass_over` each time in which nothing changes, `pass_unseen` what is not known."""

    def __init__(self) -> None:
        self._begun: set[Place] = set()
        self._unsaid: set[Place] = set()
        self._cut: set[Place] = set()
        self._reached: dict[Section, tuple[Track, int]] = {}

    def pass_over(self, state: State, from_ms: int, to_ms: int) -> None:
        """Note the lines that begin from the one instant to before the other."""
        section, track = state.position.section, _track(state)
        if track is None:
            return
        first_ms, last_ms = state.position.at(from_ms), state.position.at(to_ms)
        for cue in track.cues:
            if first_ms <= cue.start_ms < last_ms and cue.index >= 0 and isinstance(cue.item, Say):
                place = (section, cue.phase, cue.index)
                self._cut.discard(place)
                self._unsaid.discard(place)
                self._begun.add(place)
                if not heard(cue.item, state.comfort.narration):
                    self._unsaid.add(place)
        self._reached[section] = track, last_ms

    def pass_unseen(self, before: State, state: State, now_ms: int) -> None:
        """The programme has come from one place to another, and nobody knows how: nothing between them is told as left
        out.
        """
        if state.plan is None:
            return
        behind, ahead = _next_line(before, now_ms), _next_line(state, now_ms)
        self._begun |= {
            (section, number, index)
            for order, section in enumerate(Section)
            for number, phase in enumerate(state.plan.phases(section))
            for index in range(len(phase.items))
            if behind <= (order, number, index) < ahead
        }
        if track := _track(state):
            self._reached[state.position.section] = track, state.position.at(now_ms)

    def cut(self, state: State, now_ms: int) -> None:
        """The programme stands still: a line under way is cut off."""
        track = _track(state)
        cue = track.under_way(state.position.at(now_ms)) if track else None
        if cue and cue.index >= 0 and isinstance(cue.item, Say):
            self._cut.add((state.position.section, cue.phase, cue.index))

    def omissions(self, state: State, *, over: bool) -> tuple[Omission, ...]:
        """The script's lines that were not said; phases of which nothing was said are told as a whole.

        In a session that is not over, what is still to come is none.
        """
        return tuple(self._omissions(state, over=over)) if state.plan else ()

    def _omissions(self, state: State, *, over: bool) -> Iterator[Omission]:
        assert state.plan
        for section in Section:
            for number, phase in enumerate(state.plan.phases(section)):
                found = [
                    Omission(item.text, phase.name if section is Section.INFUSION else section, why)
                    for index, item in enumerate(phase.items)
                    if isinstance(item, Say) and (why := self._why((section, number, index)))
                    if over or why != NOT_REACHED
                ]
                lines = sum(isinstance(item, Say) for item in phase.items)
                reasons = {one.why for one in found}
                if len(found) == lines > 1 and len(reasons) == 1:
                    yield Omission("", found[0].part, reasons.pop())
                else:
                    yield from found

    def _why(self, place: Place) -> str:
        """Why a line was not said; empty when it was."""
        if place in self._cut:
            return CUT
        if place in self._unsaid:
            return COMFORT
        if place in self._begun:
            return ""
        section, *rest = place
        track, reached_ms = self._reached.get(section, (None, 0))
        if track is None:
            return NOT_REACHED
        ahead = [cue for cue in track.cues if _is(cue, rest)]
        # What the plan still held when the section was left was to come; what it did not hold had been given up.
        return NOT_REACHED if any(cue.start_ms >= reached_ms for cue in ahead) else NO_TIME


def _is(cue: Cue, rest: list[int]) -> bool:
    return [cue.phase, cue.index] == rest


def _next_line(state: State, now_ms: int) -> tuple[int, int, int]:
    """Where the next line stands, in the order of the script: section, phase, line."""
    track, order = _track(state), list(Section).index(state.position.section)
    if track is None:
        return order, 0, 0
    at_ms = state.position.at(now_ms)
    ahead = (cue for cue in track.cues if cue.start_ms >= at_ms and cue.index >= 0)
    return next(((order, cue.phase, cue.index) for cue in ahead), (order + 1, 0, 0))


def _track(state: State) -> Track | None:
    return state.plan.track(state.position.section) if state.plan else None
