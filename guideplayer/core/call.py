"""The request for staff: raised, delivered, acknowledged, attended, cleared; and how it grows louder until it is."""

import msgspec

from guideplayer.core.messages import Acknowledged, Alert, Attended, Cleared, Delivered, Pressed
from guideplayer.core.state import SILENCED_MS, Call, CallState
from guideplayer.core.units import SECOND_MS

ALERT_EVERY_MS = 10 * SECOND_MS
UNDELIVERED_MS = 3 * SECOND_MS
UNACKNOWLEDGED_MS = 30 * SECOND_MS
EVERYONE_MS = 60 * SECOND_MS
# Whoever came is surely still there this long; later a press asks for somebody again.
PRESENT_MS = 60 * SECOND_MS


def asks(call: Call) -> bool:
    """Whether nobody has answered, or whoever has did not come."""
    return call.state in (CallState.RAISED, CallState.DELIVERED)


def level_at(call: Call, now_ms: int) -> int:
    """How far the call has been escalated: 0 desks, 1 the room's own alarm, 2 pagers and relay, 3 all of them."""
    if not asks(call):
        return 0
    age_ms = now_ms - call.asking_since_ms
    if age_ms >= EVERYONE_MS:
        return 3
    if age_ms >= UNACKNOWLEDGED_MS:
        return 2
    return 1 if call.state is CallState.RAISED and age_ms >= UNDELIVERED_MS else 0


def alarm_sounds(call: Call, now_ms: int) -> bool:
    """Whether the room's own alarm sounds: nobody can be reached, or nobody has answered for a minute.

    Once it sounds only a person ends it: that a desk shows the call at last does not mean that somebody sees it.
    """
    if not asks(call) or now_ms - call.asking_since_ms < UNDELIVERED_MS:
        return False
    late = call.delivered_ms is None or call.delivered_ms - call.asking_since_ms >= UNDELIVERED_MS
    return late or level_at(call, now_ms) == 3


def unanswered(call: Call, now_ms: int) -> bool:
    """Whether the patient is to be told that the call goes on and that there is a hand bell."""
    return level_at(call, now_ms) > 0


def due_ms(call: Call) -> int | None:
    """When the call next does something by itself."""
    next_ms = sooner(call.alert_ms, call.lapse_ms)
    if asks(call) and call.level < 3:
        first_ms = UNDELIVERED_MS if call.state is CallState.RAISED and call.level < 1 else UNACKNOWLEDGED_MS
        next_ms = sooner(next_ms, call.asking_since_ms + (first_ms if call.level < 2 else EVERYONE_MS))
    return next_ms


def sooner(one_ms: int | None, other_ms: int | None) -> int | None:
    """The earlier of two instants, of which either may never come."""
    if one_ms is None or other_ms is None:
        return other_ms if one_ms is None else one_ms
    return min(one_ms, other_ms)


def advanced(call: Call, now_ms: int) -> tuple[Call, tuple[Alert, ...]]:
    """The call at the instant that was due: escalated, and alerting again."""
    if call.lapse_ms is not None and call.lapse_ms <= now_ms:
        return _lapsed(call, now_ms)
    level = max(call.level, level_at(call, now_ms))
    alerting = level > call.level or (call.alert_ms is not None and call.alert_ms <= now_ms)
    if not alerting:
        return call, ()
    again_ms = now_ms + ALERT_EVERY_MS if call.alert_ms is None or call.alert_ms <= now_ms else call.alert_ms
    return msgspec.structs.replace(call, level=level, alert_ms=again_ms), (Alert(call.id, level),)


def _lapsed(call: Call, now_ms: int) -> tuple[Call, tuple[Alert, ...]]:
    """Whoever answered has not come: the call is open to all again, and grows louder as if nobody had answered."""
    open_to_all = msgspec.structs.replace(
        call,
        state=CallState.RAISED if call.delivered_ms is None else CallState.DELIVERED,
        name="",
        level=0,
        lapses_ms=(*call.lapses_ms, now_ms),
        alert_ms=now_ms + ALERT_EVERY_MS,
    )
    return open_to_all, (Alert(call.id, 0),)


