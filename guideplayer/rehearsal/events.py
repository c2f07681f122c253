"""What people do in a rehearsal: from the command line or from a file of events, as inputs for the session."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from guideplayer.authoring.kinds import Many
from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import Problem
from guideplayer.authoring.reader import read_sheet
from guideplayer.authoring.records import Field, Record
from guideplayer.authoring.sheet import Sheet, TooManyErrorsError
from guideplayer.core.messages import (
    Acknowledged,
    Attended,
    Cleared,
    Comforted,
    Delivered,
    Ended,
    Event,
    Held,
    Infused,
    Noted,
    Pressed,
    Resumed,
    Returned,
)
from guideplayer.core.state import CallState, Narration, Picture, State
from guideplayer.core.units import SECOND_MS
from guideplayer.media import Library
from guideplayer.rehearsal import events_shapes as shapes

# Who comes to a press of the command line, and how fast: a desk that is armed, and a nurse who is near.
DELIVERED_AFTER_MS = SECOND_MS
ACKNOWLEDGED_AFTER_MS = 20 * SECOND_MS
ATTENDED_AFTER_MS = 90 * SECOND_MS
NURSE = "Rehearsal"
CODE = "00"

# When somebody does something (ms of the infusion), and what it is then; None when there is nothing to do any more.
Input = tuple[int, Callable[[State], Event | None]]
EVENTS = Many(shapes.Happening(), "a list of events")


def given(at_ms: int, event: Event) -> Input:
    """An event that happens whatever there is."""
    return at_ms, lambda _state: event


def _while_calling(event: Event, state: State) -> Event | None:
    return event if state.call.open else None


def _while_asking(event: Event, state: State) -> Event | None:
    return event if state.call.open and state.call.state is not CallState.ATTENDED else None


_RECEIPT: Input = (DELIVERED_AFTER_MS, lambda state: Delivered(state.call.id) if state.call.open else None)
_HELP: tuple[Input, ...] = (
    _RECEIPT,
    (ACKNOWLEDGED_AFTER_MS, partial(_while_asking, Acknowledged(NURSE))),
    (ATTENDED_AFTER_MS, partial(_while_calling, Attended(NURSE))),
)


def inputs_of(presses: Sequence[int], resumes: Sequence[int]) -> list[Input]:
    """What people do: a press is delivered at once, answered soon, cleared and resumed when the resume says so."""
    inputs: list[Input] = []
    for number, press_ms in enumerate(sorted(presses)):
        help_ends_ms = min((resume_ms for resume_ms in resumes if resume_ms >= press_ms), default=None)
        inputs.append(given(press_ms, Pressed(f"rehearsal-{number}", "rehearsal", CODE)))
        for after_ms, answer in _HELP:
            if help_ends_ms is None or press_ms + after_ms < help_ends_ms:
                inputs.append((press_ms + after_ms, answer))
    for resume_ms in resumes:
        inputs.append((resume_ms, partial(_while_calling, Cleared(CODE, NURSE))))
        inputs.append(given(resume_ms, Resumed(NURSE)))
    return inputs


def in_order(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Inputs by their times; of those at one time the first stays the first."""
    return tuple(sorted(inputs, key=lambda one: one[0]))


def read_events(path: Path, library: Library) -> tuple[tuple[Input, ...] | None, tuple[Problem, ...]]:
    """The inputs of a file of events in their order, or None with every problem."""
    sheet, problems = read_sheet(path, library)
    if sheet is None:
        return None, problems
    inputs: list[Input] = []
    try:
        node = compose(sheet)
        records = (EVENTS.read(node, sheet) if node else None) or ()
        _check_order(records, sheet)
        for number, record in enumerate(records):
            inputs += _inputs(record, number, sheet)
    except TooManyErrorsError:
        return None, sheet.problems
    return (None, sheet.problems) if sheet.problems else (in_order(inputs), ())


def _check_order(records: Sequence[Record], sheet: Sheet) -> None:
    last_ms: int | None = None
    for record in records:
        at_ms = record.get(shapes.AT)
        if at_ms is not None and last_ms is not None and at_ms < last_ms:
            sheet.report(
                "not-in-order", record.where(shapes.AT), "this is before the event above it: sort them by time"
            )
        last_ms = at_ms if at_ms is not None else last_ms


def _inputs(record: Record, number: int, sheet: Sheet) -> list[Input]:
    """What one event of a file brings about."""
    at_ms = record.get(shapes.AT) or 0
    if record.shape is not shapes.PRESS:
        event = _EVENTS[record.shape.name](record, sheet)
        return [given(at_ms, event)] if event else []
    press = given(at_ms, Pressed(f"events-{number}", "rehearsal", CODE))
    if record.get(shapes.DELIVERED) is False:
        return [press]
    return [press, (at_ms + _RECEIPT[0], _RECEIPT[1])]


def _pump(record: Record, sheet: Sheet) -> Event | None:
    """The one thing that the pump does."""
    told = [field for field in shapes.PUMP_FIELDS if record.get(field)]
    if len(told) != 1:
        names = ", ".join(f"'{field.name}'" for field in shapes.PUMP_FIELDS)
        sheet.report("one-thing", record.place, f"'pump' takes one of {names}, and one alone")
        return None
    by_ms = record.get(told[0]) if told[0] in (shapes.EXTENDED, shapes.SHORTENED) else 0
    return Infused(told[0].name, int(by_ms or 0), NURSE)


def _comfort(record: Record, sheet: Sheet) -> Event | None:
    """Everything that is to be gentler, or less so."""
    if not any(record.has(field) for field in shapes.COMFORT_FIELDS):
        names = ", ".join(f"'{field.name}'" for field in shapes.COMFORT_FIELDS)
        sheet.report("one-thing", record.place, f"'comfort' takes at least one of {names}")
        return None
    picture, narration = record.get(shapes.PICTURE), record.get(shapes.NARRATION)
    return Comforted(
        picture=Picture(picture) if picture else None,
        narration=Narration(narration) if narration else None,
        captions=record.get(shapes.CAPTIONS),
        light=record.get(shapes.LIGHT),
        volume=record.get(shapes.VOLUME),
        by=NURSE,
    )


def _text(record: Record, field: Field[str]) -> str:
    return record.get(field) or ""


_EVENTS: Mapping[str, Callable[[Record, Sheet], Event | None]] = {
    shapes.ACKNOWLEDGE.name: lambda record, sheet: Acknowledged(_text(record, shapes.NAME)),
    shapes.ATTEND.name: lambda record, sheet: Attended(_text(record, shapes.NAME)),
    shapes.CLEAR.name: lambda record, sheet: Cleared(CODE, NURSE),
    shapes.PAUSE.name: lambda record, sheet: Held(NURSE),
    shapes.RESUME.name: lambda record, sheet: Resumed(NURSE),
    shapes.GO_TO_RETURN.name: lambda record, sheet: Returned(NURSE),
    shapes.END.name: lambda record, sheet: Ended(NURSE),
    shapes.PUMP.name: _pump,
    shapes.COMFORT.name: _comfort,
    shapes.NOTE.name: lambda record, sheet: Noted("note", _text(record, shapes.TEXT), NURSE),
}
