"""The design's figures that no other bench measures: light, captions, sound, lines, and what failing costs."""

import os
import random

import numpy as np
import pygame
import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.core.fitting import UnfitError
from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.core.plan import plan
from guideplayer.core.script import Say, Script
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from guideplayer.core.words import caption_of, pages
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.events import inputs_of
from guideplayer.rehearsal.export import Session
from guideplayer.simulation.simulate import broken_seeds
from guideplayer.stage.captions import Captions, break_lines
from guideplayer.stage.mixing import render
from guideplayer.verify.cambi import bandings
from guideplayer.verify.loudness import Meter
from guideplayer.verify.soundtrack import listen
from guideplayer.verify.visuals import Viewing, examine
from tests.rehearsal.test_line_starts import line_errors_ms, session  # noqa: F401
from tests.soak.__main__ import Tally, soak
from tests.stage.listening import RATE_HZ, moment
from tests.stage.test_captions import least_contrast

pytestmark = pytest.mark.bench
SHORT_MS = 40 * MINUTE_MS
SEEDS = 2000
CLIPS = 6
KILLS = 10
# Below this nobody hears anything through headphones in a room.
QUIET = 10 ** (-60 / 20)
WINDOW_FRAMES = RATE_HZ // 20


def quietly(done: int, total: int) -> None:
    """Nobody watches."""


def shipped(name: str) -> Script:
    script, problems = read_script(scripts_folder() / f"{name}.yaml", shipped_library())
    assert script, problems
    return script


def test_no_bands(monkeypatch, figure):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    worst = max(bandings(), key=lambda banding: banding.cambi)
    figure("cambi", worst.cambi, f"{worst.scene} {worst.palette} at light {worst.light}")


def test_light_and_motion(monkeypatch, figure):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    found = {one.name: one.value for one in examine(shipped("open-sky"), SHORT_MS, Viewing(), quietly).measures}
    figure("flashes", found["flashes"])
    figure("red flashes", found["red flashes"])
    figure("luminance", found["mean luminance"])
    figure("luminance step", found["change in a frame"])
    figure("motion", next(value for name, value in found.items() if name.startswith("motion")))


def test_sound(figure):
    found = {one.name: one.value for one in listen(shipped("open-sky"), SHORT_MS, shipped_library(), quietly).measures}
    figure("true peak", found["true peak"])
    figure("clicks", found["clicks"])


def test_a_press_is_quiet_soon(figure):
    """The whole sound of a session about a press, up to when it falls silent: before the hold's own words."""
    script = shipped("open-sky")
    begins_ms = plan(script, SHORT_MS).arrival.length_ms
    press_ms = 12 * MINUTE_MS
    told = Session(script, SHORT_MS, [(begins_ms + at_ms, what) for at_ms, what in inputs_of([press_ms], [])])
    start_ms = begins_ms + press_ms
    heard = np.concatenate(list(render(told.moment, shipped_library(), start_ms, start_ms + 4 * SECOND_MS)))
    windows = heard[: len(heard) // WINDOW_FRAMES * WINDOW_FRAMES].reshape(-1, WINDOW_FRAMES * 2)
    loud = np.sqrt(np.mean(np.square(windows, dtype=np.float64), axis=1)) > QUIET
    assert loud[0], "nothing sounds at the press"
    assert not loud.all(), "it never falls silent"
    figure("press quiet", np.flatnonzero(~loud)[0] * WINDOW_FRAMES * 1000 / RATE_HZ)


def test_captions(figure):
    captions = Captions((1920, 1080))
    figure("caption size", captions._caption.size_px)
    figure("caption contrast", least_contrast())
    for path in sorted(scripts_folder().glob("*.yaml")):
        script, _ = read_script(path, shipped_library())
        if script is None:
            continue
        for minutes in (40, 50, 60):
            try:
                tracks = plan(script, minutes * MINUTE_MS)
            except UnfitError:
                continue
            for track in (tracks.arrival, tracks.infusion, tracks.returning):
                cues = [cue for cue in track.cues if isinstance(cue.item, Say)]
                ends = [*(cue.start_ms for cue in cues[1:]), track.length_ms]
                for cue, end_ms in zip(cues, ends, strict=True):
                    _shown(cue, end_ms - cue.start_ms, figure)


def _shown(cue, room_ms, figure):
    """Each page of a line: how long it stands, asked of the captions themselves every 20 ms."""
    assert isinstance(cue.item, Say)
    # From just before it was first seen to just after it was last seen.
    stands: dict[str, int] = {}
    for into_ms in range(0, room_ms, 20):
        caption = caption_of(cue.item.text, into_ms, cue.length_ms, room_ms)
        if caption:
            stands[caption.text] = stands.get(caption.text, 20) + 20
        elif stands and into_ms > cue.length_ms + 30_000:
            break
    assert set(stands) == set(pages(cue.item.text)), cue.item.text
    for page, stood_ms in stands.items():
        lines = break_lines(page, 37)
        figure("caption line", max(map(len, lines)))
        figure("caption lines", len(lines), page if len(lines) > 2 else "")
        figure("caption pace", len(page) * 1000 / stood_ms, page)
        figure("caption shortest", stood_ms / 1000, page)


def test_clips(figure):
    """How loud each clip of every voice is, and how far the beds go down beneath them."""
    library = shipped_library()

    def read(make, length_ms):
        with Meter() as meter:
            for block in render(make, library, 0, length_ms):
                meter.feed(block)
            return meter.read()

    def bed(at_ms):
        return moment(beds=[BedPart("evening-pad", at_ms, -26.0, 1.0)], speaks=True)

    under_lufs = read(bed, 12 * SECOND_MS).short_term_lufs[-1]
    dice = random.Random(7)
    for voice, clips in sorted(library.clips.items()):
        for text in dice.sample(sorted(clips), CLIPS):
            clip = library.find_clip(voice, text)
            alone = read(lambda at_ms, clip=clip: moment(ClipPart(clip.file, at_ms, "a")), clip.length_ms)
            figure("narration", abs(alone.integrated_lufs + 20), f"{voice}: “{text}”")
            figure("under narration", alone.integrated_lufs - under_lufs, f"{voice}: “{text}”")


def test_lines_of_an_hour(session, figure):  # noqa: F811
    _, errors_ms = line_errors_ms(session)
    quarter = len(errors_ms) // 4
    figure("lines", np.abs(errors_ms).max())
    figure("drift", abs(np.mean(errors_ms[-quarter:]) - np.mean(errors_ms[:quarter])))


@pytest.mark.parametrize("what", ["killed", "frozen"])
def test_a_stage_that_fails(what, figure):
    name = f"stage {what}"
    tally = Tally()
    soak([name] * KILLS, "bench", {name: tally})
    assert tally.bad == []
    figure(f"{what} back", max(one.back_s for one in tally.outcomes), f"{KILLS} times")
    errors_ms = [one.error_ms for one in tally.outcomes if one.error_ms is not None]
    if errors_ms:
        figure(f"{what} error", max(errors_ms), f"{len(errors_ms)} times")


def test_worlds(figure):
    broken = list(broken_seeds(range(SEEDS), os.cpu_count() or 1, lambda done: None))
    figure("lost", len(broken), f"{SEEDS:,} of them; `guideplayer simulate --seeds 1000000` for the million")


@pytest.fixture(autouse=True)
def _fonts():
    pygame.font.init()
