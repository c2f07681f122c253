"""What must hold at every step of every world, whatever fails."""

from guideplayer.core.call import EVERYONE_MS, UNACKNOWLEDGED_MS, UNDELIVERED_MS, asks
from guideplayer.core.direction import moment_at
from guideplayer.core.moment import Moment
from guideplayer.core.script import Say, Script
from guideplayer.core.session import advance
from guideplayer.core.state import BEFORE, RUNNING, SILENCED_MS, WINDOW, Call, Play, State
from guideplayer.room.hands import AWAY_MS
from guideplayer.simulation.room_host import PULSE_MS, RoomHost
from guideplayer.simulation.stage_host import FRAME_MS, StageHost
from guideplayer.simulation.truth import Truth
from guideplayer.simulation.world import World

# A line that has begun is said to its end.
SAID_OUT_MS = 5000
DIES_AWAY_MS = 1600
SETTLED_MS = 1200
NEARLY_MS = 250
STEP = 0.02
# In a frame: the quickest fade takes a second and a half, and begins at twice the speed of its middle.
STEEP = 0.03
FADES = ("light", "hold", "loudness", "picture", "volume", "speech", "captions", "spoken", "spoken_optional")
EVERY_MS = 2000
# The room looks every other second here.
UNHEARD_MS = AWAY_MS + PULSE_MS + 500


class BrokenError(Exception):
    """A rule does not hold; the text says which, and what was instead."""


