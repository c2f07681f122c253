"""What holds for every order of events at every time: the rules that no feature may bend."""

import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.core.direction import moment_at
from guideplayer.core.messages import (
    Acknowledged,
    Alert,
    Armed,
    Attended,
    Began,
    Chose,
    Cleared,
    Comforted,
    Confirmed,
    Delivered,
    Ended,
    Held,
    Infused,
    InRoom,
    Looked,
    Noted,
    Pressed,
    Recovered,
    Resumed,
    Returned,
    RoundsSet,
    StageIs,
    Tick,
)
from guideplayer.core.script import Say, Sound
from guideplayer.core.session import advance, opened, step
from guideplayer.core.state import RUNNING, CallState, Narration, Picture, Play, State
from guideplayer.core.units import MINUTE_MS
from tests.factory import SCRIPT, WORDS, line, phase, rest, script_of

CODE = "42"
# As little as a script may have: no arrival, no bed, one line and one rest.
BARE = msgspec.structs.replace(
    script_of(phase("only", Sound("bell"), line("a"), rest(60, 3600), scene="tide", bed="")), arrival=None
)
SCRIPTS = (SCRIPT, BARE)
presses = st.integers(0, 10_000).map(lambda number: Pressed(f"press-{number}", "key", CODE))
events = st.one_of(
    presses,
    presses,
    st.just(Tick()),
    st.builds(Chose, st.sampled_from(SCRIPTS), st.integers(8, 62).map(lambda minutes: minutes * MINUTE_MS)),
    st.builds(Began, unready=st.just(True), pump_follows=st.booleans()),
    st.builds(Delivered, call=st.integers(0, 6).map(str)),
    st.just(Acknowledged("Anna")),
    st.just(Attended("Anna")),
    st.sampled_from([Cleared(CODE), Cleared("13"), Cleared(present=True)]),
    st.just(Held("Anna")),
    st.just(Resumed("Anna")),
    st.just(Returned("Anna")),
    st.just(Ended("Anna")),
    st.builds(
        Comforted,
        picture=st.one_of(st.none(), st.sampled_from(Picture)),
        narration=st.one_of(st.none(), st.sampled_from(Narration)),
        captions=st.one_of(st.none(), st.booleans()),
        light=st.one_of(st.none(), st.floats(0, 1)),
        volume=st.one_of(st.none(), st.floats(0, 1)),
    ),
    st.builds(
        Infused,
        action=st.sampled_from(["started", "extended", "shortened", "stopped", "restarted", "nonsense"]),
        by_ms=st.integers(0, 20 * MINUTE_MS),
    ),
    st.sampled_from(
        [
            StageIs("window", "sound"),
            Confirmed("sound"),
            Armed(("desk",)),
            Armed(),
            InRoom(),
            Noted("x"),
            Looked(),
            RoundsSet(60_000),
        ]
    ),
)
waits_ms = st.one_of(st.integers(0, 300), st.integers(0, 20_000), st.integers(0, 15 * MINUTE_MS))
histories = st.lists(st.tuples(waits_ms, events), max_size=25)
# What has happened before: nothing, or a session has begun, with or without the pump.
BEGINNINGS = (
    (),
    ((0, Chose(SCRIPT, 40 * MINUTE_MS)), (0, Began(unready=True)), (5000, Infused("started"))),
    ((0, Chose(SCRIPT, 20 * MINUTE_MS)), (0, Began(unready=True, pump_follows=True))),
    ((0, Chose(BARE, 30 * MINUTE_MS)), (0, Began(unready=True)), (5000, Infused("started"))),
)
beginnings = st.sampled_from(BEGINNINGS)
begun = st.sampled_from(BEGINNINGS[1:])


def walk(history, beginning):
    """Every step: the state before, the event, its time, the state after, the effects."""
    state, now_ms = opened("Room 1", WORDS, 1000), 1000
    for wait_ms, event in [*beginning, *history]:
        now_ms += wait_ms
        before, _ = advance(state, now_ms)
        state, effects = step(state, event, now_ms)
        yield before, event, now_ms, state, effects


@given(histories, beginnings)
def test_a_press_always_pauses_and_calls(history, beginning):
    for before, event, now_ms, after, effects in walk(history, beginning):
        if isinstance(event, Pressed) and event.press not in before.presses:
            assert after.call.open
            assert any(isinstance(effect, Alert) for effect in effects)
            assert after.play not in RUNNING
            if before.play in RUNNING:
                assert after.play is Play.HOLDING
            assert after.hold.at(now_ms + 16) > 0


