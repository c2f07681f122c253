"""The display on a real X server, whose graphics processor is only imitated by software."""

import ctypes.util
import json
import os
import subprocess
import sys

import pytest

from tests.xvfb import needed, virtual_screen

PROGRAM = """
import json, sys
import pygame
from guideplayer.stage import display
pygame.display.init()
display.may_have_renderer = lambda: True
shown = display.open_display((0, 0), True, most_trial_ms=float(sys.argv[1]))
shown.surface.fill((40, 90, 20))
pygame.display.update()
print(json.dumps([shown.in_step, shown.surface.get_size(), shown.surface.get_bitsize()]), flush=True)
sys.stdin.readline()
"""


def opened(most_trial_ms):
    """What was opened with this much patience, and the colour of a pixel as the X server has it."""
    needed("ffmpeg")
    with virtual_screen("800x600") as screen:
        environment = {**os.environ, "DISPLAY": screen.name, "SDL_VIDEODRIVER": "x11"}
        environment["SDL_FRAMEBUFFER_ACCELERATION"] = "0"
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(most_trial_ms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        try:
            told = json.loads(process.stdout.readline())
            grab = f"ffmpeg -v error -f x11grab -video_size 1x1 -i {screen.name}+100,300 -frames:v 1"
            command = [*grab.split(), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
            pixel = subprocess.run(command, check=True, capture_output=True).stdout
        finally:
            process.communicate("\n")
        return told, list(pixel)


@pytest.mark.screen
def test_an_imitated_graphics_processor_is_no_gain_and_is_not_used():
    assert opened(1.3) == ([False, [800, 600], 32], [40, 90, 20])


@pytest.mark.screen
@pytest.mark.skipif(not ctypes.util.find_library("GL"), reason="there is no OpenGL, not even an imitated one")
def test_a_graphics_processor_that_costs_little_shows_the_same_picture_in_step():
    assert opened(10_000) == ([True, [800, 600], 32], [40, 90, 20])
