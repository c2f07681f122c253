"""A press in the stage itself: how soon the first changed frame is on the screen."""

import random
import socket
import statistics
import time

import pygame
import pytest

from guideplayer.core.link import Card, Direction, encode
from guideplayer.core.messages import Began, Chose, Cleared, Infused, Resumed
from guideplayer.core.session import opened, step
from guideplayer.media import shipped_library
from guideplayer.stage.controls import Controls
from guideplayer.stage.screen import Screen
from guideplayer.stage.sound import Sound
from guideplayer.stage.stage import Stage, now_ms
from tests.factory import SCRIPT, WORDS
from tests.session.conftest import display  # noqa: F401

pytestmark = pytest.mark.bench


def test_press_to_first_changed_frame(display, monkeypatch, tmp_path, figure):  # noqa: F811
    for name, value in {
        "DISPLAY": display,
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(tmp_path / "sound.raw"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    room, end = socket.socketpair()
    screen = Screen()
    screen.open((1280, 720), False, "bench")
    sound = Sound(shipped_library().folders)
    stage = Stage(end, screen, sound, Controls())
    state = opened("Room 1", WORDS, now_ms())
    for event in (Chose(SCRIPT, 2_400_000), Began(unready=True), Infused("started")):
        state, _ = step(state, event, now_ms())
    room.sendall(encode(Direction(state, 0, Card("Room 1"))))
    delays = []
    try:
        for _ in range(40):
            until = time.monotonic() + 0.5 + random.random() / 30
            while time.monotonic() < until:
                stage.frame(now_ms())
                time.sleep(0.012)
            before = pygame.image.tobytes(pygame.display.get_surface(), "RGB")
            pressed = time.monotonic()
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0))
            # A press comes at any time within a frame.
            time.sleep(random.random() / 60)
            while pygame.image.tobytes(pygame.display.get_surface(), "RGB") == before:
                stage.frame(now_ms())
            delays.append((time.monotonic() - pressed) * 1000)
            held = stage._mind.state
            for event in (Cleared(present=True), Resumed()):
                held, _ = step(held, event, now_ms())
            room.sendall(encode(Direction(held, 0, Card("Room 1"))))
    finally:
        sound.close()
        screen.close()
        room.close()
        end.close()
    figure("press frame", max(delays), f"the largest of {len(delays)} presses")
    print(f"press to first changed frame: p50 {statistics.median(delays):.1f} ms, max of 40 {max(delays):.1f} ms")
    assert max(delays) < 500