@given(histories, beginnings)
def test_only_a_person_lets_it_go_on(history, beginning):
    for before, event, _, after, _ in walk(history, beginning):
        if before.play is Play.HOLDING and after.play is not Play.HOLDING:
            assert isinstance(event, Resumed | Returned | Ended)
        if before.call.open and not after.call.open:
            assert isinstance(event, Cleared)
            assert event.present or event.code == before.call.code
        if before.play is Play.HOLDING and before.call.open and isinstance(event, Resumed | Returned):
            assert after.play is Play.HOLDING


@given(histories, beginnings)
def test_the_patient_is_never_told_more_than_is_true(history, beginning):
    """Before a receipt nobody knows, before an answer nobody comes: in words, in captions and in what is spoken."""
    delivered: set[str] = set()
    answered: set[str] = set()
    cleared_ms = 0
    for before, event, now_ms, after, _ in walk(history, beginning):
        if isinstance(event, Delivered) and event.call == before.call.id and before.call.open:
            delivered.add(event.call)
        if isinstance(event, Acknowledged) and before.call.open:
            answered.add(before.call.id)
        if before.call.open and not after.call.open:
            # Somebody has come; after what is just being said, nothing of this call is true any more.
            delivered.discard(before.call.id)
            answered.discard(before.call.id)
            cleared_ms = now_ms
        for later_ms in LATER_MS:
            if now_ms + later_ms < cleared_ms + LEAVING_MS:
                continue
            told = words_of(after, now_ms + later_ms)
            if after.call.id not in delivered:
                assert WORDS.delivered.text not in told
            # An answer that has brought nobody for two minutes is none; a line begun is said to its end.
            lapsed = (
                bool(after.call.answers_ms) and now_ms + later_ms > after.call.answers_ms[-1] + 120_000 + LEAVING_MS
            )
            if after.call.id not in answered or (lapsed and after.call.attended_ms is None):
                assert WORDS.acknowledged.text not in told


# A line under way when a call is cleared is said to its end.
LEAVING_MS = 3000
LATER_MS = (0, 100, 300, 700, 2100, 2900, 3100, 3600, 5000, 6600, 8000, 15_000, 22_000, 31_000, 40_000, 61_000, 125_000)


def words_of(state, now_ms):
    """All that a patient is told at an instant, also by a clip."""
    state, _ = advance(state, now_ms)
    moment = moment_at(state, now_ms)
    told = [moment.caption.text if moment.caption else ""]
    told += [moment.hold.words.text if moment.hold and moment.hold.words else ""]
    if moment.narration:
        told.append(moment.narration.file.removeprefix("voices/test/").removesuffix(".opus"))
    return "|".join(told)


@given(histories, begun)
def test_nothing_of_the_script_is_said_in_a_hold(history, beginning):
    phases = [one for script in SCRIPTS for one in (*script.phases, script.returning, script.arrival) if one]
    lines = {item.text for one in phases for item in one.items if isinstance(item, Say)}
    for _, _, now_ms, after, _ in walk(history, beginning):
        if after.play is Play.HOLDING:
            moment = moment_at(after, max(now_ms, after.held_ms + 1600))
            assert moment.caption is None or moment.caption.text not in lines
            assert moment.narration is None or not any(f"/{text}.opus" in moment.narration.file for text in lines)
            assert moment.beds == ()


@given(histories, begun)
def test_light_picture_and_sound_never_jump(history, beginning):
    """Ten milliseconds change no level by more than the fastest fade does, across any event and whatever is due."""
    last = None
    for before, event, now_ms, after, _ in walk(history, beginning):
        for state, times in ((before, range(now_ms - 30, now_ms, 10)), (after, range(now_ms, now_ms + 60, 10))):
            for at_ms in times:
                current, _ = advance(state, at_ms)
                moment = moment_at(current, at_ms)
                if last is not None and 0 < at_ms - last[0] <= 10:
                    check_close(last[1], moment)
                    if not (isinstance(event, PLACE_CHANGES) or hurried(before, event, now_ms)):
                        check_words_close(last[1], moment)
                last = (at_ms, moment)


# Staff who send the programme elsewhere at the end of a line may cut its caption; a new session shows nothing yet.
PLACE_CHANGES = (Infused, Returned, Chose, Began)


