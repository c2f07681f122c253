"""A room's relays on a bus by hand: switched with the call, believed by their own word, told of when they fail."""

import msgspec
import pytest

from guideplayer.clinic.contact import SWITCHED_OFF, Word
from guideplayer.clinic.relay_kinds import Relay, device_of
from guideplayer.clinic.relays import Relays
from guideplayer.core.state import Call, CallState
from tests.clinic.bus import Bus, End
from tests.clinic.devices import KINDS, TOPIC, FakeDevice, FakeShelly, OnBus
from tests.desk.conftest import HandClock

CALL = Call(CallState.RAISED, id="7", raised_ms=1000)
OVER = msgspec.structs.replace(CALL, state=CallState.CLEARED)


class Corridor:
    """A room's relays, the bus, and what was told."""

    def __init__(self, *relays: Relay) -> None:
        self.bus, self.now, self.words = Bus(), HandClock(1000), list[Word]()
        self.end = End(self.bus)
        self.relays = Relays(relays, self.end, self.now, self.words.append)
        self.end.listener = self

    def will(self) -> None:
        return None

    def met(self) -> None:
        self.relays.met()

    def lost(self) -> None:
        self.relays.lost()

    def heard(self, topic: str, payload: bytes) -> None:
        assert self.relays.hears(topic)
        self.relays.heard(topic, payload)

    def passes(self, length_ms: int) -> None:
        for _ in range(length_ms // 250):
            self.now.pass_ms(250)
            self.relays.tick()

    @property
    def told(self) -> list[tuple[bool, str]]:
        told, self.words[:] = [(word.reached, word.says) for word in self.words], []
        return told


def lamp(kind: str = "shelly", **more: object) -> Relay:
    return msgspec.convert({"name": "lamp", "kind": kind, "topic": TOPIC, **more}, Relay)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


def corridor(device: FakeDevice, *relays: Relay) -> Corridor:
    made = Corridor(*(relays or (lamp(),)))
    OnBus(made.bus, device)
    made.end.connect()
    return made


def test_it_is_on_with_the_call_and_off_when_that_is_cleared(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    assert not device.on
    assert made.relays.faults == ()
    made.relays.look(CALL)
    assert device.on
    assert made.told == [(True, "")]
    made.relays.look(msgspec.structs.replace(CALL, state=CallState.ACKNOWLEDGED, name="Ben"))
    made.relays.look(msgspec.structs.replace(CALL, state=CallState.ATTENDED, name="Ben"))
    made.passes(60_000)
    assert device.on
    made.relays.look(OVER)
    assert not device.on
    made.passes(60_000)
    assert made.told == []
    assert made.relays.faults == ()


def test_a_relay_that_was_left_on_is_off_when_a_room_without_a_call_begins(kind):
    device = KINDS[kind](on=True)
    corridor(device, lamp(kind))
    assert not device.on


def test_a_room_that_begins_in_a_call_sets_it_again(kind):
    device = KINDS[kind]()
    made = Corridor(lamp(kind))
    OnBus(made.bus, device)
    made.relays.look(CALL)
    made.end.connect()
    assert device.on
    assert made.told == [(True, "")]


def test_one_that_is_on_already_is_still_asked(kind):
    device = KINDS[kind](on=True)
    made = Corridor(lamp(kind))
    OnBus(made.bus, device)
    made.relays.look(CALL)
    made.end.connect()
    assert made.told == [(True, "")]


def test_one_that_tells_only_who_asks_is_understood_too():
    device = FakeShelly(quiet=True)
    made = corridor(device)
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    device.switch(False)
    assert made.told[0] == (False, SWITCHED_OFF)


def test_one_that_says_nothing_is_told_of_within_four_seconds_and_asked_again_until_it_does(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    device.deaf = True
    made.relays.look(CALL)
    made.passes(3750)
    assert made.told == []
    made.passes(250)
    (reached, says), *more = made.told
    assert not reached
    assert says.startswith("It has not confirmed within 4 s: ")
    assert not more
    assert made.relays.faults[0].startswith("The relay “lamp” has not confirmed that it is on: ")
    before = len(device.orders)
    made.passes(10_000)
    assert len(device.orders) >= before + 5
    # Told once, not with every try.
    assert made.told == []
    device.deaf = False
    made.passes(2000)
    assert made.told == [(True, "")]
    assert made.relays.faults == ()


def test_one_that_dies_in_silence_while_it_is_on_is_found_out(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    # As long as it lives it is asked again and again, and nothing is told of that.
    made.passes(60_000)
    assert made.told == []
    device.deaf = True
    made.passes(14_000)
    assert [reached for reached, _ in made.told] == [False]
    assert made.relays.faults[0].startswith("The relay “lamp” has not confirmed that it is on: ")
    device.deaf = False
    made.passes(2000)
    assert made.told == [(True, "")]


def test_what_the_broker_has_kept_of_it_is_no_word_of_it(kind):
    device = KINDS[kind](on=True)
    made = Corridor(lamp(kind))
    OnBus(made.bus, device)
    device.switch(False)
    device.switch(True)
    device.deaf = True
    made.relays.look(CALL)
    made.end.connect()
    made.passes(4000)
    assert [reached for reached, _ in made.told] == [False]


def test_one_that_is_not_connected_is_told_of_before_any_call_and_at_once_in_one(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    topic, yes, no = device.there
    made.bus.hand_on(topic, no, retain=True)
    assert made.relays.faults == ("The relay “lamp” is not connected to the broker: a call would not switch it on.",)
    device.deaf = True
    made.relays.look(CALL)
    made.passes(4000)
    assert made.told == [(False, "It has not confirmed within 4 s: it is not connected to the broker.")]
    device.deaf = False
    made.bus.hand_on(topic, yes, retain=True)
    assert device.on
    assert made.told == [(True, "")]


def test_one_that_goes_in_a_call_is_told_of_and_set_again_when_it_is_back(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    topic, yes, no = device.there
    made.bus.hand_on(topic, no, retain=True)
    assert made.told == [(False, "It is not connected to the broker.")]
    assert "has not confirmed that it is on" in made.relays.faults[0]
    device.on = False
    made.bus.hand_on(topic, yes, retain=True)
    assert device.on
    assert made.told == [(True, "")]
    # One that was gone too shortly for the broker to see it.
    device.on = False
    made.bus.hand_on(topic, yes, retain=True)
    assert device.on


def test_one_that_somebody_switches_off_in_a_call_is_on_again_and_told_of(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.relays.look(CALL)
    made.passes(5000)
    assert made.told == [(True, "")]
    device.switch(False)
    assert device.on
    assert made.told == [(False, SWITCHED_OFF), (True, "")]
    assert made.relays.faults == (
        "The relay “lamp” was switched off while the call is open, and is switched on again.",
    )
    # Something that does so all the time is answered, but not as fast as it can.
    before = len(device.orders)
    device.switch(False)
    device.switch(False)
    assert len(device.orders) == before
    made.passes(2000)
    assert device.on
    made.relays.look(OVER)
    assert made.relays.faults == ()


def test_one_that_somebody_switches_on_is_left_to_them_and_told_of(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    device.switch(True)
    made.passes(60_000)
    assert device.on
    assert made.relays.faults == ("The relay “lamp” is on, though nobody calls.",)
    device.switch(False)
    assert made.relays.faults == ()


def test_one_that_stays_on_after_the_call_is_told_of_and_asked_again(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    device.deaf = True
    made.relays.look(OVER)
    made.passes(4000)
    assert made.relays.faults[0].startswith("The relay “lamp” has not confirmed that it is off: ")
    device.deaf = False
    made.passes(30_000)
    assert not device.on
    assert made.relays.faults == ()
    # Not a path of a call that failed.
    assert made.told == []


def test_a_broker_that_is_away_when_somebody_calls_is_told_of_and_the_call_set_when_it_is_back(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.end.cut()
    made.relays.look(CALL)
    made.passes(4000)
    assert made.told == [(False, "It has not confirmed within 4 s: the clinic's broker does not answer.")]
    assert not device.on
    made.end.connect()
    assert device.on
    assert made.told == [(True, "")]


def test_a_broker_that_goes_after_it_was_reached_does_not_undo_that_but_is_said(kind):
    device = KINDS[kind]()
    made = corridor(device, lamp(kind))
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    made.end.cut()
    made.passes(8000)
    assert made.told == []
    assert "the clinic's broker does not answer" in made.relays.faults[0]
    made.end.connect()
    assert made.relays.faults == ()
    # The call was over when the broker came back.
    made.end.cut()
    made.relays.look(OVER)
    made.end.connect()
    assert not device.on


def test_an_order_is_not_kept_for_later(kind):
    made = corridor(KINDS[kind](), lamp(kind))
    made.relays.look(CALL)
    assert not [topic for topic in device_of(kind, TOPIC, None).orders if topic in made.bus.retained]


def test_two_outputs_of_one_device_are_two_relays():
    made = Corridor(lamp(channel=0), lamp(name="other", channel=1, level=2))
    OnBus(made.bus, device := FakeShelly())
    made.end.connect()
    made.relays.look(CALL)
    assert device.on
    assert [word.relay for word in made.words] == ["lamp"]
    made.bus.hand_on(f"{TOPIC}/status/switch:1", b'{"id":1,"output":true}', retain=False)
    assert [word.relay for word in made.words] == ["lamp"]
    made.bus.hand_on(device.there[0], b"false", retain=True)
    assert len(made.relays.faults) == 2


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"[]", b"{", b'{"output":"yes"}', b'{"params":[]}', b"1" * 9000])
def test_nonsense_on_its_topics_changes_nothing(kind, payload):
    made = corridor(KINDS[kind](), lamp(kind))
    made.relays.look(CALL)
    assert made.told == [(True, "")]
    for topic in device_of(kind, TOPIC, None).states:
        made.bus.hand_on(topic, payload, retain=False)
    assert made.told == []


@pytest.mark.parametrize(
    ("more", "call", "on"),
    [
        ({}, {}, True),
        ({}, {"rehearsal": True}, False),
        ({}, {"state": CallState.NONE}, False),
        ({"level": 2}, {"level": 1}, False),
        ({"level": 2}, {"level": 2}, True),
        ({"level": 2}, {"level": 3}, True),
        ({"level": 2}, {"level": 2, "state": CallState.ACKNOWLEDGED}, True),
        # Whoever answered did not come: it is not switched off for that, and goes its levels anew.
        ({"level": 2}, {"level": 0, "lapses_ms": (130_000,)}, True),
        ({"level": 2, "until": "answered"}, {"level": 0, "lapses_ms": (130_000,)}, False),
        ({"until": "answered"}, {}, True),
        ({"until": "answered"}, {"state": CallState.DELIVERED}, True),
        ({"until": "answered"}, {"state": CallState.ACKNOWLEDGED}, False),
        ({"until": "answered"}, {"state": CallState.ATTENDED}, False),
        ({"until": "cleared"}, {"state": CallState.ATTENDED}, True),
    ],
)
def test_when_it_is_wanted(more, call, on):
    assert lamp(**more).wanted(msgspec.structs.replace(CALL, **call)) is on
