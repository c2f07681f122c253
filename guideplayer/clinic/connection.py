"""The connection to an MQTT 5 broker, on asyncio: it is kept up for ever, and nothing that was to be said is kept.

A room must never wait for a broker, and what could not be said in time is told anew when the broker is back; so there
is no queue besides what the broker has yet to confirm. `mqtt5` reads and writes the packets: paho-mqtt 2 takes 44 us
for a message that comes in, and blocks while it connects.
"""

import asyncio
import itertools
import logging
import random
import ssl
from collections import deque
from collections.abc import Callable
from typing import Protocol

import mqtt5

from guideplayer.clinic.broker import ONCE_AT_LEAST
from guideplayer.clinic.identity import ConnectionFailedError, Identity

CONNECT_WITHIN_S = 4.0
# A broker that has said nothing for this long, however often it was asked, is gone.
PING_EVERY_S, SILENT_S = 1.0, 3.0
# What the broker is told: it sends the last will half as long again after the last word.
KEEP_ALIVE_S = 2
AGAIN_FIRST_S, AGAIN_LONGEST_S = 0.2, 2.0
MOST_WAITING = 10_000
MOST_WAITING_BYTES = 8 << 20
PACKET_IDS = 0xFFFF
LARGEST_PACKET_BYTES = 4 << 20
REFUSED = 0x80

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who uses the connection."""

    def will(self) -> tuple[str, bytes] | None:
        """What the broker is to say, and where, when the connection ends; None for nothing."""
        ...

    def met(self) -> None:
        """The broker is there: nothing of what was asked of it or told it before counts any longer."""
        ...

    def lost(self) -> None:
        """The broker is gone."""
        ...

    def heard(self, topic: str, payload: bytes) -> None:
        """A message."""
        ...


class _Wire(asyncio.Protocol):
    """One connection, as long as it lasts."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._kept = b""
        self._numbers = itertools.cycle(range(1, PACKET_IDS + 1))
        self._unconfirmed: set[int] = set()
        self._waiting: deque[Callable[[int], mqtt5.PublishPacket]] = deque()
        self._window = 1
        self.transport: asyncio.Transport | None = None
        self._momentary: set[str] = set()
        self.accepted = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()
        self.heard_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The broker's door is open."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, whoever ended it."""
        self.over.set()
        if not self.accepted.done():
            self.accepted.set_exception(ConnectionError("the broker closes the connection"))

    def data_received(self, data: bytes) -> None:
        """Some bytes: whole packets are taken, the rest is kept."""
        self.heard_s = asyncio.get_running_loop().time()
        at, whole = 0, memoryview(self._kept + data)
        try:
            while at < len(whole):
                packet, length = mqtt5.read(whole[at:])
                at += length
                self._take(packet)
        except IndexError:
            # The rest of it is still on its way.
            if len(whole) - at > LARGEST_PACKET_BYTES:
                self.drop("a message is too large")
        except ValueError as error:
            self.drop(str(error))
        self._kept = bytes(whole[at:])

    def drop(self, why: str) -> None:
        """End it at once."""
        _log.warning("The connection to the broker is given up: %s.", why)
        if self.transport:
            self.transport.abort()

    def _take(self, packet: object) -> None:
        match packet:
            case mqtt5.PublishPacket():
                if packet.packet_id is not None:
                    self.send(mqtt5.PubAckPacket(packet.packet_id))
                # What a broker has kept and hands on all the same is marked so; what is said now is not.
                if not (packet.retain and packet.topic in self._momentary):
                    self._connection.listener.heard(packet.topic, packet.payload)
            case mqtt5.PubAckPacket():
                if int(packet.reason_code) >= REFUSED:
                    self._connection.refused(f"a message is refused ({packet.reason_code.name.lower()})")
                self._unconfirmed.discard(packet.packet_id)
                self._send_waiting()
            case mqtt5.ConnAckPacket():
                if int(packet.reason_code) >= REFUSED:
                    self.accepted.set_exception(ConnectionError(packet.reason_code.name.lower().replace("_", " ")))
                else:
                    self._window = packet.receive_max
                    self.accepted.set_result(None)
            case mqtt5.SubAckPacket():
                if any(int(code) >= REFUSED for code in packet.reason_codes):
                    self._connection.refused("a topic may not be read")
            case mqtt5.DisconnectPacket():
                self.drop(packet.reason_code.name.lower().replace("_", " "))

    def send(self, packet: "mqtt5.Packet") -> None:
        """Send a packet, unless the broker takes none."""
        if not self.transport or self.transport.is_closing():
            return
        self.transport.write(packet.write())
        if self.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            self.drop("the broker takes nothing")

    def publish(self, packet: Callable[[int], mqtt5.PublishPacket]) -> None:
        """Send a message that the broker confirms, which takes a number; no more at once than the broker allows."""
        if len(self._waiting) >= MOST_WAITING:
            self.drop("the broker confirms nothing")
            return
        self._waiting.append(packet)
        self._send_waiting()

    def _send_waiting(self) -> None:
        while self._waiting and len(self._unconfirmed) < min(self._window, PACKET_IDS - 1):
            number = self._number()
            self._unconfirmed.add(number)
            self.send(self._waiting.popleft()(number))

    def _number(self) -> int:
        """One that no packet bears which is yet to be confirmed."""
        return next(number for number in self._numbers if number not in self._unconfirmed)

    def subscribe(self, topic: str, *, kept: bool) -> None:
        """Ask for a topic."""
        if not kept:
            self._momentary.add(topic)
        wanted = mqtt5.TopicFilter(
            topic,
            max_qos=mqtt5.QoS.AT_LEAST_ONCE,
            retain_as_published=False,
            retain_handling=mqtt5.RetainHandling.SEND_ALWAYS if kept else mqtt5.RetainHandling.SEND_NEVER,
        )
        self.send(mqtt5.SubscribePacket(self._number(), [wanted]))

    def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no longer."""
        self.send(mqtt5.UnsubscribePacket(self._number(), [topic]))


class Connection:
    """Implements `Broker`. `trouble` says what is wrong with it, and is empty while nothing is."""

    def __init__(self, identity: Identity) -> None:
        """Raises ConnectionFailedError for an address or certificates that no broker could be reached with."""
        self._host, self._port = identity.address()
        self._context = _context(identity)
        self._wire: _Wire | None = None
        self._random = random.Random(identity.client)
        self.listener: Listener
        self.trouble = f"The clinic's broker {self._host} has not answered yet."

    @property
    def connected(self) -> bool:
        """Whether the broker answers."""
        return self._wire is not None

    def publish(
        self, topic: str, payload: bytes, *, quality: int = ONCE_AT_LEAST, retain: bool = False, expires_s: int = 0
    ) -> None:
        """Send a message."""
        if self._wire is None:
            return

        def packet(number: int | None = None) -> mqtt5.PublishPacket:
            return mqtt5.PublishPacket(
                topic,
                payload,
                qos=mqtt5.QoS.AT_LEAST_ONCE if quality else mqtt5.QoS.AT_MOST_ONCE,
                retain=retain,
                packet_id=number,
                message_expiry_interval=expires_s or None,
            )

        if quality:
            self._wire.publish(packet)
        else:
            self._wire.send(packet())

    def subscribe(self, topic: str, *, kept: bool = True) -> None:
        """Ask for a topic."""
        if self._wire:
            self._wire.subscribe(topic, kept=kept)

    def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no longer."""
        if self._wire:
            self._wire.unsubscribe(topic)

    def refused(self, why: str) -> None:
        """The broker does not allow something that it must."""
        self.trouble = f"The clinic's broker {self._host} does not let this one speak as it should: {why}."

    async def run(self) -> None:
        """Connect, and connect again, for ever."""
        waits_s = AGAIN_FIRST_S
        while True:
            try:
                await self._live()
                waits_s = AGAIN_FIRST_S
            except OSError as error:
                why = str(error) or "it does not answer"
                self.trouble = f"The clinic's broker {self._host} cannot be reached: {why}."
            # Ten thousand rooms must not all come at once.
            await asyncio.sleep(waits_s * self._random.uniform(0.5, 1.5))
            waits_s = min(AGAIN_LONGEST_S, 2 * waits_s)

    async def _live(self) -> None:
        """One connection, from its first word to its end. Raises OSError, also for TLS and for no answer."""
        wire = await self._connect()
        loop = asyncio.get_running_loop()
        self.trouble, self._wire = "", wire
        try:
            self.listener.met()
            while not wire.over.is_set():
                wire.send(mqtt5.PingReqPacket())
                try:
                    async with asyncio.timeout(PING_EVERY_S):
                        await wire.over.wait()
                except TimeoutError:
                    if loop.time() - wire.heard_s > SILENT_S:
                        wire.drop("it is silent")
        finally:
            self._wire = None
            if wire.transport:
                wire.transport.abort()
            self.trouble = f"The connection to the clinic's broker {self._host} is lost."
            self.listener.lost()

    async def _connect(self) -> _Wire:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, wire = await loop.create_connection(lambda: _Wire(self), self._host, self._port, ssl=self._context)
            accepted = False
            last = self.listener.will()
            will = mqtt5.Will(last[0], payload=last[1], qos=mqtt5.QoS.AT_LEAST_ONCE) if last else None
            # No name of its own: by the certificate the broker knows who it is, and two may never push out each other.
            first = mqtt5.ConnectPacket("", clean_start=True, keep_alive=KEEP_ALIVE_S, will=will)
            wire.send(first)
            try:
                await wire.accepted
                accepted = True
            finally:
                if wire.transport and not accepted:
                    wire.transport.abort()
        return wire


def _context(identity: Identity) -> ssl.SSLContext | None:
    """How the broker proves itself, and this end. Raises ConnectionFailedError."""
    if not identity.secret:
        return None
    try:
        context = ssl.create_default_context(cafile=str(identity.authority) if identity.authority else None)
        if identity.certificate:
            context.load_cert_chain(identity.certificate, identity.key)
    except OSError as error:
        raise ConnectionFailedError(
            f"The certificates in {identity.authority and identity.authority.parent} cannot be used: {error}. "
            "Make them with `guideplayer clinic init`, and copy this room's or station's folder there."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
