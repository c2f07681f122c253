"""Rooms and stations that meet: what a room tells is seen, what is asked counts once, and who is silent is dead."""

import json

import msgspec
import pytest

from guideplayer.clinic.messages import Beat, Command, Receipt, StationBeat
from guideplayer.clinic.topics import of_room, of_station
from guideplayer.desk.ports import NO_ANSWER
from tests.clinic.conftest import Clinic
from tests.desk.fake_room import MINUTE_MS

encode = msgspec.json.encode


def command(clinic: Clinic, station, name: str, room: str = "Room 1", **body: object) -> None:
    station.command(room, json.dumps({"command": name, **body}).encode(), "Maria", "Maria", clinic.answers.append)


def test_a_room_is_on_the_board_as_it_says_it_is(clinic):
    room = clinic.room()
    station = clinic.station()
    clinic.links["Room 1"].beat()
    row = clinic.row(station)
    assert (row["room"], row["play"], row["dead"], row["call"]) == ("Room 1", "waiting", False, {"state": "none"})
    room.play, room.rounds["due_at"] = "playing", clinic.room_wall_ms() + MINUTE_MS
    room.changed()
    row = clinic.row(station)
    assert row["play"] == "playing"
    # In the station's own time, whatever the room's clock says.
    assert row["rounds"]["due_at"] == clinic.wall_ms() + MINUTE_MS


def test_what_has_not_changed_is_not_told_again(clinic):
    clinic.room()
    said = len([topic for topic, _ in clinic.bus.said if topic.endswith("/state")])
    clinic.now.pass_ms(1000)
    clinic.rooms["Room 1"].changed()
    assert len([topic for topic, _ in clinic.bus.said if topic.endswith("/state")]) == said


def test_a_call_is_delivered_by_a_receipt_alone(clinic):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    room.press()
    assert clinic.row(station)["call"]["state"] == "raised"
    assert room.receipts == []
    station.shown("Room 1", "1", "Maria")
    assert room.receipts == [("1", "Maria")]
    assert clinic.row(station)["call"]["state"] == "delivered"


def test_who_comes_later_sees_the_call_that_is_open(clinic):
    room = clinic.room()
    room.press()
    station = clinic.station("Station 2")
    assert clinic.row(station)["call"]["id"] == "1"
    command(clinic, station, "acknowledge", call="1")
    # Its room has not been heard to live: nobody would hear an answer.
    assert clinic.answers[-1].problem == NO_ANSWER


def test_a_receipt_that_is_lost_is_given_again(clinic):
    room, station = clinic.room(), clinic.station()
    station.showing = lambda room, call: "Maria"
    clinic.links["Room 1"].beat()
    clinic.ends["Room 1"].unsubscribe(of_room("Room 1", "receipt"))
    room.press()
    assert room.receipts == []
    clinic.ends["Room 1"].subscribe(of_room("Room 1", "receipt"))
    clinic.now.pass_ms(1000)
    clinic.links["Room 1"].beat()
    assert room.receipts == [("1", "Maria")]


def test_what_one_station_answers_every_station_sees(clinic):
    room, one, two = clinic.room(), clinic.station("Station 1"), clinic.station("Station 2")
    clinic.links["Room 1"].beat()
    room.press()
    command(clinic, one, "acknowledge", call="1")
    assert clinic.answers[-1].problem == ""
    assert [clinic.row(station)["call"]["name"] for station in (one, two)] == ["Maria", "Maria"]
    view = msgspec.json.decode(clinic.answers[-1].content)
    assert view["call"]["state"] == "acknowledged"
    room.call["state"] = "cleared"
    room.changed()
    assert clinic.row(two)["call"] == {"state": "none"}
    assert of_room("Room 1", "call") not in clinic.bus.retained


def test_what_the_room_refuses_is_said_in_its_words(clinic):
    _room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    command(clinic, station, "hold")
    assert clinic.answers[-1].problem == "“hold” makes no sense now."
    command(clinic, station, "dance")
    assert clinic.answers[-1].problem.startswith("The room does not understand the station:")


