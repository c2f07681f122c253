"""Scenes of somebody else's: tried before a session, painted in a process of their own, tamed, and let go softly."""

import itertools
import threading
import time

import msgspec
import numpy as np
import pygame
import pytest

from guideplayer.core.moment import ScenePart
from guideplayer.own_scenes import OwnScene, OwnScenes
from guideplayer.stage.own_reel import GONE, OwnReel
from guideplayer.stage.painter import Painter
from guideplayer.stage.picture import PicturePainter
from guideplayer.stage.reel import STEP_MS, Reel
from guideplayer.stage.scenes import make_scene
from guideplayer.stage.scenes.canvas import Stars
from guideplayer.stage.scenes.colours import luminance
from guideplayer.stage.scenes.tamed import MOST_MEAN, Tamed, UnpaintableError
from tests.own_scenes import RIPPLE, plain, write
from tests.stage.moments import moment

SIZE = (160, 90)
WITHIN_S = 30
NONE = Stars(np.zeros(0), np.zeros(0), np.zeros(0))


def wait_for(condition, what):
    """Poll for a condition."""
    until = time.monotonic() + WITHIN_S
    while not (value := condition()):
        assert time.monotonic() < until, f"{what} did not come within {WITHIN_S} s"
        threading.Event().wait(0.01)
    return value


@pytest.fixture
def reel():
    """Makes reels of files, which are ended at last."""
    made = []

    def make(file, *, waits=True, palette=""):
        made.append(OwnReel(str(file), palette, SIZE, Reel(make_scene("still", *SIZE)), waits=waits))
        return made[-1]

    yield make
    for one in made:
        one.close()


def shown_until(reel, condition, what, time_ms=60_000):
    """Ask for pictures as a stage does until a condition holds; all that was shown."""
    begun_s, shown = time.monotonic(), []

    def enough():
        shown.append(reel.at(time_ms + round((time.monotonic() - begun_s) * 1000)))
        return condition()

    wait_for(enough, what)
    return shown


def steps_of(fields):
    return [abs(float(luminance(b).mean() - luminance(a).mean())) for a, b in itertools.pairwise(fields)]


def test_a_scene_of_a_folder_is_found_and_tried(tmp_path):
    file = write(tmp_path, "slow_ripple", RIPPLE)
    write(tmp_path, "_helper", "raise ValueError('no scene at all')")
    own = OwnScenes(tmp_path)
    assert own.names == {"slow-ripple"}
    assert own.find("slow-ripple") == OwnScene("slow-ripple", str(file), ("amber", "moss"))
    assert own.find("ripple") is None
    assert OwnScenes(known=own.all()).find("slow-ripple") == own.find("slow-ripple")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("raise ValueError('no good')", "it fails with ValueError (no good), line 1 of bad.py"),
        ("x = ", "it fails with SyntaxError (invalid syntax (bad.py, line 1)), line 1 of bad.py"),
        ("import no_such_package", "it fails with ModuleNotFoundError (No module named 'no_such_package'), line 1 of"),
        ("x = 1", "there is no class `Scene` in bad.py"),
        ("import os\nos._exit(3)", "it ends the process that it is painted by"),
        ("import sys\nsys.exit()", "it ends the process that it is painted by"),
    ],
)
def test_one_whose_file_cannot_be_read_is_told_in_a_clause(tmp_path, text, fault):
    write(tmp_path, "bad", text)
    assert OwnScenes(tmp_path).find("bad").fault.startswith(fault)


@pytest.mark.parametrize(
    ("paints", "fault"),
    [
        ("return 1 / 0", "it fails with ZeroDivisionError (division by zero), line 14 of bad.py"),
        ("return None", "it paints NoneType where an array of the shape (180, 320, 3) belongs"),
        ("return np.zeros((4, 4))", "it paints (4, 4) where an array of the shape (180, 320, 3) belongs"),
        ("return self.grey(np.nan)", "its picture holds values that are no numbers"),
        ("return np.zeros((180, 320, 3), object)", "its picture holds values that are no numbers"),
        ("np.zeros(1 << 30).fill(1)", "it fails with MemoryError"),
        (
            "until = time.process_time() + 0.2\n            while time.process_time() < until: pass\n"
            "            return self.grey(0.1)",
            "it takes 0.2 s for a picture, and may take 0.1",
        ),
    ],
)
def test_one_that_paints_no_picture_is_told_in_a_clause(tmp_path, paints, fault):
    plain(tmp_path, "bad", paints)
    assert OwnScenes(tmp_path).find("bad").fault.startswith(fault)


