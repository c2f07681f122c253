"""The stage's loop: what a new one shows first, and what it does without a room."""

import socket

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.clock import now_ms
from guideplayer.core.direction import moment_at
from guideplayer.core.link import ROOM_SILENT_MS, Card, Chosen, Direction, Lines, ToRoom, encode
from guideplayer.core.menu import ATTEND_WORDS
from guideplayer.core.messages import Began, Chose, Infused, Pressed
from guideplayer.core.script import SceneChoice
from guideplayer.core.session import opened, step
from guideplayer.core.state import Play
from guideplayer.stage.controls import Controls
from guideplayer.stage.scenes.colours import luminance
from guideplayer.stage.score import SOUND, SpeakerHealth
from guideplayer.stage.screen import Screen
from guideplayer.stage.stage import END_ALARM, NO_ROOM, Stage
from tests.factory import WORDS, line, phase, rest, script_of

SIZE = (640, 360)
WORDS_OF_A_LINE = line("Let your breath move on its own.", length_ms=8000)
PHASE = phase("bright", rest(20, 1800), WORDS_OF_A_LINE, rest(20, 1800), scene="dawn")
SCRIPT = script_of(msgspec.structs.replace(PHASE, scene=SceneChoice("dawn", light=1.0)))


class Silent:
    """A loudspeaker that is well, and whether it was told to sound the alarm."""

    alarm = False

    def frame(self, _state, _offset_ms, alarm, _at_ms):
        self.alarm = alarm

    def health(self, _at_ms):
        return SpeakerHealth(SOUND)


@pytest.fixture
def stage():
    """A stage without a display, and its room's end of the link."""
    room, end = socket.socketpair()
    screen = Screen()
    screen.open(SIZE, False, "guideplayer")
    one = Stage(end, screen, Silent(), Controls())
    yield one, room
    one.close()
    screen.close()
    pygame.quit()
    room.close()
    end.close()


def playing():
    """A session in its infusion, begun so that a caption stands whole now."""
    state = opened("Room 1", WORDS, 0)
    for event in (Chose(SCRIPT, 2_400_000), Began(unready=True), Infused("started")):
        state, _ = step(state, event, 0)
    captions = ((at_ms, moment_at(state, at_ms).caption) for at_ms in range(20_000, 2_400_000, 100))
    return state, next(at_ms for at_ms, caption in captions if caption and caption.opacity == 1)


def holding():
    """The same, some seconds after a press."""
    state, at_ms = playing()
    state, _ = step(state, Pressed("1", "key", "42"), at_ms)
    return state, at_ms + 10_000


@pytest.mark.parametrize("begun", [playing, holding])
def test_a_stage_that_begins_in_a_session_rises_from_black_beneath_whole_words(stage, begun):
    stage, room = stage
    state, at_ms = begun()
    first_ms = now_ms()
    room.sendall(encode(Direction(state, at_ms - first_ms, Card("Room 1"))))
    light, words = [0.0], []
    for number in range(120):
        stage.frame(first_ms + number * 1000 // 60)
        painter = stage._screen._painter
        if painter._coming:
            painter._coming[1].result()
        light.append(luminance(pixels(painter._front)).mean())
        words.append(pixels(pygame.display.get_surface()).max())
    assert np.abs(np.diff(light)).max() <= 0.02
    assert light[1] == 0
    assert light[-1] > 0.015
    assert words[0] > 0.8


def pixels(surface):
    return pygame.surfarray.array3d(surface) / 255


def press(number, mod=0):
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=number, mod=mod))


def test_without_a_room_the_notice_says_how_to_end_the_alarm_and_that_ends_it(stage):
    stage, room = stage
    state, at_ms = playing()
    first_ms = now_ms()
    room.sendall(encode(Direction(state, at_ms - first_ms, Card("Room 1"))))
    stage.frame(first_ms)
    alone_ms = first_ms + ROOM_SILENT_MS + 1
    stage.frame(alone_ms)
    assert stage._sound.alarm
    assert stage._overlay(alone_ms).lines == (NO_ROOM, *END_ALARM)
    press(pygame.K_s, pygame.KMOD_CTRL | pygame.KMOD_SHIFT)
    stage.frame(alone_ms + 100)
    assert ATTEND_WORDS in stage._overlay(alone_ms + 100).lines
    press(pygame.K_RETURN)
    stage.frame(alone_ms + 200)
    assert not stage._sound.alarm
    assert stage._overlay(alone_ms + 200).lines == (NO_ROOM,)
    assert stage._mind.state.play is Play.HOLDING
    said = Lines(ToRoom).feed(room.recv(1 << 16))
    assert Chosen("attend", alone_ms + 200 + at_ms - first_ms) in said
