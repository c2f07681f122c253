"""`python -m guideplayer.stage.loudspeaker`: the process that sounds; the stage starts it, and another when it ends.

It is a process of its own because a sound server that hangs, or has no device, makes SDL wait or crash, and holds up
everything else in its process. When its device is lost it ends: opening one anew is what starting it does.
"""

import argparse
import os
import select
import socket
from pathlib import Path

import pygame

from guideplayer.core.direction import moment_at
from guideplayer.core.link import Chime
from guideplayer.core.moment import Moment
from guideplayer.core.state import BEFORE
from guideplayer.media import Library
from guideplayer.stage.device import DeviceError, removed
from guideplayer.stage.link import Link
from guideplayer.stage.score import NO_SOUND, SPEAKS_EVERY_MS, STARTING, Score, SpeakerHealth, ToSpeaker
from guideplayer.stage.speaker import Speaker, go_first, precise_ms

WAIT_S = 0.05
TRY_EVERY_MS = 1000.0


class Loudspeaker:
    """A speaker at the stage's link."""

    def __init__(self, end: socket.socket, library: Library, device: str) -> None:
        self._end = end
        self._link: Link[ToSpeaker] = Link(end, ToSpeaker)
        self._library = library
        self._device = device
        self._score = Score()
        self._speaker: Speaker | None = None
        self._try_ms = self._told_ms = float("-inf")
        self._alarm = False
        self._health = SpeakerHealth(STARTING)

    def moment(self, at_ms: float) -> Moment | None:
        """The moment at a time of CLOCK_MONOTONIC."""
        score = self._score
        return moment_at(score.state, round(at_ms) + score.offset_ms) if score.state else None

    def run(self) -> None:
        """Sound until the stage is gone, or the device is."""
        # Said before a device is opened: from then on it may wait for the sound server.
        self._link.send(self._health)
        while not self._link.closed:
            if lost := self._lost():
                self._link.send(SpeakerHealth(NO_SOUND, faults=(lost,)))
                return
            select.select([self._end], [], [], WAIT_S)
            self._hear()
            now_ms = precise_ms()
            if self._speaker is None and now_ms >= self._try_ms and not self._link.closed:
                self._open()
                self._try_ms = precise_ms() + TRY_EVERY_MS
            self._sound_alarm()
            if now_ms - self._told_ms >= SPEAKS_EVERY_MS:
                self._told_ms = now_ms
                self._link.send(self._speaker.health() if self._speaker else self._health)

    def _hear(self) -> None:
        for said in self._link.poll():
            match said:
                case Score():
                    self._score = said
                    self._renew()
                case Chime() if self._speaker:
                    self._speaker.chime()

    def _renew(self) -> None:
        """What was recorded or taken over since: before a session, since nothing that sounds may become another."""
        before = self._score.state is not None and self._score.state.play in BEFORE
        if before and self._library.refresh() and self._speaker:
            self._speaker.renew()

    def _open(self) -> None:
        speaker = Speaker(self._library)
        try:
            speaker.open(self.moment, self._device)
            self._speaker = speaker
        except DeviceError as error:
            self._health = SpeakerHealth(NO_SOUND, faults=(str(error),))

    def _sound_alarm(self) -> None:
        if self._speaker is None or self._score.alarm == self._alarm:
            return
        self._alarm = self._score.alarm
        if self._alarm:
            self._speaker.play_alarm()
        else:
            self._speaker.stop_alarm()

    def _lost(self) -> str:
        """Why another process should take over: the device is gone, or the one that was asked for has come."""
        changed = pygame.event.get((pygame.AUDIODEVICEADDED, pygame.AUDIODEVICEREMOVED))
        if self._speaker is None:
            return ""
        if any(removed(event) for event in changed):
            return "The sound device was removed."
        if changed and self._speaker.devices_changed():
            return f"The sound device '{self._device}' has come, and is opened."
        if self._speaker.fault or self._speaker.alive:
            return self._speaker.fault
        # The alarm sounds on without a programme; all else is better begun anew.
        return "" if self._alarm else "The speaker could not go on."


def main() -> None:
    """Sound what the stage at the descriptor asks for."""
    parser = argparse.ArgumentParser(prog="guideplayer.stage.loudspeaker")
    parser.add_argument("descriptor", type=int)
    parser.add_argument("--media", type=Path, action="append", default=[])
    parser.add_argument("--sound", default="")
    given = parser.parse_args()
    go_first()
    # Only for the events of devices.
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    pygame.display.init()
    Loudspeaker(socket.socket(fileno=given.descriptor), Library(*given.media), given.sound).run()
    # A sound server that hangs would keep it from ending in any gentler way.
    os._exit(0)


if __name__ == "__main__":
    main()