def test_what_a_scene_prints_is_in_nobodys_way(tmp_path):
    plain(tmp_path, "talks", "print('hello'); os.write(1, b'hello'); return self.grey(0.1)")
    assert OwnScenes(tmp_path).find("talks").fault == ""


def test_a_shipped_name_stays_the_shipped_scene(tmp_path):
    write(tmp_path, "dusk", RIPPLE)
    own = OwnScenes(tmp_path)
    assert own.find("dusk") is None
    assert [(one.name, one.fault) for one in own.all()] == [
        ("dusk", "a shipped scene has this name, and counts: name it otherwise")
    ]


def test_it_is_painted_as_it_would_be_here(tmp_path, reel):
    """What keeps to the limits comes through the other process unchanged, at any time and between two steps."""
    space = {}
    file = write(tmp_path, "ripple", RIPPLE)
    exec(file.read_text(), space)
    from guideplayer.stage.scenes.canvas import Canvas
    from guideplayer.stage.scenes.palettes import Palette

    made = space["Scene"](Canvas(*SIZE, 1), Palette(space["Scene"].PALETTES["moss"]))
    own = reel(file, palette="moss")
    for time_ms in (0, 1000, 1100, 600_000):
        number, rest_ms = divmod(time_ms, STEP_MS)
        first, second = (made.paint(one * STEP_MS / 1000) for one in (number, number + 1))
        np.testing.assert_allclose(own.at(time_ms), first + (second - first) * (rest_ms / STEP_MS), atol=1e-6)
    assert own.fault == ""


def test_a_stage_never_waits_and_the_scene_melts_in(tmp_path, reel):
    own = reel(plain(tmp_path, "grey", "return self.grey(0.3)"), waits=False)
    still = Reel(make_scene("still", *SIZE)).at(0)
    np.testing.assert_array_equal(own.at(60_000), still)
    assert own.unsettled
    shown = shown_until(own, lambda: not own.unsettled, "the scene")
    np.testing.assert_allclose(shown[-1], 0.3, atol=1e-6)
    assert max(steps_of(shown)) < 0.02
    assert len(shown) > 50


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        ("raise RuntimeError('tired')", "it fails with RuntimeError (tired), line 14 of grey.py"),
        ("os._exit(1)", GONE),
    ],
)
def test_one_that_fails_in_a_session_melts_back_into_the_still_picture(tmp_path, reel, fails, reason):
    flag = tmp_path / "fails"
    own = reel(
        plain(tmp_path, "grey", f"if os.path.exists({str(flag)!r}): {fails}\n            return self.grey(0.3)"),
        waits=False,
    )
    shown_until(own, lambda: not own.unsettled, "the scene")
    flag.touch()
    shown = shown_until(own, lambda: own.fault and not own.unsettled, "the fault", 70_000)
    assert own.fault == reason
    np.testing.assert_array_equal(shown[-1], Reel(make_scene("still", *SIZE)).at(0))
    assert max(steps_of(shown)) < 0.02


def test_one_that_hangs_stands_and_then_melts_back(tmp_path, reel, monkeypatch):
    monkeypatch.setattr("guideplayer.stage.own_reel.PAINTS_WITHIN_S", 1.0)
    flag = tmp_path / "hangs"
    own = reel(
        plain(
            tmp_path,
            "grey",
            f"while os.path.exists({str(flag)!r}): time.sleep(0.01)\n            return self.grey(0.3)",
        ),
        waits=False,
    )
    shown_until(own, lambda: not own.unsettled, "the scene")
    flag.touch()
    shown = shown_until(own, lambda: own.fault and not own.unsettled, "the fault", 70_000)
    assert max(steps_of(shown)) < 0.02
    flag.unlink()


def test_it_is_ended_with_its_reel(tmp_path, reel):
    own = reel(plain(tmp_path, "grey", "return self.grey(0.3)"))
    own.at(0)
    process = own._process
    own.close()
    assert process.returncode is not None


def tamed_steps(pictures, stars=()):
    tamed, lights = Tamed(90, 160), stars or [NONE] * len(pictures)
    return [
        tamed.step(number, np.full((90, 160, 3), picture, np.float32), lights[number])
        for number, picture in enumerate(pictures)
    ]


