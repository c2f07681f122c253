"""What the stage and its loudspeaker say to each other, in the lines of `core/link.py`."""

import msgspec

from guideplayer.core.link import Chime
from guideplayer.core.state import State


class Score(msgspec.Struct, frozen=True, tag="score"):
    """What to play, sent when it changes: `state` on CLOCK_MONOTONIC plus `offset_ms`, and whether the alarm sounds."""

    state: State | None = None
    offset_ms: int = 0
    alarm: bool = False


class SpeakerHealth(msgspec.Struct, frozen=True, tag="speaker"):
    """How the speaker is: `sound`, `no sound` or, at first, neither; gaps and the latest block; what is wrong."""

    kind: str
    underruns: int = 0
    faults: tuple[str, ...] = ()
    late_ms_max: float = 0.0


STARTING, SOUND, NO_SOUND = "", "sound", "no sound"
ToSpeaker = Score | Chime
SPEAKS_EVERY_MS = 200
