"""One room: events in, state on, and everybody told. Calls are made before anything is recorded."""

import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from guideplayer.core.link import (
    Beat,
    Card,
    Chime,
    Chosen,
    Direction,
    Health,
    Press,
    Quit,
    Remembered,
    Shot,
    ToRoom,
)
from guideplayer.core.messages import (
    Alert,
    Armed,
    Chose,
    Comforted,
    Delivered,
    Effect,
    Event,
    Held,
    Infused,
    InRoom,
    Met,
    Noted,
    Pressed,
    Recovered,
    Refused,
    Restored,
    RoundsSet,
    StageIs,
    Tick,
)
from guideplayer.core.restoring import STALE_MS
from guideplayer.core.session import next_due_ms, step
from guideplayer.core.state import BEFORE, UNDER_WAY, Play, State
from guideplayer.core.units import SECOND_MS
from guideplayer.desk.ports import RefusedError
from guideplayer.journal.record import Entry
from guideplayer.room.clock import Clock
from guideplayer.room.commands import event_of, menu_event
from guideplayer.room.examination import Notice
from guideplayer.room.health import figures_of, health_of
from guideplayer.room.ports import Record, Shelf, Stage
from guideplayer.room.view import view

LOOKED_AT_MS = 4 * SECOND_MS
# What a person asked of a room that did not know all yet. Nothing that answers a call or lets anything go on: the
# patient may have pressed since then.
DONE_AGAIN = (Comforted, Infused, Noted, RoundsSet, Held)
# Of these, what counts from the instant at which it was asked for, or from what was before, has to wait for the stage;
# not for ever, since it may be the stage that does not come.
TOO_EARLY = (Comforted, Infused, RoundsSet)
STAGE_WITHIN_MS = 10 * SECOND_MS
UNSURE = "The room has been started again, and its stage does not tell where the session is. Look at the room."
JUST_BACK = "The room has just been started again and looks where the session is: try again in a few seconds."


def under_way(state: State) -> bool:
    """Whether there is anything to be taken up: something was chosen, or somebody is called."""
    return state.plan is not None or state.call.open


def bedside_code() -> str:
    """Two digits that only somebody in the room can read."""
    return f"{secrets.randbelow(100):02d}"


