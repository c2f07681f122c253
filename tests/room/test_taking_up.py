"""A room that takes up a session: it meets the stage first, which may know better, and sleeps nothing away."""

import msgspec
import pytest

from guideplayer.core.link import Direction, Health, Press, Remembered
from guideplayer.core.messages import Began, Held, Met, Pressed, Recovered, Restored
from guideplayer.core.session import opened, step
from guideplayer.core.state import CallState, Play
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.record import Alive, Entry, provisional
from guideplayer.room.clock import Clock, Machine
from guideplayer.room.room import STAGE_WITHIN_MS, UNSURE, Room
from tests.factory import WORDS
from tests.room.conftest import FakeShelf, World

MINUTE_MS = 60_000


@pytest.fixture
def again(world):
    """The same room, half a second after it was killed."""
    world.begun()
    world.killed_ms = world.clock.now_ms()
    world.clock.at_ms += 500
    state = world.room.state
    world.log.clear()
    world.room = Room(state, world.clock, world.record, FakeShelf(), world.stage, taken_up=True)
    world.room.take_up(world.killed_ms)
    return world


def health(world: World, knows_since_ms: int | None, late_ms: int = 50) -> Health:
    return Health(1, "window", "sound", world.clock.now_ms() + late_ms, 1000, knows_since_ms)


def test_it_says_nothing_before_it_has_met_the_stage(again):
    assert again.stage.directions() == []
    again.room.heard(health(again, 5))
    assert {direction.state.play for direction in again.stage.directions()} == {Play.PLAYING}


def test_what_a_dead_stage_has_left_in_the_socket_is_no_meeting(again):
    again.room.heard(health(again, 5, late_ms=-400))
    assert again.stage.directions() == []


def test_a_stage_that_comes_after_a_dead_one_has_told_all_is_told_all(again):
    """Else it would have nothing to show, for as long as this room lives."""
    known, _ = step(again.room.state, Pressed("a-1", "key"), again.killed_ms)
    again.room.heard(health(again, 5, late_ms=-400))
    again.room.heard(Remembered(known, 0))
    assert again.stage.directions() == []
    again.room.heard(health(again, None))
    assert again.stage.directions()[-1].state.call.open


@pytest.mark.parametrize("knows", ["nothing", "what came later"])
def test_a_stage_that_remembers_nothing_either_means_a_call(again, knows):
    """A press may have been lost between the two."""
    again.room.heard(health(again, None if knows == "nothing" else again.clock.now_ms() + 20))
    assert (again.room.state.play, again.room.state.call.source) == (Play.HOLDING, "recovery")
    assert again.stage.directions()[-1].state.call.open


def test_what_the_stage_remembers_is_taken_and_recorded(again):
    known, _ = step(again.room.state, Pressed("a-1", "key"), again.killed_ms)
    known = msgspec.structs.replace(known, revision=known.revision + 4)
    again.room.heard(health(again, 5))
    again.room.heard(Remembered(known, 0))
    assert (again.room.state.play, again.room.state.call.open) == (Play.HOLDING, True)
    assert len(again.room.state.call.code) == 2
    assert isinstance(again.record.entries[-1].event, Restored)
    direction = again.stage.directions()[-1]
    assert isinstance(direction, Direction)
    assert direction.since >= known.revision


def test_what_staff_asked_before_the_stage_was_met_is_done_again(again):
    known = msgspec.structs.replace(again.room.state, revision=again.room.state.revision + 7)
    again.desk("hold")
    again.room.heard(health(again, 5))
    again.room.heard(Remembered(known, 0))
    assert again.room.state.play is Play.HOLDING


def test_an_answer_to_what_the_record_took_for_the_open_call_is_none_to_a_newer_one(again):
    """The record's end was lost: it shows a call that was cleared long ago, and not the one that the stage knows."""
    old, _ = step(again.room.state, Pressed("a-1", "key"), again.killed_ms)
    call = msgspec.structs.replace(old.call, id="2")
    known = msgspec.structs.replace(old, call=call, presses=("a-1", "a-2"), revision=old.revision + 7)
    again.room.state = old
    again.desk("acknowledge", call=old.call.id)
    again.room.heard(health(again, 5))
    again.room.heard(Remembered(known, 0))
    assert (again.room.state.call.id, again.room.state.call.state) == ("2", CallState.RAISED)