def test_a_room_that_says_nothing_is_dead_after_three_seconds(clinic):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    clinic.now.pass_ms(2999)
    station.tick()
    assert not clinic.row(station)["dead"]
    clinic.now.pass_ms(1)
    station.tick()
    assert clinic.row(station)["dead"]
    room.press()
    # It is not alive because of what it says besides.
    assert clinic.row(station)["dead"]
    clinic.links["Room 1"].beat()
    assert not clinic.row(station)["dead"]


def test_the_brokers_word_that_a_room_is_gone_is_not_waited_for(clinic):
    clinic.room()
    station = clinic.station()
    clinic.links["Room 1"].beat()
    clinic.ends["Room 1"].cut()
    assert clinic.row(station)["dead"]


def test_a_late_word_of_an_earlier_connection_says_nothing_of_this_one(clinic):
    clinic.room()
    station, end = clinic.station(), clinic.ends["Room 1"]
    will = end._will
    end.cut(will=False)
    end.connect()
    clinic.links["Room 1"].beat()
    clinic.bus.hand_on(*will, retain=False)
    assert not clinic.row(station)["dead"]


def test_desks_of_stations_are_armed_in_the_room_for_as_long_as_they_are_heard(clinic):
    clinic.room()
    station = clinic.station()
    station.armed(["Maria"])
    assert clinic.armed_afar["Room 1"][-1] == ["Maria"]
    other = clinic.station("Station 2")
    other.armed(["Ben"])
    assert clinic.armed_afar["Room 1"][-1] == ["Ben", "Maria"]
    clinic.ends["Station 2"].cut()
    assert clinic.armed_afar["Room 1"][-1] == ["Maria"]
    clinic.now.pass_ms(5000)
    clinic.links["Room 1"].beat()
    assert clinic.armed_afar["Room 1"][-1] == []


def test_without_a_broker_no_station_is_armed_and_no_room_alive(clinic):
    clinic.room()
    station = clinic.station()
    station.armed(["Maria"])
    clinic.links["Room 1"].beat()
    for end in clinic.ends.values():
        end.cut(will=False)
    assert clinic.armed_afar["Room 1"][-1] == []
    assert clinic.row(station)["dead"]
    command(clinic, station, "hold")
    assert clinic.answers[-1].problem == NO_ANSWER


def test_after_the_broker_is_back_everything_is_told_anew(clinic):
    room, station = clinic.room(), clinic.station()
    for end in clinic.ends.values():
        end.cut(will=False)
    clinic.bus.retained.clear()
    room.press()
    for end in reversed(clinic.ends.values()):
        end.connect()
    assert clinic.row(station)["call"]["id"] == "1"
    assert not clinic.row(station)["dead"]


def test_a_call_that_was_cleared_while_the_broker_was_away_is_taken_back(clinic):
    room, station = clinic.room(), clinic.station()
    room.press()
    clinic.ends["Room 1"].cut()
    room.call["state"] = "cleared"
    clinic.ends["Room 1"].connect()
    assert clinic.row(station)["call"] == {"state": "none"}


def test_so_is_one_that_a_room_has_left_that_was_here_before(clinic):
    clinic.room().press()
    clinic.ends["Room 1"].cut()
    clinic.rooms["Room 1"].call["state"] = "none"
    clinic.room(boot="second")
    assert clinic.row(clinic.station())["call"] == {"state": "none"}


def test_a_station_that_was_away_does_not_show_what_was_cleared_meanwhile(clinic):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    room.press()
    clinic.ends["Station 1"].cut()
    room.call["state"] = "cleared"
    room.changed()
    clinic.ends["Station 1"].connect()
    assert clinic.row(station)["call"]["id"] == "1"
    clinic.links["Room 1"].beat()
    assert clinic.row(station)["call"] == {"state": "none"}


def heard(clinic: Clinic, what: str, message: object, room: str = "Room 1") -> None:
    clinic.bus.hand_on(of_room(room, what), encode(message), retain=False)


