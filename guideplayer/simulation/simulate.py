"""One world after the other: run a schedule, watch the rules, and reduce what breaks one."""

import functools
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

import msgspec

from guideplayer.authoring.reader import read_script
from guideplayer.core.link import Press
from guideplayer.core.messages import Began, Chose, Event
from guideplayer.core.script import Script
from guideplayer.core.session import advance, opened, step
from guideplayer.core.state import WINDOW, State
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.media import Library, media_folder, scripts_folder
from guideplayer.simulation.clinic import Clinic
from guideplayer.simulation.clinic_rules import ClinicRules
from guideplayer.simulation.disk import Disk
from guideplayer.simulation.room_host import RoomHost
from guideplayer.simulation.rules import BrokenError, Rules
from guideplayer.simulation.schedule import DESKS, LENGTH_MS, Act, Schedule, What, drawn
from guideplayer.simulation.staff import Network, Nurse, Page
from guideplayer.simulation.stage_host import StageHost
from guideplayer.simulation.truth import Truth
from guideplayer.simulation.world import VirtualMachine, World

LEAD_MS = 8 * SECOND_MS
# How long a world goes on after the last fault: long enough for every part to be back; in one of three for a call to be
# as loud as it gets; in one of ten also for an answer that brings nobody to lapse, and for what comes of that.
HEALED_AFTER_MS, LOUDEST_AFTER_MS, LAPSED_AFTER_MS = 30 * SECOND_MS, 70 * SECOND_MS, 220 * SECOND_MS
REACHED_WITHIN_MS = 100
SEEDS_AT_ONCE = 200


class Failure(msgspec.Struct, frozen=True):
    """A rule that a schedule breaks, and when, since the session's beginning."""

    schedule: Schedule
    at_ms: int
    sentence: str


@functools.cache
def _begun() -> tuple[Script, State]:
    """A session of a shipped script that has just begun; the pump follows by itself."""
    script, _ = read_script(scripts_folder() / "open-sky.yaml", Library(media_folder()))
    assert script
    state = opened("Room 1", script.hold, 0)
    for event in (Chose(script, LENGTH_MS), Began("simulation", unready=True, pump_follows=True)):
        state, _ = step(state, event, 0)
    return script, state