def test_what_counts_from_an_instant_has_to_wait_for_what_the_stage_knows(again):
    """Else a room whose record is behind would move the infusion's end, and take it back."""
    known = msgspec.structs.replace(again.room.state, revision=again.room.state.revision + 7)
    with pytest.raises(RefusedError, match="try again in a few seconds"):
        again.desk("infusion", action="extended", by_ms=5 * MINUTE_MS)
    again.room.heard(msgspec.structs.replace(health(again, 5), revision=known.revision))
    with pytest.raises(RefusedError, match="try again in a few seconds"):
        again.desk("comfort", light=0.2)
    again.room.heard(Remembered(known, 0))
    again.desk("infusion", action="extended", by_ms=5 * MINUTE_MS)
    assert again.room.state.pump.length_ms == known.pump.length_ms + 5 * MINUTE_MS


def test_until_the_stage_has_told_what_it_knows_no_figure_is_made_of_the_record(again):
    """Where the record is behind, the stage's frame is right, and it is the room that is off."""
    known = msgspec.structs.replace(again.room.state, revision=again.room.state.revision + 7)
    assert again.room.view()["faults"] == (UNSURE,)
    ahead = msgspec.structs.replace(health(again, 5), revision=known.revision, position_ms=4000)
    again.stage.health = ahead
    again.room.heard(ahead)
    assert (again.room.view()["faults"], again.room.view()["figures"]["position_error_ms"]) == ((UNSURE,), None)
    again.room.heard(Remembered(known, 0))
    assert again.room.view()["faults"] == ()
    assert again.room.view()["figures"]["position_error_ms"] == abs(4000 - known.position.at(ahead.at_ms))


def test_a_stage_that_never_comes_keeps_nobody_waiting_for_long(again):
    again.clock.at_ms += STAGE_WITHIN_MS
    before_ms = again.room.state.pump.length_ms
    again.desk("infusion", action="extended", by_ms=5 * MINUTE_MS)
    assert again.room.state.pump.length_ms == before_ms + 5 * MINUTE_MS


def test_a_stage_that_knows_no_more_changes_nothing(again):
    known = msgspec.structs.replace(again.room.state, presses=("x",))
    again.room.heard(health(again, 5))
    before = again.room.state
    again.room.heard(Remembered(known, 0))
    assert again.room.state == before


@pytest.fixture
def empty(again):
    """The same, and the record is lost as well."""
    state = opened("Room 1", WORDS, again.clock.now_ms())
    again.known = again.room.state
    again.room = Room(state, again.clock, again.record, FakeShelf(), again.stage, taken_up=True)
    again.room.take_up(0)
    return again


def test_a_room_that_finds_nothing_where_a_session_was_calls(empty):
    """The launcher knew of it; a rehearsal is what a press would be before a session."""
    empty.room.was_under_way()
    assert (empty.room.state.call.open, empty.room.busy) == (False, None)
    empty.room.heard(health(empty, None))
    call = empty.room.state.call
    assert (empty.room.state.play, call.state, call.source) == (Play.WAITING, CallState.RAISED, "recovery")
    assert (call.rehearsal, empty.room.state.readiness.control, empty.room.busy) == (False, False, True)
    empty.desk("clear", code=call.code)
    empty.room.was_under_way()
    assert (empty.room.state.call.id, empty.room.busy) == (call.id, False)


def test_where_the_launcher_tells_last_it_is_heard_too(empty):
    empty.room.heard(health(empty, None))
    assert not empty.room.state.call.open
    empty.room.was_under_way()
    assert empty.room.state.call.open


def test_what_the_stage_still_knows_is_gone_on_from_without_a_call(empty):
    empty.room.was_under_way()
    empty.room.heard(msgspec.structs.replace(health(empty, -1), revision=empty.known.revision))
    empty.room.heard(Remembered(empty.known, 0))
    assert (empty.room.state.play, empty.room.state.call.open, empty.room.busy) == (Play.PLAYING, False, True)


def test_what_was_slept_through_is_a_call(again):
    world = again
    world.room.heard(health(world, 5))
    position_ms = world.room.state.position.at(world.clock.now_ms())
    world.clock.at_ms += 4000
    world.room.wake()
    assert world.room.state.play is Play.PLAYING
    world.clock.at_ms += 10 * MINUTE_MS
    world.room.wake()
    assert isinstance(world.record.entries[-1].event, Recovered)
    assert world.room.state.play is Play.HOLDING
    assert world.room.state.position.at(world.clock.now_ms()) == position_ms + 4000


