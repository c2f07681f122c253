"""The protocol's document: it is that of the code, and every message that is really said is one of it."""

import json

import jsonschema
import msgspec
import pytest

from guideplayer.clinic.asyncapi import MESSAGES, PATH, document, rows, written
from guideplayer.clinic.topics import ASKED, PAUSE, TOLD, TopicError, checked, of_room, of_station
from tests.clinic.conftest import Clinic


def test_the_document_is_that_of_the_code():
    assert PATH.read_bytes() == written(), "Write it anew: python -m guideplayer.clinic.asyncapi"
    named = {topic for topic, *_ in rows()}
    assert {f"room/{{room}}/{what}" for what in (*TOLD, *ASKED)} <= named
    assert {message for _, message, *_ in rows() if message} == {shape.__name__ for shape in MESSAGES}


def test_what_is_said_is_as_the_document_says(clinic: Clinic):
    room, station = clinic.room(), clinic.station()
    clinic.links["Room 1"].beat()
    station.look_into("Room 1", True)
    room.jpeg = b"a picture"
    clinic.links["Room 1"].beat()
    station.armed(["Maria"])
    room.press()
    station.shown("Room 1", "1", "Maria")
    station.command("Room 1", b'{"command":"acknowledge"}', "Maria", "Maria", clinic.answers.append)
    station.question("Room 1", "scripts", "", clinic.answers.append)
    clinic.bus.hand_on(of_room("Room 1", PAUSE), PAUSE.encode(), False)
    for end in list(clinic.ends.values()):
        end.cut()
    schemas = {"components": document()["components"]}
    shapes = {topic.replace("{room}", "Room 1").replace("{station}", "Station 1"): name for topic, name, *_ in rows()}
    said = set()
    for topic, payload in clinic.bus.said:
        shape = shapes[topic.removeprefix("guideplayer/1/")]
        said.add(topic.removeprefix("guideplayer/1/"))
        if shape and payload:
            jsonschema.validate(json.loads(payload), {**schemas, "$ref": f"#/components/schemas/{shape}"})
    assert said == set(shapes)


@pytest.mark.parametrize("name", ["", " ", "a/b", "a+", "#", "a\n", "x" * 65])
def test_a_name_that_cannot_be_a_topic_is_refused(name):
    with pytest.raises(TopicError, match="cannot be a name"):
        checked(name)


def test_topics_are_as_the_table_says():
    assert of_room("Room 1", "call") == "guideplayer/1/room/Room 1/call"
    assert of_station("+", "beat") == "guideplayer/1/station/+/beat"
    assert msgspec.json.decode(written())["asyncapi"] == "3.0.0"
