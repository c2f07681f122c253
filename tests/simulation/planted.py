"""Bugs to be found: each was there once, or could be made by somebody, and is planted for as long as a test lasts."""

from collections.abc import Callable

import msgspec
import pytest

from guideplayer.clinic.messages import Beat
from guideplayer.clinic.room_link import RoomLink
from guideplayer.clinic.rooms import Rooms
from guideplayer.core import call as calling
from guideplayer.core import session
from guideplayer.core.messages import Acknowledged, Attended, Cleared, Pressed, Recovered, Resumed
from guideplayer.core.state import RUNNING, Call, CallState, Play
from guideplayer.room.clock import Clock
from guideplayer.room.room import Room
from guideplayer.stage.mind import Mind

Plant = Callable[[pytest.MonkeyPatch], None]
change = msgspec.structs.replace


def _handler(patch: pytest.MonkeyPatch, event: type, made: Callable) -> None:
    """The session answers an event by another function, which is given the right one."""
    right = session._HANDLERS[event]
    patch.setitem(session._HANDLERS, event, lambda *given: made(right, *given))


def room_forgets_what_it_did_not_write(patch: pytest.MonkeyPatch) -> None:
    """The stage believes a room that comes back with an older record."""
    right = Mind.direct

    def direct(mind, direction, now_ms):
        return right(mind, change(direction, since=10**9), now_ms)

    patch.setattr(Mind, "direct", direct)


def late_press_holds_only_now(patch: pytest.MonkeyPatch) -> None:
    """The room lets the hold begin when it hears of the press; the picture springs back."""
    patch.setattr("guideplayer.stage.mind.softly", lambda shown, told, now_ms, shown_ms: told)
    _handler(patch, Pressed, lambda right, state, event, now_ms: right(state, change(event, at_ms=None), now_ms))


def direction_is_shown_as_it_is(patch: pytest.MonkeyPatch) -> None:
    """What comes late is shown where it would be by now."""
    patch.setattr("guideplayer.stage.mind.softly", lambda shown, told, now_ms, shown_ms: told)


def second_press_undoes_the_first(patch: pytest.MonkeyPatch) -> None:
    """A switch that is pressed again lets it go on."""

    def pressed(right, state, event, now_ms):
        if state.call.open and event.press not in state.presses:
            cleared, _ = session._HANDLERS[Cleared](state, Cleared(present=True), now_ms)
            return session._HANDLERS[Resumed](change(cleared, presses=(*state.presses, event.press)), Resumed(), now_ms)
        return right(state, event, now_ms)

    _handler(patch, Pressed, pressed)


def recovery_goes_on(patch: pytest.MonkeyPatch) -> None:
    """A room that was away for long, or whose stage is gone too, goes on as if nothing had been."""
    _handler(patch, Recovered, lambda right, state, event, now_ms: (state, ()))


def pause_needs_nobody(patch: pytest.MonkeyPatch) -> None:
    """Where room and stage are gone in a pause, nobody is called: it is paused already."""
    right = session.left_alone
    patch.setattr(session, "left_alone", lambda state, *given: state.play in RUNNING and right(state, *given))


def launcher_is_not_believed(patch: pytest.MonkeyPatch) -> None:
    """A room that finds no record, and a stage that knows nothing, waits for a session to be chosen."""
    patch.setattr(Room, "was_under_way", lambda room: None)


def delivered_without_a_receipt(patch: pytest.MonkeyPatch) -> None:
    """A call counts as delivered because it was sent."""
    right = calling.pressed

    def pressed(*given, **more):
        call, alerts = right(*given, **more)
        return change(call, state=CallState.DELIVERED, delivered_ms=call.raised_ms), alerts

    patch.setattr(calling, "pressed", pressed)


def answer_never_lapses(patch: pytest.MonkeyPatch) -> None:
    """Somebody has answered and does not come; the patient is told for ever that they do."""
    patch.setattr(Call, "lapse_ms", property(lambda call: None))


def alarm_needs_the_room(patch: pytest.MonkeyPatch) -> None:
    """Where the room is gone, nobody sounds the alarm."""
    right = Mind.alarm
    patch.setattr(Mind, "alarm", lambda mind, now_ms: not mind.room_gone(now_ms) and right(mind, now_ms))


def alarm_ends_when_the_room_is_back(patch: pytest.MonkeyPatch) -> None:
    """What the stage has begun alone is over as soon as a room speaks."""
    patch.setattr(Mind, "_goes_on_alarming", lambda mind, state: False)


def resume_ignores_the_call(patch: pytest.MonkeyPatch) -> None:
    """Somebody far away lets the programme go on while the patient calls."""

    def resumed(right, state, event, now_ms):
        after, effects = right(change(state, call=change(state.call, state=CallState.CLEARED)), event, now_ms)
        return change(after, call=state.call), effects

    _handler(patch, Resumed, resumed)


