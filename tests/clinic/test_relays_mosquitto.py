"""Relays and Home Assistant at a real Mosquitto with the access list of `clinic init`: switched, cut off, attacked."""

import asyncio
import json
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
import pytest

from guideplayer.clinic.contact import Word
from guideplayer.clinic.credentials import Credentials
from guideplayer.clinic.home_assistant import BY, config_topic
from guideplayer.clinic.identity import identity_in
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.clinic.room_part import ClinicPart
from guideplayer.clinic.topics import PAUSE, of_room, of_station
from guideplayer.core.state import Call, CallState
from guideplayer.desk.certificates import utc_now
from tests.clinic.devices import KINDS, AtBroker, FakeDevice, logins
from tests.clinic.mosquitto import Mosquitto, running
from tests.clinic.parts import part_of
from tests.clinic.rogue import Rogue
from tests.desk.fake_room import FakeRoom

WITHIN_S = 15.0
TOPICS = {"shelly": "shelly-1", "shelly1": "first-1", "tasmota": "hall-1"}
CALL = Call(CallState.RAISED, id="7", raised_ms=1000)
OVER = msgspec.structs.replace(CALL, state=CallState.CLEARED)


@pytest.fixture(scope="module")
def credentials(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clinic")
    Credentials(folder, utc_now()).make(
        ["127.0.0.1"],
        ["Room 1", "Room 2"],
        ["Station 1"],
        str(folder / "broker"),
        relays=[*(f"Room 1={kind}:{topic}" for kind, topic in TOPICS.items()), "Room 2=shelly:shelly-1:1"],
        home_assistant=True,
    )
    return folder


@pytest.fixture
def broker(tmp_path, credentials):
    with running(tmp_path, credentials) as started:
        yield started


class Clinic:
    """A room's part at the broker, its relays, and what was told of them."""

    def __init__(self, credentials: Path, broker: Mosquitto) -> None:
        self.credentials, self.broker = credentials, broker
        self.parts: list[ClinicPart] = []
        self.devices: list[AtBroker] = []
        self.words: list[Word] = []

    def relay(self, kind: str) -> FakeDevice:
        device = KINDS[kind](TOPICS[kind])
        self.devices.append(AtBroker(device, self.broker.relay_port, logins(self.credentials)[device.topic]))
        return device

    def room(self, *kinds: str, call: Call | None = None) -> tuple[FakeRoom, ClinicPart]:
        room = FakeRoom()
        room.armed_afar = room.armed
        identity = identity_in(self.credentials / "rooms" / "Room 1", f"mqtts://127.0.0.1:{self.broker.port}", "Room 1")
        relays = [Relay(f"the {kind}", kind, TOPICS[kind]) for kind in kinds]
        part = part_of(room, lambda: identity, relays=relays, switched=self.words.append, home_assistant=True)
        room.changed = part.told
        part.look(call or Call())
        part.start()
        self.parts.append(part)
        return room, part

    @property
    def told(self) -> list[tuple[str, bool]]:
        return sorted((word.relay, word.reached) for word in self.words)


@pytest.fixture
async def clinic(credentials, broker):
    made = Clinic(credentials, broker)
    yield made
    for part in made.parts:
        await part.stop()
    for device in made.devices:
        device.close()


@pytest.fixture
def rogue(credentials, broker):
    found: list[Rogue] = []

    def made(*names: str) -> Rogue:
        found.append(Rogue(credentials.joinpath(*names), broker.port))
        return found[-1]

    yield made
    for one in found:
        one.close()


async def until(condition) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.01)


async def test_every_kind_is_on_with_the_call_and_off_after_it(clinic):
    devices = [clinic.relay(kind) for kind in TOPICS]
    _, part = clinic.room(*TOPICS)
    await until(lambda: all(device.orders for device in devices) and part.faults == ())
    part.look(CALL)
    await until(lambda: clinic.told == sorted((f"the {kind}", True) for kind in TOPICS))
    assert [device.on for device in devices] == [True] * 3
    part.look(OVER)
    await until(lambda: [device.on for device in devices] == [False] * 3)
    assert part.faults == ()


async def test_one_that_is_switched_off_by_hand_is_on_again_and_told_of(clinic):
    device = clinic.relay("tasmota")
    _, part = clinic.room("tasmota", call=CALL)
    await until(lambda: clinic.told == [("the tasmota", True)])
    await asyncio.to_thread(device.switch, False)
    await until(lambda: [word.reached for word in clinic.words] == [True, False, True])
    assert device.on
    assert "was switched off while the call is open" in part.faults[0]


async def test_one_that_never_confirms_and_one_that_is_not_there_are_told_of(clinic):
    device = clinic.relay("shelly")
    device.deaf = True
    _, part = clinic.room("shelly", "shelly1", call=CALL)
    await until(lambda: clinic.told == [("the shelly", False), ("the shelly1", False)])
    assert all(4000 <= word.took_ms < 7000 for word in clinic.words)
    assert len(part.faults) == 2
    # Both are there at last, and the call is still open.
    device.deaf = False
    late = clinic.relay("shelly1")
    await until(lambda: [word.reached for word in clinic.words].count(True) == 2)
    assert device.on
    assert late.on
    assert part.faults == ()


async def test_a_broker_that_is_killed_in_a_call_and_back_finds_the_relay_set_again(clinic, broker):
    device = clinic.relay("shelly1")
    _, part = clinic.room("shelly1", call=CALL)
    await until(lambda: device.on and clinic.told == [("the shelly1", True)])
    broker.kill()
    await until(lambda: any("No call switches “the shelly1”" in fault for fault in part.faults))
    # It has lost its power meanwhile; what the broker has kept on its disk still says that it is on.
    device.on = False
    broker.start()
    await until(lambda: device.on and part.faults == ())