def test_what_happened_by_itself_before_a_sleep_is_not_undone_by_it(world):
    """The same events, played again, lead to where the room was; the infusion had begun just before."""
    first = world.room.state
    world.desk("choose", script="test", infusion_ms=40 * MINUTE_MS)
    world.room.handle(Began("Anna", unready=True, pump_follows=True))
    while world.room.state.play is Play.ARRIVING:
        world.later(1)
    world.clock.at_ms += 8000
    world.room.wake()
    assert world.room.state.pump.started
    replayed = first
    for entry in world.record.entries:
        replayed, _ = step(replayed, entry.event, entry.at_ms)
    assert replayed == world.room.state


def test_a_press_is_handed_on_with_its_time(world):
    world.begun()
    pressed_ms = world.clock.now_ms() - 700
    world.room.heard(Press("a-1", "key", pressed_ms))
    assert world.room.state.call.raised_ms == pressed_ms


class FakeMachine(Machine):
    def __init__(self, shared_ms: int, wall_ms: int, boot: str) -> None:
        self.now = (shared_ms, wall_ms, boot)

    def shared_ms(self) -> int:
        return self.now[0]

    def wall_ms(self) -> int:
        return self.now[1]

    def boot(self) -> str:
        return self.now[2]


@pytest.mark.parametrize(
    ("last", "newest", "machine", "now_ms"),
    [
        (None, None, FakeMachine(7000, 1, "a"), 7000),
        (Alive(5000, 0, "a"), None, FakeMachine(7000, 1, "a"), 7000),
        # A clock that was ahead of its machine's stays so when the room alone is started again.
        (Alive(905_000, 0, "a", 900_000), None, FakeMachine(7000, 1, "a"), 907_000),
        # The machine was away for a minute.
        (Alive(905_000, 1_000_000, "a", 900_000), None, FakeMachine(300, 1_060_000, "b"), 965_000),
        # A machine without a battery did not know the date when it recorded, or does not now: a day is enough.
        (Alive(905_000, 1_000_000, "a"), None, FakeMachine(300, 1_700_000_000_000, "b"), 905_000 + 24 * 3_600_000),
        # The wall clock was set back meanwhile: nothing happens before what has happened.
        (Alive(905_000, 1_000_000, "a"), Entry(906_500, 1, Met()), FakeMachine(300, 900_000, "b"), 906_500),
        # No sign of life can be read: the newest event has its date.
        (None, Entry(905_000, 1_000_000, Met()), FakeMachine(300, 1_060_000, "b"), 965_000),
    ],
)
def test_the_clock_goes_on(last, newest, machine, now_ms):
    clock = Clock.after(last, newest, machine)
    assert clock.now_ms() == now_ms
    assert clock.alive() == Alive(now_ms, machine.wall_ms(), machine.boot(), clock.offset_ms)


def test_what_a_new_stage_has_read_of_the_dead_room_is_no_memory_of_the_patient(again):
    """It began after the room was last known to run, and tells what it found in the socket: that is taken, and staff
    are called all the same."""
    known = msgspec.structs.replace(again.room.state, revision=again.room.state.revision + 2)
    again.room.heard(health(again, again.killed_ms + 100))
    assert again.room.state.play is Play.HOLDING
    again.room.heard(Remembered(known, 0))
    assert (again.room.state.play, again.room.state.call.source) == (Play.HOLDING, "recovery")


def test_what_staff_asked_a_room_that_died_before_it_met_the_stage_is_done_by_the_next(again):
    again.desk("hold")
    asked = provisional(tuple(again.record.entries))
    assert [type(event) for event in asked] == [Held]
    known = msgspec.structs.replace(again.room.state, play=Play.PLAYING, revision=again.room.state.revision + 7)
    again.room = Room(again.room.state, again.clock, again.record, FakeShelf(), again.stage, taken_up=True, early=asked)
    again.room.take_up(again.clock.now_ms())
    again.room.heard(health(again, 5))
    again.room.heard(Remembered(known, 0))
    assert again.room.state.play is Play.HOLDING
    assert provisional(tuple(again.record.entries)) == ()


def test_a_stage_that_knew_more_and_died_before_it_told_means_a_call(again):
    """It alone may have known of a press."""
    again.room.heard(msgspec.structs.replace(health(again, 5), revision=again.room.state.revision + 7))
    assert again.room.state.play is Play.PLAYING
    again.room.stage_began()
    again.room.heard(health(again, again.clock.now_ms() + 40))
    assert (again.room.state.play, again.room.state.call.source) == (Play.HOLDING, "recovery")
    assert not again.room.provisional