def pump_stands_still_in_a_pause(patch: pytest.MonkeyPatch) -> None:
    """The infusion's clock is stopped with the programme."""
    right = session.paused

    def paused(state, now_ms):
        held = right(state, now_ms)
        gone_ms = state.pump.elapsed_ms(now_ms)
        stopped = change(state.pump, base_ms=gone_ms, running=False)
        return change(held, pump=stopped) if state.play in RUNNING else held

    patch.setattr(session, "paused", paused)


def clock_begins_anew(patch: pytest.MonkeyPatch) -> None:
    """A room that is started again after the machine was forgets how far its clock was ahead."""
    right = Clock.after.__func__

    def after(cls, last, newest=None, machine=None):
        return right(cls, change(last, offset_ms=0) if last else None, None, machine)

    patch.setattr(Clock, "after", classmethod(after))


def attending_ends_the_call(patch: pytest.MonkeyPatch) -> None:
    """Whoever says at the menu that they are there has closed the call, and the programme with it goes on."""

    def attended(right, state, event, now_ms):
        after, effects = right(state, event, now_ms)
        on = change(after, play=Play.PLAYING) if after.play is Play.HOLDING else after
        return on, effects

    _handler(patch, Attended, attended)


def broker_has_it_is_delivered(patch: pytest.MonkeyPatch) -> None:
    """A call that the broker has taken counts as one that somebody sees."""
    right = RoomLink.changed

    def changed(link):
        right(link)
        if link._calls is CallState.RAISED and link._broker.connected:
            link._room.delivered(link._call, "the broker")

    patch.setattr(RoomLink, "changed", changed)


def nobody_dies_at_the_station(patch: pytest.MonkeyPatch) -> None:
    """A room that has fallen silent stays on the board as it was."""
    patch.setattr(Rooms, "_die", lambda rooms, known: rooms._living.pop(known.name, None))


def only_an_empty_topic_ends_a_call(patch: pytest.MonkeyPatch) -> None:
    """A station that was away goes on showing a call that was cleared meanwhile."""
    right = Rooms._take

    def take(rooms, known, message):
        call = known.call.id if known.call else ""
        right(rooms, known, change(message, call=call) if isinstance(message, Beat) else message)

    patch.setattr(Rooms, "_take", take)


def unheard_is_nothing(patch: pytest.MonkeyPatch) -> None:
    """Where no stage reads the patient's control, the programme plays on for somebody who presses in vain."""
    patch.setattr(Room, "unheard", lambda room: None)


def room_lets_it_go_on(patch: pytest.MonkeyPatch) -> None:
    """A room that is back asks nobody."""
    right = Room.take_up

    def take_up(room, alive_ms):
        right(room, alive_ms)
        room.handle(Resumed())

    patch.setattr(Room, "take_up", take_up)


def room_answers(patch: pytest.MonkeyPatch) -> None:
    """A desk that shows a call has answered it."""
    right = Room.delivered

    def delivered(room, call, desk):
        right(room, call, desk)
        room.handle(Acknowledged(desk))

    patch.setattr(Room, "delivered", delivered)


def clock_stands_still_while_away(patch: pytest.MonkeyPatch) -> None:
    """A machine that was away for a minute goes on at the instant at which it was last seen."""
    right = Clock.after.__func__

    def after(cls, last, newest=None, machine=None):
        return right(cls, change(last, wall_ms=machine.wall_ms()) if last else None, newest, machine)

    patch.setattr(Clock, "after", classmethod(after))


def pause_comes_at_one_stroke(patch: pytest.MonkeyPatch) -> None:
    """The hold is there from one frame to the next."""
    patch.setattr("guideplayer.core.pausing.HOLD_FADE_MS", 1)


def alarm_ends_with_a_receipt(patch: pytest.MonkeyPatch) -> None:
    """The room's alarm is for calls that no desk has shown; for one that nobody answers it stays silent."""
    patch.setattr("guideplayer.stage.mind.alarm_sounds", lambda call, now_ms: not call.delivered_ms and call.open)


PLANTED: tuple[Plant, ...] = (
    room_forgets_what_it_did_not_write,
    late_press_holds_only_now,
    direction_is_shown_as_it_is,
    second_press_undoes_the_first,
    recovery_goes_on,
    pause_needs_nobody,
    launcher_is_not_believed,
    delivered_without_a_receipt,
    answer_never_lapses,
    alarm_needs_the_room,
    alarm_ends_when_the_room_is_back,
    resume_ignores_the_call,
    pump_stands_still_in_a_pause,
    clock_begins_anew,
    attending_ends_the_call,
    broker_has_it_is_delivered,
    nobody_dies_at_the_station,
    only_an_empty_topic_ends_a_call,
    unheard_is_nothing,
    room_lets_it_go_on,
    room_answers,
    alarm_ends_with_a_receipt,
    clock_stands_still_while_away,
    pause_comes_at_one_stroke,
)