class Rules:
    """Watches a world after everything that happens in it."""

    def __init__(self, world: World, room: RoomHost, stage: StageHost, truth: Truth, script: Script) -> None:
        self._world, self._room, self._stage, self._truth = world, room, stage, truth
        phases = (script.arrival, *script.phases, script.returning)
        self._script_clips = {
            item.clip.file for phase in phases if phase for item in phase.items if isinstance(item, Say)
        }
        self._hold = script.hold
        self._script_clips -= {say.clip.file for say in script.hold.grounding}
        self._seen: State | None = None
        self._seen_life = 0
        self._seen_offset_ms = 0
        self._held_since_ms: int | None = None
        self._shown: State | None = None
        self._decided: State | None = None
        self._lives = (-1, False, False)
        self._next_ms = 0
        self._alone_ms = -1
        self._hands_ms = world.now_ms
        self._alarmed = (-1, "")

    def check(self) -> None:
        """Raises BrokenError. Where nothing has changed, every other second is often enough."""
        stage, room = self._stage, self._room
        now_ms = self._world.now_ms
        if stage.runs and stage.screen == WINDOW:
            self._hands_ms = now_ms
        shown = stage.mind.state if stage.mind else None
        decided = room.room.state if room.room else None
        lives = (stage.lives, stage.frozen, room.frozen)
        if shown is self._shown and decided is self._decided and lives == self._lives and now_ms < self._next_ms:
            return
        self._shown, self._decided, self._lives, self._next_ms = shown, decided, lives, now_ms + EVERY_MS
        if stage.runs and stage.mind and stage.mind.state:
            now_ms = stage.now_ms + stage.mind.offset_ms
            state, _ = advance(stage.mind.state, now_ms)
            self._goes_on_only_by_a_person(state)
            self._holds_after_a_press(state, now_ms)
            if state.hold.target > 0 or state.hold.at(now_ms) > 0:
                moment = moment_at(state, now_ms)
                self._tells_what_is_true(state, moment, now_ms)
                self._says_nothing_in_a_hold(state, moment, now_ms)
            self._never_jumps(state, now_ms)
            self._is_alarmed(state, now_ms)
            self._alarm_ends_only_by_a_person(stage.mind.state.call)
        self._nobody_is_left_alone()
        self._nobody_goes_unheard()
        self._agree()

    def _fail(self, sentence: str) -> None:
        raise BrokenError(sentence)

    def _nobody_is_left_alone(self) -> None:
        """Where neither room nor stage was there, a press may have been lost: nothing plays before a person comes."""
        room, stage = self._room, self._stage
        if room.room is None and stage.mind is None:
            self._alone_ms = self._world.now_ms
        settled = (
            room.runs and stage.runs and self._world.now_ms - max(room.runs_since_ms, stage.runs_since_ms) > SETTLED_MS
        )
        if not (settled and room.room):
            return
        state, truth = room.room.state, self._truth
        if state.play in RUNNING and truth.went_on_ms < self._alone_ms:
            self._fail("room and stage were gone, and the programme plays on as if the patient had not been alone")
        cared_for = room.busy if state.play in BEFORE else state.play not in RUNNING
        if cared_for and not state.call.open and truth.cleared_ms < self._alone_ms:
            self._fail("room and stage were gone, and nobody is called, as if no press could have been lost")

    def _nobody_goes_unheard(self) -> None:
        """Where no stage reads the patient's control, nothing plays on for long before a person has let it."""
        room, hands_ms = self._room, self._hands_ms
        if not (room.runs and room.room) or room.room.busy is None:
            return
        unheard = self._world.now_ms - max(hands_ms, room.runs_since_ms) > UNHEARD_MS
        if unheard and room.room.state.play in RUNNING and self._truth.went_on_ms < hands_ms:
            self._fail("nobody has read the patient's control for seconds, and the programme plays on")

    def _open_presses(self) -> list[int]:
        """When the presses were that nobody has cleared yet."""
        return [at_ms for press, at_ms in self._truth.pressed.items() if press not in self._truth.cleared]

    def _goes_on_only_by_a_person(self, state: State) -> None:
        since_ms = self._held_since_ms
        if state.play is Play.HOLDING:
            self._held_since_ms = self._world.now_ms if since_ms is None else since_ms
        elif since_ms is not None and state.play in RUNNING:
            if self._truth.went_on_ms < since_ms and not self._truth.forgot:
                self._fail("the programme goes on, and no person let it")
            self._held_since_ms = None

    def _holds_after_a_press(self, state: State, now_ms: int) -> None:
        presses = self._open_presses()
        if not presses:
            return
        if state.play in RUNNING:
            self._fail("the patient has pressed, and the programme plays")
        if not state.call.open:
            self._fail("the patient has pressed, and nobody is called")
        if state.hold.at(now_ms + 17) <= 0:
            self._fail("the patient has pressed, and sees nothing of it in the next frame")

    def _tells_what_is_true(self, state: State, moment: Moment, now_ms: int) -> None:
        if moment.hold is None or self._truth.forgot:
            return
        call, truth = state.call, self._truth
        words = moment.hold.words.text if moment.hold.words else ""
        clip = moment.narration.file if moment.narration else ""
        told = {say.text for say in (self._hold.delivered, self._hold.acknowledged) if words.startswith(say.text)}
        told |= {say.text for say in (self._hold.delivered, self._hold.acknowledged) if clip == say.clip.file}
        gone_ms = now_ms - (call.cleared_ms if call.cleared_ms is not None else now_ms)
        if gone_ms > SAID_OUT_MS and told:
            self._fail(f"the patient is told {told} long after the call was cleared")
        if self._hold.delivered.text in told and call.id not in truth.shown:
            self._fail("the patient is told that the team knows, and no desk has shown the call")
        if self._hold.acknowledged.text in told:
            if call.id not in truth.answered | truth.attended:
                self._fail("the patient is told that somebody comes, and nobody has said so")
            last_ms = max(call.answers_ms, default=now_ms)
            if call.attended_ms is None and now_ms > last_ms + SILENCED_MS + SAID_OUT_MS:
                self._fail("the patient is still told that somebody comes, and nobody came")

    def _says_nothing_in_a_hold(self, state: State, moment: Moment, now_ms: int) -> None:
        mind = self._stage.mind
        assert mind
        shown_ms = min(self._world.now_ms - (self._held_since_ms or 0), self._stage.now_ms - (mind.knows_since_ms or 0))
        if state.play is Play.HOLDING and now_ms > state.held_ms + DIES_AWAY_MS and shown_ms > DIES_AWAY_MS:
            if moment.narration and moment.narration.file in self._script_clips:
                self._fail(f"the script is spoken in a hold: {moment.narration.file}")
            if moment.beds:
                self._fail("music sounds in a hold")

    def _never_jumps(self, state: State, now_ms: int) -> None:
        """Whatever has just happened: light, picture and sound are in this instant what they were."""
        seen = self._seen
        mind = self._stage.mind
        assert mind
        if seen is not None and self._seen_life == self._stage.lives:
            was_ms = now_ms - mind.offset_ms + self._seen_offset_ms
            seen, _ = advance(seen, was_ms)
            for name in FADES:
                before, after = getattr(seen, name), getattr(state, name)
                if before is after and was_ms == now_ms:
                    continue
                was, now, soon = before.at(was_ms), after.at(now_ms), after.at(now_ms + FRAME_MS)
                if abs(was - now) > STEP or abs(now - soon) > STEEP:
                    self._fail(f"{name} jumps from {was:.2f} to {now:.2f} and {soon:.2f}")
            both = seen.position.running and state.position.running
            if both and seen.position.section is state.position.section:
                by_ms = state.position.at(now_ms) - seen.position.at(was_ms)
                if abs(by_ms) > NEARLY_MS and seen.play is state.play:
                    self._fail(f"the position jumps by {by_ms} ms")
        self._seen, self._seen_life, self._seen_offset_ms = mind.state, self._stage.lives, mind.offset_ms

    def _is_alarmed(self, state: State, now_ms: int) -> None:
        """A call that no desk has shown is heard in the room itself, three seconds after the press at the latest."""
        mind = self._stage.mind
        assert mind
        call, truth = state.call, self._truth
        waits_ms = [self._world.now_ms - at_ms for at_ms in self._open_presses()]
        if not waits_ms or self._world.now_ms - self._stage.runs_since_ms < SETTLED_MS:
            return
        known = call.id in truth.shown | truth.answered | truth.attended
        asking_ms = now_ms - call.asking_since_ms
        if not known and min(max(waits_ms), asking_ms) > UNDELIVERED_MS + 20 and not mind.alarm(self._stage.now_ms):
            self._fail("no desk has shown the call for three seconds, and the room is silent")
        if asks(call) and asking_ms > EVERYONE_MS + 20 and not mind.alarm(self._stage.now_ms):
            self._fail("nobody has answered for a minute, and the room is silent")

    def _alarm_ends_only_by_a_person(self, call: Call) -> None:
        """Once a stage has sounded it for a call, whatever the room says or does."""
        life, alarmed = self._alarmed
        answered = alarmed in self._truth.answered | self._truth.attended or self._truth.forgot
        if alarmed and not answered and life == self._stage.lives and asks(call) and not self._stage.alarm:
            self._fail("the alarm has ended, and nobody has answered")
        self._alarmed = self._stage.lives, call.id if asks(call) and self._stage.alarm else ""

    def _agree(self) -> None:
        """Room and stage, once both have run for a while, know the same; and the room calls as loudly as it is due."""
        room, stage = self._room, self._stage
        if not (room.runs and room.room and stage.runs and stage.mind and stage.mind.state):
            return
        if self._world.now_ms - max(room.runs_since_ms, stage.runs_since_ms) < SETTLED_MS:
            return
        now_ms = room.room.clock.now_ms()
        state, _ = advance(room.room.state, now_ms)
        pump, kept = state.pump, self._truth.pump
        if not self._truth.forgot:
            left_ms, counted_ms = kept.left_ms(now_ms), pump.left_ms(now_ms)
            if kept.started and (pump.running != kept.running or abs(left_ms - counted_ms) > NEARLY_MS):
                self._fail(f"the infusion's end has moved: {left_ms} ms are left, and the room counts {counted_ms}")
            # The clock that both were counted by is the room's own: it may be wrong only by what the date was.
            left_ms, doubt_ms = self._truth.world_pump.left_ms(self._world.now_ms), NEARLY_MS + self._room.doubt_ms
            if kept.started and abs(left_ms - counted_ms) > doubt_ms:
                self._fail(f"the room's clock is wrong: {left_ms} ms are left, and it counts {counted_ms}")
        presses = self._open_presses()
        if presses and self._world.now_ms - min(presses) > SETTLED_MS and not state.call.open:
            self._fail("the patient has pressed, and the room calls nobody")
        if asks(state.call):
            asking_ms = now_ms - state.call.asking_since_ms
            due = 3 if asking_ms > EVERYONE_MS else 2 if asking_ms > UNACKNOWLEDGED_MS else 0
            if state.call.level < due:
                self._fail(f"nobody has answered for {asking_ms} ms, and the call is at level {state.call.level}")

    def agree_in_the_end(self, recorded: State | None) -> None:
        """When all is well again, the stage shows what the room decides, and the record, where all is written, leads
        to the same. Raises BrokenError.
        """
        room, stage = self._room, self._stage
        if not (room.runs and room.room and stage.runs and stage.mind and stage.mind.state):
            self._fail("nothing runs when all is well again")
            return
        now_ms = room.room.clock.now_ms()
        decided, _ = advance(room.room.state, now_ms)
        shown, _ = advance(stage.mind.state, stage.now_ms + stage.mind.offset_ms)
        if (decided.play, decided.call) != (shown.play, shown.call):
            self._fail(f"the room is {decided.play} with a call {decided.call.state}, the stage {shown.play}")
        if abs(decided.position.at(now_ms) - shown.position.at(now_ms)) > NEARLY_MS:
            self._fail("room and stage stand at different places of the script")
        if recorded and advance(recorded, now_ms)[0] != decided:
            self._fail("the record leads to another state than the room is in")