def test_what_comes_twice_or_late_changes_nothing(clinic):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    room.press()
    early = [payload for topic, payload in clinic.bus.said if topic.endswith("/call") and payload]
    command(clinic, station, "acknowledge", call="1")
    for payload in early:
        clinic.bus.hand_on(of_room("Room 1", "call"), payload, retain=False)
    assert clinic.row(station)["call"]["state"] == "acknowledged"


def test_what_a_room_that_is_no_more_has_said_changes_nothing(clinic):
    clinic.room()
    station = clinic.station()
    clinic.links["Room 1"].beat()
    old = next(payload for topic, payload in reversed(clinic.bus.said) if topic.endswith("/state"))
    clinic.room(boot="second").play = "playing"
    clinic.rooms["Room 1"].changed()
    clinic.bus.hand_on(of_room("Room 1", "state"), old, retain=False)
    assert clinic.row(station)["play"] == "playing"
    heard(clinic, "beat", Beat("first", 1000, 5))
    clinic.now.pass_ms(3000)
    station.tick()
    assert clinic.row(station)["dead"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"boot": "zeroth"}, "restarted meanwhile"),
        ({"until": -1}, "came too late"),
        ({"until": 3_600_000}, "came too late"),
        ({"id": "1"}, "asked before"),
    ],
)
def test_what_is_replayed_expired_or_meant_for_another_is_refused(clinic, changed, why):
    room = clinic.room()
    replies: list[bytes] = []
    clinic.bus.asked[of_station("Station 1", "answer/Room 1")] = [_Listening(replies)]
    asked = {"id": "1", "station": "Station 1", "boot": "first", "until": 3000}
    for number, fields in enumerate(({}, changed | ({} if "id" in changed else {"id": "2"}))):
        given = asked | fields
        given["until"] += clinic.room_wall_ms()
        heard(clinic, "command", Command(**given, command=msgspec.Raw(b'{"command":"rehearse"}'), by="M", desk="M"))
        assert len(room.commands) == (0 if number == 0 and room.commands == [] else 1)
    problems = [json.loads(reply)["problem"] for reply in replies]
    assert why in problems[-1]


class _Listening:
    def __init__(self, into: list[bytes]) -> None:
        self.connected, self.listener = True, self
        self._into = into

    def heard(self, topic: str, payload: bytes) -> None:
        self._into.append(payload)


def test_a_room_that_does_not_answer_is_said_to(clinic):
    clinic.room()
    station = clinic.station()
    clinic.links["Room 1"].beat()
    clinic.ends["Room 1"].forget()
    command(clinic, station, "hold")
    assert clinic.answers == []
    clinic.now.pass_ms(3000)
    station.tick()
    assert [answer.problem for answer in clinic.answers] == [NO_ANSWER]


def test_scripts_and_their_cards_are_asked_for(clinic, tmp_path):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    station.question("Room 1", "scripts", "", clinic.answers.append)
    assert msgspec.json.decode(clinic.answers[-1].content)[0]["name"] == "open-sky"
    room.cards = tmp_path
    (tmp_path / "open-sky-picture.jpg").write_bytes(b"a picture")
    station.question("Room 1", "picture.jpg", "open-sky", clinic.answers.append)
    assert clinic.answers[-1].data == b"a picture"
    station.question("Room 1", "picture.jpg", "../../etc/passwd", clinic.answers.append)
    assert clinic.answers[-1].data == b""


def test_the_screen_and_all_of_a_room_come_to_who_looks_into_it(clinic):
    room, station = clinic.room(), clinic.station()
    room.jpeg = b"one"
    clinic.links["Room 1"].beat()
    assert (station.known("Room 1").view, station.known("Room 1").picture) == (None, None)
    station.look_into("Room 1", True)
    clinic.links["Room 1"].beat()
    assert json.loads(station.known("Room 1").view)["room"] == "Room 1"
    assert station.known("Room 1").picture == b"one"
    station.look_into("Room 1", False)
    clinic.now.pass_ms(4000)
    room.jpeg = b"two"
    said = len(clinic.bus.said)
    clinic.links["Room 1"].beat()
    assert not [topic for topic, _ in clinic.bus.said[said:] if topic.endswith("/screen")]


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff", b"[]", b"{}", b'{"boot": 1, "sequence": -3}'])
@pytest.mark.parametrize("what", ["beat", "state", "call", "view", "gone", "command", "question", "receipt", "looking"])
def test_rubbish_changes_nothing(clinic, what, payload):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    before = clinic.row(station)
    clinic.bus.hand_on(of_room("Room 1", what), payload, retain=False)
    clinic.bus.hand_on(of_station("Station 1", "beat"), payload, retain=False)
    clinic.bus.hand_on(of_station("Station 1", "answer/Room 1"), payload, retain=False)
    assert clinic.row(station) == before
    assert (room.commands, room.receipts) == ([], [])


