"""The stage's loop: read the link and the hands, move the state on, draw, sound, and wait for the next frame."""

import argparse
import os
import secrets
import socket
import time
from pathlib import Path

import msgspec
import pygame

from guideplayer.bell import Bell
from guideplayer.clock import now_ms
from guideplayer.core.blend import eased
from guideplayer.core.direction import moment_at
from guideplayer.core.link import Beat, Chime, Chosen, Direction, Health, Quit, Shot, ToStage
from guideplayer.core.menu import ATTEND_WORDS, menu_of
from guideplayer.core.moment import Moment
from guideplayer.core.state import BEFORE, Play
from guideplayer.failures import keep_failures
from guideplayer.stage.captions import CaptionStyle, Place
from guideplayer.stage.controls import Controls, Gesture, Hand
from guideplayer.stage.link import Link
from guideplayer.stage.mind import Mind
from guideplayer.stage.overlay import Overlay
from guideplayer.stage.pace import Pace
from guideplayer.stage.score import NO_SOUND
from guideplayer.stage.screen import Screen
from guideplayer.stage.sound import Sound

HEALTH_EVERY_MS = 250
SHOT_EVERY_MS = 1000
MENU_OPEN_MS = 20_000
NO_ROOM = "Staff: the room’s computer is not answering."
END_ALARM = ("To end the alarm, press Ctrl+Shift+S", f"and choose “{ATTEND_WORDS}”.")
SECOND = 2
# A second and a half. It is counted in pictures, since what stands still for a moment must not jump either.
RISES_WITHIN = 90