class Room:
    """The room that decides. Implements the desk's port; give it its stage and desk before the first event.

    `taken_up`: another room was there before, and has left this state, or a stage that knows more. `early` is what that
    room was asked for before it had met the stage, if it never has.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        record: Record,
        shelf: Shelf,
        stage: Stage,
        *,
        taken_up: bool = False,
        early: Sequence[Event] = (),
    ) -> None:
        self.name = state.room
        self.state = state
        self.clock = clock
        self._record = record
        self._shelf = shelf
        self._stage = stage
        self._code: str | None = None
        self._pairing_link = ""
        self._address = ""
        self._jpeg: bytes | None = None
        self._looked_ms = -LOOKED_AT_MS
        self._behind = False
        self._woke_ms = clock.now_ms()
        self._began_ms, self._since = clock.now_ms() - clock.offset_ms, state.since
        self._alive_ms = self._began_ms
        self._met = not taken_up
        self._alone = self._was_under_way = False
        self._early = [event for event in early if isinstance(event, DONE_AGAIN)]
        self._numbers = itertools.count(1)
        self._cards_made = 0
        self._armed_here: tuple[str, ...] = ()
        self._armed_afar: tuple[str, ...] = ()
        self.told: Callable[[], None] = lambda: None
        self.woken: Callable[[], None] = lambda: None
        self.closed: Callable[[], None] = lambda: None
        self.coded: Callable[[str], None] = lambda code: None
        self.noticed: Callable[[], tuple[str, ...]] = lambda: ()
        self.examined: Callable[[], tuple[Notice, ...]] = lambda: ()

    def take_up(self, alive_ms: int) -> None:
        """Go on with what was under way when the room was last alive: before anything else happens to it."""
        self._alive_ms = alive_ms - self.clock.offset_ms
        self.handle(Recovered(alive_ms, bedside_code(), taken_up=True))
        self._since = min(self._since, self.state.since)

    def wake(self) -> None:
        """Call this often: what lies between two calls was slept through, by the machine or by this process alone."""
        now_ms, last_ms = self.clock.now_ms(), self._woke_ms
        self._woke_ms = now_ms
        if now_ms - last_ms > STALE_MS:
            self.handle(Recovered(last_ms, bedside_code()))

    def handle(self, event: Event) -> tuple[Effect, ...]:
        """Let an event happen: the session first, then the stage and the desks, and only then the record."""
        if not isinstance(event, Recovered):
            # What was slept through ends before it, here as when the record is played again.
            self.wake()
        now_ms = self.clock.now_ms()
        before = self.state
        self.state, effects = step(before, event, now_ms)
        refused = any(isinstance(effect, Refused) for effect in effects)
        if self.provisional and not refused and isinstance(event, DONE_AGAIN):
            self._early.append(event)
        told = self.state != before or any(isinstance(effect, Alert) for effect in effects)
        if told:
            self.direct()
        if told or isinstance(event, Tick):
            # A tick comes when something is due: at least another line begins, which the stage knows by itself.
            self.told()
        if not refused and not isinstance(event, Tick):
            if isinstance(event, Chose) and before.play is Play.ENDED:
                self._record.begin(before, self.clock.wall_ms())
            self._record.record(Entry(now_ms, self.clock.wall_ms(), event))
        self.woken()
        return effects

    @property
    def provisional(self) -> bool:
        """Whether it goes by the record alone, and the stage may know better, or does and has yet to tell."""
        return self.state.provisional

    def _too_early(self, event: Event) -> bool:
        waited_ms = self.clock.now_ms() - self.clock.offset_ms - self._began_ms
        return self.provisional and isinstance(event, TOO_EARLY) and waited_ms < STAGE_WITHIN_MS

    def do_again(self, events: Sequence[Event]) -> None:
        """What was asked of a room that did not know yet what the stage knows."""
        for event in events:
            self.handle(event)

    def due_ms(self) -> int | None:
        """When something next happens by itself, or another line begins, on the room's clock."""
        times = [next_due_ms(self.state)]
        position = self.state.position
        if self.state.plan and position.running:
            edge_ms = self.state.plan.track(position.section).next_change_ms(position.at(self.clock.now_ms()))
            times.append(None if edge_ms is None else position.at_ms + edge_ms - position.base_ms)
        return min((time for time in times if time is not None), default=None)

    # What the stage is told, and what it says.

    def direct(self) -> None:
        """Tell the stage what is; when it does not listen, again with the next beat.

        A room that has taken up a session says nothing before it has met the stage, which may know better.
        """
        if not self._met:
            return
        self._behind = not self._stage.send(
            Direction(self.state, self.clock.offset_ms, self._card(), self._began_ms, self._since)
        )

    def beat(self) -> None:
        """Show the stage that the room lives."""
        if self._behind:
            self.direct()
        self._stage.send(Beat(self.clock.now_ms() - self._looked_ms < LOOKED_AT_MS))

    def _card(self) -> Card:
        if not self._address:
            return Card(self.name)
        armed = self.state.readiness.armed
        who = f"Armed: {', '.join(armed)}" if armed else "No desk is armed."
        return Card(self.name, (f"Desk: {self._address}", who), self._code or "", self._pairing_link)

    def heard(self, message: ToRoom) -> None:
        """Something from the stage."""
        match message:
            case Press(press=press, source=source, at_ms=at_ms):
                self.handle(Pressed(press, source, bedside_code(), at_ms))
                # Also when nothing changed: a stage that sends a press again has not heard that it was taken.
                self.direct()
            case Chosen(action=action, at_ms=at_ms):
                self._menu(action, at_ms)
            case Health(screen=screen, sound=sound):
                self._meet(message)
                if (screen, sound) != (self.state.readiness.screen, self.state.readiness.sound):
                    self.handle(StageIs(screen, sound))
            case Remembered(state=state, offset_ms=offset_ms) if state.revision > self._since:
                # The record is behind: a disk was full, or damaged, or there was no time to write.
                self.clock.offset_ms = offset_ms
                self._woke_ms, self._since = self.clock.now_ms(), state.revision
                self.handle(Restored(state, bedside_code()))
                self.do_again(self._early)
                self._call_when_alone()
            case Shot(jpeg=jpeg):
                self._jpeg = jpeg

    def stage_began(self) -> None:
        """A stage has started and knows nothing yet."""
        self.direct()

    def _meet(self, health: Health) -> None:
        """The first stage that speaks after a session was taken up. One that was not there yet when the room before is
        known to have run does not remember all, and a press may have been lost between the two; so may one that only a
        stage knew that is gone before it told. What a dead one has left in the socket does not count.
        """
        # Also after what a dead stage has left has told all: the one that is there now knows nothing yet.
        first, knows_more = not self._met, health.revision > self._since
        agrees = self.provisional and not knows_more
        if health.at_ms < self._began_ms or not (first or agrees):
            return
        self._met = True
        self._alone = not first or health.knows_since_ms is None or health.knows_since_ms >= self._alive_ms
        if agrees:
            self.handle(Met())
        self._call_when_alone()
        self.direct()

    def _call_when_alone(self) -> None:
        if self._alone:
            self.handle(Recovered(self.clock.now_ms(), bedside_code(), alone=True))
        self._call_when_lost()

    def was_under_way(self) -> None:
        """The launcher, which outlives rooms and stages, knows of a session; neither record nor stage may do so."""
        self._was_under_way = True
        self._call_when_lost()

    def _call_when_lost(self) -> None:
        if self._was_under_way and self._met and not self.provisional:
            self._was_under_way = False
            if self.state.play in BEFORE:
                self.handle(Recovered(self.clock.now_ms(), bedside_code(), alone=True, lost=True))

    @property
    def busy(self) -> bool | None:
        """Whether somebody is in the room's care; None while it does not know."""
        if self.provisional or not self._met:
            return None
        state = self.state
        return state.play in UNDER_WAY or (state.call.open and not state.call.rehearsal)

    def unheard(self) -> None:
        """Nobody could read the patient's control for a while, where there was one: they may have pressed."""
        if self.state.readiness.windowed and self.state.play in UNDER_WAY:
            self.handle(Recovered(self.clock.now_ms(), bedside_code(), alone=True))

    def stage_lost(self) -> None:
        """The stage is silent; until another speaks there is neither screen nor sound."""
        self._jpeg = None
        self.told()

    def _menu(self, action: str, at_ms: int | None) -> None:
        if action == "chime":
            self._stage.send(Chime())
        elif action == "quit":
            self._stage.send(Quit())
            self.closed()
        elif (event := menu_event(action, at_ms)) and not self._too_early(event):
            self.handle(event)

    # The desk's port.

    def published(self, address: str) -> None:
        """The desk can be reached there."""
        self._address = address
        self.direct()

    def view(self) -> dict[str, object]:
        """The room as its desks show it."""
        stage = self._stage.health
        health = health_of(self.state.readiness, stage, self._record.trouble)
        shown = view(self.state, self.clock.now_ms(), self.clock.wall_ms(), health)
        return {
            **shown,
            "faults": (*((UNSURE,) if self.busy is None else ()), *(stage.faults if stage else ()), *self.noticed()),
            "notices": self.examined() if self.state.play in BEFORE or self.state.play is Play.ENDED else (),
            "figures": figures_of(stage, self._position_error_ms(stage)),
            "cards": self._cards_made,
        }

    def _position_error_ms(self, stage: Health | None) -> int | None:
        """How far the last frame that the stage told of stood from where the script was at its time, whenever that was
        read: a room that comes back finds some of what was said waiting. None until it knows where the script is, and
        until there is a frame since that was last set anew, as by a press.
        """
        if stage is None or stage.position_ms is None or self.busy is None:
            return None
        position, at_ms = self.state.position, stage.at_ms + self.clock.offset_ms
        return abs(stage.position_ms - position.at(at_ms)) if at_ms >= position.at_ms else None

    def scripts(self) -> list[dict[str, object]]:
        """The scripts to choose from."""
        return self._shelf.listing()

    def card_file(self, name: str, part: str) -> Path | None:
        """The picture or the sample of a script."""
        return self._shelf.card_file(name, part)

    def card_made(self) -> None:
        """There is one more card: the desks may fetch the scripts anew."""
        self._cards_made += 1
        self.told()

    def command(self, name: str, body: Mapping[str, Any], by: str, desk: str) -> None:
        """Do what a person at a desk asks. Raises RefusedError."""
        match name:
            case "choose":
                script = self._shelf.script(body["script"], body.get("voice"))
                self._ask(Chose(script, body["infusion_ms"], by))
            case "rehearse":
                self._ask(Pressed(f"desk-{self.clock.now_ms()}-{next(self._numbers)}", "desk", bedside_code()))
            case "confirm" if body["what"] == "chime":
                if not self._stage.send(Chime()):
                    raise RefusedError("The stage is starting: try again in a moment.")
            case "acknowledge":
                self._ask(event_of(name, {"call": self.state.call.id, **body}, by))
            case "begin" if body.get("in_room"):
                self._ask(InRoom(by))
                self._ask(event_of(name, body, by))
            case _:
                self._ask(event_of(name, body, by))

    def _ask(self, event: Event) -> None:
        if self._too_early(event):
            raise RefusedError(JUST_BACK)
        for effect in self.handle(event):
            if isinstance(effect, Refused):
                raise RefusedError(effect.sentence)

    def delivered(self, call: str, desk: str) -> None:
        """An armed desk shows this call."""
        self.handle(Delivered(call, desk))

    def armed(self, desks: Sequence[str]) -> None:
        """These desks of its own are armed now."""
        self._tell_armed(desks, self._armed_afar)

    def armed_afar(self, desks: Sequence[str]) -> None:
        """These desks of stations are armed now."""
        self._tell_armed(self._armed_here, desks)

    def _tell_armed(self, here: Sequence[str], afar: Sequence[str]) -> None:
        self._armed_here, self._armed_afar = tuple(here), tuple(afar)
        armed = tuple(sorted({*here, *afar}))
        if armed != self.state.readiness.armed:
            self.handle(Armed(armed))

    def screen_jpeg(self) -> bytes | None:
        """The picture on the patient's screen; asking for it keeps it coming."""
        self._looked_ms = self.clock.now_ms()
        return self._jpeg

    def pairing(self, code: str | None, link: str = "") -> None:
        """The code that pairs a desk, for the room's screen and the terminal that the room was started from.

        The link is for the screen alone: a terminal's words are often kept in a log.
        """
        self._code, self._pairing_link = code, link
        self.direct()
        if code:
            self.coded(code)
