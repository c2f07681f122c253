"""The room: calls before records, the stage and the desks always told, nonsense refused in a sentence."""

import itertools

import pytest

from guideplayer.core.link import Beat, Chosen, Direction, Health, Press, Quit
from guideplayer.core.messages import Acknowledged, Alert, Pressed
from guideplayer.core.state import CallState, Play
from guideplayer.core.units import MINUTE_MS
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.record import Entry


def kinds(log):
    return [
        "direction" if isinstance(entry, Direction) else "record" if isinstance(entry, Entry) else entry
        for entry in log
    ]


def test_a_press_reaches_stage_and_desks_before_the_record(world):
    world.begun()
    world.room.heard(Press("a-1", "key"))
    assert kinds(world.log)[:3] == ["direction", "told", "record"]
    assert world.room.state.play is Play.HOLDING
    assert world.room.state.call.state is CallState.RAISED


def test_a_repeated_press_message_is_confirmed_but_calls_once(world):
    world.begun()
    world.room.heard(Press("a-1", "key"))
    number = len(world.stage.directions())
    world.room.heard(Press("a-1", "key"))
    assert len(world.stage.directions()) == number + 1
    assert world.room.state.call.presses == 1


def test_a_call_runs_its_whole_course(world):
    world.begun()
    world.room.heard(Press("a-1", "key"))
    call = world.room.state.call
    world.later(1)
    world.room.delivered(call.id, "desk-1")
    assert world.room.view()["call"]["state"] == "delivered"
    world.later(10)
    world.desk("acknowledge")
    assert world.room.state.call.name == "Anna"
    with pytest.raises(RefusedError, match=r"^The patient is still calling: clear the call at the bedside first\.$"):
        world.desk("resume")
    wrong = "00" if call.code != "00" else "01"
    with pytest.raises(RefusedError, match=r"^That is not the code on the room's screen\."):
        world.desk("clear", code=wrong)
    world.desk("clear", code=call.code)
    world.desk("resume")
    assert world.room.state.play is Play.RESUMING
    world.later(30)
    assert world.room.state.play is Play.PLAYING


def test_the_code_is_for_the_rooms_screen_only(world):
    world.begun()
    world.room.heard(Press("a-1", "key"))
    code = world.room.state.call.code
    assert len(code) == 2
    assert "code" not in world.room.view()["call"]
    assert world.stage.directions()[-1].state.call.code == code


def test_a_call_escalates_on_time(world):
    world.begun()
    levels = []
    handle = world.room.handle

    def remember(event):
        effects = handle(event)
        levels.extend(
            (world.clock.at_ms - world.room.state.call.raised_ms, effect.level)
            for effect in effects
            if isinstance(effect, Alert)
        )
        return effects

    world.room.handle = remember
    world.room.heard(Press("a-1", "key"))
    world.later(61)
    assert (0, 0) in levels
    assert (3000, 1) in levels
    assert (30000, 2) in levels
    assert (60000, 3) in levels
    gaps = [after[0] - before[0] for before, after in itertools.pairwise(levels)]
    assert max(gaps) <= 10_000


def test_a_stage_that_does_not_listen_is_told_with_the_next_beat(world):
    world.begun()
    world.stage.listening = False
    world.desk("hold")
    world.stage.listening = True
    world.log.clear()
    world.room.beat()
    assert [type(message) for message in world.log] == [Direction, Beat]
    assert world.log[0].state.play is Play.HOLDING


def test_the_screen_is_sent_only_while_somebody_looks(world):
    world.room.beat()
    assert world.log[-1] == Beat(look=False)
    assert world.room.screen_jpeg() is None
    world.room.beat()
    assert world.log[-1] == Beat(look=True)
    world.clock.at_ms += 5000
    world.room.beat()
    assert world.log[-1] == Beat(look=False)


def test_what_the_stage_can_do_decides_readiness(world):
    world.room.heard(Health(1, "off-screen", "no sound"))
    rows = {row["what"]: row for row in world.room.view()["readiness"]}
    assert rows["screen"] == {"what": "screen", "ok": False, "sentence": "There is no screen in the room."}
    assert rows["sound"] == {"what": "sound", "ok": False, "sentence": "There is no sound in the room."}
    with pytest.raises(RefusedError, match=r"^Choose a script first\.$"):
        world.desk("begin")
    world.desk("choose", script="test", infusion_ms=40 * MINUTE_MS)
    with pytest.raises(RefusedError, match=r"^The room is not ready: see what is still to be shown to work\.$"):
        world.desk("begin")