def test_no_scene_is_lighter_than_the_shipped_ones():
    for value in (1.0, 0.6, 50.0):
        [(field, _)] = tamed_steps([value])
        assert luminance(field).mean() <= MOST_MEAN * 1.01
        assert field.max() <= 0.9


def test_no_scene_can_flash():
    rng = np.random.default_rng(1)
    tamed = Tamed(90, 160)
    seen = []
    for number in range(60):
        # Every place by itself black or white, so that the mean stays: and then the whole at once.
        noise = (rng.random((90, 160, 1)) < 0.1 if number < 30 else np.full((90, 160, 1), number % 2)) * np.ones(3)
        field, _ = tamed.step(number, noise.astype(np.float32), NONE)
        seen.append(luminance(field))
    places = np.abs(np.diff(np.array(seen), axis=0))
    assert places.max() <= 0.0355
    assert np.abs(np.diff([one.mean() for one in seen])).max() <= 0.0055


def test_no_scene_can_flash_in_red():
    tamed, seen = Tamed(90, 160), []
    for number in range(20):
        field = np.zeros((90, 160, 3), np.float32)
        field[:30, :, 0] = number % 2
        painted, _ = tamed.step(number, field, NONE)
        seen.append(luminance(painted[:10, :, :] * np.array([1, 0, 0])) / 0.2126)
    assert np.abs(np.diff(np.array(seen), axis=0)).max() <= 0.0245


def test_stars_come_go_and_move_softly():
    here, there = np.array([0.2]), np.array([0.8])
    on = [Stars(here, here, np.array([1.0]))] * 30 + [Stars(there, there, np.array([1.0]))] * 40
    off = [NONE] * 30
    stars = [one for _, one in tamed_steps([0.1] * 100, [*on, *off])]
    assert np.abs(np.diff([one.brightness[0] for one in stars[1:]])).max() <= 0.0601
    assert stars[28].brightness[0] == 1.0
    moved = [number for number in range(1, 70) if abs(stars[number].across[0] - stars[number - 1].across[0]) > 0.1]
    assert len(moved) == 1
    assert stars[moved[0] - 1].brightness[0] == 0
    assert stars[-1].brightness[0] == 0


def test_stars_that_are_none_are_refused():
    with pytest.raises(UnpaintableError):
        tamed_steps([0.1], [Stars(np.zeros(2), np.zeros(1), np.zeros(1))])
    with pytest.raises(UnpaintableError):
        tamed_steps([0.1], ["many"])


def own_moment(file, name="grey", time_s=60.0):
    scenes = (ScenePart(name, round(time_s * 1000), 1.0, "", str(file)),)
    return msgspec.structs.replace(moment(light=1.0), scenes=scenes)


def test_a_painter_shows_it_dithered_and_tells_once_what_fails(tmp_path):
    pygame.font.init()
    painter, target = PicturePainter(SIZE), pygame.Surface(SIZE, depth=32)
    painter.paint(own_moment(plain(tmp_path, "grey", "return self.grey(0.101)")), target)
    levels = set(np.unique(pygame.surfarray.array3d(target)))
    assert {25, 26} <= levels
    gone = own_moment(tmp_path / "gone.py", "gone")
    painter.paint(gone, target)
    painter.paint(gone, target)
    assert painter.faults == (
        "The scene “gone” cannot be shown: its file is gone. A still picture is shown in its place.",
    )
    painter.close()


def test_a_name_that_nothing_is_known_of_gives_a_still_picture():
    painter = PicturePainter(SIZE)
    shown = painter.field(moment(("lava", 1.0), light=1.0))
    np.testing.assert_array_equal(shown, PicturePainter(SIZE).field(moment(("still", 1.0), light=1.0)))
    assert painter.faults[0].startswith("The scene “lava” cannot be shown: there is none of this name on this machine.")


def test_a_screen_goes_on_painting_until_it_has_come_even_when_nothing_moves(tmp_path):
    pygame.font.init()
    painter = Painter(SIZE, pygame.Surface(SIZE, depth=32))
    still = own_moment(plain(tmp_path, "grey", "return self.grey(0.3)"))

    def come():
        painter.paint(still)
        return abs(int(pygame.surfarray.array3d(painter.surface).mean()) - 76) <= 1

    try:
        wait_for(come, "the scene")
    finally:
        painter.close()
