import pytest

from guideplayer.desk.armed import ArmedDesks, Heartbeat
from guideplayer.desk.server import Desk
from tests.desk.conftest import HandClock, Visitor
from tests.desk.fake_room import FakeRoom

SEEN_AND_HEARD = {"audio": "running", "visible": True}


async def beat(visitor: Visitor, **heartbeat: object) -> tuple[int, object]:
    return await visitor.post("/api/heartbeat", {**SEEN_AND_HEARD, **heartbeat})


async def test_a_page_that_is_seen_and_can_sound_arms_its_desk(nurse: Visitor, room: FakeRoom) -> None:
    status, answer = await beat(nurse)
    assert (status, answer["armed"]) == (200, True)
    assert room.armings == [["Maria"]]


@pytest.mark.parametrize("unfit", [{"audio": "suspended"}, {"audio": "interrupted"}, {"audio": ""}, {"visible": False}])
async def test_a_page_that_is_not_is_disarmed_at_once(nurse: Visitor, room: FakeRoom, unfit: dict[str, object]) -> None:
    await beat(nurse)
    _, answer = await beat(nurse, **unfit)
    assert answer["armed"] is False
    assert room.armings == [["Maria"], []]


async def test_a_desk_that_falls_silent_is_disarmed_after_five_seconds(
    nurse: Visitor, desk: Desk, room: FakeRoom, clock: HandClock
) -> None:
    await beat(nurse)
    clock.pass_ms(4_999)
    desk.tick()
    assert room.armings == [["Maria"]]
    clock.pass_ms(1)
    desk.tick()
    assert room.armings == [["Maria"], []]


async def test_a_hidden_page_does_not_disarm_the_one_that_is_seen(nurse: Visitor, room: FakeRoom) -> None:
    await beat(nurse, page="a")
    await beat(nurse, page="b", visible=False)
    assert room.armings == [["Maria"]]


async def test_a_receipt_comes_from_an_armed_desk_that_shows_the_call(nurse: Visitor, room: FakeRoom) -> None:
    room.press()
    await beat(nurse)
    await beat(nurse, calls={"Room 1": "1"}, visible=False)
    await beat(nurse, calls={"Room 1": "1"}, audio="suspended")
    assert room.receipts == []
    await beat(nurse, calls={"Room 1": "1"})
    assert room.receipts == [("1", "Maria")]
    assert room.call["state"] == "delivered"


async def test_the_room_knows_that_a_desk_is_armed_before_its_receipt(nurse: Visitor, room: FakeRoom) -> None:
    armed_at_receipt: list[list[str]] = []
    room.delivered = lambda _call, _desk: armed_at_receipt.append(list(room.desks))
    await beat(nurse, calls={"Room 1": "1"})
    assert armed_at_receipt == [["Maria"]]


def test_a_receipt_counts_once_until_the_page_was_away() -> None:
    clock = HandClock()
    armed = ArmedDesks(clock)
    shown = Heartbeat("running", True, {"Room 1": "1", "Room 2": "4"})
    assert [armed.beat("Maria", shown), armed.beat("Maria", shown)] == [{"Room 1": "1", "Room 2": "4"}, {}]
    assert (armed.showing("Room 2", "4"), armed.showing("Room 1", "4")) == ("Maria", None)
    later = Heartbeat("running", True, {"Room 1": "2", "Room 2": "4"})
    assert armed.beat("Maria", later) == {"Room 1": "2"}
    clock.pass_ms(5_000)
    assert armed.showing("Room 2", "4") is None
    assert armed.names() == []
    assert armed.beat("Maria", later) == later.calls


async def test_a_heartbeat_of_the_wrong_shape(nurse: Visitor) -> None:
    assert await nurse.post("/api/heartbeat", {"audio": "running"}) == (
        400,
        {"problem": "The request is not understood: Object missing required field `visible`."},
    )