def pressed(call: Call, event: Pressed, number: int, now_ms: int, *, rehearsal: bool) -> tuple[Call, tuple[Alert, ...]]:
    """A press: a new call, or the open one made louder again. A press never closes anything.

    Nobody knows how long somebody who came has stayed, so that a press some time after is a new call.
    """
    left_alone = call.present_ms is not None and now_ms - call.present_ms >= PRESENT_MS
    if call.open and not left_alone:
        again = msgspec.structs.replace(
            call,
            presses=call.presses + 1,
            raised_ms=min(call.raised_ms, now_ms),
            alert_ms=now_ms + ALERT_EVERY_MS,
            code=call.code or event.code,
        )
        return again, (Alert(call.id, call.level),)
    raised = Call(
        CallState.RAISED,
        id=str(number),
        source=event.source,
        code=event.code,
        presses=1,
        rehearsal=rehearsal,
        raised_ms=now_ms,
        alert_ms=now_ms + ALERT_EVERY_MS,
    )
    return raised, (Alert(raised.id, 0),)


def delivered(call: Call, event: Delivered, now_ms: int) -> Call:
    """A desk shows it. A receipt for another call, or a later one for this, changes nothing."""
    if call.state is not CallState.RAISED or event.call != call.id:
        return call
    return msgspec.structs.replace(call, state=CallState.DELIVERED, delivered_ms=now_ms)


def acknowledged(call: Call, event: Acknowledged, now_ms: int) -> Call | str:
    """Somebody is coming: silence for two minutes at most, then it asks anew. A sentence says why it cannot be."""
    if not call.open:
        return "Nobody is calling now."
    # An answer that was long on its way, or that a room got before it knew of a newer call, says nothing of this one.
    if event.call and event.call != call.id:
        return "That call is over, and there is a newer one: answer the one that shows now."
    if call.state is CallState.ATTENDED:
        return "Somebody is with the patient already."
    if not event.name.strip():
        return "Give your name: the patient is told who is coming."
    if call.state is CallState.ACKNOWLEDGED and (call.alert_ms or 0) > now_ms + ALERT_EVERY_MS:
        return f"{call.name} has answered already and is coming."
    return msgspec.structs.replace(
        call,
        state=CallState.ACKNOWLEDGED,
        name=event.name.strip(),
        acknowledged_ms=now_ms if call.acknowledged_ms is None else call.acknowledged_ms,
        answers_ms=(*call.answers_ms, now_ms),
        alert_ms=now_ms + SILENCED_MS,
    )


def attended(call: Call, event: Attended, now_ms: int) -> Call | str:
    """Somebody is with the patient."""
    if not call.open:
        return "Nobody is calling now."
    # What had to wait for a room does not tell that somebody is still there.
    at_ms = now_ms if event.at_ms is None else min(now_ms, max(event.at_ms, call.raised_ms))
    return msgspec.structs.replace(
        call,
        state=CallState.ATTENDED,
        attended_ms=at_ms if call.attended_ms is None else call.attended_ms,
        present_ms=at_ms,
        name=call.name or event.by,
        alert_ms=None,
    )


def cleared(call: Call, event: Cleared, now_ms: int) -> Call | str:
    """The call is over: only for somebody in the room, who reads the code on its screen or stands at its menu."""
    if not call.open:
        return "Nobody is calling now."
    if not event.present and (not call.code or event.code.strip() != call.code):
        return "That is not the code on the room's screen. Read the two digits there and try again."
    attended_ms = now_ms if call.attended_ms is None else call.attended_ms
    return msgspec.structs.replace(
        call, state=CallState.CLEARED, attended_ms=attended_ms, cleared_ms=now_ms, alert_ms=None
    )