def hurried(before, event, now_ms):
    """What turns round while words are still melting: at once again, or a new call over what a hold was saying."""
    anew = isinstance(event, Pressed) and before.hold.target == 1.0
    return anew or (isinstance(event, Pressed | Held | Resumed) and now_ms - before.hold.from_ms < 1500)


def check_close(one, other):
    weights = [moment.hold.weight if moment.hold else 0.0 for moment in (one, other)]
    assert abs(weights[0] - weights[1]) < 0.02
    assert abs(one.volume - other.volume) < 0.02
    assert abs(one.picture - other.picture) < 0.02
    assert abs(one.light - other.light) < 0.02
    for name in {bed.name for bed in (*one.beds, *other.beds)}:
        gains = [sum(bed.gain for bed in moment.beds if bed.name == name) for moment in (one, other)]
        assert abs(gains[0] - gains[1]) < 0.04
    rings = [{part.key: part.offset_ms for part in moment.sounds} for moment in (one, other)]
    assert all(0 <= offset_ms - rings[0].get(key, offset_ms) <= 10 for key, offset_ms in rings[1].items())
    for name in {part.name for part in (*one.scenes, *other.scenes)}:
        shares = [sum(part.weight for part in moment.scenes if part.name == name) for moment in (one, other)]
        # Under a full hold picture nothing of the scenes can be seen.
        assert abs(shares[0] - shares[1]) < 0.02 or min(weights) == 1.0
        times = [[part.time_ms for part in moment.scenes if part.name == name] for moment in (one, other)]
        if times[0] and times[1]:
            assert -1 <= times[1][0] - times[0][0] <= 11


def check_words_close(one, other):
    """Captions and large words come and go softly; a voice is cut only when it has almost died away."""
    for texts in ((one.caption, other.caption), (one.hold and one.hold.words, other.hold and other.hold.words)):
        for text in {words.text for words in texts if words}:
            shown = [words.opacity if words and words.text == text else 0.0 for words in texts]
            assert abs(shown[0] - shown[1]) < 0.06
    cut, following = one.narration, other.narration
    if cut and (following is None or following.key != cut.key) and cut.offset_ms < 2980:
        assert cut.gain < 0.06


@given(histories, begun)
def test_the_infusions_end_moves_only_by_what_staff_say(history, beginning):
    for before, event, now_ms, after, _ in walk(history, beginning):
        if isinstance(event, Infused | Chose):
            continue
        if before.pump.running:
            assert before.pump.length_ms - before.pump.elapsed_ms(
                now_ms
            ) == after.pump.length_ms - after.pump.elapsed_ms(now_ms)
        playing = after.play is Play.PLAYING and after.plan is not None and after.pump.left_ms(now_ms) > 0
        if playing:
            left_ms = after.plan.infusion.length_ms - after.position.at(now_ms)
            assert left_ms == after.pump.left_ms(now_ms)


@given(histories, begun, st.lists(st.integers(0, 10_000), max_size=20))
def test_late_ticks_change_nothing(history, beginning, ticks):
    """A journal played again, with other ticks between, gives the same state: recovery is exact."""
    steps = list(walk(history, beginning))
    if not steps:
        return
    state, last_ms = opened("Room 1", WORDS, 1000), 1000
    waits = itertools.cycle(ticks or [0])
    for _, event, now_ms, _, _ in steps:
        between_ms = min(now_ms, last_ms + next(waits))
        state, _ = step(state, Tick(), between_ms)
        state, _ = step(state, event, now_ms)
        last_ms = now_ms
    assert state == steps[-1][3]


@given(histories, begun)
def test_a_state_can_be_written_and_read(history, beginning):
    *_, (_, _, _, state, _) = walk(history, beginning)
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


@given(histories, begun, st.integers(0, 30 * MINUTE_MS))
def test_after_a_long_gap_the_patient_is_on_hold_and_staff_are_called(history, beginning, gap_ms):
    for _, _, now_ms, after, _ in walk(history, beginning):
        recovered, _ = step(after, Recovered(now_ms, CODE), now_ms + gap_ms)
        alive, _ = advance(after, now_ms)
        if gap_ms > 5000 and alive.play in RUNNING:
            assert recovered.play is Play.HOLDING
            assert recovered.call.open
            assert recovered.position.base_ms == alive.position.at(now_ms)
        if alive.play is Play.HOLDING:
            assert recovered.play is Play.HOLDING
        if alive.call.open:
            assert recovered.call.state is not CallState.CLEARED
