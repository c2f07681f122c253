"""The paths of a call that lead through a clinic's broker, tried for real: the broker, relays, and stations.

It comes in as the room does, beside the room if that runs. A relay is switched on and off again, by its own word each.
Whether a station's desk would show a call only a call can tell: here it is heard which desks are armed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from guideplayer.clinic.connection import Connection
from guideplayer.clinic.contact import WITHIN_MS, Contact, Word
from guideplayer.clinic.identity import ConnectionFailedError, Identity
from guideplayer.clinic.messages import OpenCall, StationBeat
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.clinic.relays import Relays
from guideplayer.clinic.topics import of_room, of_station, parts
from guideplayer.core.state import CallState
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.ports import Clock

NO_ANSWER = "The broker does not answer."
NO_STATION = "No station was heard: none runs, or none reaches the broker."
# What the broker has kept of the room's call comes at once, if there is any.
KEPT_WITHIN_S = 1.0
TICK_S = 0.05
# Stations speak every two seconds.
STATIONS_WITHIN_S = 5.0


class Tried(msgspec.Struct, frozen=True):
    """What came of trying a path. `reached` is None for one that cannot be tried here; `says` is why, or what it is."""

    path: str
    kind: str
    reached: bool | None
    took_ms: int | None = None
    says: str = ""


class CallOpenError(Exception):
    """Somebody calls: nothing may be tried now. The text is one plain sentence."""


class _Trial:
    """Listens at a connection of its own. Nobody is told when that ends: the room is another one."""

    def __init__(self, room: str, connection: Connection, relays: Sequence[Relay], now_ms: Clock) -> None:
        self._room, self._connection, self._now_ms = room, connection, now_ms
        self.words: dict[str, Word] = {}
        self.relays = Relays(relays, connection, now_ms, self._switched)
        self.answered = asyncio.Event()
        self.call = b""
        self.stations: dict[str, StationBeat] = {}

    def _switched(self, word: Word) -> None:
        self.words[word.relay] = word

    def will(self) -> None:
        """None."""

    def met(self) -> None:
        """The broker is there: how the room's call stands comes first."""
        self._connection.subscribe(of_room(self._room, "call"))
        # A station's heartbeat is one only when it beats.
        self._connection.subscribe(of_station("+", "beat"), kept=False)
        self.answered.set()

    def lost(self) -> None:
        """The broker is gone."""
        self.relays.lost()

    def heard(self, topic: str, payload: bytes) -> None:
        """A message."""
        if self.relays.hears(topic):
            self.relays.heard(topic, payload)
        elif topic == of_room(self._room, "call"):
            self.call = payload
        else:
            try:
                self.stations[parts(topic)[1]] = msgspec.json.decode(payload, type=StationBeat)
            except UNREADABLE:
                return

    async def until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Wait for something, for as long as that."""
        for _ in range(round(within_s / TICK_S)):
            if condition():
                return True
            self.relays.tick()
            await asyncio.sleep(TICK_S)
        return condition()


async def try_clinic(identity: Identity, relays: Sequence[Relay], now_ms: Clock) -> list[Tried]:
    """Try the broker, every relay, and every station's desks. Raises CallOpenError."""
    try:
        connection = Connection(identity)
    except ConnectionFailedError as error:
        return _unreached(str(error), relays)
    trial = connection.listener = _Trial(identity.client, connection, relays, now_ms)
    begun_ms = now_ms()
    async with _running(connection):
        if not await trial.until(trial.answered.is_set, WITHIN_MS / 1000):
            return _unreached(connection.trouble, relays)
        took_ms = now_ms() - begun_ms
        await trial.until(lambda: bool(trial.call), KEPT_WITHIN_S)
        if trial.call and _open(trial.call):
            raise CallOpenError(f"A call is open in {identity.client}: answer and clear it, then try again.")
        trial.relays.met()
        switched = await _switched(trial)
        await trial.until(lambda: False, max(0.0, STATIONS_WITHIN_S - (now_ms() - begun_ms) / 1000))
        trouble = connection.trouble
        broker = Tried(identity.broker, "broker", not trouble, took_ms, trouble or "It lets the room in.")
        return [broker, *switched, *_desks(trial.stations)]


@asynccontextmanager
async def _running(connection: Connection) -> AsyncIterator[None]:
    task = asyncio.create_task(connection.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _open(payload: bytes) -> bool:
    try:
        return msgspec.json.decode(payload, type=OpenCall).state not in (CallState.NONE, CallState.CLEARED)
    except UNREADABLE:
        return False


def _unreached(why: str, relays: Sequence[Relay]) -> list[Tried]:
    return [
        Tried("the clinic's broker", "broker", False, says=why),
        *(Tried(relay.name, "relay", False, says=NO_ANSWER) for relay in relays),
        Tried("stations", "desk", False, says=NO_ANSWER),
    ]


async def _switched(trial: _Trial) -> list[Tried]:
    """Every relay on, and off again, all at once."""
    contacts, deadline_s = trial.relays.contacts, WITHIN_MS / 1000 + 1
    for contact in contacts:
        contact.want(True)
    await trial.until(lambda: all(contact.relay.name in trial.words for contact in contacts), deadline_s)
    words = dict(trial.words)
    for contact in contacts:
        contact.want(False)
    await trial.until(lambda: all(contact.confirmed or contact.faults for contact in contacts), deadline_s)
    return [_of_contact(contact, words.get(contact.relay.name)) for contact in contacts]


def _of_contact(contact: Contact, word: Word | None) -> Tried:
    name = contact.relay.name
    if word is None or not word.reached:
        return Tried(name, "relay", False, word.took_ms if word else None, word.says if word else NO_ANSWER)
    if not contact.confirmed:
        return Tried(name, "relay", False, word.took_ms, "It was on, and has not confirmed that it is off again.")
    return Tried(name, "relay", True, word.took_ms, "On, and off again, by its own word.")


def _desks(stations: dict[str, StationBeat]) -> list[Tried]:
    """The desks that a call would reach now."""
    if not stations:
        return [Tried("stations", "desk", False, says=NO_STATION)]
    found: list[Tried] = []
    for station, beat in sorted(stations.items()):
        armed = [Tried(f"{desk} at {station}", "desk", True, says="It is armed.") for desk in beat.desks]
        found += armed or [Tried(station, "desk", False, says="It is there, but no desk is armed at it.")]
    return found
