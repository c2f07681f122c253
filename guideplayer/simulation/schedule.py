"""What happens in a world, drawn from one seed: presses, faults and what staff do, each with its time.

A schedule is a plain list, so that a failure can be reduced by leaving things out.
"""

import random
from collections.abc import Callable
from enum import StrEnum

import msgspec

from guideplayer.core.units import MINUTE_MS, SECOND_MS

LENGTH_MS = 40 * MINUTE_MS
DESKS = ("Anna", "Ben")


class What(StrEnum):
    """A thing that happens."""

    PRESS = "press"
    KILL_STAGE = "kill the stage"
    FREEZE_STAGE = "freeze the stage"
    KILL_ROOM = "kill the room"
    FREEZE_ROOM = "freeze the room"
    KILL_BOTH = "kill both"
    POWER_CUT = "cut the power"
    SUSPEND = "suspend the machine"
    DISK_FULL = "fill the disk"
    TEAR_DISK = "tear what was written last"
    LOSE_DISK = "damage the whole record"
    STEP_WALL = "set the wall clock"
    LOSE_SOUND = "lose the sound"
    LOSE_SCREEN = "lose the screen"
    CUT_DESK = "cut a desk off"
    HIDE_DESK = "put a desk to sleep"
    SLOW_NETWORK = "slow the network"
    KILL_BROKER = "kill the broker"
    CUT_CLINIC = "cut the room off the broker"
    KILL_STATION = "kill the station"
    HIDE_STATION = "put the station to sleep"
    PUMP = "say what the pump does"
    COMFORT = "change the comfort"
    PAUSE = "pause"
    RETURN = "go to the return"
    LOOKED = "look at the patient"
    MENU = "use the menu in the room"
    IMPATIENT = "ask for what makes no sense"


class Act(msgspec.Struct, frozen=True):
    """One thing: when, for how long (or by how much), to which desk, and a word."""

    at_ms: int
    what: What
    for_ms: int = 0
    desk: int = 0
    word: str = ""


class Schedule(msgspec.Struct, frozen=True):
    """A seed and what it means. The seed also decides how long each message takes and what staff are like."""

    seed: int
    acts: tuple[Act, ...]


def _brief(dice: random.Random) -> int:
    """Mostly a moment, now and then a minute: faults that are over before anybody notices, and such as stay."""
    return round(10 ** dice.uniform(1.0, 4.9))


_Draw = Callable[[random.Random, int], Act]


def _lasting(what: What) -> _Draw:
    return lambda dice, at_ms: Act(at_ms, what, _brief(dice), dice.randrange(len(DESKS)))


def _worded(what: What, words: tuple[str, ...]) -> _Draw:
    return lambda dice, at_ms: Act(at_ms, what, dice.choice((1, 5, 20)) * MINUTE_MS, 0, dice.choice(words))


_COMFORT = ("picture still", "picture off", "picture full", "light 0.2", "light 1.0", "volume 0.3", "volume 1.0")
_FAULTS: tuple[tuple[int, _Draw], ...] = (
    (6, _lasting(What.KILL_STAGE)),
    (4, _lasting(What.FREEZE_STAGE)),
    (6, _lasting(What.KILL_ROOM)),
    (4, _lasting(What.FREEZE_ROOM)),
    (3, _lasting(What.KILL_BOTH)),
    (2, _lasting(What.POWER_CUT)),
    (2, _lasting(What.SUSPEND)),
    (4, _lasting(What.DISK_FULL)),
    (3, lambda dice, at_ms: Act(at_ms, What.TEAR_DISK, dice.randrange(1, 6))),
    (1, _lasting(What.LOSE_DISK)),
    (2, lambda dice, at_ms: Act(at_ms, What.STEP_WALL, dice.choice((-1, 1)) * _brief(dice) * 60)),
    (2, _lasting(What.LOSE_SOUND)),
    (1, _lasting(What.LOSE_SCREEN)),
    (5, _lasting(What.CUT_DESK)),
    (4, _lasting(What.HIDE_DESK)),
    (4, _lasting(What.SLOW_NETWORK)),
    (3, _lasting(What.KILL_BROKER)),
    (3, _lasting(What.CUT_CLINIC)),
    (2, _lasting(What.KILL_STATION)),
    (2, _lasting(What.HIDE_STATION)),
)
_STAFF: tuple[tuple[int, _Draw], ...] = (
    (4, _worded(What.PUMP, ("stopped", "restarted", "extended", "shortened"))),
    (4, _worded(What.COMFORT, (*_COMFORT, "narration sparse", "narration music", "narration full"))),
    (3, _worded(What.PAUSE, ("",))),
    (1, _worded(What.RETURN, ("",))),
    (2, _worded(What.LOOKED, ("",))),
    (3, _worded(What.MENU, ("attend", "clear", "resume", "hold", "looked", "pump-stopped"))),
    (2, _worded(What.IMPATIENT, ("resume", "begin", "clear", "acknowledge", "return", "end of nothing"))),
)


def _picked(dice: random.Random, table: tuple[tuple[int, _Draw], ...], at_ms: int) -> Act:
    draws = [draw for _, draw in table]
    return dice.choices(draws, [weight for weight, _ in table])[0](dice, at_ms)


def drawn(seed: int) -> Schedule:
    """The schedule of a seed: a few bad minutes somewhere in a session, and in them clusters of what goes wrong."""
    dice = random.Random(seed)
    acts: list[Act] = []
    somewhere_ms = dice.randrange(10 * SECOND_MS, LENGTH_MS + 6 * MINUTE_MS)
    for _ in range(dice.randint(1, 3)):
        middle_ms = somewhere_ms + round(dice.gauss(0, 20 * SECOND_MS))
        spread_ms = round(10 ** dice.uniform(1.5, 4.3))

        def near(middle_ms: int = middle_ms, spread_ms: int = spread_ms) -> int:
            return max(SECOND_MS, middle_ms + round(dice.gauss(0, spread_ms)))

        for _ in range(dice.randint(0, 4)):
            acts.append(_picked(dice, _FAULTS, near()))
        for _ in range(dice.randint(0, 2)):
            acts.append(_picked(dice, _STAFF, near()))
        if dice.random() < 0.85:
            first_ms = near()
            for _ in range(dice.choice((1, 1, 1, 2, 5))):
                acts.append(Act(first_ms, What.PRESS))
                first_ms += round(10 ** dice.uniform(1.0, 4.3))
    return Schedule(seed, tuple(sorted(acts, key=lambda act: act.at_ms)))
