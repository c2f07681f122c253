"""One relay of a room: what it is to be, what it says that it is, and what is told when the two are not the same.

Only the relay's own word counts, and only one that it says now. It is asked for again and again, for as long as it
lasts: nothing here waits for it, and whatever it does, the call goes on without it.
"""

from collections.abc import Callable

import msgspec

from guideplayer.clinic.broker import Broker
from guideplayer.clinic.relay_kinds import Relay, is_there
from guideplayer.core.call import ALERT_EVERY_MS
from guideplayer.desk.ports import Clock

WITHIN_MS = 4000
# An order that comes later than this, to a device that was away, is none.
COUNTS_FOR_S = WITHIN_MS // 1000
AGAIN_ON_MS, AGAIN_OFF_MS = 2000, 30_000
# One that is on for a call is asked whether it still is, as often as the call alerts anew.
STILL_EVERY_MS = ALERT_EVERY_MS
# One that something else switches off at once, every time, is not fought over faster than this.
CALM_MS = 1000
NOT_CONNECTED = "It is not connected to the broker."
SWITCHED_OFF = "It was switched off while the call was open."


class Word(msgspec.Struct, frozen=True):
    """What came of switching it on: `reached` when it has said itself that it is on. `says` is why not."""

    relay: str
    reached: bool
    took_ms: int
    says: str = ""


class Contact:
    """A relay at the broker. `told` takes what came of switching it on for a call, once, and when that changes."""

    def __init__(self, relay: Relay, broker: Broker, now_ms: Clock, told: Callable[[Word], None]) -> None:
        self.relay = relay
        self._device, self._broker, self._now_ms, self._told = relay.device(), broker, now_ms, told
        self.wanted = False
        self._said: bool | None = None
        self._there: bool | None = None
        self._since_ms = self._asked_ms = now_ms()
        # Whether its word is waited for, has come, has not come in time; and whether it was switched off in the call.
        self._waits, self._settled, self._failed, self._fell = True, False, False, False
        self._reported: bool | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it, or the broker, speaks of it."""
        return (*self._device.states, self._device.there)

    @property
    def confirmed(self) -> bool:
        """Whether it says that it is what it is to be."""
        return self._settled and self._said == self.wanted

    def want(self, on: bool) -> None:
        """It is to be on, or off, from now on."""
        if on != self.wanted:
            self.wanted, self._fell, self._reported = on, False, None
            self._begin()

    def met(self) -> None:
        """The broker is there, for the first time or again: nobody knows what the relay has done meanwhile."""
        for topic in self._device.states:
            # What it said some time is not what it is.
            self._broker.subscribe(topic, kept=False)
        self._broker.subscribe(self._device.there)
        self._begin()

    def lost(self) -> None:
        """The broker is gone, and the relay's word with it."""
        self._there = None
        self._begin()

    def _begin(self) -> None:
        self._said, self._settled, self._failed = None, False, False
        self._wait()
        self._ask()

    def _wait(self) -> None:
        self._waits, self._since_ms = True, self._now_ms()

    def _ask(self) -> None:
        self._asked_ms = self._now_ms()
        for topic, payload in self._device.switching(self.wanted):
            self._broker.publish(topic, payload, expires_s=COUNTS_FOR_S)

    def heard(self, topic: str, payload: bytes) -> None:
        """A word of it, or of the broker about it."""
        if topic == self._device.there:
            self._is_there(is_there(payload))
            return
        state = self._device.state(topic, payload)
        if state is None:
            return
        self._said = state
        if state == self.wanted:
            self._settle()
        elif self._settled and self.wanted:
            self._fall()

    def _is_there(self, there: bool) -> None:
        self._there = there
        if not there:
            # Whatever it was, nobody knows what it is.
            self._said, self._waits, self._settled, self._failed = None, True, False, True
            if self.wanted:
                self._report(False, NOT_CONNECTED)
        else:
            # It has begun anew, unless that is what the broker has kept of it: then it is asked twice.
            self._begin()

    def _settle(self) -> None:
        self._waits, self._settled, self._failed = False, True, False
        if self.wanted:
            self._report(True)

    def _fall(self) -> None:
        """It was on, for a call that is open, and somebody or something has switched it off."""
        self._fell, self._settled = True, False
        self._wait()
        self._report(False, SWITCHED_OFF)
        if self._now_ms() - self._asked_ms >= CALM_MS:
            self._ask()

    def tick(self) -> None:
        """Some times a second: who does not confirm is told of, and asked again."""
        now_ms = self._now_ms()
        if self._waits and not self._failed and now_ms - self._since_ms >= WITHIN_MS:
            self._settled, self._failed = False, True
            # That the broker went after the relay had been reached does not undo it.
            if self.wanted and (self._broker.connected or not self._reported):
                self._report(False, f"It has not confirmed within {WITHIN_MS // 1000} s: {self._why()}.")
        if self._settled and not self.wanted:
            # It was off. What switches it on without a call is told of, and left to who does so.
            return
        again_ms = STILL_EVERY_MS if self._settled else AGAIN_ON_MS if self.wanted else AGAIN_OFF_MS
        if self._broker.connected and now_ms - self._asked_ms >= again_ms:
            if not self._waits:
                self._wait()
            self._ask()

    def _why(self) -> str:
        if not self._broker.connected:
            return "the clinic's broker does not answer"
        if self._there is False:
            return "it is not connected to the broker"
        return "look at its power and network, and whether it is set to tell its state"

    def _report(self, reached: bool, says: str = "") -> None:
        if reached != self._reported:
            self._reported = reached
            self._told(Word(self.relay.name, reached, self._now_ms() - self._since_ms, says))

    @property
    def faults(self) -> tuple[str, ...]:
        """What staff should know of it, each a sentence. A broker that is away is told of elsewhere, once."""
        name = f"The relay “{self.relay.name}”"
        if self.wanted:
            if self._failed:
                return (f"{name} has not confirmed that it is on: {self._why()}.",)
            return (f"{name} was switched off while the call is open, and is switched on again.",) if self._fell else ()
        if not self._broker.connected:
            return ()
        if self._there is False:
            return (f"{name} is not connected to the broker: a call would not switch it on.",)
        if self._failed:
            return (f"{name} has not confirmed that it is off: {self._why()}.",)
        return (f"{name} is on, though nobody calls.",) if self._settled and self._said else ()
