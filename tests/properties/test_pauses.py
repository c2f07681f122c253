"""The promise of the design: whatever is paused and whatever the pump does, the patient hears the script that nobody
paused, with other rests and without some optional lines, and nothing else is changed."""

import functools
import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.authoring.reader import read_script
from guideplayer.core.fitting import UnfitError, infusion_pieces, least_ms, leave_out_lines
from guideplayer.core.messages import Began, Chose, Held, Infused, Refused, Resumed, Returned, Tick
from guideplayer.core.plan import Section, plan
from guideplayer.core.script import Rest, Say
from guideplayer.core.session import next_due_ms, opened, step
from guideplayer.core.state import RUNNING, Play
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.media import scripts_folder, shipped_library
from tests.factory import SCRIPT, WORDS, phase, rest, script_of
from tests.properties.test_fitting import items

LEAD_MS = 20 * SECOND_MS


@functools.cache
def shipped():
    """Every shipped script; one whose clips are still to be made counts with their estimated lengths."""
    library = shipped_library()
    paths = [path for path in sorted(scripts_folder().glob("*.yaml")) if path.stem != "template"]
    return tuple(script for path in paths if (script := read_script(path, library)[0]))


def numbered(script):
    """The script with words of its own for each line, so that each can be told from all others."""

    def renamed(part, number):
        changed = [
            msgspec.structs.replace(item, text=f"{number}.{index}") if isinstance(item, Say) else item
            for index, item in enumerate(part.items)
        ]
        return msgspec.structs.replace(part, items=tuple(changed))

    return msgspec.structs.replace(
        script,
        phases=tuple(renamed(part, number) for number, part in enumerate(script.phases)),
        arrival=script.arrival and renamed(script.arrival, "arrival"),
        returning=renamed(script.returning, "return"),
    )


class UntilEdge(msgspec.Struct, frozen=True):
    """A wait until some time after the next lines have begun or ended: where things go wrong, if they do."""

    edges: int
    after_ms: int


anywhere = st.one_of(
    st.integers(0, 15 * SECOND_MS),
    st.integers(0, 25 * MINUTE_MS),
    st.builds(UntilEdge, st.integers(0, 12), st.integers(0, 4 * SECOND_MS)),
)
pauses = st.tuples(anywhere, st.just(Held("Anna")))
resumes = st.tuples(anywhere, st.just(Resumed("Anna")))
returns = st.tuples(anywhere, st.just(Returned("Anna")))
pumps = st.tuples(
    anywhere,
    st.one_of(
        st.sampled_from([Infused("stopped"), Infused("restarted")]),
        st.builds(
            Infused, action=st.sampled_from(["extended", "shortened"]), by_ms=st.integers(1, 20).map(MINUTE_MS.__mul__)
        ),
    ),
)
# Soon after one thing the other, in the middle of a line or beside it.
soon = st.builds(UntilEdge, st.integers(0, 4), st.integers(0, 3 * SECOND_MS))
short_pauses = st.tuples(
    st.tuples(soon, st.just(Held("Anna"))), st.tuples(st.integers(0, 20_000), st.just(Resumed("Anna")))
)
short_stops = st.tuples(
    st.tuples(soon, st.just(Infused("stopped"))), st.tuples(st.integers(0, 20_000), st.just(Infused("restarted")))
)


def flat(parts):
    return [happening for part in parts for happening in part]


def one(happening):
    return happening.map(lambda single: (single,))


paused_only = st.lists(st.one_of(one(pauses), one(resumes), short_pauses), max_size=8).map(flat)
whatever = st.lists(
    st.one_of(one(pauses), one(resumes), one(pumps), short_pauses, short_stops, one(returns)), max_size=8
).map(flat)
random_scripts = st.lists(items, min_size=1, max_size=4).map(
    lambda parts: numbered(
        script_of(*(phase(f"phase {number}", *some, rest(0, 3600)) for number, some in enumerate(parts)))
    )
)