async def test_what_the_broker_has_kept_of_a_relay_that_is_gone_is_not_believed(clinic):
    device = clinic.relay("shelly1")
    await until(clinic.devices[0].client.is_connected)
    await asyncio.to_thread(device.switch, True)
    device.deaf = True
    clinic.room("shelly1", call=CALL)
    await until(lambda: clinic.words)
    assert clinic.told == [("the shelly1", False)]


async def test_a_room_cannot_switch_the_relay_of_another_nor_set_up_its_own(clinic, rogue):
    device = clinic.relay("shelly")
    other, own = rogue("rooms", "Room 2"), rogue("rooms", "Room 1")
    for topic in ("shelly-1/command/switch:0", "cmnd/hall-1/POWER1", "shellies/first-1/relay/0/command"):
        await asyncio.to_thread(other.says, topic, b"on", retain=False)
    for topic in ("shelly-1/rpc", "shelly-1/command/switch:1", "cmnd/hall-1/Backlog", "shelly-1/status/switch:0"):
        await asyncio.to_thread(own.says, topic, b"on", retain=False)
    assert other.refused == ["Not authorized"] * 3
    assert own.refused == ["Not authorized"] * 4
    await asyncio.to_thread(own.says, "shelly-1/command/switch:0", b"on", retain=False)
    await until(lambda: device.on)
    assert device.orders == [("shelly-1/command/switch:0", b"on")]


class Plain:
    """Somebody who has found out the password of a relay; or who has not. Hears what it may."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.heard: list[str] = []
        self.refused: list[str] = []
        self.answer: list[str] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.username_pw_set(user, password)
        self.client.on_message = lambda _client, _data, message: self.heard.append(message.topic)
        self.client.on_publish = lambda _client, _data, _id, code, _more: self.refused.append(str(code))
        self.client.on_connect = lambda _client, _data, _flags, code, _more: self.answer.append(str(code))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


async def test_a_relay_has_its_own_topics_and_nothing_of_what_rooms_have(clinic, credentials, broker):
    clinic.room()
    user, password = logins(credentials)["hall-1"]
    plain = Plain(broker.relay_port, user, password)
    try:
        await until(lambda: plain.answer == ["Success"])
        plain.client.subscribe("#", qos=1)
        forbidden = (
            of_room("hall-1", "state"),
            of_room("Room 1", "call"),
            of_room("Room 1", PAUSE),
            of_station("Station 1", "answer/hall-1"),
            "shelly-1/status/switch:0",
            "shelly-1/command/switch:0",
            config_topic("Room 1"),
        )
        for topic in forbidden:
            plain.client.publish(topic, b"{}", qos=1)
        plain.client.publish("stat/hall-1/POWER", b"ON", qos=1)
        await until(lambda: len(plain.refused) == len(forbidden) + 1)
        assert plain.refused[:-1] == ["Not authorized"] * len(forbidden)
        assert plain.refused[-1] == "Success"
        await until(lambda: plain.heard)
        assert set(plain.heard) == {"stat/hall-1/POWER"}
    finally:
        plain.close()


@pytest.mark.parametrize("login", [("relay+hall-1", "wrong"), ("Room 1", ""), ("relay+none", "x")])
async def test_nobody_comes_in_without_certificate_by_another_word(clinic, broker, login):
    plain = Plain(broker.relay_port, *login)
    try:
        await until(lambda: plain.answer)
        assert plain.answer[0] == "Not authorized"
    finally:
        plain.close()


async def test_home_assistant_finds_the_room_and_its_button_pauses_it(clinic, rogue):
    home = rogue("home-assistant")
    # Somebody has had it kept, and no room may obey that.
    await asyncio.to_thread(home.says, of_room("Room 1", PAUSE), PAUSE.encode(), retain=True)
    room, part = clinic.room()
    room.play = "playing"
    home.listens("homeassistant/#")
    home.listens(of_room("+", "beat"))
    await until(lambda: any(topic == config_topic("Room 1") for topic, _ in home.heard))
    await until(lambda: len([topic for topic, _ in home.heard if topic.endswith("/beat")]) >= 2)
    assert room.commands == []
    config = json.loads(next(payload for topic, payload in home.heard if topic == config_topic("Room 1")))
    button = config["components"]["pause"]
    press = button["payload_press"].encode()
    await asyncio.to_thread(home.says, button["command_topic"], press, retain=button["retain"])
    await until(lambda: room.commands)
    assert room.commands == [("hold", {}, BY, BY)]
    assert part.faults == ()
    # It may do no more than that.
    home.refused.clear()
    for topic in (of_room("Room 1", "command"), of_room("Room 1", "receipt"), of_room("Room 1", "call")):
        await asyncio.to_thread(home.says, topic, b"{}")
    assert home.refused == ["Not authorized"] * 3


async def test_a_press_is_heard_also_when_it_is_marked_to_be_kept(clinic, rogue):
    home = rogue("home-assistant")
    room, _ = clinic.room()
    home.listens(of_room("Room 1", "beat"))
    await until(lambda: len(home.heard) >= 2)
    room.play = "playing"
    # Who presses now means now, however Home Assistant was set.
    await asyncio.to_thread(home.says, of_room("Room 1", PAUSE), PAUSE.encode(), retain=True)
    await until(lambda: room.play == "holding")


async def test_a_room_cannot_pass_for_another_at_home_assistant(rogue):
    other = rogue("rooms", "Room 2")
    await asyncio.to_thread(other.says, config_topic("Room 1"), b"")
    await asyncio.to_thread(other.says, of_room("Room 1", PAUSE), PAUSE.encode())
    assert other.refused == ["Not authorized"] * 2