class Simulation:
    """One schedule, in a world of its own."""

    def __init__(self, schedule: Schedule, told: Callable[[int, str], None] | None = None) -> None:
        script, begun = _begun()
        self._schedule = schedule
        first_ms = min((act.at_ms for act in schedule.acts), default=MINUTE_MS)
        now_ms = max(SECOND_MS, first_ms - LEAD_MS)
        begun, _ = advance(begun, now_ms)
        self.world = world = World(schedule.seed, now_ms, told)
        self._machine = VirtualMachine(world)
        self._disk = Disk(world, begun)
        self.stage = StageHost(world, self._machine)
        self._network = Network(world)
        self.truth = Truth(begun)
        self.room = RoomHost(world, self._machine, self._disk, self.stage)
        self.stage.room_beat_ms, self.stage.silence_noticed = self.room.last_beat_ms, self.room.watch
        self.room.did, self.room.alone = self._did, self._alone
        self.stage.pressed, self.stage.attended = self._pressed, self.truth.attends
        self.room.died = self.stage.died = self._forgets
        self._pages = [Page(world, self._network, self.room, self.truth, name) for name in DESKS]
        self._nurses = [Nurse(world, self._network, page, self.room, self.stage) for page in self._pages]
        self.room.told_desks = self._tell_desks
        self._rules = Rules(world, self.room, self.stage, self.truth, script)
        # One world of six is a room of a clinic: it takes twice as long.
        self._clinic: Clinic | None = None
        if schedule.seed % 6 == 0:
            self._clinic = Clinic(world, self._network, self.truth, self.stage, lambda: self.room.runs)
            self._clinic_rules = ClinicRules(world, self._network, self.room, self._clinic, self.truth)
            self.room.began, self.room.died, self.room.froze = (
                self._began,
                self._died,
                self._clinic.room.end.stands_still,
            )
        self._until_ms = now_ms

    def _did(self, event: Event, before: State, after: State) -> None:
        room = self.room.room
        assert room
        now_ms = room.clock.now_ms()
        self.truth.did(event, before, after, self.world.now_ms, now_ms, provisional=room.provisional)

    def _alone(self, event: Event) -> None:
        raise BrokenError(f"the room does by itself what only a person may: {type(event).__name__.lower()}")

    def _forgets(self) -> None:
        """Something is gone: is there still anything that knows all that matters?"""
        mind, room = self.stage.mind, self.room.room
        states = (room and room.state, mind and mind.state, self._disk.readable())
        if not any(state and self.truth.is_known_to(state) for state in states):
            self.world.tell("nothing knows any more what was")
            self.truth.forget()

    def _began(self) -> None:
        room = self.room.room
        assert room
        assert self._clinic
        self._clinic.room.begin(room, room.clock.now_ms, room.clock.wall_ms)

    def _died(self) -> None:
        assert self._clinic
        self._clinic.room.ended()
        self._forgets()

    def _check(self) -> None:
        self._rules.check()
        if self._clinic:
            self._clinic_rules.check()

    def _pressed(self, press: Press) -> None:
        self.truth.pressed[press.press] = self.world.now_ms

    def _tell_desks(self) -> None:
        for page in self._pages:
            page.tell()
        if self._clinic:
            self._clinic.room.changed()

    def run(self) -> Failure | None:
        """Let everything happen; the first rule that breaks ends it."""
        world = self.world
        begun_ms = world.now_ms
        self.stage.start()
        self.room.start()
        for page in self._pages:
            page.beats()
        for act in self._schedule.acts:
            world.after(act.at_ms - begun_ms, functools.partial(self._do, act))
        last_ms = max((act.at_ms + _lasts_ms(act) for act in self._schedule.acts), default=begun_ms)
        world.after_each = self._check
        try:
            world.run(last_ms + _goes_on_ms(self._schedule.seed))
            self._rest()
            self._rules.agree_in_the_end(self._disk.readable() if self.room.recorder.done else None)
        except BrokenError as broken:
            return Failure(self._schedule, world.now_ms, str(broken))
        return None

    def _rest(self) -> None:
        """Until what a person has just done has reached the stage."""
        decided = None
        while (room := self.room.room) and decided is not room.state:
            decided = room.state
            self.world.run(self.world.now_ms + REACHED_WITHIN_MS)

    def _do(self, act: Act) -> None:
        """One act."""
        if act.what is not What.PRESS:
            self.world.tell(f"* {act.what} {act.word}".rstrip())
        _DEEDS[act.what](self, act)

    # The acts.

    def press(self, act: Act) -> None:
        """The patient presses."""
        self.stage.press("key")

    def kill_both(self, act: Act) -> None:
        """Memory runs out, say, and the system ends both."""
        self.room.kill()
        self.stage.kill()

    def power_cut(self, act: Act) -> None:
        """Both processes die, and the machine's clock begins anew."""
        away_ms = act.for_ms + 8000
        self.room.kill(away_ms)
        self.stage.kill(away_ms)
        self._machine.restarted()
        # Another launcher, another socket.
        self.room.busy = False
        self.room.emptied()
        self.stage.emptied()

    def suspend(self, act: Act) -> None:
        """The lid is closed; all stands still, the desks see nothing."""
        self.room.freeze(act.for_ms)
        self.stage.freeze(act.for_ms)

    def disk_full(self, act: Act) -> None:
        """Nothing can be written for a while."""
        self._disk.full = True
        self.world.after(act.for_ms, functools.partial(setattr, self._disk, "full", False))

    def tear(self, act: Act) -> None:
        """A write is half done when the room dies next."""
        self._disk.tear(act.for_ms)

    def lose(self, act: Act) -> None:
        """The record cannot be read any more."""
        self._disk.lose()
        self._forgets()

    def sound_lost(self, act: Act) -> None:
        """The device is pulled out for a while."""
        self._stage_is(sound="no sound")
        self.world.after(act.for_ms, functools.partial(self._stage_is, sound="sound"))

    def screen_lost(self, act: Act) -> None:
        """The screen is gone for a while."""
        self._stage_is(screen="off-screen")
        self.world.after(act.for_ms, functools.partial(self._stage_is, screen=WINDOW))

    def _stage_is(self, *, sound: str = "", screen: str = "") -> None:
        self.stage.sound, self.stage.screen = sound or self.stage.sound, screen or self.stage.screen
        self.stage.report()

    def slow(self, act: Act) -> None:
        """Messages take their time for a while."""
        self._network.slow(act.for_ms)

    def wall(self, act: Act) -> None:
        """People's clock is set."""
        self._machine.set_wall(act.for_ms)

    def at_clinic(self, deed: Callable[[Clinic], None]) -> None:
        """Something happens at the broker or a station, if there is one."""
        if self._clinic:
            deed(self._clinic)

    def ask(self, command: str, act: Act, **body: object) -> None:
        """A person at a desk asks for something."""
        self._nurses[act.desk].ask(command, body)

    def comfort(self, act: Act) -> None:
        """A person at a desk makes it gentler."""
        what, _, word = act.word.partition(" ")
        self.ask("comfort", act, **{what: float(word) if what in ("light", "volume") else word})


# What is over only after a while; all else happens in an instant.
_LASTING = frozenset(
    {
        What.FREEZE_STAGE,
        What.FREEZE_ROOM,
        What.POWER_CUT,
        What.SUSPEND,
        What.DISK_FULL,
        What.LOSE_SOUND,
        What.LOSE_SCREEN,
        What.CUT_DESK,
        What.HIDE_DESK,
        What.SLOW_NETWORK,
        What.KILL_BROKER,
        What.CUT_CLINIC,
        What.KILL_STATION,
        What.HIDE_STATION,
    }
)