class Listener:
    """Lives through a session and hears its lines: which have begun, which were said whole, which were cut."""

    def __init__(self, script, infusion_ms):
        self.script = script
        self.now_ms = 0
        self.state = opened("Room", WORDS, 0)
        self.whole, self.cut = [], []
        self.under_way = None
        self.do(Chose(script, infusion_ms))
        self.do(Began(unready=True, pump_follows=True))

    def do(self, event, wait_ms=0):
        self.wait(self.after_edge_ms(wait_ms) if isinstance(wait_ms, UntilEdge) else wait_ms)
        holding = self.state.play is Play.HOLDING
        self.state, effects = step(self.state, event, self.now_ms)
        if self.under_way and self.state.play is Play.HOLDING and not holding:
            self.cut.append(self.under_way)
            self.under_way = None
        self.check_line()
        return not any(isinstance(effect, Refused) for effect in effects)

    def wait(self, wait_ms):
        """Time passes, from one instant at which something happens by itself to the next."""
        until_ms = self.now_ms + wait_ms
        while self.now_ms < until_ms:
            due_ms = next_due_ms(self.state)
            self.play_until(until_ms if due_ms is None else min(until_ms, due_ms))
            self.state, _ = step(self.state, Tick(), self.now_ms)
            self.check_line()

    def after_edge_ms(self, wait):
        position = self.state.position
        if not position.running:
            return wait.after_ms
        position_ms = position.at(self.now_ms)
        cues = self.state.plan.track(position.section).cues
        edges = [cue.start_ms for cue in cues if cue.start_ms >= position_ms and isinstance(cue.item, Say)]
        return wait.after_ms + (edges[min(wait.edges, len(edges) - 1)] - position_ms if edges else 0)

    def to_the_end(self):
        while self.state.play in RUNNING:
            self.wait(10 * MINUTE_MS)

    def play_until(self, then_ms):
        """The lines that begin or end before the programme is sent elsewhere."""
        position = self.state.position
        if position.running and self.state.play in RUNNING:
            now, then = position.at(self.now_ms), position.at(then_ms)
            for cue in self.state.plan.track(position.section).cues:
                if not isinstance(cue.item, Say) or cue.end_ms <= now or cue.start_ms >= then:
                    continue
                assert cue.length_ms == cue.item.clip.length_ms
                if cue.start_ms >= now:
                    assert self.under_way in (None, cue.item), "one line at a time"
                    self.under_way = cue.item
                assert self.under_way == cue.item, "a line goes on where it was"
                if cue.end_ms <= then:
                    self.whole.append(cue.item)
                    self.under_way = None
        self.now_ms = then_ms

    def check_line(self):
        """A line under way is still under way, at the same word, after whatever has happened."""
        if self.under_way is None or self.state.play not in RUNNING:
            return
        position_ms = self.state.position.at(self.now_ms)
        cue = self.state.plan.track(self.state.position.section).cue_at(position_ms)
        assert cue is not None
        assert cue.item == self.under_way

    def said(self, part):
        """The lines of a part that were said whole, in order."""
        own = {item.text for item in part.items if isinstance(item, Say)}
        return [item.text for item in self.whole if item.text in own]


def lines_of(*parts):
    return [item for part in parts for item in part.items if isinstance(item, Say)]


def check_subsequence(said, every):
    """In the script's order, each at most once."""
    rest_of_them = iter(every)
    assert all(text in rest_of_them for text in said), (said, every)


def check_infusion(listener):
    """What is to come of the infusion fits, ends on its end, and misses no line without need."""
    state, now_ms = listener.state, listener.now_ms
    if state.play not in RUNNING or state.position.section is not Section.INFUSION:
        return
    position_ms, left_ms = state.position.at(now_ms), state.pump.left_ms(now_ms)
    track = state.plan.infusion
    assert track.length_ms - position_ms == left_ms
    for one, following in itertools.pairwise(track.cues):
        assert one.end_ms <= following.start_ms
    begun = [(cue.phase, cue.index) for cue in track.cues if cue.index >= 0 and cue.start_ms < position_ms]
    coming = {(cue.phase, cue.index) for cue in track.cues if cue.index >= 0 and cue.start_ms >= position_ms}
    ahead = [
        piece for piece in infusion_pieces(state.plan.script) if (piece.phase, piece.index) > max(begun, default=())
    ]
    missing = [piece for piece in ahead if isinstance(piece.item, Say) and (piece.phase, piece.index) not in coming]
    if any(piece.keep is None for piece in missing):
        # The rest under way may go on after the welcome.
        resting_ms = sum(
            piece.size.minimum_ms
            for piece in infusion_pieces(state.plan.script)
            if isinstance(piece.item, Rest) and (piece.phase, piece.index) == max(begun, default=())
        )
        assert least_ms(leave_out_lines(ahead, -1)) + LEAD_MS + resting_ms > left_ms
    lasting = {phase for phase, _ in coming}
    left_out = [piece.keep for piece in missing if piece.phase in lasting and piece.item not in listener.cut]
    kept = [piece.keep for piece in ahead if (piece.phase, piece.index) in coming and piece.keep is not None]
    if kept and all(keep is not None for keep in left_out):
        assert max(left_out, default=-1) <= min(kept)


