"""Response times, counted by hand."""

import pytest

from guideplayer.report.response import (
    NEVER_MS,
    Answered,
    Begun,
    Waits,
    column,
    in_order,
    month_name,
    month_named,
    month_number,
    responses,
)

NOVEMBER = month_number(2026, 11)
NAMES = ("", "Room 1", "Room 2")


def waits(*rows: tuple[int, int, int, int | None]) -> Waits:
    """Calls: room, month, hour, and the wait in seconds."""
    columns = list(zip(*rows, strict=True)) or [()] * 4
    answered = [NEVER_MS if wait is None else round(wait * 1000) for wait in columns[3]]
    return Waits(*(column(one) for one in columns[:3]), column(answered))


def begun(*rows: tuple[int, int]) -> Begun:
    columns = list(zip(*rows, strict=True)) or [()] * 2
    return Begun(*(column(one) for one in columns))


def told(calls: Waits, sessions: Begun, room=None, first=None, last=None):
    return responses(calls, sessions, NAMES, room=room, first=first, last=last)


def test_nothing_is_counted_as_nothing():
    found = told(waits(), begun())
    assert found.whole == Answered("", 0, 0, 0, 0, 0, None, None, None)
    assert (found.rooms, found.months, len(found.hours)) == ((), (), 24)


def test_one_call():
    found = told(waits((1, NOVEMBER, 14, 8)), begun((1, NOVEMBER)))
    one = Answered("Room 1", 1, 1, 0, 1, 1, 8000, 8000, 8000)
    assert found.rooms == (one,)
    assert found.hours[14] == Answered("14", 0, 1, 0, 1, 1, 8000, 8000, 8000)
    assert [month.name for month in found.months] == ["2026-11"]


def test_who_was_never_answered_is_in_every_share_and_in_no_median():
    calls = waits((1, NOVEMBER, 9, None), (1, NOVEMBER, 9, 20), (1, NOVEMBER, 9, 40), (2, NOVEMBER, 9, None))
    found = told(calls, begun((1, NOVEMBER), (1, NOVEMBER), (2, NOVEMBER)))
    assert found.rooms[0] == Answered("Room 1", 2, 3, 1, 1, 2, 30_000, 40_000, 40_000)
    assert found.rooms[1] == Answered("Room 2", 1, 1, 1, 0, 0, None, None, None)
    assert found.whole == Answered("", 3, 4, 2, 1, 2, 30_000, 40_000, 40_000)


def test_thirty_and_sixty_seconds_are_within_and_a_millisecond_more_is_not():
    found = told(waits(*((1, NOVEMBER, 9, wait) for wait in (30, 30.001, 60, 60.001))), begun())
    assert (found.whole.within_30, found.whole.within_60) == (1, 3)


@pytest.mark.parametrize(
    ("seconds", "median_ms", "ninety_ms"),
    [
        (range(1, 11), 5500, 9000),
        (range(1, 12), 6000, 10_000),
        ((7,), 7000, 7000),
        ((1, 2), 1500, 2000),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3, 600), 3000, 3000),
    ],
)
def test_nine_of_ten_waited_at_most(seconds, median_ms, ninety_ms):
    """By the nearest rank: a wait that somebody really had."""
    found = told(waits(*((1, NOVEMBER, 9, second) for second in reversed(seconds))), begun())
    assert (found.whole.median_ms, found.whole.ninety_ms, found.whole.longest_ms) == (
        median_ms,
        ninety_ms,
        max(seconds) * 1000,
    )


def test_months_without_a_call_are_there_and_a_period_leaves_out_what_is_not_in_it():
    calls = waits((1, NOVEMBER, 9, 10), (1, NOVEMBER + 3, 9, 20), (2, NOVEMBER + 4, 9, 30))
    sessions = begun((1, NOVEMBER), (1, NOVEMBER + 3), (2, NOVEMBER + 4))
    found = told(calls, sessions)
    assert [(one.name, one.calls) for one in found.months] == [
        ("2026-11", 1),
        ("2026-12", 0),
        ("2027-01", 0),
        ("2027-02", 1),
        ("2027-03", 1),
    ]
    found = told(calls, sessions, first=NOVEMBER + 1, last=NOVEMBER + 3)
    assert ([one.name for one in found.months], found.whole.calls, found.whole.sessions) == (["2027-02"], 1, 1)
    assert [one.name for one in told(calls, sessions, room=2).rooms] == ["Room 2"]
    assert told(calls, sessions, room=7).whole.calls == 0


def test_months_have_names():
    assert [month_name(number) for number in (NOVEMBER, NOVEMBER + 1, NOVEMBER + 2)] == [
        "2026-11",
        "2026-12",
        "2027-01",
    ]
    assert month_named("2026-11") == NOVEMBER
    assert {month_named(text) for text in ("", "2026", "2026-13", "2026-00", "26-11", "2026-1", "２０２６-11")} == {
        None
    }


def test_names_are_in_the_order_of_people():
    names = ["Room 10", "room 9", "Annex", "Room 2", "2"]
    assert sorted(names, key=in_order) == ["2", "Annex", "Room 2", "room 9", "Room 10"]