def _goes_on_ms(seed: int) -> int:
    if seed % 10 == 0:
        return LAPSED_AFTER_MS
    return LOUDEST_AFTER_MS if seed % 3 == 0 else HEALED_AFTER_MS


def _lasts_ms(act: Act) -> int:
    return act.for_ms if act.what in _LASTING else 0


_DEEDS: dict[What, Callable[[Simulation, Act], None]] = {
    What.PRESS: Simulation.press,
    What.KILL_STAGE: lambda world, act: world.stage.kill(),
    What.FREEZE_STAGE: lambda world, act: world.stage.freeze(act.for_ms),
    What.KILL_ROOM: lambda world, act: world.room.kill(),
    What.FREEZE_ROOM: lambda world, act: world.room.freeze(act.for_ms),
    What.KILL_BOTH: Simulation.kill_both,
    What.POWER_CUT: Simulation.power_cut,
    What.SUSPEND: Simulation.suspend,
    What.DISK_FULL: Simulation.disk_full,
    What.TEAR_DISK: Simulation.tear,
    What.LOSE_DISK: Simulation.lose,
    What.STEP_WALL: Simulation.wall,
    What.LOSE_SOUND: Simulation.sound_lost,
    What.LOSE_SCREEN: Simulation.screen_lost,
    What.CUT_DESK: lambda world, act: world._pages[act.desk].cut(act.for_ms),
    What.HIDE_DESK: lambda world, act: world._pages[act.desk].sleep(act.for_ms),
    What.SLOW_NETWORK: Simulation.slow,
    What.KILL_BROKER: lambda world, act: world.at_clinic(lambda clinic: clinic.broker.kill(act.for_ms)),
    What.CUT_CLINIC: lambda world, act: world.at_clinic(lambda clinic: clinic.room.end.cut(act.for_ms)),
    What.KILL_STATION: lambda world, act: world.at_clinic(lambda clinic: clinic.station.kill(act.for_ms)),
    What.HIDE_STATION: lambda world, act: world.at_clinic(lambda clinic: clinic.station.sleep(act.for_ms)),
    What.PUMP: lambda world, act: world.ask("infusion", act, action=act.word, by_ms=act.for_ms),
    What.COMFORT: Simulation.comfort,
    What.PAUSE: lambda world, act: world.ask("hold", act),
    What.RETURN: lambda world, act: world.ask("return", act),
    What.LOOKED: lambda world, act: world.ask("looked", act),
    What.MENU: lambda world, act: world.stage.choose(act.word),
    What.IMPATIENT: lambda world, act: world.ask("begin" if "nothing" in act.word else act.word, act, **_NONSENSE),
}
_NONSENSE: dict[str, object] = {"name": "", "code": "", "action": "nonsense"}


def failure_of(seed: int) -> Failure | None:
    """What breaks in the world of a seed; None when all holds."""
    return Simulation(drawn(seed)).run()


def trace_of(schedule: Schedule) -> tuple[list[tuple[int, str]], Failure | None]:
    """All that happens in the world of a schedule, with its times, and what breaks."""
    told: list[tuple[int, str]] = []
    failure = Simulation(schedule, lambda at_ms, sentence: told.append((at_ms, sentence))).run()
    return told, failure


def shrunk(failure: Failure) -> Failure:
    """The same rule broken by as few acts as can be found: each is left out that is not needed."""
    again = True
    while again:
        again = False
        acts = failure.schedule.acts
        for number in range(len(acts)):
            fewer = Schedule(failure.schedule.seed, acts[:number] + acts[number + 1 :])
            smaller = Simulation(fewer).run()
            if smaller and smaller.sentence.split(":")[0] == failure.sentence.split(":")[0]:
                failure, again = smaller, True
                break
    return failure


def _broken_among(seeds: range) -> list[int]:
    # A world is full of circles, and over in some milliseconds: sweeping after each would take a tenth of the time.
    gc.disable()
    broken = [seed for seed in seeds if failure_of(seed)]
    gc.enable()
    gc.collect()
    return broken


def broken_seeds(seeds: range, jobs: int, progress: Callable[[int], None]) -> Iterator[int]:
    """The seeds whose worlds break a rule, on several cores; `progress` is told how many more are done."""
    parts = [seeds[start : start + SEEDS_AT_ONCE] for start in range(0, len(seeds), SEEDS_AT_ONCE)]
    if jobs == 1:
        for part in parts:
            yield from _broken_among(part)
            progress(len(part))
        return
    with ProcessPoolExecutor(jobs) as pool:
        for part, broken in zip(parts, pool.map(_broken_among, parts), strict=True):
            yield from broken
            progress(len(part))