def test_readiness_is_shown_step_by_step(world):
    world.room.heard(Health(1, "window", "sound"))
    world.desk("choose", script="test", infusion_ms=40 * MINUTE_MS)
    world.desk("confirm", what="sound")
    world.room.armed(["desk-1"])
    world.room.heard(Press("a-1", "key"))
    call = world.room.state.call
    assert call.rehearsal
    world.room.delivered(call.id, "desk-1")
    world.desk("acknowledge")
    world.desk("clear", code=call.code)
    assert all(row["ok"] for row in world.room.view()["readiness"])
    assert world.room.state.play is Play.READY
    world.desk("begin")
    assert world.room.state.play is Play.ARRIVING


def test_the_menu_in_the_room_needs_no_code(world):
    world.begun()
    world.room.heard(Press("a-1", "key"))
    chosen_ms = world.clock.now_ms()
    world.later(1)
    world.room.heard(Chosen("attend", chosen_ms))
    call = world.room.state.call
    assert (call.state, call.present_ms) == (CallState.ATTENDED, chosen_ms)
    world.room.heard(Chosen("clear"))
    assert world.room.state.call.state is CallState.CLEARED
    world.room.heard(Chosen("resume"))
    assert world.room.state.play is Play.RESUMING


def test_quit_closes_room_and_stage(world):
    closed = []
    world.room.closed = lambda: closed.append(True)
    world.room.heard(Chosen("quit"))
    assert closed == [True]
    assert world.log[-1] == Quit()


def test_refused_events_are_not_recorded(world):
    world.begun()
    with pytest.raises(RefusedError, match=r"^Nobody is calling now\.$"):
        world.desk("acknowledge")
    assert not [entry for entry in world.record.entries if isinstance(entry.event, Acknowledged)]


def test_a_rehearsed_call_from_the_desk_is_a_press(world):
    world.desk("rehearse")
    assert world.room.state.call.open
    assert [entry.event.source for entry in world.record.entries if isinstance(entry.event, Pressed)] == ["desk"]
    assert not world.room.state.readiness.control


def test_the_desk_is_told_when_another_line_begins(world):
    world.begun()
    assert world.room.view()["line"] == ""
    due_ms = world.room.due_ms()
    world.later((due_ms - world.clock.at_ms - 1) / 1000)
    world.log.clear()
    world.clock.at_ms = due_ms
    world.tick()
    assert world.log == ["told"]
    assert world.room.view()["line"] == "two"


def test_the_desk_sees_the_course_of_the_session(world):
    world.begun()
    world.later(600)
    course = world.room.view()["course"]
    assert course["at_ms"] == world.room.view()["infusion_elapsed_ms"]
    assert course["begins_ms"] < 0
    assert course["ends_ms"] > world.room.view()["infusion_ms"]
    following = world.room.view()["next_line"]["in_ms"]
    assert course["lines"][0] == course["at_ms"] + following
    assert course["lines"] == sorted(course["lines"])
    assert course["stops"] == course["called"] == ()


def test_the_rooms_screen_says_which_desks_are_armed(world):
    world.room.published("http://192.0.2.7:8765/")
    assert world.stage.directions()[-1].card.lines == ("Desk: http://192.0.2.7:8765/", "No desk is armed.")
    world.room.armed(["Anna", "Tom"])
    assert world.stage.directions()[-1].card.lines[-1] == "Armed: Anna, Tom"
    world.room.armed(["Tom"])
    assert world.stage.directions()[-1].card.lines[-1] == "Armed: Tom"


@pytest.mark.parametrize("off_ms", [0, 7, -7])
@pytest.mark.parametrize("read_late_ms", [0, 240])
def test_a_frame_is_where_it_was_at_its_own_time_however_late_that_is_read(world, off_ms, read_late_ms):
    world.begun()
    now_ms = world.clock.now_ms()
    position_ms = world.room.state.position.at(now_ms) + off_ms
    world.clock.at_ms += read_late_ms
    world.stage.health = Health(1, "window", "sound", now_ms, position_ms)
    assert world.room.view()["figures"]["position_error_ms"] == abs(off_ms)


def test_a_frame_from_before_a_press_is_not_judged_by_where_it_stopped(world):
    world.begun()
    shown_ms = world.clock.now_ms()
    world.stage.health = Health(1, "window", "sound", shown_ms, world.room.state.position.at(shown_ms))
    world.clock.at_ms += 60
    world.room.handle(Pressed("a-1", "key"))
    assert world.room.view()["figures"]["position_error_ms"] is None
    held = world.room.state.position
    world.stage.health = Health(1, "window", "sound", held.at_ms, held.base_ms + 3)
    assert world.room.view()["figures"]["position_error_ms"] == 3
