"""Relays as a clinic sets them: what is wrong is said, and what cannot be switched is told at the desk."""

import pytest

from guideplayer.clinic.identity import Identity
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.core.state import Call, CallState
from guideplayer.room.settings import SettingsError, read_settings
from tests.clinic.parts import part_of
from tests.desk.fake_room import FakeRoom

LAMP, CONTACT = Relay("lamp", "shelly", "device-abc"), Relay("contact", "shelly1", "device-def")
CALL = Call(CallState.RAISED, id="7", raised_ms=1000)


@pytest.mark.parametrize(
    ("relay", "sentence"),
    [
        ('kind = "shelly3"', "shelly3"),
        ('kind = "shelly"\ntopic = "a/+/b"', "the relay “lamp” cannot have the topic “a/\\+/b”"),
        ('kind = "shelly"\ntopic = "guideplayer/1/room"', "take the device's own MQTT prefix or topic"),
        ('kind = "tasmota"\ntopic = "lamp"\nchannel = 0', "the relay “lamp” has no channel 0: Tasmota counts from 1"),
        ('kind = "shelly"\ntopic = "lamp"\nlevel = 4', "<= 3"),
        ('kind = "shelly"\ntopic = "lamp"\nuntil = "never"', "never"),
        ('kind = "shelly"', "topic"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said(tmp_path, relay, sentence):
    (tmp_path / "settings.toml").write_text(f'[[relays]]\nname = "lamp"\n{relay}\n')
    with pytest.raises(SettingsError, match=sentence):
        read_settings({}, tmp_path / "settings.toml")


def test_relays_and_home_assistant_are_settings(tmp_path):
    (tmp_path / "settings.toml").write_text(
        "home_assistant = true\n"
        '[[relays]]\nname = "lamp"\nkind = "tasmota"\ntopic = "hall"\nlevel = 2\nuntil = "answered"'
    )
    settings = read_settings({}, tmp_path / "settings.toml")
    assert settings.home_assistant
    assert settings.relays == (Relay("lamp", "tasmota", "hall", level=2, until="answered"),)
    assert not read_settings({"GUIDEPLAYER_HOME_ASSISTANT": "false"}, tmp_path / "settings.toml").home_assistant


def test_a_room_whose_settings_name_no_broker_says_so():
    part = part_of(FakeRoom(), lambda: None, relays=(LAMP, CONTACT))
    assert part.faults == (
        "Relays are switched by a clinic's broker, and the settings name none. Name it, or take out “lamp”, “contact”.",
    )
    assert part_of(FakeRoom(), lambda: None).faults == ()


def test_a_room_whose_broker_is_away_says_what_no_call_switches():
    identity = Identity("mqtt://127.0.0.1:1", "Room 1")
    part = part_of(FakeRoom(), lambda: identity, relays=(LAMP,))
    part.look(CALL)
    assert part.faults[0].startswith(
        "The clinic's broker 127.0.0.1 has not answered yet. Stations do not see this room"
    )
    assert part.faults[0].endswith("No call switches “lamp”.")