def listen(script, infusion_ms, happenings, *, from_the_infusion=False):
    """A whole session with what happens in it, checked after each event."""
    listener = Listener(script, infusion_ms)
    if from_the_infusion:
        listener.wait(listener.state.plan.arrival.length_ms)
    for wait_ms, event in happenings:
        if listener.do(event, wait_ms):
            check_infusion(listener)
    if listener.state.play is Play.HOLDING:
        listener.do(Resumed("Anna"), MINUTE_MS)
        check_infusion(listener)
    listener.to_the_end()
    return listener


def check_heard(listener, happenings):
    script, state = listener.script, listener.state
    assert state.play is Play.ENDED
    infusion = [item.text for item in lines_of(*script.phases)]
    said = [item.text for item in listener.whole if item.text in set(infusion)]
    check_subsequence(said, infusion)
    again = any(isinstance(event, Returned | Infused) for _, event in happenings)
    check_subsequence(listener.said(script.arrival), [item.text for item in lines_of(script.arrival)])
    if not again:
        returning = [item.text for item in lines_of(script.returning)]
        check_subsequence(listener.said(script.returning), returning)
        every_arrival = [item.text for item in lines_of(script.arrival) if item.keep is None]
        check_subsequence(every_arrival, listener.said(script.arrival))
    # Whatever is not the script's own is a welcome.
    own = {item.text for item in lines_of(*script.phases, script.arrival, script.returning)}
    welcomes = {item.text for item in script.resume}
    assert {item.text for item in listener.whole} <= own | welcomes


def fitted_length(script, data):
    shortest, longest = script.shortest_ms // MINUTE_MS, script.longest_ms // MINUTE_MS
    return data.draw(st.integers(shortest, longest)) * MINUTE_MS


shipped_numbered = st.deferred(lambda: st.sampled_from([numbered(script) for script in shipped()]))
every_script = st.one_of(shipped_numbered, random_scripts, st.just(numbered(SCRIPT)))


@given(every_script, paused_only, st.data())
def test_pauses_change_rests_and_leave_optional_lines_out_and_nothing_else(script, happenings, data):
    infusion_ms = fitted_length(script, data)
    try:
        plan(script, infusion_ms)
    except UnfitError:
        return
    listener = listen(script, infusion_ms, happenings, from_the_infusion=data.draw(st.booleans()))
    check_heard(listener, happenings)


@given(every_script, whatever, st.data())
def test_whatever_the_pump_does_no_line_is_cut_twice_or_out_of_order(script, happenings, data):
    infusion_ms = fitted_length(script, data)
    try:
        plan(script, infusion_ms)
    except UnfitError:
        return
    check_heard(listen(script, infusion_ms, happenings, from_the_infusion=data.draw(st.booleans())), happenings)


def heard_in_full(script, infusion_ms, happenings=()):
    listener = listen(script, infusion_ms, happenings)
    return [item.text for item in listener.whole], listener


@given(shipped_numbered, st.integers(0, 50 * MINUTE_MS), st.integers(0, 3 * MINUTE_MS), st.data())
def test_a_short_pause_of_a_shipped_script_loses_only_optional_lines(script, press_ms, pause_ms, data):
    """Three minutes never cost a line that is not optional, wherever they fall, unless the end is that near."""
    infusion_ms = fitted_length(script, data)
    happenings = ((press_ms, Held("Anna")), (pause_ms, Resumed("Anna")))
    before, _ = heard_in_full(script, infusion_ms)
    after, listener = heard_in_full(script, infusion_ms, happenings)
    lost = [text for text in before if text not in after]
    must = {item.text for item in lines_of(*script.phases, script.arrival, script.returning) if item.keep is None}
    ends_ms = listener.state.plan.arrival.length_ms + infusion_ms
    if press_ms + pause_ms < ends_ms - 8 * MINUTE_MS or press_ms > ends_ms:
        assert not must & set(lost)


def test_there_is_something_to_judge():
    assert len(shipped()) >= 6
    assert all(isinstance(item, Say | Rest) or item for script in shipped() for item in script.phases[0].items)