def test_a_receipt_for_another_call_or_another_start_of_the_room_is_none(clinic):
    room = clinic.room()
    room.press()
    heard(clinic, "receipt", Receipt("zeroth", "1", "Maria", "Station 1"))
    assert room.receipts == []
    heard(clinic, "receipt", Receipt("first", "7", "Maria", "Station 1"))
    assert room.call["state"] == "raised"


def test_a_beat_that_comes_late_arms_nobody(clinic):
    clinic.room()
    clinic.bus.hand_on(of_station("Station 1", "beat"), encode(StationBeat("a", 7, 0, ())), retain=False)
    clinic.bus.hand_on(of_station("Station 1", "beat"), encode(StationBeat("a", 6, 0, ("Maria",))), retain=False)
    assert clinic.armed_afar["Room 1"][-1] == []


def test_what_a_newer_guideplayer_adds_is_read_over(clinic):
    station = clinic.station()
    beat = msgspec.to_builtins(Beat("first", 1, 5))
    clinic.bus.hand_on(of_room("Room 9", "beat"), encode({**beat, "mood": "calm"}), retain=False)
    assert not clinic.row(station, "Room 9")["dead"]


def test_what_the_broker_kept_of_an_earlier_start_locks_the_room_not_out(clinic):
    """A station that comes anew may read the heartbeat of this start before what was kept of the one before."""
    clinic.room()
    old = {what: payload for topic, payload in clinic.bus.said for what in ("state",) if topic.endswith(f"/{what}")}
    clinic.room(boot="second").play = "playing"
    clinic.bus.retained.clear()
    station = clinic.station()
    clinic.links["Room 1"].beat()
    clinic.bus.hand_on(of_room("Room 1", "state"), old["state"], retain=False)
    clinic.now.pass_ms(2000)
    clinic.links["Room 1"].beat()
    clinic.now.pass_ms(2000)
    station.tick()
    assert not clinic.row(station)["dead"]
    clinic.rooms["Room 1"].changed()
    assert clinic.row(station)["play"] == "playing"


def test_a_call_that_comes_before_the_first_heartbeat_of_its_start_is_receipted_with_it(clinic):
    room, station = clinic.room(), clinic.station()
    station.showing = lambda room, call: "Maria"
    clinic.links["Room 1"].beat()
    state = {"id": "1", "state": "raised", "raised_at": 1, "level": 0, "at": 1}
    heard(clinic, "call", {"boot": "second", "sequence": 3, **state})
    assert clinic.row(station)["call"] == {"state": "none"}
    heard(clinic, "beat", Beat("second", 4, 5, call="1"))
    assert clinic.row(station)["call"]["state"] == "raised"
    said = [payload for topic, payload in clinic.bus.said if topic == of_room("Room 1", "receipt")]
    assert json.loads(said[-1])["boot"] == "second"
    assert room.receipts == []


def test_a_word_that_came_very_late_does_not_lock_the_room_out_for_good(clinic):
    """A heartbeat of the start before, heard after those of this one, once this one has fallen silent."""
    clinic.room()
    station = clinic.station()
    heard(clinic, "beat", Beat("second", 1, 5))
    heard(clinic, "beat", Beat("third", 1, 5))
    heard(clinic, "beat", Beat("second", 2, 5))
    assert station.known("Room 1").boot == "third"
    clinic.now.pass_ms(3000)
    station.tick()
    heard(clinic, "beat", Beat("second", 3, 5))
    assert not clinic.row(station)["dead"]
