"""Mosquitto's list of who may do what: a room speaks for itself alone, a station for itself, and asks any room; a relay
is switched by the rooms that it serves; and Home Assistant reads every room, and may pause it.
"""

from collections.abc import Iterable, Sequence

from guideplayer.clinic.home_assistant import BY, PREFIX, config_topic
from guideplayer.clinic.relay_logins import RelayLogin
from guideplayer.clinic.topics import ASKED, PAUSE, TOLD, of_room, of_station


def access_list(
    stations: Iterable[str],
    relays: Sequence[RelayLogin] = (),
    shown: Iterable[str] = (),
) -> str:
    """The list. `shown` are the rooms that a Home Assistant shows; without one it is not let in."""
    lines = ["# Made by `guideplayer clinic init`: %u is the name in the certificate.", "", "# Every room:"]
    lines += [f"pattern write {of_room('%u', what)}" for what in TOLD]
    lines += [f"pattern read {of_room('%u', what)}" for what in (*ASKED, PAUSE, "call")]
    lines += [f"pattern read {of_station('+', what)}" for what in ("beat", "gone")]
    lines += [f"pattern write {of_station('+', 'answer/%u')}"]
    for station in stations:
        lines += ["", f"user {station}"]
        lines += [f"topic read {of_room('+', what)}" for what in TOLD]
        lines += [f"topic write {of_room('+', what)}" for what in ASKED]
        lines += [f"topic write {of_station(station, what)}" for what in ("beat", "gone")]
        lines += [f"topic read {of_station(station, 'answer/+')}"]
    for relay in relays:
        lines += _of_relay(relay)
    return "\n".join([*lines, *_of_home_assistant(tuple(shown))]) + "\n"


def _of_relay(relay: RelayLogin) -> list[str]:
    lines = ["", f"user {relay.user}"]
    lines += [f"topic readwrite {topic}" for topic in relay.device(None).own]
    for output in relay.outputs:
        device = relay.device(output.channel)
        lines += ["", f"user {output.room}"]
        lines += [f"topic write {topic}" for topic in device.orders]
        lines += [f"topic read {topic}" for topic in (*device.states, device.there)]
    return lines


def _of_home_assistant(rooms: Sequence[str]) -> list[str]:
    if not rooms:
        return []
    lines = ["", f"user {BY}", f"topic read {PREFIX}/#", f"topic write {PREFIX}/status"]
    lines += [f"topic read {of_room('+', what)}" for what in ("beat", "state", "call", "gone")]
    lines += [f"topic write {of_room('+', PAUSE)}"]
    for room in rooms:
        lines += ["", f"user {room}", f"topic readwrite {config_topic(room)}"]
    return lines