class Stage:
    """Screen, sound, hands and link, around one mind."""

    def __init__(self, end: socket.socket, screen: Screen, sound: Sound, controls: Controls) -> None:
        self._link: Link[ToStage] = Link(end, ToStage)
        self._screen = screen
        self._sound = sound
        self._controls = controls
        self._bell = Bell()
        self._mind = Mind(secrets.token_hex(4), now_ms())
        self._menu: int | None = None
        self._menu_until_ms = 0
        self._health_ms = 0
        self._pictures = 0
        self._shot_ms = 0
        self._look = False
        self._work_ms: list[float] = []
        self._frames = 0
        self._pace = Pace(time.monotonic_ns(), screen.in_step)
        self.over = False

    def moment(self, at_ms: float) -> Moment | None:
        """The moment at a time of the shared clock. The first pictures rise from black: a stage that takes the place of
        another begins in the dark, and a patient's eyes may be open.
        """
        if self._mind.state is None:
            return None
        moment = moment_at(self._mind.state, round(at_ms) + self._mind.offset_ms)
        return msgspec.structs.replace(moment, risen=eased(self._pictures / RISES_WITHIN))

    def run(self) -> None:
        """Draw frames at absolute deadlines until the room closes; a late frame never shifts the ones after it."""
        while not self.over:
            began_ns = time.monotonic_ns()
            self.frame(now_ms())
            done_ns = time.monotonic_ns()
            self._work_ms.append((done_ns - began_ns) / 1e6)
            self._frames += 1
            time.sleep(self._pace.wait_ns(done_ns) / 1e9)

    def close(self) -> None:
        """Leave nothing ringing."""
        self._bell.close()

    def frame(self, at_ms: int) -> None:
        """Everything of one frame."""
        for said in self._link.poll():
            self._hear(said, at_ms)
        events = pygame.event.get()
        if any(event.type == pygame.VIDEOEXPOSE for event in events):
            self._screen.uncover()
        self._screen.keep_focus(at_ms)
        for gesture in self._controls.gestures(events, at_ms, menu_open=self._menu is not None):
            self._answer(gesture, at_ms)
        if alone := self._mind.advance(at_ms):
            self._link.send(alone)
        alarm = self._mind.alarm(at_ms)
        self._sound.frame(self._mind.state, self._mind.offset_ms, alarm, at_ms)
        self._bell.ring(alarm and self._sound.health(at_ms).kind == NO_SOUND, at_ms)
        if moment := self.moment(at_ms):
            self._screen.draw(moment, self._overlay(at_ms))
            self._screen.present()
            self._pictures += 1
        self._report(at_ms)

    def _hear(self, said: ToStage, at_ms: int) -> None:
        self._mind.heard(at_ms)
        match said:
            case Direction():
                for unknown in self._mind.direct(said, at_ms):
                    self._link.send(unknown)
            case Beat(look=look):
                self._look = look
            case Chime():
                self._sound.chime()
            case Quit():
                self.over = True

    def _answer(self, gesture: Gesture, at_ms: int) -> None:
        match gesture.hand:
            case Hand.PRESS:
                self._link.send(self._mind.press(gesture.source, at_ms))
            case Hand.MENU:
                self._open_menu(at_ms)
            case Hand.LEAVE if self._link.closed:
                # Room and launcher are gone for good: nobody else could end what this shows and sounds.
                self.over = True
            case Hand.LEAVE if self._idle():
                self._link.send(Chosen("quit"))
            case Hand.LEAVE:
                # Closing the window is no deliberate act of staff: in a session it only opens their menu.
                self._open_menu(at_ms)
            case _:
                self._in_menu(gesture.hand, at_ms)

    def _idle(self) -> bool:
        state = self._mind.state
        return state is None or ((state.play in BEFORE or state.play is Play.ENDED) and not state.call.open)

    def _open_menu(self, at_ms: int) -> None:
        self._menu = 0
        self._menu_until_ms = at_ms + MENU_OPEN_MS

    def _in_menu(self, hand: Hand, at_ms: int) -> None:
        state = self._mind.state
        if self._menu is None or state is None:
            return
        entries = menu_of(state)
        self._menu_until_ms = at_ms + MENU_OPEN_MS
        if hand is Hand.TAKE:
            action = entries[min(self._menu, len(entries) - 1)][0]
            if action:
                self._link.send(self._mind.chose(action, at_ms))
            self._menu = None
        elif hand is Hand.CLOSE:
            self._menu = None
        else:
            self._menu = (self._menu + (1 if hand is Hand.DOWN else -1)) % len(entries)

    def _overlay(self, at_ms: int) -> Overlay | None:
        """The staff menu while it is open, the room's card before a session, what is wrong when the room is gone."""
        state = self._mind.state
        if state is None:
            return None
        if self._menu is not None and at_ms < self._menu_until_ms:
            entries = menu_of(state)
            words = tuple(words for _, words in entries)
            return Overlay("Staff", words, min(self._menu, len(entries) - 1), self._mind.card.code)
        self._menu = None
        if self._mind.room_gone(at_ms):
            return Overlay("", (NO_ROOM, *END_ALARM) if self._mind.alarm(at_ms) else (NO_ROOM,))
        if self._mind.alarm(at_ms):
            return Overlay("", ("Staff: nobody has answered this call.", "Answer at the desk, or press Ctrl+Shift+S."))
        if state.play in BEFORE and not state.call.open:
            card = self._mind.card
            title = (state.plan.script.title,) if state.plan else ()
            return Overlay(card.heading, (*title, *card.lines), None, card.code, card.link)
        return None

    def _report(self, at_ms: int) -> None:
        self._link.flush()
        # Staff who saw the stage fail wait to be told that it is back. The first picture comes too late for its place.
        if at_ms - self._health_ms >= HEALTH_EVERY_MS or self._pictures == SECOND:
            self._health_ms = at_ms
            sound, state = self._sound.health(at_ms), self._mind.state
            # Whoever hears nothing reads.
            self._screen.enlarge_captions(sound.kind == NO_SOUND)
            work_ms = max(self._work_ms, default=0.0)
            self._work_ms.clear()
            self._link.send(
                Health(
                    os.getpid(),
                    self._screen.kind,
                    sound.kind,
                    at_ms,
                    state.position.at(at_ms + self._mind.offset_ms) if state else None,
                    self._mind.knows_since_ms,
                    self._mind.revision,
                    self._frames,
                    round(work_ms, 2),
                    self._pace.late,
                    sound.underruns,
                    (*sound.faults, *self._screen.faults),
                    *self._screen.desktop,
                )
            )
        if self._look and at_ms - self._shot_ms >= SHOT_EVERY_MS:
            self._shot_ms = at_ms
            self._link.send(Shot(self._screen.picture()))


def run(end: socket.socket, sound: Sound, screen: Screen, *, fullscreen: bool, size: tuple[int, int] | None) -> None:
    """Open the screen and play until the room closes; the sound comes by itself, when it can."""
    screen.open(size, fullscreen, "guideplayer")
    stage = Stage(end, screen, sound, Controls())
    try:
        stage.run()
    finally:
        stage.close()
        sound.close()
        pygame.quit()


def main() -> None:
    """Run the stage with the link on the descriptor that the first argument names."""
    parser = argparse.ArgumentParser(prog="guideplayer.stage")
    parser.add_argument("descriptor", type=int)
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))))
    parser.add_argument("--media", type=Path, action="append", default=[])
    parser.add_argument("--sound", default="")
    parser.add_argument("--caption-size", type=float, default=1.0)
    parser.add_argument("--caption-place", type=Place, default=Place.LOW)
    parser.add_argument("--state", type=Path, required=True, help="where failures are kept")
    parser.add_argument("--plain", action="store_true", help="the picture of last resort")
    parser.add_argument("--unseen", action="store_true", help="without a screen, which would keep it from starting")
    given = parser.parse_args()
    keep_failures(given.state, "stage")
    if given.unseen:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    end, style = socket.socket(fileno=given.descriptor), CaptionStyle(given.caption_size, given.caption_place)
    sound, screen = Sound(given.media, given.sound), Screen(style, plain=given.plain)
    run(end, sound, screen, fullscreen=not given.window, size=given.size)
