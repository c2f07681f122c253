"""The stage's hold on its loudspeaker, a process of its own: it is told what to play, watched, and replaced.

Whatever happens to a sound device or its server, the picture goes on, and a loudspeaker that is begun anew plays at
the place where the session then is.
"""

import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from guideplayer.clock import stood_still
from guideplayer.core.link import Chime
from guideplayer.core.state import State
from guideplayer.handing_on import handing_on
from guideplayer.stage.link import Link
from guideplayer.stage.score import NO_SOUND, SOUND, STARTING, Score, SpeakerHealth

# A loudspeaker that plays speaks five times a second. One that begins may have to wait for a busy machine, or for a
# sound server that hangs, and goes on when that does: to end it would only make it begin anew.
SILENT_MS = 1600
# A slow frame. What stands still for several, as a whole machine may, cannot know who is silent.
FRAME_MS = 100
BEGINS_WITHIN_MS = 15_000
# After so long without sound there is none, whatever may come.
KNOWN_WITHIN_MS = 5000
LIVED_MS = 10_000
SHORTEST_WAIT_MS, LONGEST_WAIT_MS = 100, 2000
END_WITHIN_S = 1.0
SILENT = "The loudspeaker does not answer, and is started again."
DIED = "The loudspeaker has ended, and is started again."


class Sound:
    """What is heard in the room. Give it a name to play on that device."""

    def __init__(self, folders: Sequence[Path], device: str = "") -> None:
        """`folders` are those of the media."""
        self._options = [*(option for folder in folders for option in ("--media", str(folder))), "--sound", device]
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: list[subprocess.Popen[bytes]] = []
        self._end: socket.socket | None = None
        self._link: Link[SpeakerHealth] | None = None
        self._score = Score()
        self._health = SpeakerHealth(STARTING)
        self._past_underruns = 0
        self._first_ms: int | None = None
        self._begun_ms = self._heard_ms = self._frame_ms = self._next_ms = 0
        self._wait_ms = SHORTEST_WAIT_MS

    def frame(self, state: State | None, offset_ms: int, alarm: bool, at_ms: int) -> None:
        """Once a frame: tell what is to be played, when that has changed, and see to the loudspeaker. Never waits."""
        told = self._score
        if state is not told.state or (offset_ms, alarm) != (told.offset_ms, told.alarm):
            self._score = Score(state, offset_ms, alarm)
            if self._link:
                self._link.send(self._score)
        if self._link is None:
            if at_ms >= self._next_ms:
                try:
                    self._begin(at_ms)
                except OSError as error:
                    self._health = SpeakerHealth(NO_SOUND, faults=(f"No loudspeaker can be started: {error}.",))
                    self._next_ms = at_ms + LONGEST_WAIT_MS
            return
        self._heard_ms += stood_still(self._frame_ms, at_ms, FRAME_MS)
        self._frame_ms = at_ms
        self._link.flush()
        for health in self._link.poll():
            self._heard_ms = at_ms
            self._met(health)
        allowed_ms = SILENT_MS if self._health.kind == SOUND else BEGINS_WITHIN_MS
        if self._link.closed:
            self._replace(DIED, at_ms)
        elif at_ms - self._heard_ms > allowed_ms:
            self._replace(SILENT, at_ms)

    def _met(self, health: SpeakerHealth) -> None:
        """A new loudspeaker is no better than the one before it until it sounds."""
        if health.kind == STARTING:
            health = SpeakerHealth(self._health.kind, health.underruns, health.faults or self._health.faults)
        self._health = health

    def _begin(self, at_ms: int) -> None:
        self._first_ms = at_ms if self._first_ms is None else self._first_ms
        self._begun_ms = self._heard_ms = self._frame_ms = at_ms
        # One that a driver holds may take its time to end: nobody waits for it.
        self._ended = [process for process in self._ended if process.poll() is None]
        self._end, other = socket.socketpair()
        with other:
            command = [sys.executable, "-m", "guideplayer.stage.loudspeaker", str(other.fileno()), *self._options]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **handing_on([other]))
        self._link = Link(self._end, SpeakerHealth)
        self._link.send(self._score)

    def _replace(self, fault: str, at_ms: int) -> None:
        """Another one, at once after a long life, later and later after short ones."""
        assert self._process
        assert self._end
        self._process.kill()
        self._ended.append(self._process)
        self._end.close()
        self._process = self._end = self._link = None
        self._past_underruns += self._health.underruns
        told = self._health.faults if self._health.kind == NO_SOUND else ()
        self._health = SpeakerHealth(NO_SOUND, faults=told or (fault,))
        lived = at_ms - self._begun_ms > LIVED_MS
        self._wait_ms = SHORTEST_WAIT_MS if lived else min(LONGEST_WAIT_MS, 2 * self._wait_ms)
        self._next_ms = at_ms + self._wait_ms

    def chime(self) -> None:
        """The sound by which a person confirms that the room is heard."""
        if self._link:
            self._link.send(Chime())

    def health(self, at_ms: int) -> SpeakerHealth:
        """How it is. Empty, not yet known, is its kind only for the first seconds."""
        told = self._health
        late = self._first_ms is not None and at_ms - self._first_ms > KNOWN_WITHIN_MS
        kind = NO_SOUND if told.kind == STARTING and late else told.kind
        return SpeakerHealth(kind, self._past_underruns + told.underruns, told.faults, told.late_ms_max)

    def close(self) -> None:
        """End the loudspeaker."""
        if self._end:
            self._end.close()
        for process in filter(None, (*self._ended, self._process)):
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
